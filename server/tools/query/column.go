package query

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
)

// Column is what the package needs to know of a column.
type Column struct {
	ID   string
	Name string // as answers show it: unique in its table
	Type string // Coda's format type: text, number, currency, date, person, …
	List bool   // a cell may hold several entries
	// Options are the choices of a select column; empty means any text.
	Options []string
}

// kind is how the values of a column compare.
type kind int

const (
	words    kind = iota // text, select, link, anything unknown
	numbers              // number, currency, percent, slider, scale
	days                 // date
	moments              // dateTime
	clocks               // time
	lengths              // duration
	truths               // checkbox
	people               // person
	relation             // lookup
)

func (c *Column) kind() kind {
	switch c.Type {
	case "number", "currency", "percent", "slider", "scale":
		return numbers
	case "date":
		return days
	case "dateTime":
		return moments
	case "time":
		return clocks
	case "duration":
		return lengths
	case "checkbox":
		return truths
	case "person":
		return people
	case "lookup":
		return relation
	}
	return words
}

// ordered tells whether greater and less mean something.
func (k kind) ordered() bool {
	return k == numbers || k == days || k == moments || k == clocks || k == lengths
}

func (k kind) String() string {
	return [...]string{"text", "a number", "a date", "a date with time", "a time of day", "a duration", "a checkbox", "a person", "a related row"}[k]
}

// columns finds columns by id or name.
type columns []Column

// mostName is how many bytes of a name are compared.
const mostName = 1000

func (all columns) find(ref, where string) (int, error) {
	if len(ref) > mostName {
		return 0, fmt.Errorf("the column %s for %s is longer than any name", quote(ref), where)
	}
	for i := range all {
		if all[i].ID == ref || all[i].Name == ref {
			return i, nil
		}
	}
	found, folded := -1, fold(ref)
	for i := range all {
		if fold(all[i].Name) != folded {
			continue
		}
		if found >= 0 {
			return 0, fmt.Errorf("%s names several columns; use one of the ids %s or %s", quote(ref), all[found].ID, all[i].ID)
		}
		found = i
	}
	if found >= 0 {
		return found, nil
	}
	names := make([]string, len(all))
	for i := range all {
		names[i] = all[i].Name
	}
	return 0, fmt.Errorf("there is no column %s for %s. The columns are: %s", quote(ref), where, nearest(ref, names, 30))
}

// nearest lists names, those most like what was asked for first.
func nearest(ref string, names []string, most int) string {
	type scored struct {
		name string
		far  int
	}
	all := make([]scored, len(names))
	ref = fold(ref[:min(len(ref), mostName)])
	for i, name := range names {
		all[i] = scored{name, distance(ref, fold(name[:min(len(name), mostName)]))}
	}
	slices.SortStableFunc(all, func(a, b scored) int { return a.far - b.far })
	var out []string
	for _, s := range all[:min(len(all), most)] {
		out = append(out, quote(s.name))
	}
	list := strings.Join(out, ", ")
	if more := len(all) - most; more > 0 {
		list += fmt.Sprintf(" and %d more", more)
	}
	return list
}

// distance is the number of letters to change, at most of the first 60; a
// name that holds the other is near.
func distance(a, b string) int {
	if a != "" && b != "" && (strings.Contains(a, b) || strings.Contains(b, a)) {
		return 0
	}
	x, y := []rune(a), []rune(b)
	x, y = x[:min(len(x), 60)], y[:min(len(y), 60)]
	row := make([]int, len(y)+1)
	for j := range row {
		row[j] = j
	}
	for i := range x {
		diagonal := row[0]
		row[0] = i + 1
		for j := range y {
			cost := diagonal
			if x[i] != y[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(y)]
}

// fold is a text as it is compared.
func fold(s string) string {
	var b strings.Builder
	space := false
	for _, r := range strings.TrimSpace(s) {
		switch {
		case r == '\u200b' || r == '\u200c' || r == '\u200d' || r == '\ufeff' || r == '\u2060' || r == '\u00ad':
			continue
		case unicode.IsSpace(r):
			space = true
			continue
		case r == '‘' || r == '’' || r == 'ʼ' || r == '`' || r == '´':
			r = '\''
		case r == '“' || r == '”' || r == '„' || r == '«' || r == '»':
			r = '"'
		case r == '‐' || r == '‑' || r == '‒' || r == '–' || r == '—' || r == '−':
			r = '-'
		}
		if space && b.Len() > 0 {
			b.WriteByte(' ')
		}
		space = false
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}

// quote is a text in quotation marks, short enough for a sentence.
func quote(s string) string {
	r := []rune(strings.Join(strings.Fields(s), " "))
	if len(r) > 60 {
		r = append(r[:60], '…')
	}
	return `"` + string(r) + `"`
}
