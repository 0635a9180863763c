package tools

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"codabridge/server/coda"
	"codabridge/server/tools/changes"
	"codabridge/server/tools/find"
	"codabridge/server/tools/words"
)

type getPageLinesArgs struct {
	Document string `json:"document"`
	Page     string `json:"page"`
	Limit    int    `json:"limit"`
	Cursor   string `json:"cursor"`
}

type getPageLinesResult struct {
	Document   words.Reference `json:"document"`
	Page       string          `json:"page"`
	Lines      [][]any         `json:"lines"`
	NextCursor string          `json:"next_cursor,omitempty"`
	Note       string          `json:"note,omitempty"`
}

func (t *Tools) getPageLines(ctx context.Context, a getPageLinesArgs) (getPageLinesResult, error) {
	p, err := t.findPage(ctx, a.Document, a.Page)
	if err != nil {
		return getPageLinesResult{}, err
	}
	lines, err := coda.Listed(t.o.Coda.PageContent(ctx, p.Doc.ID, p.Page, coda.ListOptions{Limit: cmp.Or(a.Limit, 100), PageToken: a.Cursor}))
	out := getPageLinesResult{Document: *docRef(p.Doc), Page: p.Page, Lines: [][]any{}, NextCursor: lines.NextPageToken}
	cut := 0
	for _, l := range lines.Items {
		text := words.Clip(l.Text, 400)
		if text != l.Text {
			cut++
		}
		out.Lines = append(out.Lines, []any{l.ID, l.Style, l.Level, text})
	}
	if cut > 0 {
		out.Note = words.Count(cut, "line") + " shown in part; coda_get_page has the whole text."
	}
	return out, find.BadCursor(err, a.Cursor)
}

// allLines reads every line of a page.
func (t *Tools) allLines(ctx context.Context, p find.Place) ([]coda.Line, error) {
	var lines []coda.Line
	next := func(token string) (coda.Page[coda.Line], error) {
		return t.o.Coda.PageContent(ctx, p.Doc.ID, p.Page, coda.ListOptions{Limit: 500, PageToken: token})
	}
	for l, err := range coda.Each(next) {
		if err != nil {
			return nil, err
		}
		lines = append(lines, l)
		if len(lines) == mostLines {
			break
		}
	}
	return lines, nil
}

// elementsOf finds lines by their ids, each of which must be there.
func elementsOf(lines []coda.Line, ids []string) ([]coda.Line, error) {
	var out []coda.Line
	for _, id := range ids {
		at := slices.IndexFunc(lines, func(l coda.Line) bool { return l.ID == strings.TrimSpace(id) })
		if at < 0 {
			return nil, noElement(id)
		}
		out = append(out, lines[at])
	}
	return out, nil
}

// lineWords is a line with its whole text, as it can be put back.
func lineWords(l coda.Line) string {
	text, err := words.Encode(words.Clip(l.Text, 4000))
	if err != nil {
		return lineHint(l)
	}
	return l.ID + " " + l.Style + ": " + text
}

// lineHint is enough of a line to know it by.
func lineHint(l coda.Line) string {
	return l.ID + " " + l.Style + ": " + words.Quote(words.Clip(l.Text, 100))
}

var getPageLinesTool = declare(tool{
	name:        "coda_get_page_lines",
	title:       "Lines of a page with ids",
	description: "Reads a page line by line as [element id, style, level, text], for editing single lines with coda_edit_page. Tables, images and controls are not among the lines.",
	repeatable:  true,
	input: `{"type":"object","properties":{
		"document":{"type":"string","description":"Id, name or link; not needed when page is a link."},
		"page":{"type":"string","description":"Id, name or link."},
		"limit":{"type":"integer","minimum":1,"maximum":300,"description":"Default 100."},
		"cursor":{"type":"string","description":"next_cursor of the answer before."}},
		"required":["page"],"additionalProperties":false}`,
	output: `{"type":"object","properties":{
		"document":{"type":"object","properties":{"id":{"type":"string"},"name":{"type":"string"}}},"page":{"type":"string"},
		"lines":{"type":"array","items":{"type":"array","items":{}}},"next_cursor":{"type":"string"},"note":{"type":"string"}},
		"required":["document","page","lines"],"additionalProperties":false}`,
}, (*Tools).getPageLines)

type deletePageElementsArgs struct {
	Document string   `json:"document"`
	Page     string   `json:"page"`
	Elements []string `json:"elements"`
}

func (t *Tools) deletePageElements(ctx context.Context, a deletePageElementsArgs) (change, error) {
	p, err := t.findPage(ctx, a.Document, a.Page)
	if err != nil {
		return change{}, err
	}
	lines, err := t.allLines(ctx, p)
	if err != nil {
		return change{}, err
	}
	gone, err := elementsOf(lines, a.Elements)
	if err != nil {
		return change{}, err
	}
	return t.dropLines(ctx, p, gone)
}

// dropLines deletes lines of a page and says what they were.
func (t *Tools) dropLines(ctx context.Context, p find.Place, gone []coda.Line) (change, error) {
	out := change{Document: docRef(p.Doc), ID: p.Page, URL: t.pageLink(p)}
	ids := make([]string, len(gone))
	for i, l := range gone {
		ids[i] = l.ID
		out.Was = append(out.Was, lineWords(l))
	}
	t.texts.Delete(p.Doc.ID + "/" + p.Page)
	w := changes.Write{Operation: "deletePageContent", Args: coda.Args{"docId": p.Doc.ID, "pageIdOrName": p.Page, "elementIds": ids},
		DocName: p.Doc.Name, Name: t.find.PageName(p), Link: find.Link(p.Doc.BrowserLink, p.Doc)}
	out, err := t.submitQueued(ctx, w, out)
	if err == nil {
		t.wrotePage(ctx, p, "", "", out.Was)
	}
	return out, err
}

var deletePageElementsTool = declare(tool{
	name:        "coda_delete_page_elements",
	title:       "Delete lines of a page",
	description: "Deletes lines of a page by their element ids. was says what they were.",
	writes:      true, overwrites: true, repeatable: true,
	input: `{"type":"object","properties":{
		"document":{"type":"string","description":"Id, name or link; not needed when page is a link."},
		"page":{"type":"string","description":"Id, name or link."},
		"elements":{"type":"array","minItems":1,"maxItems":100,"items":{"type":"string"},"description":"Ids (cl-…) from coda_get_page_lines."}},
		"required":["page","elements"],"additionalProperties":false}`,
	output: changeSchema,
}, (*Tools).deletePageElements)
