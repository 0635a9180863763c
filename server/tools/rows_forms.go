package tools

import (
	"slices"
	"strings"

	"codabridge/server/coda"
	"codabridge/server/tools/words"
)

// cellForms are what the addresses of an answer have in common, said once a column:
// in [{Title}](https://a.example/posts/^) the title is the row's own, and what
// stands in a row behind the mark goes where ^ is.
type cellForms struct {
	said  map[string]map[string]string // by column and mark
	cells map[[2]int][]byte            // the JSON of those that are shorter, by row and column
}

// formsNote says how to read them.
const formsNote = "^x or ^a:x in a row is the form of its column in forms, with x for each ^, and for {…} the row's own value."

// fromMiddling is from how many characters of rows on addresses are shortened.
const fromMiddling = 3000

// mayHaveForm tells by its column whether a cell may be shown by a form: those whose
// values are addresses, in which nothing begins with a mark, and those that nobody
// writes.
func mayHaveForm(c *coda.Column) bool {
	switch c.Format.Type {
	case "link", "image", "imageReference", "attachments":
		return true
	}
	return c.Calculated && !c.Display && c.Format.Type != "person" && c.Format.Type != "lookup"
}

// forms finds them in the columns that are shown. Texts that stand once already are
// left alone.
func (r *rowTable) forms(dropped []bool, keys map[string]string) (f cellForms) {
	if r.size < fromMiddling {
		return f
	}
	display := slices.IndexFunc(r.from, func(c coda.Column) bool { return c.Display }) + 1
	if display > 0 && (dropped[display] || strings.ContainsAny(r.Columns[display], "{}^")) {
		display = 0
	}
	f = cellForms{map[string]map[string]string{}, map[[2]int][]byte{}}
	for at := 1; at < len(r.Columns); at++ {
		if dropped[at] || !mayHaveForm(&r.from[at-1]) {
			continue
		}
		if forms := words.Forms(r.addresses(at, display, keys), r.Columns[display]); len(forms) > 0 {
			f.said[r.Columns[at]] = r.sayForms(f.cells, at, forms)
		}
	}
	return f
}

// addresses are those of a column.
func (r *rowTable) addresses(at, display int, keys map[string]string) (out []words.Address) {
	for i := range r.Rows {
		cell, name := r.cell(i, at), ""
		if _, said := keys[string(cell)]; said {
			continue
		}
		if display > 0 {
			name, _ = words.UsualText(r.cell(i, display))
		}
		for n, entry := range words.EntriesOf(cell) {
			if a, ok := words.AddressIn(entry, name); ok {
				a.Row, a.Entry = i, n
				out = append(out, a)
			}
		}
	}
	return out
}

// sayForms gives forms by their marks, and writes the cells that have one.
func (r *rowTable) sayForms(cells map[[2]int][]byte, at int, forms []words.Form) map[string]string {
	said, short := map[string]string{}, map[int]map[int]string{} // by row and entry
	for i := range forms {
		said[forms[i].Mark] = forms[i].Text
		for a, s := range forms[i].Each {
			short[a.Row] = put(short[a.Row], a.Entry, s)
		}
	}
	for row, by := range short {
		cell := r.cell(row, at)
		var out []byte
		for n, e := range words.EntriesOf(cell) {
			if s, ok := by[n]; ok {
				e = words.AppendJSON(nil, s)
			}
			out = append(append(out, e...), ',')
		}
		out = out[:len(out)-1]
		if cell[0] == '[' {
			out = append(append([]byte{'['}, out...), ']')
		}
		cells[[2]int{row, at}] = out
	}
	return said
}

func put[K comparable, T any](m map[K]T, name K, v T) map[K]T {
	if m == nil {
		m = map[K]T{}
	}
	m[name] = v
	return m
}

// refuseShort refuses what stands in an answer for a text, where the text is wanted.
func refuseShort(c coda.Column, given string) error {
	if _, short := words.AfterMark(given); short && mayHaveForm(&c) {
		return words.Say("%s is short for a text in an answer of coda_list_rows. Give the text itself: the form of %s, which stands there in forms, with what comes behind the mark for each ^.",
			words.Quote(words.Clip(given, 80)), words.Quote(c.Name))
	}
	return words.RefuseKey(given)
}

// isFormOf tells that a value is what an answer has for a cell by one of its forms,
// or for entries of its list.
func isFormOf(c *coda.Column, cell []byte, given any) bool {
	list, isList := given.([]any)
	if !isList {
		list = []any{given}
	}
	n := 0
	for i, entry := range words.EntriesOf(cell) {
		if !mayHaveForm(c) || i >= len(list) {
			return false
		}
		is, said := words.CellWords(coda.DecodeCell(entry)), words.CellWords(list[i])
		if is != said && !words.MayBeFormOf(is, said) {
			return false
		}
		n++
	}
	return n == len(list)
}
