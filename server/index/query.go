package index

import (
	"slices"
	"strings"

	store "codabridge/server/store/index"
)

// query is what somebody looks for.
type query struct {
	clauses []clause
	none    []store.Term
	docs    []string // words that the doc's name must hold, each entry one doc:
	notDocs []string // the same for -doc:
	kinds   []int    // empty means all
	// whole is the query's words in their order, for names that are just it.
	whole string
	text  string // what was typed as words
	odd   []string
	// cut is set when it had more words than are looked for; leftOut are those,
	// as far as they were read.
	cut      bool
	leftOut  []string
	labelled map[string][][]token // the names of columns, cut
	begun    map[string]uint64    // by word of texts: see mark
}

// clause is one word or phrase of a query.
type clause struct {
	words         []string // as cut; several stand side by side
	raw           []string // the same as they were typed
	exact         bool     // in quotation marks: nothing but itself
	last          bool     // the person may still be typing it
	plain         bool     // so common that longer words are not looked for
	short         bool     // the same, since so many begin with it
	dense         bool     // of a writing without spaces
	symbol        bool     // a picture or sign, which stands among the forms of a text
	international bool     // a number with the + of a country
	// loose are other ways to write it; what has only those comes last.
	loose []store.Term
	// other are words that count as this one for less: a plural, a slip.
	other []string
	// dates are the words of the stored dates that this is a part of: several
	// where day and month cannot be told apart.
	dates [][]string
	// joined is set of words with marks between, guessed of one that is nowhere
	// and stands for a near one.
	joined, guessed bool
	// pair is set of words with a colon between, as the column and the value of a
	// row are shown; of which columns there are some.
	pair  bool
	bit   uint64 // in the marks of texts; zero where there are none
	idf   float64
	found int // in how many places, counted up to a limit
}

// terms are the ways in which a clause may be met.
func (c clause) terms() []store.Term { return append(c.strict(), c.loosely()...) }

// strict are those that are as good as itself.
func (c clause) strict() []store.Term {
	out := []store.Term{{Words: c.words, Prefix: c.prefix()}}
	for _, o := range c.other {
		out = append(out, store.Term{Words: []string{o}})
	}
	for _, d := range c.dates {
		out = append(out, store.Term{Words: d})
	}
	return out
}

// loosely are the others.
func (c clause) loosely() []store.Term {
	var out []store.Term
	for _, l := range c.loose {
		l.Prefix = l.Prefix && !c.plain
		out = append(out, l)
	}
	return out
}

// prefix tells whether a longer word counts too: of words of three letters or
// more, and of shorter ones that are still being typed.
func (c clause) prefix() bool {
	n := len(c.words[len(c.words)-1])
	return !c.exact && !c.dense && !c.plain && !c.symbol && (n >= 3 || (c.last && n >= 2))
}

// parse reads a query: words, "an exact phrase", -not, doc:name, -doc:name,
// type:row, -type:row. A mark that makes no sense is taken for words.
func parse(text string) query {
	var q query
	var notKinds []int
	text, tooLong := clipQuery(text)
	text = likeStored(text)
	all := pieces(text)
	q.cut = len(all) > mostPieces
	allowed := allowance{left: mostWords}
	var others []piece
	for _, p := range all[:min(len(all), mostPieces)] {
		kinds := kindNames[strings.ToLower(p.text)]
		switch {
		case p.field == "doc" && len(cut(p.text)) > 0:
			q.narrow(p, &allowed)
		case p.field == "type" && kinds != nil && p.not:
			notKinds = append(notKinds, kinds...)
		case p.field == "type" && kinds != nil:
			q.kinds = append(q.kinds, kinds...)
		default:
			others = append(others, p)
		}
	}
	for _, whole := range others {
		if p, ok := allowed.clip(whole); ok {
			q.addWords(p)
		} else {
			q.leave(whole)
		}
	}
	for _, p := range all[min(len(all), mostPieces):] {
		q.leave(p)
	}
	q.leaveOut(notKinds)
	q.finish(text)
	q.sayBounds(allowed, tooLong)
	return q
}

// narrow takes the name of a doc that is asked for, or that is left out.
func (q *query) narrow(p piece, allowed *allowance) {
	p, ok := allowed.clip(p)
	switch {
	case !ok:
	case p.not:
		q.notDocs = append(q.notDocs, p.text)
	default:
		q.docs = append(q.docs, p.text)
	}
}

// addWords takes a piece for words.
func (q *query) addWords(p piece) {
	if p.field == "type" {
		q.odd = append(q.odd, "“type:"+p.text+"” was taken for words: the types are doc, page, table and row.")
	}
	if p.field != "" {
		p.text = p.field + ":" + p.text
	}
	if p.not {
		if w := cut(p.text); len(w) > 0 {
			q.none = append(q.none, store.Term{Words: w})
		}
		for _, c := range symbolsOf(p.text) {
			q.none = append(q.none, store.Term{Words: c.words})
		}
		return
	}
	q.text += " " + p.text
	for _, c := range clausesOf(p) {
		q.clauses = append(q.clauses, inPhrases(c)...)
	}
	q.clauses = append(q.clauses, symbolsOf(p.text)...)
}

// leaveOut takes kinds away from those that are looked for.
func (q *query) leaveOut(kinds []int) {
	if len(kinds) == 0 {
		return
	}
	if len(q.kinds) == 0 {
		q.kinds = []int{store.Docs, store.Pages, store.Tables, store.Rows}
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
		if !c.symbol {
			whole = append(whole, c.words...)
		}
	}
	q.whole = strings.Join(whole, " ")
	for i := range q.clauses {
		q.clauses[i].setLoose()
	}
	q.clauses = withSynonyms(withNumbers(withDates(withoutFiller(q.clauses))))
	if n := len(q.clauses); n > 0 {
		q.clauses[n-1].last = !q.clauses[n-1].exact && !strings.HasSuffix(text, " ")
	}
	if len(q.clauses) > mostClauses {
		q.cut = true
		q.dropClauses()
	}
}

var kindNames = map[string][]int{
	"doc": {store.Docs}, "docs": {store.Docs}, "document": {store.Docs},
	"page": {store.Pages}, "pages": {store.Pages},
	"table": {store.Tables}, "tables": {store.Tables},
	"row": {store.Rows}, "rows": {store.Rows},
}
