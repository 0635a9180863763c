package index

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"codabridge/server/store"
)

// query is what somebody looks for.
type query struct {
	clauses []clause
	none    []store.IndexTerm
	docs    []string // words that the doc's name must hold, each entry one doc:
	notDocs []string // the same for -doc:
	kinds   []int    // empty means all
	// whole is the query's words in their order, for names that are just it.
	whole string
	text  string // what was typed as words
	odd   []string
	// cut is set when it had more words than are looked for.
	cut bool
}

// mostClauses is how many words and phrases are looked for, and mostPieces how
// many parts of a query are read.
const (
	mostClauses = 12
	mostPieces  = 32
)

// clause is one word or phrase of a query.
type clause struct {
	words []string // as cut; several stand side by side
	exact bool     // in quotation marks: nothing but itself
	last  bool     // the person may still be typing it
	plain bool     // so common that longer words are not looked for
	dense bool     // of a writing without spaces
	// other are words that count as this one for less: a plural, a slip.
	other []string
	// date are the words of the stored date that this is a part of.
	date  []string
	idf   float64
	found int // in how many places, counted up to a limit
}

// terms are the ways in which a clause may be met.
func (c clause) terms() []store.IndexTerm {
	out := []store.IndexTerm{{Words: c.words, Prefix: c.prefix()}}
	for _, o := range c.other {
		out = append(out, store.IndexTerm{Words: []string{o}})
	}
	if c.date != nil {
		out = append(out, store.IndexTerm{Words: c.date})
	}
	return out
}

// prefix tells whether a longer word counts too: of words of three letters or
// more, and of shorter ones that are still being typed.
func (c clause) prefix() bool {
	n := len(c.words[len(c.words)-1])
	return !c.exact && !c.dense && !c.plain && (n >= 3 || (c.last && n >= 2))
}

// parse reads a query: words, "an exact phrase", -not, doc:name, -doc:name,
// type:row, -type:row. A mark that makes no sense is taken for words.
func parse(text string) query {
	var q query
	var notKinds []int
	all := pieces(text)
	for _, p := range all[:min(len(all), mostPieces)] {
		kinds := kindNames[strings.ToLower(p.text)]
		switch {
		case p.field == "doc" && len(cut(p.text)) > 0 && p.not:
			q.notDocs = append(q.notDocs, p.text)
		case p.field == "doc" && len(cut(p.text)) > 0:
			q.docs = append(q.docs, p.text)
		case p.field == "type" && kinds != nil && p.not:
			notKinds = append(notKinds, kinds...)
		case p.field == "type" && kinds != nil:
			q.kinds = append(q.kinds, kinds...)
		default:
			q.take(p)
		}
	}
	q.cut = len(all) > mostPieces
	q.leaveOut(notKinds)
	q.finish(text)
	return q
}

// take takes a piece for words.
func (q *query) take(p piece) {
	if p.field == "type" {
		q.odd = append(q.odd, "“type:"+p.text+"” was taken for words: the types are doc, page, table and row.")
	}
	if p.field != "" {
		p.text = p.field + ":" + p.text
	}
	if p.not {
		if w := cut(p.text); len(w) > 0 {
			q.none = append(q.none, store.IndexTerm{Words: w})
		}
		return
	}
	q.text += " " + p.text
	q.clauses = append(q.clauses, clausesOf(p)...)
}

// leaveOut takes kinds away from those that are looked for.
func (q *query) leaveOut(kinds []int) {
	if len(kinds) == 0 {
		return
	}
	if len(q.kinds) == 0 {
		q.kinds = []int{store.IndexDocs, store.IndexPages, store.IndexTables, store.IndexRows}
	}
	q.kinds = slices.DeleteFunc(q.kinds, func(k int) bool { return slices.Contains(kinds, k) })
	if len(q.kinds) == 0 {
		q.kinds = []int{noKind}
	}
}

// noKind stands for kinds of which none is left.
const noKind = -1

// finish makes ready the clauses of a query that was typed as text.
func (q *query) finish(text string) {
	var whole []string
	for _, c := range q.clauses {
		whole = append(whole, c.words...)
	}
	q.whole = strings.Join(whole, " ")
	q.clauses = withDates(withoutFiller(q.clauses))
	if n := len(q.clauses); n > 0 {
		q.clauses[n-1].last = !q.clauses[n-1].exact && !strings.HasSuffix(text, " ")
	}
	if len(q.clauses) > mostClauses {
		q.cut, q.clauses = true, q.clauses[:mostClauses]
	}
	if q.cut {
		q.odd = append(q.odd, fmt.Sprintf("Only the first %d words were looked for.", len(q.clauses)))
	}
}

