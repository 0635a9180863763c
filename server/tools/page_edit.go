package tools

import (
	"cmp"
	"context"
	"html"
	"slices"
	"strings"

	"codabridge/server/alike"
	"codabridge/server/coda"
	"codabridge/server/tools/find"
	"codabridge/server/tools/words"
)

type editPageArgs struct {
	Document string `json:"document"`
	Page     string `json:"page"`
	Mode     string `json:"mode"`
	Element  string `json:"element"`
	Content  string `json:"content"`
	Format   string `json:"format"`
}

func (t *Tools) editPage(ctx context.Context, a editPageArgs) (change, error) {
	if strings.TrimSpace(a.Content) == "" && a.Mode != deleteLines {
		return change{}, words.Say("The argument \"content\" is empty. Give the text; mode \"delete\" takes lines away.")
	}
	if a.Element == "" && (a.Mode == coda.Replace || a.Mode == deleteLines) {
		return change{}, words.Say("To %s, give \"element\": the whole text of the line as coda_get_page shows it, or its id (cl-…). coda_replace_page replaces a whole page.", a.Mode)
	}
	p, err := t.findPage(ctx, a.Document, a.Page)
	if err != nil {
		return change{}, err
	}
	if a.Mode == deleteLines {
		return t.deleteMeant(ctx, p, a.Element)
	}
	return t.insert(ctx, p, a.Mode, a.Element, cmp.Or(a.Format, coda.Markdown), a.Content)
}

// deleteLines is the mode of coda_edit_page that is none of Coda's.
const deleteLines = "delete"

// deleteMeant deletes the lines that element means.
func (t *Tools) deleteMeant(ctx context.Context, p find.Place, element string) (change, error) {
	lines, err := t.allLines(ctx, p)
	if err != nil {
		return change{}, err
	}
	gone, err := linesMeant(lines, element)
	if err != nil {
		return change{}, err
	}
	return t.dropLines(ctx, p, gone)
}

// insert writes content onto a page, at its ends or at an element.
func (t *Tools) insert(ctx context.Context, p find.Place, mode, element, format, content string) (change, error) {
	out := change{Document: docRef(p.Doc), ID: p.Page, URL: t.pageLink(p), Note: lossNote(format, content)}
	if element != "" {
		at, err := t.elementAt(ctx, p, mode, element)
		if err != nil {
			return out, err
		}
		element = at.ID
		if mode == coda.Replace {
			out.Was = []string{lineWords(at)}
		}
	}
	m, err := t.updateText(ctx, p, nil, coda.ContentUpdate{InsertionMode: mode, ElementID: element, Format: format, Content: content})
	if err != nil {
		return out, err
	}
	t.wrotePage(ctx, p, "", "", out.Was)
	if format == coda.HTML {
		t.find.ForgetTables(p.Doc.ID) // a <table> becomes one
	}
	return t.conclude(ctx, m.RequestID, t.o.WriteWait, out), nil
}

// elementAt is the line next to which, or in whose place, content goes.
func (t *Tools) elementAt(ctx context.Context, p find.Place, mode, element string) (coda.Line, error) {
	lines, err := t.allLines(ctx, p)
	if err != nil {
		return coda.Line{}, err
	}
	meant, err := linesMeant(lines, element)
	switch {
	case err != nil:
		return coda.Line{}, err
	case mode == coda.Replace && len(meant) > 1:
		return coda.Line{}, words.Say("\"element\" is %s, and one line can be replaced at a time. Replace the first, and delete the others in a call of their own.", words.Count(len(meant), "line"))
	case mode == coda.Append:
		return meant[len(meant)-1], nil
	}
	return meant[0], nil
}

// pageLink is the address of a page where it is known without asking.
func (t *Tools) pageLink(p find.Place) string {
	pages, _, _ := t.find.OlderNames(p.Doc.ID)
	for _, g := range pages {
		if g.ID == p.Page {
			return find.Link(g.BrowserLink, p.Doc)
		}
	}
	return find.Link("", p.Doc)
}

var editPageTool = declare(tool{
	name:        "coda_edit_page",
	title:       "Edit or remove text",
	description: "Edits a page. element: a line (for delete also several), its whole text as coda_get_page shows it or its id (cl-…). delete removes it, replace puts content there, append and prepend after or before it, without element at the end or start of the page. was: the old text.",
	writes:      true, overwrites: true,
	input: `{"type":"object","properties":{
		"document":{"type":"string"},
		"page":{"type":"string"},
		"mode":{"type":"string","enum":["append","prepend","replace","delete"]},
		"element":{"type":"string"},
		"content":{"type":"string"},"format":{"type":"string"}},
		"required":["page","mode"],"additionalProperties":false}`,
	takes:  formats,
	output: changeSchema,
}, (*Tools).editPage)

type insertTableArgs struct {
	Document string   `json:"document"`
	Page     string   `json:"page"`
	Columns  []string `json:"columns"`
	Rows     [][]any  `json:"rows"`
	Mode     string   `json:"mode"`
	Element  string   `json:"element"`
}

func (t *Tools) insertTable(ctx context.Context, a insertTableArgs) (change, error) {
	if err := tableFits(a.Columns, a.Rows); err != nil {
		return change{}, err
	}
	p, err := t.findPage(ctx, a.Document, a.Page)
	if err != nil {
		return change{}, err
	}
	out, err := t.insert(ctx, p, cmp.Or(a.Mode, coda.Append), a.Element, coda.HTML, htmlTable(a.Columns, a.Rows))
	if err == nil {
		out.Note = strings.TrimSpace("Coda names the table itself and makes plain text columns; types are set in Coda by hand. " + out.Note)
	}
	return out, err
}

