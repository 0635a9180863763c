package tools

import (
	"strings"

	"codabridge/server/coda"
	"codabridge/server/tools/find"
	"codabridge/server/tools/words"
)

// column finds a column; of many rows each names the same ones.
func (w *cellWriter) column(name string) (coda.Column, error) {
	if c, ok := w.named[name]; ok {
		return c, nil
	}
	c, err := findColumn(w.columns, name)
	if err == nil {
		w.named[name] = c
	}
	return c, err
}

func lockedKind(c coda.Column) string {
	if c.Format.Type == "button" {
		return "a button"
	}
	return "calculated by a formula"
}

// findColumn finds a column by its id, its name or a name that is alike. Those
// that look the same are never guessed between: a write could go to either.
func findColumn(columns []coda.Column, ref string) (coda.Column, error) {
	names := words.ColumnNames(columns)
	for i, c := range columns {
		if c.ID == ref || names[i] == ref {
			return c, nil
		}
	}
	for i, c := range columns {
		if words.Looks(names[i]) == words.Looks(ref) {
			return c, nil // each looks different
		}
	}
	name := func(c coda.Column) string { return c.Name }
	var fits []coda.Column
	for _, c := range columns {
		if words.Looks(c.Name) == words.Looks(ref) {
			fits = append(fits, c)
		}
	}
	if len(fits) == 0 {
		fits = find.Alike(ref, columns, name)
	}
	if len(fits) == 1 {
		return fits[0], nil
	}
	if len(fits) > 1 {
		return coda.Column{}, words.Say("Several columns are called %s. Use one of their ids: %s.", words.Quote(ref), strings.Join(ids(fits), ", "))
	}
	near := words.ColumnNames(find.NearestFirst(ref, columns, name))
	near = near[:min(len(near), 60)]
	for i := range near {
		near[i] = words.Clip(near[i], 60)
	}
	return coda.Column{}, words.NoSuch("There is no column %s. The columns are: %s.", words.Quote(ref), words.List(near, len(columns)))
}

func ids(columns []coda.Column) []string {
	var out []string
	for _, c := range columns {
		out = append(out, c.ID)
	}
	return out
}
