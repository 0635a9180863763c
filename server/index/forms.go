package index

import (
	"iter"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Beside its own words a text is found by others: the parts of a name written
// in one (getUserById, PO4711), a number without its marks or its zeros, the
// end of a long word, a symbol. They stand in a column of their own, each with
// a mark in front that no text has, so that phrases, words left out and the
// statistics of words know nothing of them.
const (
	partMark = "\ue000"
	tailMark = "\ue001" // of letters or digits from the last to the first
)

const (
	shortestTail = 4 // letters of the end of a word that may be looked for
	shortestHead = 3 // letters that stand before it
	longestName  = 24
	mostParts    = 8   // of a name written in one
	leastForms   = 256 // bytes of forms that a short text may have
)

// also gives the words by which texts are found beside their own, as the
// database gets them.
func also(texts ...string) string {
	var b []byte
	most := leastForms
	seen := map[string]bool{}
	for part := range partsOf(texts) {
		most += len(part)
		f := formsOf(part)
		from := 0
		for _, to := range f.ends {
			start := len(b)
			for _, t := range f.out[from:to] {
				b = append(append(b, t.text...), ' ')
			}
			from = to
			if group := b[start:]; len(b) > most || seen[string(group)] {
				b = b[:start] // no long text has more forms than words
			} else {
				seen[string(group)] = true
			}
		}
	}
	return strings.TrimSuffix(string(b), " ")
}

// partsOf gives texts in parts that memory can hold, each of whole lines where
// they are not very long.
func partsOf(texts []string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for _, text := range texts {
			for len(text) > mostWeighed {
				end := strings.LastIndexAny(text[:mostWeighed], "\n"+unit)
				if end <= 0 {
					end = strings.LastIndexByte(text[:mostWeighed], ' ')
				}
				if end <= 0 {
					end = mostWeighed
				}
				if !yield(text[:end]) {
					return
				}
				text = text[end:]
			}
			if !yield(text) {
				return
			}
		}
	}
}

// forms collects those words in groups that stand side by side. Each covers
// the place of the name, word or number that it is made of.
type forms struct {
	text string
	in   []token
	out  []token
	ends []int // of the groups in out
}

func formsOf(text string) *forms {
	f := &forms{text: text, in: tokens(text)}
	for i, t := range f.in {
		if t.letter {
			continue
		}
		f.name(i)
		f.joined(i)
		f.tail(i)
		f.number(i)
	}
	for at, r := range text {
		if isSymbol(r) {
			f.add(token{text: partMark + string(r), start: at, end: at + utf8.RuneLen(r)})
		}
	}
	return f
}

func (f *forms) add(group ...token) {
	f.out = append(f.out, group...)
	f.ends = append(f.ends, len(f.out))
}

func (f *forms) raw(i int) string { return f.text[f.in[i].start:f.in[i].end] }

// gap is what stands before token i, after the one before it.
func (f *forms) gap(i int) string { return f.text[f.in[i-1].end:f.in[i].start] }

// name adds the parts of a name written in one, and of a number with zeros in
// front what is left without them. The number of a version, such as v2.10.3,
// goes on after its dots.
func (f *forms) name(i int) {
	t := f.in[i]
	parts := nameParts(f.raw(i))
	if len(parts) == 0 {
		f.withoutZeros(t, t.text)
		return
	}
	var group []token
	for _, p := range parts {
		group = append(group, token{text: partMark + p, start: t.start, end: t.end})
		f.withoutZeros(t, p)
	}
	for k := i + 1; k < len(f.in) && f.gap(k) == "." && isDigits(f.in[k].text) && isDigits(parts[len(parts)-1]); k++ {
		group = append(group, token{text: partMark + f.in[k].text, start: f.in[k].start, end: f.in[k].end})
	}
	f.add(group...)
}

func (f *forms) withoutZeros(t token, number string) {
	if short := trimZeros(number); short != number {
		f.add(token{text: partMark + short, start: t.start, end: t.end})
	}
}

// trimZeros leaves of a number such as 0042 what counts.
func trimZeros(number string) string {
	if len(number) < 3 || number[0] != '0' || !isDigits(number) {
		return number
	}
	if short := strings.TrimLeft(number, "0"); short != "" {
		return short
	}
	return number
}

