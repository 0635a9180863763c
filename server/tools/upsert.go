package tools

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"codabridge/server/coda"
	"codabridge/server/tools/find"
	"codabridge/server/tools/words"
)

const (
	// batchSize is how many bytes of rows one request carries; Coda takes
	// 2 MB with all that is around them.
	batchSize = 1_500_000
	// batchTime is what a further batch needs of the call's time.
	batchTime = 8 * time.Second
)

type upsertRowsArgs struct {
	Document       string      `json:"document"`
	Table          string      `json:"table"`
	Rows           []rowValues `json:"rows"`
	KeyColumns     []string    `json:"key_columns"`
	DisableParsing bool        `json:"disable_parsing"`
}

// batch is one request of an upsert and what became of it.
type batch struct {
	From    int    `json:"from"` // number of its first row, from 1
	To      int    `json:"to"`
	Status  string `json:"status"` // applied, queued, unknown, refused, not_sent
	Request string `json:"request_id,omitempty"`
	Warning string `json:"warning,omitempty"`
	Error   string `json:"error,omitempty"`
}

type upsertRowsResult struct {
	Document words.Reference `json:"document"`
	Table    words.Reference `json:"table"`
	Sent     int             `json:"rows_sent"`
	NotIn    int             `json:"rows_not_in"` // refused and not sent
	Batches  []batch         `json:"batches"`
	Repeated bool            `json:"repeated,omitempty"`
	Note     string          `json:"note,omitempty"`
}

func (t *Tools) upsertRows(ctx context.Context, a upsertRowsArgs) (upsertRowsResult, error) {
	p, w, err := t.openTable(ctx, a.Document, a.Table)
	if err != nil {
		return upsertRowsResult{}, err
	}
	w.raw = a.DisableParsing
	target, note, err := t.baseTable(ctx, p)
	if err != nil {
		return upsertRowsResult{}, err
	}
	u, err := w.rows(ctx, createRowsArgs{Rows: a.Rows, KeyColumns: a.KeyColumns, DisableParsing: a.DisableParsing})
	if err != nil {
		return upsertRowsResult{}, err
	}
	if err := w.keysPresent(u); err != nil {
		return upsertRowsResult{}, err
	}
	batches, err := cutBatches(u.Rows)
	if err == nil {
		err = keysOnce(u)
	}
	if err != nil {
		return upsertRowsResult{}, err
	}
	out := upsertRowsResult{Document: *docRef(p.Doc), Table: target, Note: note}
	return t.sendBatches(ctx, p.Doc, w.columns, u, batches, out)
}

// baseTable is the table that takes rows: a view's own, since Coda adds rows
// to base tables only.
func (t *Tools) baseTable(ctx context.Context, p find.Place) (target words.Reference, note string, err error) {
	about, err := t.find.TableByID(ctx, p.Doc.ID, p.Table, find.NameAge)
	if err == nil && about.ParentTable != nil && about.ParentTable.ID != "" {
		return words.Reference{ID: about.ParentTable.ID, Name: about.ParentTable.Name}, "This is a view, so the rows of its table " + words.Quote(about.ParentTable.Name) + " were meant.", nil
	}
	return words.Reference{ID: about.ID, Name: about.Name}, "", err
}

// keysPresent refuses rows that leave a key column out: they would match
// every row where it is empty.
func (w *cellWriter) keysPresent(u coda.RowsUpsert) error {
	bad := words.Complaints{Rows: len(u.Rows)}
	for i, r := range u.Rows {
		for _, key := range u.KeyColumns {
			there := false
			for _, c := range r.Cells {
				there = there || c.Column == key && c.Value != ""
			}
			if !there {
				c, _ := findColumn(w.columns, key)
				bad.Add(i+1, "There is no value in the key column "+words.Quote(c.Name)+". Give every row its key.")
			}
		}
	}
	return bad.Err()
}

// keysOnce refuses two rows of one key: Coda would make one row of them, of
// which nobody can say whose values it keeps.
func keysOnce(u coda.RowsUpsert) error {
	first := map[string]int{}
	for i, r := range u.Rows {
		var key []string
		for _, column := range u.KeyColumns {
			for _, c := range r.Cells {
				if c.Column == column {
					key = append(key, keyText(c.Value))
				}
			}
		}
		whole := fmt.Sprintf("%q", key)
		if at, twice := first[whole]; twice {
			return words.Say("Rows %d and %d of %d have the same key %s, so one row would become of them. Give each key once.", at, i+1, len(u.Rows), words.Quote(words.Clip(strings.Join(key, ", "), 120)))
		}
		first[whole] = i + 1
	}
	return nil
}

// keyText writes a key as it is compared: 7, 7.0 and "7" are the same.
func keyText(v any) string {
	n, isNumber := v.(json.Number)
	if !isNumber {
		return words.CellWords(v)
	}
	s := n.String()
	if strings.Contains(s, ".") && !strings.ContainsAny(s, "eE") {
		s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	}
	return s
}

