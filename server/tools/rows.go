package tools

import (
	"cmp"
	"context"
	"encoding/base64"
	"encoding/json"
	"slices"
	"strings"

	"codabridge/server/coda"
	"codabridge/server/tools/find"
	"codabridge/server/tools/words"
)

// rowsBudget is how many characters of rows one answer holds; the rest comes
// with the cursor.
const rowsBudget = 21000

type listRowsArgs struct {
	Document    string     `json:"document"`
	Table       string     `json:"table"`
	Filter      *rowFilter `json:"filter"`
	Sort        string     `json:"sort"`
	Columns     []string   `json:"columns"`
	VisibleOnly *bool      `json:"visible_only"`
	Limit       int        `json:"limit"`
	Cursor      string     `json:"cursor"`
	Fresh       bool       `json:"fresh"`
}

type listRowsResult struct {
	Document   words.Reference   `json:"document"`
	Table      words.Reference   `json:"table"`
	Columns    []string          `json:"columns"`
	Rows       []json.RawMessage `json:"rows"`
	NextCursor string            `json:"next_cursor,omitempty"`
	Stale      bool              `json:"stale,omitempty"`
	Note       string            `json:"note,omitempty"`
}

// rowsCursor is where the next rows begin: what was asked, Coda's own page
// token, and how many rows of that page were shown already.
type rowsCursor struct {
	Table   string `json:"t"`
	Query   string `json:"q,omitempty"`
	Sort    string `json:"s,omitempty"`
	Visible *bool  `json:"v,omitempty"`
	Limit   int    `json:"l"`
	Token   string `json:"k,omitempty"`
	Skip    int    `json:"n,omitempty"`
	// Before is how many rows there are before that page.
	Before int `json:"b,omitempty"`
}

// smaller begins anew with smaller pages, and skips what was shown.
func (c rowsCursor) smaller() rowsCursor {
	c.Limit, c.Skip = max(c.Limit/4, 1), c.Skip+c.Before
	c.Token, c.Before = "", 0
	return c
}

func (c rowsCursor) String() string {
	b, err := json.Marshal(c)
	if err != nil {
		return ""
	}
	return base64.RawURLEncoding.EncodeToString(b)
}

func readRowsCursor(s, table string) (rowsCursor, error) {
	var c rowsCursor
	b, err := base64.RawURLEncoding.DecodeString(strings.TrimSpace(s))
	if err != nil || json.Unmarshal(b, &c) != nil || c.Table != table || c.Limit < 1 || c.Skip < 0 || c.Before < 0 {
		return c, words.Say("The cursor does not belong to this table. Call again without cursor, from the start.")
	}
	return c, nil
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
	at, err := startAt(a, p.Table, columns)
	if err != nil && a.Filter != nil {
		// A column or an option made a moment ago is in no cache yet.
		columns, err = t.find.ColumnsOf(ctx, p.Doc.ID, p.Table, 0)
		if err == nil {
			at, err = startAt(a, p.Table, columns)
		}
	}
	if err != nil {
		return listRowsResult{}, err
	}
	shown, err := chosen(columns, a.Columns)
	if err != nil {
		return listRowsResult{}, err
	}
	empty := listRowsResult{Document: words.Reference{ID: p.Doc.ID, Name: p.Doc.Name}, Table: t.find.TableRef(p)}
	out, err := t.gatherRows(ctx, p, a, at, shown, empty)
	if a.Filter != nil && a.Cursor == "" {
		for _, at.Query = range otherForms(a, columns) {
			if len(out.Rows) > 0 || err != nil && !coda.IsKind(err, coda.KindBadRequest) {
				break
			}
			out, err = t.gatherRows(ctx, p, a, at, shown, empty)
		}
	}
	if err == nil && a.Filter != nil && a.Cursor == "" && len(out.Rows) == 0 && out.NextCursor == "" {
		c, _ := findColumn(columns, a.Filter.Column)
		out.Note = noneMatched(c)
	}
	return out, err
}

// startAt is where the rows begin: at the cursor, which remembers what was
// asked, or at what is asked now.
func startAt(a listRowsArgs, table string, columns []coda.Column) (rowsCursor, error) {
	if a.Cursor != "" {
		return readRowsCursor(a.Cursor, table)
	}
	at := rowsCursor{Table: table, Sort: sorts[a.Sort], Visible: a.VisibleOnly, Limit: cmp.Or(a.Limit, 100)}
	if a.Filter != nil {
		at.Limit = cmp.Or(a.Limit, 500) // all rows that match, as far as they fit
	}
	if at.Sort == "natural" && a.VisibleOnly != nil && !*a.VisibleOnly {
		return at, words.Say("sort \"natural\" is the order of a view, so visible_only cannot be false with it. Leave one of them out.")
	}
	if a.Filter != nil {
		c, err := findColumn(columns, a.Filter.Column)
		if err != nil {
			return at, err
		}
		equals, err := filterValue(a.Filter.Equals, c)
		if err != nil {
			return at, err
		}
		at.Query = c.ID + ":" + find.QueryForms(c, equals)[0]
	}
	return at, nil
}

// otherForms ask for the filter's value in the other ways that Coda may compare
// by, where there are any.
func otherForms(a listRowsArgs, columns []coda.Column) (queries []string) {
	c, err := findColumn(columns, a.Filter.Column)
	if err != nil {
		return nil
	}
	equals, err := filterValue(a.Filter.Equals, c)
	if err != nil {
		return nil
	}
	for _, form := range find.QueryForms(c, equals)[1:] {
		queries = append(queries, c.ID+":"+form)
	}
	return queries
}

