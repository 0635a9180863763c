package tools

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"codabridge/server/coda"
	"codabridge/server/fault"
	"codabridge/server/tools/find"
	"codabridge/server/tools/words"
)

type fetchArgs struct {
	ID string `json:"id"`
}

// fetchResult has the exact shape that ChatGPT wants.
type fetchResult struct {
	ID       string            `json:"id"`
	Title    string            `json:"title"`
	Text     string            `json:"text"`
	URL      string            `json:"url"`
	Metadata map[string]string `json:"metadata"`
}

func (t *Tools) fetch(ctx context.Context, a fetchArgs) (fetchResult, error) {
	ref := strings.TrimSpace(a.ID)
	if err := words.RefuseOdd("id", ref); err != nil {
		return fetchResult{}, err
	}
	p, kind, ok, err := t.find.Parse(ctx, ref)
	if err != nil {
		return fetchResult{}, err
	}
	if !ok && strings.HasPrefix(ref, "http") && strings.Contains(ref, "://") {
		return fetchResult{}, find.ForeignLink(ref)
	}
	if !ok {
		doc, meant, err := t.docMeant(ctx, ref)
		if err != nil {
			return fetchResult{}, err
		}
		if meant {
			return t.fetchDocument(ctx, find.Place{Doc: doc})
		}
		return fetchResult{}, words.Say("%s is not an id from search. Give one such as \"page:…/…\" as search returned it, or a browser link.", words.Quote(ref))
	}
	p.Doc, err = t.find.OpenDoc(ctx, p.Doc.ID, ref)
	if err != nil {
		return fetchResult{}, err
	}
	switch kind {
	case "page":
		_, place, _ := strings.Cut(ref, placeMark)
		return t.fetchPage(ctx, p, place)
	case "table":
		return t.fetchTable(ctx, p)
	case "row":
		return t.fetchRow(ctx, p)
	}
	return t.fetchDocument(ctx, p)
}

// docMeant is the document of a bare id or a name. Ids of what stands in a
// document are no names.
func (t *Tools) docMeant(ctx context.Context, ref string) (doc coda.Doc, meant bool, err error) {
	if find.PageID.Fits(ref) || find.TableID.Fits(ref) || find.RowID.Fits(ref) {
		return doc, false, nil
	}
	doc, err = t.find.Doc(ctx, ref)
	if fault.Is(err, words.CodeNoSuch, words.CodeRefused) || coda.IsKind(err, coda.KindNotFound, coda.KindForbidden) {
		return doc, false, nil
	}
	return doc, err == nil, err
}

func (t *Tools) fetchDocument(ctx context.Context, p find.Place) (fetchResult, error) {
	d, err := t.describeDocument(ctx, p.Doc)
	return fetchResult{ID: "doc:" + d.ID, Title: d.Name, Text: d.Outline, URL: d.URL, Metadata: metadata(
		"type", "document", "document", d.Name, "owner", d.Owner, "folder", d.Folder, "updated", d.Updated,
		"pages", fmt.Sprint(d.Pages), "tables", fmt.Sprint(d.Tables), "note", d.Note)}, err
}

func (t *Tools) fetchPage(ctx context.Context, p find.Place, place string) (fetchResult, error) {
	g, part, err := t.pageAt(ctx, p, place)
	if err != nil {
		return fetchResult{}, err
	}
	more := ""
	if g.NextCursor != "" {
		more = fmt.Sprintf("The page is longer. Read on with coda_get_page: document %s, page %s, cursor %s", g.Document.ID, g.ID, g.NextCursor)
	}
	if g.Text == "" { // what there is to say of the page is its text then, and stands once
		g.Text, g.Note = g.Note, ""
	}
	return fetchResult{ID: "page:" + p.Doc.ID + "/" + g.ID, Title: g.Name, Text: g.Text, URL: g.URL, Metadata: metadata(
		"type", "page", "document", g.Document.Name, "updated", g.Updated, "read_as", g.ReadAs,
		"tables", namesOf(g.Tables), "subpages", namesOf(g.Subpages), "part", part, "more", more, "note", g.Note)}, nil
}