// joined adds a number of an order or a part, such as INV-2024-0042, without
// the marks in it.
func (f *forms) joined(i int) {
	if i > 0 && isJoint(f.gap(i)) {
		return
	}
	last := i
	for last+1 < len(f.in) && isJoint(f.gap(last+1)) {
		last++
	}
	if last == i || f.in[last].end-f.in[i].start > longestName+mostParts {
		return
	}
	var b strings.Builder
	letters, digits, stroke := false, false, false
	for k := i; k <= last; k++ {
		w := f.in[k].text
		b.WriteString(w)
		digits = digits || strings.ContainsAny(w, "0123456789")
		letters = letters || !isDigits(w)
		stroke = stroke || k > i && f.gap(k) != "."
	}
	if n := b.Len(); !digits || !letters && !stroke || n < 5 || n > longestName || isDate(f.in[i:last+1]) {
		return
	}
	f.add(token{text: partMark + b.String(), start: f.in[i].start, end: f.in[last].end})
}

func isJoint(gap string) bool { return len(gap) == 1 && strings.Contains("-._/", gap) }

// tail adds a long word from its end, so that what it ends with can be looked
// for as a beginning: the Nummer of a Rechnungsnummer.
func (f *forms) tail(i int) {
	w := f.in[i].text
	if len(w) < shortestHead+shortestTail+1 || len(w) >= longestWord || strings.ContainsAny(w, "0123456789") {
		return
	}
	if utf8.RuneCountInString(w) > shortestHead+shortestTail {
		f.add(token{text: tailMark + reversed(w), start: f.in[i].start, end: f.in[i].end})
	}
}

// isSymbol tells the pictures, currencies and signs that people look for.
// Lines and blocks that only draw are none.
func isSymbol(r rune) bool {
	switch {
	case r < 0xa2, r > 0xf7 && r < 0x20a0, r > 0x20cf && r < 0x2100, r > 0x2bff && r < 0x1f000, r >= 0x2500 && r < 0x25a0:
		return false
	}
	return r == '§' || unicode.In(r, unicode.So, unicode.Sc, unicode.Sm)
}

// nameParts cuts a name written in one where capitals or digits begin, folded;
// nil where there is nothing to cut.
func nameParts(raw string) []string {
	if !hasParts(raw) {
		return nil
	}
	var out []string
	start, turns := 0, 0 // turns between letters and digits
	r := []rune(raw)
	for i := 1; i < len(r); i++ {
		before, here := unicode.IsDigit(r[i-1]), unicode.IsDigit(r[i])
		switch {
		case before != here && !unicode.IsMark(r[i]):
			turns++
		case unicode.IsUpper(r[i]) && unicode.IsLower(r[i-1]):
		case unicode.IsUpper(r[i]) && unicode.IsUpper(r[i-1]) && i+1 < len(r) && unicode.IsLower(r[i+1]) && string(r[i+1:]) != "s":
		default:
			continue
		}
		out = append(out, folded(r[start:i]))
		start = i
	}
	if len(out) == 0 || len(out) >= mostParts || turns > 2 { // many turns make a code that nobody types in part
		return nil
	}
	return append(out, folded(r[start:]))
}

// hasParts tells whether there may be something to cut, for most words quickly.
func hasParts(raw string) bool {
	digits, letters, upper := false, false, false
	for i, r := range raw {
		switch {
		case unicode.IsDigit(r):
			digits = true
		case unicode.IsUpper(r):
			letters, upper = true, upper || i > 0
		default:
			letters = true
		}
	}
	return upper || digits && letters
}

func folded(raw []rune) string {
	var b []byte
	for _, r := range raw {
		b = foldRune(b, r)
		if len(b) >= longestWord {
			break
		}
	}
	return string(b)
}

func reversed(w string) string {
	r := []rune(w)
	slices.Reverse(r)
	return string(r)
}

func isDigits(w string) bool {
	for i := range len(w) {
		if w[i] < '0' || w[i] > '9' {
			return false
		}
	}
	return w != ""
}
