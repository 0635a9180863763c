package tools

import (
	"cmp"
	"context"
	"encoding/json"

	"codabridge/server/coda"
	"codabridge/server/tools/find"
	"codabridge/server/tools/words"
)

type listRowsArgs struct {
	Document    string     `json:"document"`
	Table       string     `json:"table"`
	Filter      *rowFilter `json:"filter"`
	Sort        string     `json:"sort"`
	Descending  bool       `json:"descending"`
	Columns     []string   `json:"columns"`
	VisibleOnly *bool      `json:"visible_only"`
	Limit       int        `json:"limit"`
	Cursor      string     `json:"cursor"`
	Fresh       bool       `json:"fresh"`

	plain bool // for the eyes of a person
}

type listRowsResult struct {
	Document   words.Reference   `json:"document"`
	Table      words.Reference   `json:"table"`
	Columns    []string          `json:"columns"`
	shared                       // before the rows, which are read with it
	Rows       []json.RawMessage `json:"rows"`
	Sorted     string            `json:"sorted,omitempty"`
	NextCursor string            `json:"next_cursor,omitempty"`
	Stale      bool              `json:"stale,omitempty"`
	Note       string            `json:"note,omitempty"`
}

// AppendAnswer writes the answer as JSON.
func (r listRowsResult) AppendAnswer(to []byte) ([]byte, error) {
	rows := r.Rows
	r.Rows = []json.RawMessage{}
	return words.AppendWithRows(to, r, rows)
}

func (t *Tools) listRows(ctx context.Context, a listRowsArgs) (listRowsResult, error) {
	p, err := t.find.Table(ctx, a.Document, a.Table)
	if err != nil {
		return listRowsResult{}, err
	}
	columns, err := t.find.ColumnsOf(ctx, p.Doc.ID, p.Table, find.NameAge)
	if err != nil {
		return listRowsResult{}, err
	}
	at, err := t.startAt(ctx, a, p, columns)
	if err != nil && a.Cursor == "" {
		// A column or an option made a moment ago is in no cache yet.
		columns, err = t.find.ColumnsOf(ctx, p.Doc.ID, p.Table, 0)
		if err == nil {
			at, err = t.startAt(ctx, a, p, columns)
		}
	}
	if err != nil {
		return listRowsResult{}, err
	}
	r := &rowReader{t: t, place: p, at: at, columns: columns, limit: cmp.Or(a.Limit, at.limit),
		fresh: a.Fresh, plain: a.plain, cursor: a.Cursor}
	r.out = listRowsResult{Document: words.Reference{ID: p.Doc.ID, Name: p.Doc.Name}, Table: t.find.TableRef(p),
		Rows: []json.RawMessage{}, Columns: []string{}, Sorted: at.sorted()}
	return r.read(ctx)
}

// startAt is where the rows begin: at the cursor, which remembers what was
// asked, or at what is asked now.
func (t *Tools) startAt(ctx context.Context, a listRowsArgs, p find.Place, columns []coda.Column) (rowsAt, error) {
	if a.Cursor != "" {
		at, err := t.rowsCursor(a.Cursor, p)
		if err == nil && len(a.Columns) > 0 {
			at.shown, err = findColumns(columns, a.Columns)
		}
		return at, err
	}
	at := rowsAt{place: p.Doc.ID + "/" + p.Table, sort: sorts[a.Sort], newest: a.Descending, visible: a.VisibleOnly, limit: cmp.Or(a.Limit, 100)}
	at.page = at.limit
	if at.newest && (at.sort == "" || at.sort == "natural") {
		if at.sort != "" {
			return at, words.Say("\"descending\" goes with sort \"created\" or \"updated\"; for other orders use coda_query_rows.")
		}
		at.sort = sorts["updated"]
	}
	if at.sort == "natural" && a.VisibleOnly != nil && !*a.VisibleOnly {
		return at, words.Say("sort \"natural\" is the order of a view, so visible_only cannot be false with it. Leave one of them out.")
	}
	var err error
	if len(a.Columns) > 0 {
		at.shown, err = findColumns(columns, a.Columns)
		if err != nil {
			return at, err
		}
	}
	if a.Filter != nil {
		at.filter, err = t.readFilter(ctx, *a.Filter, columns)
		at.limit, at.page = cmp.Or(a.Limit, 500), 500 // all rows that match, as far as they fit
		if a.Limit > 0 && len(at.filter.forms) > 0 {
			at.page = a.Limit
		}
	}
	return at, err
}

var sorts = map[string]string{"": "", "natural": "natural", "created": "createdAt", "updated": "updatedAt"}

// sorted says in which order rows come that are sorted by time.
func (at rowsAt) sorted() string {
	by := map[string]string{"createdAt": "created", "updatedAt": "updated"}[at.sort]
	switch {
	case by == "":
		return ""
	case at.newest:
		return by + ", newest first"
	}
	return by + ", oldest first"
}

var listRowsTool = declare(tool{
	name:        "coda_list_rows",
	title:       "Read rows",
	description: "Reads rows as arrays of values, the row id first. filter: a column equals a value as shown, or is \"not empty\", \"> 5\". created and updated sort oldest first; descending turns it. cursor keeps all this.",
	repeatable:  true,
	input: `{"type":"object","properties":{
		"document":{"type":"string"},
		"table":{"type":"string"},
		"filter":{"type":"object","properties":{"column":{"type":"string"},"is":{"type":"string"},"equals":{"type":"string"}},"additionalProperties":false},
		"sort":{"type":"string","enum":["natural","created","updated"]},
		"descending":{"type":"boolean"},
		"columns":{"type":"array","items":{"type":"string"}},
		"visible_only":{"type":"boolean"},
		"limit":{"type":"integer"},
		"cursor":{"type":"string"}},
		"required":["table"],"additionalProperties":false}`,
	takes: `{"properties":{"fresh":{"type":"boolean"},"limit":{"minimum":1,"maximum":500},"filter":{"required":["column"],"properties":{"equals":{"type":null},"value":{}}}}}`,
	output: `{"type":"object","properties":{
		"document":{"type":"object","properties":{"id":{"type":"string"},"name":{"type":"string"}}},
		"table":{"type":"object","properties":{"id":{"type":"string"},"name":{"type":"string"}}},
		"columns":{"type":"array","items":{"type":"string"}},
		"rows":{"type":"array","items":{"type":"array","items":{}}},
		"same":{"type":"object","additionalProperties":true},"empty":{"type":"array","items":{"type":"string"}},"texts":{"type":"object","additionalProperties":{"type":"string"}},
		"forms":{"type":"object","additionalProperties":{"type":"object","additionalProperties":{"type":"string"}}},"units":{"type":"object","additionalProperties":{"type":"string"}},
		"sorted":{"type":"string"},"next_cursor":{"type":"string"},"stale":{"type":"boolean"},"note":{"type":"string"}},
		"required":["document","table","columns","rows"],"additionalProperties":false}`,
}, (*Tools).listRows)
