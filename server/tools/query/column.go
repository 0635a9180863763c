package query

import (
	"fmt"
	"slices"
	"strings"

	"codabridge/server/alike"
	"codabridge/server/fault"
)

// Column is what the package needs to know of a column.
type Column struct {
	ID   string
	Name string // as answers show it: unique in its table
	Type string // Coda's format type: text, number, currency, date, person, …
	List bool   // a cell may hold several entries
	// Options are the choices of a select column; empty means any text.
	Options []string
	// Currency is the code of the one currency of the column's amounts, and Takes
	// says whether a sign or code is that one; empty and nil where it is not known.
	Currency string
	Takes    func(unit string) bool

	// Of an answer's column: what it is called where the question gave it a name,
	// and the name of the one that it is made of.
	plain, source string
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

// dated tells whether the values are days or moments.
func (k kind) dated() bool { return k == days || k == moments }

// ordered tells whether greater and less mean something.
func (k kind) ordered() bool {
	return k == numbers || k.dated() || k == clocks || k == lengths
}

func (k kind) String() string {
	return [...]string{"text", "a number", "a date", "a date with time", "a time of day", "a duration", "a checkbox", "a person", "a related row"}[k]
}

// columns finds columns by id or name.
type columns []Column

// mostName is how many bytes of a name are compared.
const mostName = 1000

// find finds the column of a part of a question; part is empty where the part is
// named before the error.
func (all columns) find(ref, part string) (int, error) {
	at, err := all.theOne(ref)
	if err != nil && part != "" {
		err = fmt.Errorf("%s: %w", part, err)
	}
	return at, err
}

// theOne finds the one column that a text means.
func (all columns) theOne(ref string) (int, error) {
	if len(ref) > mostName {
		return 0, fmt.Errorf("the column %s is longer than any name", quote(ref))
	}
	fits := all.called(ref)
	if held := slices.DeleteFunc(slices.Clone(fits), func(i int) bool { return all[i].button() }); len(held) > 0 {
		fits = held
	} else if len(fits) > 0 {
		return 0, fmt.Errorf("%s is a button and holds no value. The columns are: %s", quote(all[fits[0]].Name), all.nearest(ref))
	}
	switch {
	case len(fits) == 1:
		return fits[0], nil
	case len(fits) > 1 && all[fits[0]].source != "":
		return 0, fmt.Errorf("%s may be %s or %s; say which", quote(ref), quote(all[fits[0]].Name), quote(all[fits[1]].Name))
	case len(fits) > 1:
		return 0, fmt.Errorf("%s names several columns; use one of the ids %s or %s", quote(ref), all[fits[0]].ID, all[fits[1]].ID)
	}
	return 0, fmt.Errorf("there is no column %s. The columns are: %s", quote(ref), all.nearest(ref))
}

// called gives the columns that a text may mean, by the strictest way in which
// there is any: one where its id or name is just that.
func (all columns) called(ref string) []int {
	for i := range all {
		if all[i].ID == ref || all[i].Name == ref {
			return []int{i}
		}
	}
	if fits := all.named(ref); len(fits) > 0 {
		return fits
	}
	return alike.OfLetters(ref, all.places(), func(i int) string { return all[i].Name })
}

func (all columns) places() []int {
	places := make([]int, len(all))
	for i := range all {
		places[i] = i
	}
	return places
}

// button tells that a column's cells show a label, the same in each row.
func (c *Column) button() bool { return c.Type == "button" }

// nearest lists the columns that hold values, those most like a name first.
func (all columns) nearest(ref string) string {
	var names []string
	for i := range all {
		if !all[i].button() {
			names = append(names, all[i].Name)
		}
	}
	return nearest(ref, names, 30)
}

// named gives the columns that are called so, by the strictest way in which there
// is any.
func (all columns) named(ref string) (fits []int) {
	places := all.places()
	fits = alike.Of(ref, places, func(i int) string { return all[i].Name })
	for _, name := range []func(i int) string{func(i int) string { return all[i].plain }, func(i int) string { return all[i].source }} {
		if len(fits) == 0 {
			fits = alike.Of(ref, places, name)
		}
	}
	return fits
}

// has tells that a text is the name or id of one column, mark by mark.
func (all columns) has(ref string) bool {
	isIt := func(c Column) bool { return c.ID == ref || c.Name == ref }
	return len(ref) <= mostName && (slices.ContainsFunc(all, isIt) || len(all.named(ref)) == 1)
}

// means tells that a text is the name or id of a certain column.
func (all columns) means(ref string, at int) bool {
	found, err := all.find(ref, "")
	return err == nil && found == at
}

// nearest lists names, those most like what was asked for first.
func nearest(ref string, names []string, most int) string {
	var out []string
	for _, name := range alike.NearestFirst(ref, names, func(s string) string { return s })[:min(len(names), most)] {
		out = append(out, quote(name))
	}
	list := strings.Join(out, ", ")
	if more := len(names) - most; more > 0 {
		list += fmt.Sprintf(" and %d more", more)
	}
	return list
}

// quote is a text in quotation marks, short enough for a sentence.
func quote(s string) string { return fault.Quote(s, 60) }
