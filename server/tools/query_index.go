package tools

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"time"

	"codabridge/server/coda"
	"codabridge/server/tools/find"
	"codabridge/server/tools/query"
	"codabridge/server/tools/words"
)

// coverage is how much of a question the index could answer.
type coverage int

const (
	notIndexed    coverage = iota // nothing was read
	indexedInPart                 // what was read is to be forgotten
	indexed
)

// errLossy says that a stored text does not show the value it is of.
var errLossy = errors.New("tools: the index does not hold this value as it is")

// readIndex answers a question over more rows than one request gives from the
// search index, where that is provably as Coda has it: all of the document is
// stored as it was at one version, Coda says just now that this is still its
// version (which every edit changes), and the columns that the question looks
// at are neither calculated, which may change without an edit, nor of a type
// whose stored text has lost something.
func (t *Tools) readIndex(ctx context.Context, p find.Place, columns []coda.Column, q *query.Query) (coverage, error) {
	if t.o.Index == nil || slices.ContainsFunc(columns, func(c coda.Column) bool { return q.Uses(c.ID) && !isPlainlyStored(c) }) {
		return notIndexed, nil
	}
	whole, ok, err := t.o.Index.WholeTable(ctx, p.Doc.ID, p.Table)
	if err != nil || !ok || whole.Rows <= rowsAtOnce {
		return notIndexed, ctx.Err() // Coda is asked instead
	}
	now, err := t.o.Coda.GetDoc(ctx, p.Doc.ID)
	if err != nil || now.UpdatedAt != whole.Version {
		return notIndexed, err
	}
	t.find.KeepDoc(now)
	var failed error // for another reason than the index
	values := map[string]any{}
	used := func(c coda.Column) bool { return q.Uses(c.ID) }
	ok, err = whole.Each(ctx, columns, used, func(id string, cells []string) error {
		if err := storedValues(values, columns, q, cells); err != nil {
			return err
		}
		held := q.Held()
		failed = addRow(q, id, values)
		if failed == nil {
			failed = t.o.Coda.Keep(ctx, q.Held()-held)
		}
		return failed
	})
	rows, _ := q.Read()
	switch {
	case failed != nil || ctx.Err() != nil:
		return notIndexed, cmp.Or(failed, ctx.Err())
	case rows == 0:
		return notIndexed, nil
	case err != nil || !ok || rows != whole.Rows:
		return indexedInPart, nil
	}
	return indexed, nil
}

// plainTypes are the types of columns whose values the index stores as they
// are. Amounts are rounded there, people lose their address, relations their
// row, moments their zone and checkboxes everything.
var plainTypes = []string{"text", "select", "number", "percent", "slider", "scale", "date"}

func isPlainlyStored(c coda.Column) bool {
	return !c.Calculated && !c.Format.IsArray && slices.Contains(plainTypes, c.Format.Type)
}

// aMoment is one as the index keeps it.
var aMoment = words.Pattern(`^\d{4}-\d\d-\d\d(?: \d\d:\d\d|$)`)

var plainNumber = words.Pattern(`^-?[0-9]+(\.[0-9]+)?([eE][-+]?[0-9]+)?$`)

// storedValues makes of the stored texts of a row the cells that count, by the
// ids of their columns.
func storedValues(values map[string]any, columns []coda.Column, q *query.Query, cells []string) (err error) {
	for i := range columns {
		if c := &columns[i]; err == nil && q.Uses(c.ID) {
			values[c.ID], err = storedValue(c, cells[i])
		}
	}
	return err
}

// storedValue makes of a stored text the value that Coda would give.
func storedValue(c *coda.Column, text string) (any, error) {
	if text == "" {
		return "", nil
	}
	if kind := c.Format.Type; (kind == "text" || kind == "select") && aMoment().MatchString(text) {
		return nil, errLossy // written as moments are, whatever it was
	}
	switch c.Format.Type {
	case "text":
		return text, nil
	case "select":
		options := c.Format.Options
		if len(options) > 0 && !slices.ContainsFunc(options, func(o coda.SelectOption) bool { return o.Name == text }) {
			return nil, errLossy // several choices, or one that is gone
		}
		return text, nil
	case "date":
		day, _, _ := strings.Cut(text, " ")
		if _, err := time.Parse(time.DateOnly, day); err != nil {
			return nil, errLossy
		}
		return day, nil
	}
	if !words.IsDecimal(text) && !plainNumber().MatchString(text) {
		return nil, errLossy
	}
	return json.Number(text), nil
}
