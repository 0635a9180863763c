package index

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	store "codabridge/server/store/index"
)

// setLoose finds the ways in which a word or phrase may be written otherwise:
// as a part of a name, with or without the marks in a number, in the plural or
// with an article.
func (c *clause) setLoose() {
	if !c.exact && !c.dense && !c.symbol {
		c.loose = looseForms(c.words, c.raw, len(c.words[len(c.words)-1]) >= 3)
	}
}

// looseForms are those of words; raw are the same as they were typed.
func looseForms(words, raw []string, prefix bool) []store.Term {
	inName := func(w []string) store.Term { return store.Term{Words: marked(w), Prefix: prefix} }
	out := []store.Term{inName(words)}
	if parts := allParts(words, raw); len(parts) > len(words) {
		out = append(out, store.Term{Words: parts}, inName(parts))
	}
	one := strings.Join(words, "")
	if len(words) > 1 && strings.ContainsAny(one, "0123456789") && len(one) <= longestName {
		out = append(out, store.Term{Words: []string{one}}, store.Term{Words: []string{partMark + one}})
		if bare := strings.TrimLeftFunc(words[0], unicode.IsLetter); bare != words[0] && isDigits(bare) { // v2.10.3
			out = append(out, store.Term{Words: append([]string{bare}, words[1:]...)})
		}
	}
	if len(words) > 1 {
		return out
	}
	if short := trimZeros(one); short != one {
		out = append(out, store.Term{Words: []string{short}})
	}
	for _, w := range append(plurals(one), withArticles(one)...) {
		out = append(out, store.Term{Words: []string{w}, Prefix: isSemitic(w)})
	}
	return out
}

func marked(words []string) []string {
	out := make([]string, len(words))
	for i, w := range words {
		out[i] = partMark + w
	}
	return out
}

// allParts cuts each word of a clause that is a name written in one.
func allParts(words, raw []string) []string {
	var out []string
	for i, w := range words {
		if parts := nameParts(raw[i]); parts != nil {
			out = append(out, parts...)
		} else {
			out = append(out, w)
		}
	}
	return out
}

// compounds are the ways in which a word may be the end of a longer one, as it
// is or with an ending.
func (c *clause) compounds() []store.Term {
	w := c.words[0]
	if c.exact || c.dense || len(c.words) > 1 || utf8.RuneCountInString(w) < shortestTail || strings.ContainsAny(w, "0123456789") ||
		strings.HasPrefix(w, partMark) {
		return nil
	}
	var out []store.Term
	for _, form := range slices.Concat([]string{w, w + "n", w + "en", w + "s", w + "es", w + "e", w + "er"}, stems(w), irregular()[w]) {
		if utf8.RuneCountInString(form) >= shortestTail {
			out = append(out, store.Term{Words: []string{tailMark + reversed(form)}, Prefix: true})
		}
	}
	return out
}

// formsMade are the forms of a hit, made when they are asked for: most hits
// have the words themselves.
type formsMade struct {
	h           store.Hit
	title, text *[]token
}

func (f *formsMade) ofTitle() []token {
	if f.title == nil {
		f.title = &formsOf(f.h.Title).out
	}
	return *f.title
}

func (f *formsMade) ofText() []token {
	if f.text == nil {
		text := f.h.Body
		if f.h.Kind == store.Tables {
			text = f.h.Columns
		}
		f.text = &formsOf(text).out
	}
	return *f.text
}

// looseWeight is the weight of a clause that a hit meets only in one of its
// loose forms, in its own words or in the forms made of them; 0 where in none.
func (c *clause) looseWeight(made *formsMade, title, head, text []token) float64 {
	if len(c.loose) == 0 {
		return 0
	}
	forms := slices.ContainsFunc(c.loose, func(t store.Term) bool { return mayBeMade(t.Words[0], title, head, text) })
	switch {
	case c.isLoose(title) || forms && c.isLoose(made.ofTitle()):
		return looseWeight
	case c.isLoose(head):
		return looseInHead
	case c.isLoose(text) || forms && c.isLoose(made.ofText()):
		return looseInText
	}
	return 0
}

func (c *clause) isLoose(in []token) bool {
	return slices.ContainsFunc(c.loose, func(t store.Term) bool {
		_, ok := whereIs(t, in)
		return ok
	})
}

// looseSpans are the first places of a text in which clauses are met that it
// does not hold in the words that were asked for.
func (q *query) looseSpans(text string, in []token) []span {
	var out []span
	var made []token
	for i := range q.clauses {
		c := &q.clauses[i]
		if c.hits(in) > 0 || len(c.loose) == 0 && !c.symbol {
			continue
		}
		if made == nil {
			made = formsOf(text).out
		}
		terms := c.loose
		if c.symbol {
			terms = []store.Term{{Words: c.words}}
		}
		for _, t := range terms {
			s, ok := whereIs(t, in)
			if !ok {
				s, ok = whereIs(t, made)
			}
			if ok {
				out = append(out, s)
				break
			}
		}
	}
	return out
}

// whereIs gives the first place of a term in a text.
func whereIs(t store.Term, in []token) (span, bool) {
	last := len(t.Words) - 1
	for i := 0; i+last < len(in); i++ {
		k := 0
		for k < last && in[i+k].text == t.Words[k] {
			k++
		}
		if k < last {
			continue
		}
		have, want := in[i+last].text, t.Words[last]
		if have == want || t.Prefix && strings.HasPrefix(have, want) && !isShortHead(have, want) {
			return span{in[i].start, in[i+last].end}, true
		}
	}
	return span{}, false
}

// isShortHead tells a longer word of which too little is left before its end
// to be a word of its own: re-port, per-mission is long enough.
func isShortHead(have, want string) bool {
	return strings.HasPrefix(want, tailMark) && !strings.ContainsAny(want, "0123456789") &&
		utf8.RuneCountInString(have[len(want):]) < shortestHead
}

// mayBeMade tells whether a form may be among those that are made of some words:
// to make them all takes long.
func mayBeMade(form string, of ...[]token) bool {
	if tail, ok := strings.CutPrefix(form, tailMark); ok && !strings.ContainsAny(tail, "0123456789") {
		end := reversed(tail)
		return anyToken(of, func(w string) bool { return strings.HasSuffix(w, end) })
	}
	part, ok := strings.CutPrefix(form, partMark)
	if !ok {
		return strings.HasPrefix(form, tailMark) // a number of several words
	}
	return part == "" || isSymbol([]rune(part)[0]) ||
		anyToken(of, func(w string) bool {
			return len(w) >= longestWord || strings.Contains(w, part) || strings.HasPrefix(part, w)
		})
}

func anyToken(of [][]token, is func(string) bool) bool {
	for _, in := range of {
		if slices.ContainsFunc(in, func(t token) bool { return is(t.text) }) {
			return true
		}
	}
	return false
}
