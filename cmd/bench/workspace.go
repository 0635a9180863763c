package main

import "codabridge/server/coda/codatest"

// The table that is read has so many rows, and columns with values.
const tall, wide = 100, 12

// place is where the calls go, in ids.
type place struct{ doc, table, row string }

// workspace is the sample workspace and the place of its Tasks. Their button,
// which has no value to read, gives way to a remark, and the hours spent make
// it twelve columns.
func workspace() (codatest.Workspace, place) {
	w := codatest.Sample()
	d := w.Docs[0]
	t := d.Tables[1]
	button := len(t.Columns) - 1
	t.Columns[button] = &codatest.Column{ID: "c-bench00001", Name: "Remark", Type: "text"}
	t.Columns = append(t.Columns, &codatest.Column{ID: "c-bench00002", Name: "Hours spent", Type: "number"})
	remarks := []any{"waits for an answer", "see the notes of Monday", nil, "moved here from last week", "small"}
	for i, r := range t.Rows {
		r.Values = append(r.Values[:button], remarks[i%len(remarks)], float64(i%37)/2)
	}
	return w, place{doc: d.ID, table: t.ID, row: t.Rows[0].ID}
}
