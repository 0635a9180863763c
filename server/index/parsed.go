package index

import (
	"slices"
	"strings"
	"sync"

	store "codabridge/server/store/index"
)

// Parsed is a query as Search understands it, for those who look for names
// where there is no index.
type Parsed struct {
	q     query
	named func() []clause // those of q as names may have them, made when the first name is met
}

// Parse reads a query.
func Parse(text string) Parsed {
	q := parse(text)
	return Parsed{q, sync.OnceValue(func() []clause {
		out := slices.Clone(q.clauses)
		for i := range out {
			out[i].takeNameForms()
		}
		return out
	})}
}

// Words is what is looked for, without what only narrows; it may be empty.
func (p Parsed) Words() string { return strings.TrimSpace(p.q.text) }

// Telling are the words of it that say something, as they were cut.
func (p Parsed) Telling() string {
	var out []string
	for _, c := range p.q.clauses {
		if !c.symbol {
			out = append(out, c.words...)
		}
	}
	return strings.Join(out, " ")
}

// Lack says in a sentence why there is nothing that could be looked for; it is
// empty for most.
func (p Parsed) Lack() string { return p.q.lack() }

// Odd says what was not done as asked, such as words left out because there
// were too many; sentences, empty for most.
func (p Parsed) Odd() string { return strings.Join(p.q.odd, " ") }

// RowsOnly tells that neither docs nor pages nor tables are looked for.
func (p Parsed) RowsOnly() bool {
	return len(p.q.kinds) > 0 && !slices.ContainsFunc(p.q.kinds, func(k int) bool { return k != store.Rows })
}

// Fits tells whether a doc, page or table may be found, of this name and in
// the doc with this id and name, whatever the words are.
func (p Parsed) Fits(kind, name, doc, docName string) bool {
	if k := kindNames[kind]; len(p.q.kinds) > 0 && (k == nil || !slices.Contains(p.q.kinds, k[0])) {
		return false
	}
	own := cut(name)
	for _, t := range p.q.none {
		if sideBySide(own, t.Words, false) {
			return false
		}
	}
	around := cut(docName)
	called := func(as string) bool { return as == doc || sideBySide(around, cut(as), true) }
	if len(p.q.docs) > 0 && !slices.ContainsFunc(p.q.docs, called) {
		return false
	}
	return !slices.ContainsFunc(p.q.notDocs, called)
}

// Meets tells whether a name, or that of what holds it, has all the words,
// each as it is or in another form: in the plural, as a part of a longer name,
// with other marks in a number.
func (p Parsed) Meets(name, holder string) bool {
	if len(p.q.clauses) == 0 {
		return false
	}
	own, around := tokens(name), tokens(holder)
	made := formsMade{h: store.Hit{Title: name, Body: holder}}
	return !slices.ContainsFunc(p.named(), func(c clause) bool { return !c.inName(&made, own, around) })
}

// Has is how many of the words a name has itself, each as it is or in another form.
func (p Parsed) Has(name string) (n int) {
	own := tokens(name)
	made := formsMade{h: store.Hit{Title: name}}
	for _, c := range p.named() {
		if !c.symbol && c.inName(&made, own, nil) {
			n++
		}
	}
	return n
}

// takeNameForms gives the clause all the forms in which a name may have it.
func (c *clause) takeNameForms() {
	c.loose = slices.Concat(c.loose, c.compounds())
	if len(c.words) == 1 && !c.exact && !c.dense && !c.symbol {
		c.other = append(slices.Clip(c.other), otherForms(c.words[0])...)
	}
}

func (c *clause) inName(made *formsMade, own, around []token) bool {
	if c.symbol {
		return c.hits(made.ofTitle())+c.hits(made.ofText()) > 0
	}
	return c.hits(own)+c.hits(around) > 0 || c.looseWeight(made, own, nil, around) > 0
}

// sideBySide tells whether words stand in a text in their order; with begun
// the last may go on.
func sideBySide(in, words []string, begun bool) bool {
	last := len(words) - 1
	for i := 0; i+last < len(in) && last >= 0; i++ {
		if slices.Equal(in[i:i+last], words[:last]) &&
			(in[i+last] == words[last] || begun && strings.HasPrefix(in[i+last], words[last])) {
			return true
		}
	}
	return false
}

func (q *query) lack() string {
	switch {
	case len(q.clauses) > 0 || len(q.docs) > 0:
		return ""
	case strings.TrimSpace(q.text) != "":
		return "" // marks, which stand nowhere
	case len(q.kinds)+len(q.none)+len(q.notDocs) > 0:
		return "Words are needed too: type:, -doc: and -word only narrow what words find."
	}
	return "The query is empty."
}
