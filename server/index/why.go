package index

import (
	"fmt"
	"slices"
	"strings"

	store "codabridge/server/store/index"
)

// place is where a hit meets a clause.
type place byte

const (
	inItself place = iota
	asForm         // in another form, such as a word for the same thing
	asLabel        // as the name of a column
	asHolder       // in a name around it
	nowhere
)

// why says by what a hit was found where that is not to be seen in its name or
// text; empty for most.
func (s *search) why(c candidate) string {
	var out []string
	for i := range s.q.clauses {
		if i >= len(c.places) {
			break
		}
		said := "“" + s.q.clauses[i].said() + "”"
		switch c.places[i] {
		case asForm:
			out = append(out, "another form of "+said)
		case asLabel:
			out = append(out, said+" is a column")
		case asHolder:
			out = append(out, said+" is in a name around it")
		case nowhere:
			out = append(out, "without "+said)
		}
	}
	return strings.Join(out, "; ")
}

// said is a clause as it was typed.
func (c *clause) said() string {
	if len(c.raw) > 0 {
		return strings.Join(c.raw, " ")
	}
	return strings.TrimPrefix(strings.Join(c.words, " "), partMark)
}

// sayMissing names the words that nothing has, and of the others those that no
// hit has which is shown.
func (s *search) sayMissing(shown []chosen) {
	if len(s.q.clauses) < 2 && !(len(s.q.clauses) == 1 && s.q.clauses[0].exact) {
		return
	}
	var gone, apart []string
	for i := range s.q.clauses {
		c := &s.q.clauses[i]
		named := "“" + c.said() + "”"
		if c.exact && len(c.words) > 1 {
			named = "the phrase " + named
		}
		switch {
		case c.found == 0 && !s.stopped:
			gone = append(gone, named)
		case len(shown) > 0 && !slices.ContainsFunc(shown, func(h chosen) bool { return i >= len(h.places) || h.places[i] != nowhere }):
			apart = append(apart, named)
		}
	}
	if len(gone) > 0 {
		s.say(capital(listed3(gone)) + [...]string{" is ", " are "}[min(len(gone)-1, 1)] + "in no doc" + s.soFar() + ".")
	}
	if len(apart) > 0 {
		s.say("None of these has " + listed3(apart) + ".")
	}
}

// soFar stands behind what is nowhere, while the index does not hold everything.
func (s *search) soFar() string {
	if s.whole {
		return ""
	}
	return " indexed so far"
}

// listed3 joins names, the first few of them.
func listed3(names []string) string {
	const most = 4
	if n := len(names); n > most {
		return strings.Join(names[:most], ", ") + fmt.Sprintf(" and %d more", n-most)
	} else if n > 1 {
		return strings.Join(names[:n-1], ", ") + " and " + names[n-1]
	}
	return names[0]
}

func capital(s string) string { return strings.Replace(s, "the phrase", "The phrase", 1) }

// labels are what the names of a table's columns say, by column.
func (q *query) labels(columns string) [][]token {
	if l, ok := q.labelled[columns]; ok {
		return l
	}
	var out [][]token
	for name := range strings.SplitSeq(columns, unit) {
		out = append(out, tokens(name))
	}
	if q.labelled == nil {
		q.labelled = map[string][][]token{}
	}
	q.labelled[columns] = out
	return out
}

// column is a value of a row with the name of its column.
type column struct {
	label    []token
	from, to int // of the value in the text
}

// columnsOf are those columns of a row that have a value.
func (q *query) columnsOf(h store.Hit) []column {
	if h.Kind != store.Rows || h.Columns == "" {
		return nil
	}
	labels, at := q.labels(h.Columns), 0
	var out []column
	i := 0
	for v := range strings.SplitSeq(h.Body, unit) {
		if i < len(labels) && v != "" {
			out = append(out, column{labels[i], at, at + len(v)})
		}
		at += len(v) + len(unit)
		i++
	}
	return out
}

// inLabels tells whether the clause is in the name of a column.
func (c *clause) inLabels(columns []column) bool {
	return slices.ContainsFunc(columns, func(k column) bool { return c.hits(k.label) > 0 })
}

// beneath counts neighbours of the query of which one is the name of a column
// and the other stands in it: the Status that is Blocked.
func (q *query) beneath(columns []column, text []token) int {
	pairs := 0
	for k := range len(q.clauses) - 1 {
		one, two := &q.clauses[k], &q.clauses[k+1]
		if slices.ContainsFunc(columns, func(c column) bool {
			return one.hits(c.label) > 0 && two.hits(within(text, c)) > 0 || two.hits(c.label) > 0 && one.hits(within(text, c)) > 0
		}) {
			pairs++
		}
	}
	return pairs
}

// within are the words of a value.
func within(text []token, c column) []token {
	from, to := 0, len(text)
	for from < to && text[from].start < c.from {
		from++
	}
	for to > from && text[to-1].end > c.to {
		to--
	}
	return text[from:to]
}
