package tools

import (
	"strings"

	"codabridge/server/alike"
	"codabridge/server/coda"
	"codabridge/server/tools/words"
)

// column finds a column; of many rows each names the same ones.
func (w *cellWriter) column(name string) (coda.Column, error) {
	found, ok := w.named[name]
	if !ok {
		found.column, found.err = findColumn(w.columns, name)
		w.named[name] = found
	}
	return found.column, found.err
}

// foundColumn is a column, or why there is none.
type foundColumn struct {
	column coda.Column
	err    error
}

// findColumn finds a column that holds values, as findAnyColumn does. A button
// holds none: what it shows is its label, "Done" on a task that is open.
func findColumn(columns []coda.Column, ref string) (coda.Column, error) {
	held := withoutButtons(columns)
	c, err := findAnyColumn(held, ref)
	if err == nil || len(held) == len(columns) {
		return c, err
	}
	if button, found := findAnyColumn(columns, ref); found == nil {
		err = words.Say("The column %s is a button and holds no value. Leave it out. The columns are: %s.", words.Quote(button.Name), listedNear(held, ref))
	}
	return coda.Column{}, err
}

// findAnyColumn finds a column by its id, its name or a name that is alike. Those
// that look the same are never guessed between: a write could go to either.
func findAnyColumn(columns []coda.Column, ref string) (coda.Column, error) {
	if len(ref) > words.MostName {
		return coda.Column{}, words.Say("The column %s… is longer than any name. Give an id or a name.", words.Quote(words.Clip(ref, 60)))
	}
	names, looks := words.ColumnNames(columns), words.Looks(ref)
	for i, c := range columns {
		if c.ID == ref || names[i] == ref {
			return c, nil
		}
	}
	for i, c := range columns {
		if words.Looks(names[i]) == looks {
			return c, nil // each looks different
		}
	}
	name := func(c coda.Column) string { return c.Name }
	var fits []coda.Column
	for _, c := range columns {
		if words.Looks(c.Name) == looks {
			fits = append(fits, c)
		}
	}
	if len(fits) == 0 {
		fits = alike.Of(ref, columns, name)
	}
	if len(fits) == 0 {
		fits = alike.OfLetters(ref, columns, name)
	}
	if len(fits) == 1 {
		return fits[0], nil
	}
	if len(fits) > 1 {
		return coda.Column{}, words.Say("Several columns are called %s. Use one of their ids: %s.", words.Quote(ref), strings.Join(ids(fits), ", "))
	}
	return coda.Column{}, words.NoSuch("There is no column %s. The columns are: %s.", words.Quote(ref), listedNear(columns, ref))
}

// listedNear lists columns by name, the most alike first.
func listedNear(columns []coda.Column, ref string) string {
	near := words.ColumnNames(alike.NearestFirst(ref, columns, func(c coda.Column) string { return c.Name }))
	near = near[:min(len(near), 60)]
	for i := range near {
		near[i] = words.Clip(near[i], 60)
	}
	return words.List(near, len(columns))
}

// mostNamedColumns is how many different names of columns a list is read for.
const mostNamedColumns = 1000

// findColumns finds several, each once, whatever it is called and how often.
func findColumns(columns []coda.Column, refs []string) ([]coda.Column, error) {
	var out []coda.Column
	asked, there := map[string]bool{}, map[string]bool{}
	for _, ref := range refs {
		if asked[ref] {
			continue
		}
		if len(asked) == mostNamedColumns {
			return nil, words.Say("There are more than %d names of columns. Name each column once.", mostNamedColumns)
		}
		asked[ref] = true
		c, err := findColumn(columns, ref)
		if several := strings.Split(ref, ","); err != nil && len(refs) == 1 && len(several) > 1 && len(several) <= mostNamedColumns {
			for i := range several {
				several[i] = strings.TrimSpace(several[i])
			}
			if named, all := findColumns(columns, several); all == nil {
				return named, nil
			}
		}
		if err != nil {
			return nil, err
		}
		if !there[c.ID] {
			there[c.ID], out = true, append(out, c)
		}
	}
	return out, nil
}

func ids(columns []coda.Column) []string {
	var out []string
	for _, c := range columns {
		out = append(out, c.ID)
	}
	return out
}

// option is option, which need not look for the same text in every row.
func (w *cellWriter) option(c coda.Column, v any) (any, error) {
	key := c.ID + "\x00" + words.CellWords(v)
	if found, ok := w.options[key]; ok {
		return found, nil
	}
	found, err := option(c, v)
	if err == nil {
		w.options[key] = found
	}
	return found, err
}
