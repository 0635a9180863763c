package coda

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

// MaxRow is the largest row Coda takes, in bytes: of its values as text, plus
// one for each newline among them.
const MaxRow = 85 << 10

// RowQuery chooses the rows and the form of their values. With a PageToken
// nothing else is sent but what a header carries.
type RowQuery struct {
	// Query is column:json, such as c-tuVwxYz:"Apple" or "My Column":123.
	Query  string
	SortBy string // createdAt, natural, updatedAt
	// ValueFormat is simple (the default), simpleWithArrays or rich.
	ValueFormat    string
	VisibleOnly    *bool // nil leaves it to Coda
	UseColumnNames bool
	Limit          int
	PageToken      string
	// SyncToken asks for the rows changed since; deleted ones are not told.
	SyncToken string
	// Fresh asks for nothing older than the last write of anyone. Where Coda
	// cannot promise that, the answer is a snapshot marked Stale.
	Fresh bool
}

func (q RowQuery) values() url.Values {
	v := listQuery(ListOptions{Limit: q.Limit, PageToken: q.PageToken})
	if q.PageToken != "" {
		return v
	}
	setText(v, "query", q.Query)
	setText(v, "sortBy", q.SortBy)
	setText(v, "valueFormat", q.ValueFormat)
	setText(v, "syncToken", q.SyncToken)
	if q.VisibleOnly != nil {
		v.Set("visibleOnly", fmt.Sprint(*q.VisibleOnly))
	}
	if q.UseColumnNames {
		v.Set("useColumnNames", "true")
	}
	return v
}

// listRowsOp is what ListRows is called in messages.
const listRowsOp = "list rows"

// ListRows lists rows (operation listRows). A gateway timeout, which a large
// table causes, and an answer that is too large are met by asking again for
// fewer rows; with a PageToken that is not possible (Coda ignores the limit
// then), so the error comes back and only a new start with a smaller Limit
// helps.
func (c *Client) ListRows(ctx context.Context, doc, table string, q RowQuery) (Page[Row], error) {
	for try := 0; ; try++ {
		p, err := c.listRows(ctx, doc, table, q)
		tooLarge := IsKind(err, KindTooLarge) && q.Limit != 1
		if q.PageToken != "" || !tooLarge && (try >= 2 || !IsGatewayTimeout(err)) {
			return p, err
		}
		if q.Limit == 0 || q.Limit > 100 {
			q.Limit = 100
		}
		q.Limit = max(q.Limit/4, 1)
	}
}

func (c *Client) listRows(ctx context.Context, doc, table string, q RowQuery) (Page[Row], error) {
	var out Page[Row]
	k := &call{op: listRowsOp, method: http.MethodGet, bucket: readBucket, out: &out, own504: true,
		path: []string{"docs", doc, "tables", table, "rows"}, query: q.values(), fresh: q.Fresh}
	err := c.do(ctx, k)
	if q.Fresh && IsKind(err, KindNotReady) {
		k.fresh = false
		err = c.do(ctx, k)
		out.Stale = true
	}
	return out, err
}

// CellEdit is one cell to write.
type CellEdit struct {
	Column string `json:"column"` // id, or name
	// Value is a string, number, bool, or a slice of such; Coda reads it as
	// if it were typed in.
	Value any `json:"value"`
}

// RowEdit is the cells of one row to write.
type RowEdit struct {
	Cells []CellEdit `json:"cells"`
}

// RowsUpsert is the body of InsertRows.
type RowsUpsert struct {
	Rows []RowEdit
	// KeyColumns make it an upsert: every row that matches is updated.
	KeyColumns []string
	// DisableParsing stores text as it is, which breaks dates and relations.
	DisableParsing bool
}

// RowsUpsertResult is what InsertRows was promised.
type RowsUpsertResult struct {
	RequestID string `json:"requestId"`
	// AddedRowIDs is empty with KeyColumns.
	AddedRowIDs []string `json:"addedRowIds"`
}

// InsertRows adds rows to a base table, or updates those that match the key
// columns (operation upsertRows). Without key columns a repeat adds the rows
// again. A row over 85 KB is refused here, before anything is sent.
func (c *Client) InsertRows(ctx context.Context, doc, table string, u RowsUpsert) (RowsUpsertResult, error) {
	var out RowsUpsertResult
	for i, r := range u.Rows {
		if err := r.check("insert rows", i+1); err != nil {
			return out, err
		}
	}
	body := struct {
		Rows       []RowEdit `json:"rows"`
		KeyColumns []string  `json:"keyColumns,omitempty"`
	}{filled(u.Rows), u.KeyColumns}
	err := c.do(ctx, &call{op: "insert rows", method: http.MethodPost, bucket: contentBucket, body: body, out: &out,
		path: []string{"docs", doc, "tables", table, "rows"}, query: parsing(u.DisableParsing)})
	return out, err
}

// UpdateRow writes cells of one row (operation updateRow).
func (c *Client) UpdateRow(ctx context.Context, doc, table, row string, edit RowEdit, disableParsing bool) (Mutation, error) {
	var out Mutation
	if err := edit.check("update row", 1); err != nil {
		return out, err
	}
	edit.Cells = filled(edit.Cells)
	err := c.do(ctx, &call{op: "update row", method: http.MethodPut, bucket: contentBucket, out: &out,
		body:  map[string]RowEdit{"row": edit},
		path:  []string{"docs", doc, "tables", table, "rows", row},
		query: parsing(disableParsing)})
	return out, err
}

func parsing(disabled bool) url.Values {
	if !disabled {
		return nil
	}
	return url.Values{"disableParsing": {"true"}}
}

// filled keeps an empty list from becoming null in JSON.
func filled[T any](s []T) []T {
	if s == nil {
		return []T{}
	}
	return s
}

// Size is the row's size as Coda counts it, in bytes.
func (r RowEdit) Size() int {
	n := 0
	for _, cell := range r.Cells {
		n += valueSize(cell.Value)
	}
	return n
}

func valueSize(v any) int {
	switch t := v.(type) {
	case nil:
		return 0
	case string:
		return len(t) + strings.Count(t, "\n")
	case []any:
		n := 0
		for _, e := range t {
			n += valueSize(e)
		}
		return n
	}
	b, err := json.Marshal(v)
	if err != nil {
		return 0 // do will say what is wrong with it
	}
	return len(b)
}

func (r RowEdit) check(op string, number int) error {
	if n := r.Size(); n > MaxRow {
		return &APIError{Operation: op, Kind: KindTooLarge,
			Message: fmt.Sprintf("row %d is %d KB, and Coda takes at most 85 KB a row: put less into it", number, (n+1023)>>10)}
	}
	return nil
}

// IsGatewayTimeout reports whether Coda took too long for an answer: fewer rows
// at once may help.
func IsGatewayTimeout(err error) bool {
	var e *APIError
	return errors.As(err, &e) && e.Status == http.StatusGatewayTimeout
}