// cutBatches cuts rows into requests, and refuses rows that Coda would refuse
// along with their whole batch.
func cutBatches(rows []coda.RowEdit) ([]batch, error) {
	var out []batch
	bad := words.Complaints{Rows: len(rows)}
	size := 0
	for i, r := range rows {
		if n := r.Size(); n > coda.MaxRow {
			bad.Add(i+1, fmt.Sprintf("It is %d KB and Coda takes at most %d KB a row. Shorten it, or put its text on a page.", (n+1023)>>10, coda.MaxRow>>10))
			continue
		}
		b, err := json.Marshal(r)
		if err != nil {
			return nil, fmt.Errorf("tools: encode row: %w", err)
		}
		size += len(b) + 1
		if len(out) == 0 || size > batchSize {
			out = append(out, batch{From: i + 1})
			size = len(b) + 1
		}
		out[len(out)-1].To = i + 1
	}
	return out, bad.Err()
}

// sendBatches sends one after the other. After a refusal or when the time is
// up the rest is not sent, and the answer says so.
func (t *Tools) sendBatches(
	ctx context.Context, doc coda.Doc, columns []coda.Column, u coda.RowsUpsert, batches []batch, out upsertRowsResult,
) (upsertRowsResult, error) {
	out.Batches = batches
	rows, stopped := u.Rows, ""
	for i := range batches {
		b := &batches[i]
		if stopped == "" && i > 0 && isLate(ctx, batchTime) {
			stopped = "The time for one call was up."
		}
		if stopped != "" {
			b.Status = "not_sent"
			out.NotIn += b.To - b.From + 1
			continue
		}
		u.Rows = rows[b.From-1 : b.To]
		res, err := t.insertRows(ctx, doc, out.Table, columns, u, nil)
		if i > 0 {
			sending(ctx) // what became of the first counts
		}
		if err != nil {
			if i == 0 {
				return out, err
			}
			b.Status, b.Error = batchFailure(err)
			if b.Status == "refused" {
				out.NotIn += b.To - b.From + 1
			}
			stopped = "A batch failed; its error is given."
			continue
		}
		out.Sent += b.To - b.From + 1
		b.Status, b.Request = string(coda.Queued), res.RequestID
	}
	t.settleBatches(ctx, batches)
	if stopped != "" {
		out.Note += " " + stopped + " Rows that are queued or applied are in and must not be sent again; send the refused and not_sent ones in a new call."
	}
	return out, nil
}

// batchFailure says whether a failed batch may have been done.
func batchFailure(err error) (status, text string) {
	var api *coda.APIError
	if errors.As(err, &api) && !api.Unsent && (api.Status == 0 || api.Status >= 500) || words.IsContext(err) {
		return string(coda.Unknown), "Coda did not answer, so it is not known whether this batch went in: read the table before sending it again."
	}
	if api != nil {
		return "refused", words.Clip(words.Clean(api.Message), 300)
	}
	return "refused", "It was not sent: too many requests wait already."
}

// settleBatches asks once how the batches stand, and waits for the last one.
func (t *Tools) settleBatches(ctx context.Context, batches []batch) {
	for i := len(batches) - 1; i >= 0; i-- {
		b := &batches[i]
		if b.Status != string(coda.Queued) {
			continue
		}
		s := t.settle(ctx, b.Request, t.o.WriteWait)
		b.Status, b.Request, b.Warning = string(s.state), s.request, s.warning
	}
}

var upsertRowsTool = declare(tool{
	name:        "coda_upsert_rows",
	title:       "Add or update many rows",
	description: "Updates the rows that match in key_columns and adds the others: for imports and syncs, up to 5,000 rows a call, sent in as few requests as Coda takes. The same call again changes nothing more. Values are checked first. batches says for each range of rows whether it is applied, queued, unknown, refused or not sent.",
	writes:      true, overwrites: true, repeatable: true,
	input: `{"type":"object","properties":{
		"document":{"type":"string","description":"Id, name or link; not needed when table is a link."},
		"table":{"type":"string","description":"Id, name or link."},
		"rows":{"type":"array","minItems":1,"maxItems":5000,"items":` + rowCells + `,"description":"` + cellsHelp + `"},
		"key_columns":{"type":"array","minItems":1,"items":{"type":"string"},"description":"Columns that identify a row."},
		"disable_parsing":` + rawHelp + `},
		"required":["table","rows","key_columns"],"additionalProperties":false}`,
	takes: strings.Replace(rowsTaken, "500", "5000", 1),
	output: `{"type":"object","properties":{
		"document":{"type":"object","properties":{"id":{"type":"string"},"name":{"type":"string"}}},
		"table":{"type":"object","properties":{"id":{"type":"string"},"name":{"type":"string"}}},
		"rows_sent":{"type":"integer"},"rows_not_in":{"type":"integer"},
		"batches":{"type":"array","items":{"type":"object","properties":{"from":{"type":"integer"},"to":{"type":"integer"},"status":{"type":"string"},"request_id":{"type":"string"},"warning":{"type":"string"},"error":{"type":"string"}},"required":["from","to","status"]}},
		"repeated":{"type":"boolean"},"note":{"type":"string"},"change":{"type":"string"}},
		"required":["document","table","rows_sent","rows_not_in","batches"],"additionalProperties":false}`,
}, (*Tools).upsertRows)