var sorts = map[string]string{"": "", "natural": "natural", "created": "createdAt", "updated": "updatedAt"}

// chosen are the columns to show: those asked for, in that order, or all.
func chosen(columns []coda.Column, wanted []string) ([]coda.Column, error) {
	if len(wanted) == 0 {
		return columns, nil
	}
	return findColumns(columns, wanted)
}

// gatherRows fills an answer with whole rows until it holds what was asked or
// what fits.
func (t *Tools) gatherRows(ctx context.Context, p find.Place, a listRowsArgs,
	at rowsCursor, columns []coda.Column, out listRowsResult) (listRowsResult, error) {
	limit, chain := cmp.Or(a.Limit, at.Limit), coda.Chain{}
	var rows *rowTable
	for {
		page, err := coda.Listed(t.o.Coda.ListRows(ctx, p.Doc.ID, p.Table,
			coda.RowQuery{Query: at.Query, SortBy: at.Sort, VisibleOnly: at.Visible,
				ValueFormat: "rich", Limit: at.Limit, PageToken: at.Token, Fresh: a.Fresh}))
		if rows != nil && len(rows.Rows) > 0 && coda.IsGatewayTimeout(err) {
			out.Rows, out.NextCursor = rows.Rows, at.String()
			out.Note = "Coda took too long for the rest (504); it comes with next_cursor, or start again with a smaller limit."
			return out, nil
		}
		if coda.IsKind(err, coda.KindTooLarge) && at.Token != "" && at.Limit > 1 {
			at, chain = at.smaller(), coda.Chain{}
			continue
		}
		if err != nil {
			return out, find.BadCursor(err, a.Cursor)
		}
		out.Stale = out.Stale || page.Stale
		if rows == nil {
			rows = newRowTable(present(columns, page.Items, len(a.Columns) > 0))
			out.Columns, out.Rows = rows.Columns, rows.Rows
		}
		shown, note := rows.fill(page.Items, at.Skip, limit)
		out.Rows, out.Note = rows.Rows, note
		if shown < len(page.Items) {
			at.Skip = shown
			out.NextCursor = at.String()
			return out, nil
		}
		page.Release()
		if page.NextPageToken == "" {
			return out, nil
		}
		if err := chain.Follow(page.NextPageToken); err != nil {
			return out, err
		}
		at.Token, at.Before, at.Skip = page.NextPageToken, at.Before+len(page.Items), max(at.Skip-len(page.Items), 0)
		if len(rows.Rows) >= limit {
			out.NextCursor = at.String()
			return out, nil
		}
	}
}

// present leaves out the columns that a view hides, whose rows do not have
// them, and buttons, which show the same label in every row.
func present(columns []coda.Column, rows []coda.Row, asked bool) []coda.Column {
	if asked || len(rows) == 0 {
		return columns
	}
	held := map[string]bool{}
	for _, r := range rows {
		for column := range r.Values.All() {
			held[column] = true
		}
	}
	return slices.DeleteFunc(slices.Clone(columns), func(c coda.Column) bool { return c.Format.Type == "button" || !held[c.ID] })
}

var listRowsTool = declare(tool{
	name:        "coda_list_rows",
	title:       "Read rows",
	description: "Reads rows of a table or view as columns and arrays of values; the first value of a row is its id. filter finds the rows where one column equals a value exactly. Rows come whole; when they do not all fit, call again with next_cursor. Fewer columns make room for more rows.",
	repeatable:  true,
	input: `{"type":"object","properties":{
		"document":{"type":"string","description":"Id, name or link; not needed when table is a link."},
		"table":{"type":"string","description":"Id, name or link."},
		"filter":{"type":"object","description":"Only rows where column equals this value.","properties":{"column":{"type":"string","description":"Id or name."},"equals":{"type":"string","description":"Text as shown; a number, true or false as text."}},"required":["column","equals"],"additionalProperties":false},
		"sort":{"type":"string","enum":["natural","created","updated"],"description":"natural is the order of a view."},
		"columns":{"type":"array","items":{"type":"string"},"description":"Columns to show, by id or name; default all."},
		"visible_only":{"type":"boolean","description":"Only what the view shows."},
		"limit":{"type":"integer","minimum":1,"maximum":500,"description":"Default 100; with filter 500."},
		"cursor":{"type":"string","description":"next_cursor of the answer before; it keeps filter and sort."},
		"fresh":{"type":"boolean","description":"Ask for the newest state; stale in the answer says that Coda had none."}},
		"required":["table"],"additionalProperties":false}`,
	takes: `{"properties":{"filter":{"properties":{"equals":{"type":null}}}}}`,
	output: `{"type":"object","properties":{
		"document":{"type":"object","properties":{"id":{"type":"string"},"name":{"type":"string"}}},
		"table":{"type":"object","properties":{"id":{"type":"string"},"name":{"type":"string"}}},
		"columns":{"type":"array","items":{"type":"string"}},
		"rows":{"type":"array","items":{"type":"array","items":{}}},
		"next_cursor":{"type":"string"},"stale":{"type":"boolean"},"note":{"type":"string"}},
		"required":["document","table","columns","rows"],"additionalProperties":false}`,
}, (*Tools).listRows)