var kindNames = map[string][]int{
	"doc": {store.IndexDocs}, "docs": {store.IndexDocs}, "document": {store.IndexDocs},
	"page": {store.IndexPages}, "pages": {store.IndexPages},
	"table": {store.IndexTables}, "tables": {store.IndexTables},
	"row": {store.IndexRows}, "rows": {store.IndexRows},
}

// piece is one part of a query as typed.
type piece struct {
	text, field string
	quoted, not bool
}

// pieces cuts at spaces outside quotation marks.
func pieces(text string) []piece {
	var out []piece
	text = strings.NewReplacer("“", `"`, "”", `"`, "„", `"`, "«", `"`, "»", `"`, "\u3000", " ").Replace(text)
	for {
		text = strings.TrimLeftFunc(text, unicode.IsSpace)
		if text == "" {
			return out
		}
		var p piece
		if rest := strings.TrimPrefix(text, "-"); rest != text && rest != "" && !strings.HasPrefix(rest, "-") && !unicode.IsSpace(rune(rest[0])) {
			p.not, text = true, rest
		}
		if field, rest, ok := strings.Cut(text, ":"); ok && (strings.EqualFold(field, "doc") || strings.EqualFold(field, "type")) {
			if rest = strings.TrimLeftFunc(rest, unicode.IsSpace); rest != "" { // "doc: name" is meant as "doc:name"
				p.field, text = strings.ToLower(field), rest
			}
		}
		if rest, ok := strings.CutPrefix(text, `"`); ok {
			p.quoted = true
			p.text, text, _ = strings.Cut(rest, `"`)
		} else {
			end := strings.IndexFunc(text, func(r rune) bool { return unicode.IsSpace(r) || r == '"' })
			if end < 0 {
				end = len(text)
			}
			p.text, text = text[:end], text[end:]
		}
		if p.text != "" {
			out = append(out, p)
		}
		if len(out) > mostPieces {
			return out // more words narrow nothing
		}
	}
}

// cut gives the words of a text.
func cut(text string) []string {
	var out []string
	for _, t := range tokens(text) {
		out = append(out, t.text)
	}
	return out
}

// clausesOf makes clauses of a piece: a word with marks inside (an e-mail
// address, SUP-1204) is a phrase, and so is each run of letters of a writing
// without spaces. Japanese particles between two words are let go.
func clausesOf(p piece) []clause {
	if p.quoted {
		if w := cut(p.text); len(w) > 0 {
			return []clause{{words: w, exact: true}}
		}
		return nil
	}
	var out []clause
	dense := -1 // kind of the run so far
	for _, t := range tokens(p.text) {
		kind := runOf(t)
		if len(out) == 0 || kind != dense {
			out = append(out, clause{dense: kind != plainRun})
			dense = kind
		}
		c := &out[len(out)-1]
		c.words = append(c.words, t.text)
	}
	if len(out) == 1 {
		out[0].date = numbered(p.text, out[0].words)
	}
	return withoutParticles(out)
}

const (
	plainRun = iota
	denseRun
	hiraganaRun
)

func runOf(t token) int {
	switch r := []rune(t.text); {
	case !t.letter || len(r) == 0:
		return plainRun
	case unicode.Is(unicode.Hiragana, r[0]):
		return hiraganaRun
	}
	return denseRun
}

// withoutParticles drops runs of hiragana that stand beside other words, which
// are grammar; alone they are what is meant.
func withoutParticles(in []clause) []clause {
	var out []clause
	for _, c := range in {
		r := []rune(c.words[0])
		if c.dense && unicode.Is(unicode.Hiragana, r[0]) && len(c.words) <= 4 {
			continue
		}
		out = append(out, c)
	}
	if len(out) == 0 {
		return in
	}
	return out
}

// filler are words that say little, in the languages that have been asked for;
// they are left out as long as others remain.
var filler = func() map[string]bool {
	out := map[string]bool{}
	for w := range strings.FieldsSeq(`a an and are as at be by can do does for from has have how i in is it me my of on or our that the their there
		this to was we what when where which who whose why will with without you your about happens happen doc docs document documents page pages table tables row rows
		der die das den dem des ein eine einen einer eines und oder ist sind im in am an auf bei für fur mit nach von vom zu zum zur wie was wer wo wann ich wir
		le la les un une des du de et ou est sont au aux en dans pour par sur avec que qui quoi comment quand nous je
		el los las una unos y o es son del al por para con como que quien donde cuando
		o e os as um uma do da dos das no na em com il lo gli i che di
		и в на с по для как что кто где когда не το η ο και για`) {
		out[words(w)] = true
	}
	return out
}()

func withoutFiller(in []clause) []clause {
	out := slices.DeleteFunc(slices.Clone(in), func(c clause) bool {
		return !c.exact && len(c.words) == 1 && filler[c.words[0]]
	})
	if len(out) == 0 {
		return in
	}
	return out
}