func (t *Tools) fetchTable(ctx context.Context, p find.Place) (fetchResult, error) {
	g, err := t.tableWith(ctx, p, inlineRows, 14000)
	if err != nil {
		return fetchResult{}, err
	}
	var columns []string
	for _, c := range g.Columns {
		if c.Type != "button" {
			columns = append(columns, words.OneLine(c.Name)+" ("+c.Type+")")
		}
	}
	head := ""
	if len(columns) > 0 {
		head, _ = words.Part("Columns: "+strings.Join(columns, ", "), 0, 4000)
	}
	text := head + "\n\n" + markdownTable(g.Sample)
	more := ""
	if left := g.RowCount - len(g.Sample.Rows); left > 0 {
		more = fmt.Sprintf("%s: coda_list_rows or coda_query_rows with document %s and table %s", words.Count(left, "more row"), p.Doc.ID, g.ID)
		text += "\n" + more + "\n"
	}
	return fetchResult{ID: "table:" + p.Doc.ID + "/" + g.ID, Title: g.Name, Text: text, URL: g.URL, Metadata: metadata(
		"type", cmp.Or(g.Type, "table"), "document", g.Document.Name, "page", g.Page, "rows", fmt.Sprint(g.RowCount), "updated", g.Updated, "more", more)}, nil
}

func (t *Tools) fetchRow(ctx context.Context, p find.Place) (fetchResult, error) {
	g, err := t.rowAt(ctx, p)
	if err != nil {
		return fetchResult{}, err
	}
	var held []string
	var texts []any
	for _, name := range words.ColumnNames(withoutButtons(g.columns)) {
		if v, ok := g.Values[name]; ok {
			held, texts = append(held, name), append(texts, rowText(v))
		}
	}
	var clipped []string
	for _, i := range words.Fit(texts, partSize) { // a text of many lines grows as it is quoted
		clipped = append(clipped, held[i])
	}
	if len(clipped) > 0 {
		g.Note = words.ClippedNote(g.ID, clipped)
	}
	var b strings.Builder
	for i, name := range held {
		fmt.Fprintf(&b, "- %s: %s\n", words.OneLine(name), texts[i])
	}
	title := cmp.Or(words.OneLine(g.Name), g.ID)
	return fetchResult{ID: "row:" + p.Doc.ID + "/" + p.Table + "/" + g.ID, Title: title, Text: b.String(), URL: g.URL, Metadata: metadata(
		"type", "row", "document", g.Document.Name, "table", g.Table.Name, "updated", g.Updated, "more", g.Note)}, nil
}

// rowText keeps the lines of long text, which a table cell would not. Further
// lines stand below the first as a quotation, so that a pasted text cannot
// pose as the next column.
func rowText(v any) string {
	s, ok := v.(string)
	if !ok {
		return words.MarkdownCell(v)
	}
	return strings.Join(words.Lines(s), "\n  > ")
}

func markdownTable(r *rowTable) string {
	var b strings.Builder
	cells := make([]string, len(r.Columns))
	for i, c := range r.Columns {
		cells[i] = words.MarkdownCell(c)
	}
	b.WriteString("| " + strings.Join(cells, " | ") + " |\n|" + strings.Repeat(" --- |", len(cells)) + "\n")
	for _, raw := range r.Rows {
		var values []any
		dec := json.NewDecoder(strings.NewReader(string(raw)))
		dec.UseNumber()
		if dec.Decode(&values) != nil {
			continue // it was encoded here a moment ago
		}
		for i := range cells {
			cells[i] = words.MarkdownCell(values[i])
		}
		b.WriteString("| " + strings.Join(cells, " | ") + " |\n")
	}
	return b.String()
}

func namesOf(list []words.Reference) string {
	var out []string
	for _, r := range list {
		out = append(out, words.OneLine(r.Name)+" ("+r.ID+")")
	}
	return words.Clip(strings.Join(out, ", "), 2000)
}

// metadata makes a map of pairs and leaves out what is empty.
func metadata(pairs ...string) map[string]string {
	m := map[string]string{}
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			m[pairs[i]] = pairs[i+1]
		}
	}
	return m
}

var fetchTool = declare(tool{
	name:        "fetch",
	title:       "Read a search result",
	description: "Reads what search found: page, document outline, first rows of a table, or row. metadata.more says how to read on.",
	repeatable:  true,
	structured:  true,
	input: `{"type":"object","properties":{"id":{"type":"string","description":"From search, or a Coda link."}},
		"required":["id"],"additionalProperties":false}`,
	output: `{"type":"object","properties":{
		"id":{"type":"string"},"title":{"type":"string"},"text":{"type":"string"},"url":{"type":"string"},
		"metadata":{"type":"object"}},
		"required":["id","title","text","url"],"additionalProperties":false}`,
}, (*Tools).fetch)