// tableFits refuses what cannot become a table: its columns would not be told
// apart, or its cells are no text.
func tableFits(columns []string, rows [][]any) error {
	taken := map[string]int{}
	for i, c := range columns {
		name := alike.Fold(c)
		if first := taken[name]; first > 0 && name != "" { // Coda names those without a name
			return words.Say("Columns %d and %d are both called %s. Give every column a name of its own.", first, i+1, words.Quote(c))
		}
		taken[name] = i + 1
	}
	for i, r := range rows {
		if len(r) > len(columns) {
			return words.Say("Row %d has %s for %s. Give one value for each column.", i+1, words.Count(len(r), "value"), words.Count(len(columns), "column"))
		}
		for k, v := range r {
			if !isPlain(v, true) {
				return words.Say("In row %d the value of the column %s is nested. Give text, a number, true/false or a list of these.", i+1, words.Quote(columns[k]))
			}
		}
	}
	return nil
}

// isPlain reports whether a value can be written as text: no object, and no
// list within a list.
func isPlain(v any, lists bool) bool {
	switch x := v.(type) {
	case map[string]any:
		return false
	case []any:
		return lists && !slices.ContainsFunc(x, func(e any) bool { return !isPlain(e, false) })
	}
	return true
}

// htmlTable is the one form in which Coda makes a table of its own with the
// right header.
func htmlTable(columns []string, rows [][]any) string {
	var b strings.Builder
	b.WriteString("<table><tr>")
	for _, c := range columns {
		b.WriteString("<th>" + html.EscapeString(c) + "</th>")
	}
	b.WriteString("</tr>")
	for _, r := range rows {
		b.WriteString("<tr>")
		for i := range columns {
			text := ""
			if i < len(r) {
				text = words.CellWords(r[i])
			}
			b.WriteString("<td>" + html.EscapeString(text) + "</td>")
		}
		b.WriteString("</tr>")
	}
	b.WriteString("</table>")
	return b.String()
}

var insertTableTool = declare(tool{
	name:        "coda_insert_table",
	title:       "Put a new table on a page",
	description: "Makes a native Coda table on a page from column names and rows: the only way to make a table through Coda's API. Columns are plain text and their types cannot be set. For rows of an existing table use coda_create_rows.",
	writes:      true,
	input: `{"type":"object","properties":{
		"document":{"type":"string","description":"Id, name or link; not needed when page is a link."},
		"page":{"type":"string","description":"Id, name or link."},
		"columns":{"type":"array","minItems":1,"maxItems":50,"items":{"type":"string"}},
		"rows":{"type":"array","maxItems":500,"items":{"type":"array","items":{"type":"string"}},"description":"One list of values a row."},
		"mode":{"type":"string","enum":["append","prepend"],"description":"Default append; with element: after or before it."},
		"element":{"type":"string","description":"Element id (cl-…)."}},
		"required":["page","columns"],"additionalProperties":false}`,
	takes:  `{"properties":{"rows":{"items":{"items":null}}}}`,
	output: changeSchema,
}, (*Tools).insertTable)

type replacePageArgs struct {
	Document string `json:"document"`
	Page     string `json:"page"`
	Content  string `json:"content"`
	Format   string `json:"format"`
	DryRun   bool   `json:"dry_run"`
}

func (t *Tools) replacePage(ctx context.Context, a replacePageArgs) (change, error) {
	if strings.TrimSpace(a.Content) == "" {
		return change{}, words.Say("The argument \"content\" is empty. Give the new text of the page.")
	}
	p, err := t.findPage(ctx, a.Document, a.Page)
	if err != nil {
		return change{}, err
	}
	old, err := t.readPage(ctx, p, false)
	if err == nil {
		err = old.refusal
	}
	if err != nil {
		return change{}, err
	}
	tables, err := t.find.TablesOf(ctx, p.Doc.ID, 0)
	if err != nil {
		return change{}, err
	}
	out := change{Status: "dry_run", Document: docRef(p.Doc), ID: p.Page, Diff: words.Clip(words.Difference(old.text, a.Content), 12000)}
	for _, g := range tablesOn(tables, p.Page) {
		out.Was = append(out.Was, "table "+words.Quote(g.Name)+" ("+g.ID+")")
	}
	if a.DryRun {
		out.Note = strings.TrimSpace("Nothing was written. The whole page would be rewritten; tables, controls and images on it may be lost. Show the difference to the user, then call again with dry_run false. " + lossNote(a.Format, a.Content))
		return out, nil
	}
	done, err := t.insert(ctx, p, coda.Replace, "", cmp.Or(a.Format, coda.Markdown), a.Content)
	done.Was, done.Diff = out.Was, out.Diff
	return done, err
}

var replacePageTool = declare(tool{
	name:        "coda_replace_page",
	title:       "Rewrite a whole page",
	description: "DESTRUCTIVE: replaces everything on a page. Tables, controls, images and comments on it may be lost for good. Prefer coda_edit_page. Call with dry_run true first: it writes nothing and shows the difference line by line and the tables at risk.",
	writes:      true, overwrites: true, repeatable: true, wipes: true,
	input: `{"type":"object","properties":{
		"document":{"type":"string","description":"Id, name or link; not needed when page is a link."},
		"page":{"type":"string","description":"Id, name or link."},
		"content":{"type":"string"},"format":{"type":"string","enum":["markdown","html"],"description":"Default markdown."},
		"dry_run":{"type":"boolean","description":"true shows the difference and writes nothing."}},
		"required":["page","content","dry_run"],"additionalProperties":false}`,
	output: changeSchema,
}, (*Tools).replacePage)
