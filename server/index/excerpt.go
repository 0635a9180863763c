package index

import (
	"cmp"
	"math/bits"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	store "codabridge/server/store/index"
)

// How much of long texts is looked at, in bytes.
const (
	mostWeighed = 64 << 10 // of one text
	blockSize   = 4 << 10  // in pieces of this size
	firstBlocks = 4        // its beginning always
	keptBody    = 8 << 10  // up to this a text is held until the answer is made
	// slowBytes is how much of all texts of a search is read word by word, to
	// find where words stand that are written with accents or in odd case.
	slowBytes = 8 << 20
	// slowShown is the same for the texts of which the answer shows a part.
	slowShown = 24 << 20
)

// gap stands between parts of an excerpt.
const gap = "\n…\n"

// excerpt makes of a long text what is worth weighing: its beginning, and what
// stands around the words that are looked for, under their headings.
func (s *search) excerpt(h store.Hit) store.Hit {
	if len(h.Body) <= mostWeighed {
		return h
	}
	chosen := chooseBlocks(s.blocks(h.Body))
	var b strings.Builder
	head, at := "", 0
	for i := 0; i < len(chosen); i++ {
		from := chosen[i] * blockSize
		for i+1 < len(chosen) && chosen[i+1] == chosen[i]+1 {
			i++
		}
		to := min(len(h.Body), (chosen[i]+1)*blockSize)
		from, to = outward(h.Body, from, to)
		if from > at {
			if last := lastHeading(h.Body[at:from]); last != "" {
				head = last
			}
			b.WriteString(gap)
			if head != "" && !isHeading(h.Body[from:]) {
				b.WriteString(head + "\n")
			}
		}
		from = max(from, at)
		b.WriteString(h.Body[from:max(from, to)])
		if last := lastHeading(h.Body[from:max(from, to)]); last != "" {
			head = last
		}
		at = max(from, to)
	}
	if h.Kind == store.Rows {
		h.Columns = "" // which value is whose is not known any more
	}
	h.Body = b.String()
	return h
}

// blocks tells for each block of a text which clauses have a word there, as
// bits.
func (s *search) blocks(text string) []uint32 {
	out := make([]uint32, (len(text)+blockSize-1)/blockSize)
	unseen := uint32(0)
	for i := range s.q.clauses[:min(len(s.q.clauses), mostClauses)] {
		c := &s.q.clauses[i]
		seen := false
		for _, w := range c.spellings() {
			seen = markBlocks(out, text, w, c.dense, 1<<i) || seen
		}
		if !seen {
			unseen |= 1 << i
		}
	}
	if unseen != 0 && s.slow >= len(text) {
		s.slow -= len(text)
		s.q.readBlocks(out, text, unseen)
	}
	return out
}

// spellings are what a clause may look like in a text, but for accents: its
// longest word, small, large or with a large first letter.
func (c *clause) spellings() []string {
	key := strings.Join(c.words, "")
	if !c.dense {
		key = c.words[c.key()]
	}
	all := append([]string{key}, c.other...)
	for _, d := range c.dates {
		all = append(all, strings.Join(d, "-"))
	}
	var out []string
	for _, w := range all {
		r, n := utf8.DecodeRuneInString(w)
		out = append(out, w, string(unicode.ToUpper(r))+w[n:], strings.ToUpper(w))
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// key is the place of the longest word of a clause.
func (c *clause) key() int {
	best := 0
	for i, w := range c.words {
		if len(w) > len(c.words[best]) {
			best = i
		}
	}
	return best
}

// markBlocks sets bit where word begins a word of the text. One place in a
// block is enough.
func markBlocks(blocks []uint32, text, word string, dense bool, bit uint32) (seen bool) {
	for at := 0; ; {
		next := strings.Index(text[at:], word)
		if next < 0 {
			return seen
		}
		at += next
		if !dense && at > 0 && kindOf(rune(text[at-1])) == letterRune && text[at-1] < utf8.RuneSelf {
			at++
			continue
		}
		seen = true
		blocks[at/blockSize] |= bit
		at = (at/blockSize + 1) * blockSize
		if at >= len(text) {
			return seen
		}
	}
}

// readBlocks sets the bits of the clauses of wanted, reading every word.
func (q *query) readBlocks(blocks []uint32, text string, wanted uint32) {
	r := scanner{text: text}
	for t, ok := r.next(); ok; t, ok = r.next() {
		for i := range q.clauses {
			if wanted>>i&1 == 0 {
				continue
			}
			c := &q.clauses[i]
			k := c.key()
			if t.text == c.words[k] || (k == len(c.words)-1 && c.prefix() && strings.HasPrefix(t.text, c.words[k])) ||
				slices.Contains(c.other, t.text) {
				blocks[t.start/blockSize] |= 1 << i
			}
		}
	}
}

// chooseBlocks gives the blocks to weigh in their order: the first ones, and
// of the others those with most clauses.
func chooseBlocks(blocks []uint32) []int {
	var first, others []int
	for i := range blocks {
		switch {
		case i < firstBlocks:
			first = append(first, i)
		case blocks[i] != 0:
			others = append(others, i)
		}
	}
	slices.SortStableFunc(others, func(a, b int) int {
		return cmp.Compare(bits.OnesCount32(blocks[b]), bits.OnesCount32(blocks[a]))
	})
	chosen := append(first, others[:min(len(others), mostWeighed/blockSize-firstBlocks)]...)
	slices.Sort(chosen)
	return chosen
}

// outward moves the ends of a part to where lines or words end, since a word
// or its neighbour may stand across the end.
func outward(text string, from, to int) (int, int) {
	const reach = 512
	if low := max(0, from-reach); from > 0 {
		if i := strings.LastIndexByte(text[low:from], '\n'); i >= 0 {
			from = low + i + 1
		} else {
			from = spaceAfter(text, low, from)
		}
	}
	if to < len(text) {
		high := min(len(text), to+reach)
		if i := strings.IndexByte(text[to:high], '\n'); i >= 0 {
			high = to + i
		} else if i := strings.LastIndexByte(text[to:high], ' '); i >= 0 {
			high = to + i
		}
		for to = high; to < len(text) && !utf8.RuneStart(text[to]); {
			to++
		}
	}
	return from, to
}

// lastHeading is the last heading line of a part of a page, without its end.
func lastHeading(part string) string {
	i := strings.LastIndex(part, "\n# ")
	if i < 0 {
		if !isHeading(part) {
			return ""
		}
		i = -1
	}
	line, _, _ := strings.Cut(part[i+1:], "\n")
	return clipText(line, 200)
}

// inOrder puts the words of headings and text back in the order of the page.
func inOrder(head, text []token) []token {
	out := append(slices.Clone(text), head...)
	slices.SortFunc(out, func(a, b token) int { return cmp.Compare(a.start, b.start) })
	return out
}

// bodyTokens cuts what a hit says into headings and text. The values of a row
// and the columns of a table are text.
func bodyTokens(h store.Hit) (head, text []token) {
	if h.Kind != store.Pages {
		if h.Kind == store.Tables {
			return nil, tokens(h.Columns)
		}
		return nil, tokens(h.Body)
	}
	at := 0
	for line := range strings.Lines(h.Body) {
		cutLine := tokens(line)
		for i := range cutLine {
			cutLine[i].start += at
			cutLine[i].end += at
		}
		to := &text
		if isHeading(line) {
			to = &head
		}
		if *to == nil {
			*to = cutLine
		} else {
			*to = append(*to, cutLine...)
		}
		at += len(line)
	}
	return head, text
}
