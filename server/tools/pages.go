package tools

import (
	"cmp"
	"context"

	"codabridge/server/coda"
	"codabridge/server/tools/find"
	"codabridge/server/tools/words"
)

type listPagesArgs struct {
	Document string `json:"document"`
	Limit    int    `json:"limit"`
	Cursor   string `json:"cursor"`
}

type listedPage struct {
	ID      string `json:"id"`
	Name    string `json:"name"`
	Parent  string `json:"parent,omitempty"` // id of the page above
	Type    string `json:"type,omitempty"`   // only when it is no canvas
	Hidden  bool   `json:"hidden,omitempty"`
	Updated string `json:"updated,omitempty"`
}

type listPagesResult struct {
	Document   words.Reference `json:"document"`
	Pages      []listedPage    `json:"pages"`
	NextCursor string          `json:"next_cursor,omitempty"`
}

func (t *Tools) listPages(ctx context.Context, a listPagesArgs) (listPagesResult, error) {
	doc, err := t.find.Doc(ctx, a.Document)
	if err != nil {
		return listPagesResult{}, err
	}
	pages, err := coda.Listed(t.o.Coda.ListPages(ctx, doc.ID, coda.ListOptions{Limit: cmp.Or(a.Limit, 100), PageToken: a.Cursor}))
	out := listPagesResult{Document: words.Reference{ID: doc.ID, Name: doc.Name}, Pages: []listedPage{}, NextCursor: pages.NextPageToken}
	if err == nil && a.Cursor == "" && pages.NextPageToken == "" {
		t.find.KeepPages(doc.ID, pages.Items)
	}
	for _, p := range pages.Items {
		l := listedPage{ID: p.ID, Name: words.Clip(p.Name, 200), Hidden: p.IsEffectivelyHidden || p.IsHidden, Updated: words.Day(p.UpdatedAt)}
		if p.Parent != nil {
			l.Parent = p.Parent.ID
		}
		if p.ContentType != "canvas" {
			l.Type = p.ContentType
		}
		out.Pages = append(out.Pages, l)
	}
	return out, find.BadCursor(err, a.Cursor)
}

var listPagesTool = declare(tool{
	name:        "coda_list_pages",
	title:       "List pages",
	description: "Lists all pages of a document: id, name, parent, last change.",
	repeatable:  true,
	input: `{"type":"object","properties":{
		"document":{"type":"string"},
		"cursor":{"type":"string"}},
		"required":["document"],"additionalProperties":false}`,
	takes: `{"properties":{"limit":{"type":"integer","minimum":1,"maximum":100}}}`,
	output: `{"type":"object","properties":{
		"document":{"type":"object","properties":{"id":{"type":"string"},"name":{"type":"string"}}},
		"pages":{"type":"array","items":{"type":"object","properties":{"id":{"type":"string"},"name":{"type":"string"},"parent":{"type":"string"},"type":{"type":"string"},"hidden":{"type":"boolean"},"updated":{"type":"string"}},"required":["id","name"]}},
		"next_cursor":{"type":"string"}},
		"required":["document","pages"],"additionalProperties":false}`,
}, (*Tools).listPages)

type getPageArgs struct {
	Document string `json:"document"`
	Page     string `json:"page"`
	Cursor   string `json:"cursor"`
}

type getPageResult struct {
	Document   words.Reference   `json:"document"`
	ID         string            `json:"id"`
	Name       string            `json:"name"`
	Subtitle   string            `json:"subtitle,omitempty"`
	URL        string            `json:"url"`
	Updated    string            `json:"updated,omitempty"`
	Text       string            `json:"text"`
	ReadAs     string            `json:"read_as"`
	Tables     []words.Reference `json:"tables,omitempty"`
	Subpages   []words.Reference `json:"subpages,omitempty"`
	NextCursor string            `json:"next_cursor,omitempty"`
	Note       string            `json:"note,omitempty"`
}

func (t *Tools) getPage(ctx context.Context, a getPageArgs) (getPageResult, error) {
	p, err := t.findPage(ctx, a.Document, a.Page)
	if err != nil {
		return getPageResult{}, err
	}
	from, err := readPageCursor(a.Cursor, p.Page)
	if err != nil {
		return getPageResult{}, err
	}
	return t.pageFrom(ctx, p, from)
}

// pageFrom reads what is known of a page and the part of its text that begins at from.
func (t *Tools) pageFrom(ctx context.Context, p find.Place, from int) (getPageResult, error) {
	var about coda.DocPage
	var text pageText
	var tables []coda.Table
	err := words.EachOf(ctx, 3, func(ctx context.Context, i int) (err error) {
		switch {
		case i == 0:
			about, err = t.o.Coda.GetPage(ctx, p.Doc.ID, p.Page)
		case i == 1:
			text, err = t.readPage(ctx, p, from > 0)
		case from == 0:
			tables, _ = t.find.TablesOf(ctx, p.Doc.ID, find.NameAge) // the text is of use without them
		}
		return err
	})
	if err == nil && about.ContentType == "canvas" {
		err = text.refusal
	}
	if err != nil {
		return getPageResult{}, err
	}
	out := getPageResult{Document: words.Reference{ID: p.Doc.ID, Name: p.Doc.Name}, ID: about.ID, Name: about.Name, Subtitle: about.Subtitle,
		URL: find.Link(about.BrowserLink, p.Doc), Updated: words.Day(about.UpdatedAt), ReadAs: text.how}
	piece, next := words.Part(text.text, from, partSize)
	out.Text = piece
	if next > 0 {
		out.NextCursor = pageCursor(p.Page, next)
	} else {
		t.texts.Delete(p.Doc.ID + "/" + p.Page) // kept only for those who read on
	}
	if from == 0 {
		out.Tables = tablesOn(tables, about.ID)
		for _, c := range about.Children {
			out.Subpages = append(out.Subpages, words.Reference{ID: c.ID, Name: words.Clip(c.Name, 200)})
		}
	}
	out.Note = readingNote(text, about)
	return out, nil
}

func tablesOn(tables []coda.Table, page string) []words.Reference {
	var on []words.Reference
	for _, g := range tables {
		if g.Parent != nil && g.Parent.ID == page {
			on = append(on, words.Reference{ID: g.ID, Name: words.Clip(g.Name, 200)})
		}
	}
	return on[:min(len(on), 50)]
}

func readingNote(text pageText, about coda.DocPage) string {
	switch {
	case text.how != byLines:
		return ""
	case text.text == "" && about.ContentType != "canvas":
		return "This page is of the type " + words.Quote(about.ContentType) + " and has no text of its own; read the tables listed here, or open the link."
	case about.ContentType != "canvas":
		return "This page is of the type " + words.Quote(about.ContentType) + ", which cannot be exported; tables, links and images are missing from the text."
	}
	return "Read line by line, since the page could not be exported: links, tables, images and ticked boxes are missing from the text. Read tables with coda_list_rows."
}

var getPageTool = declare(tool{
	name:        "coda_get_page",
	title:       "Read a page",
	description: "Reads a page as Markdown, with first rows and ids of its tables, ids of subpages. Never comments.",
	repeatable:  true,
	input: `{"type":"object","properties":{
		"document":{"type":"string"},
		"page":{"type":"string"},
		"cursor":{"type":"string"}},
		"required":["page"],"additionalProperties":false}`,
	output: `{"type":"object","properties":{
		"document":{"type":"object","properties":{"id":{"type":"string"},"name":{"type":"string"}}},
		"id":{"type":"string"},"name":{"type":"string"},"subtitle":{"type":"string"},"url":{"type":"string"},"updated":{"type":"string"},
		"text":{"type":"string"},"read_as":{"type":"string","enum":["markdown export","plain lines"]},
		"tables":{"type":"array","items":{"type":"object","properties":{"id":{"type":"string"},"name":{"type":"string"}}}},
		"subpages":{"type":"array","items":{"type":"object","properties":{"id":{"type":"string"},"name":{"type":"string"}}}},
		"next_cursor":{"type":"string"},"note":{"type":"string"}},
		"required":["document","id","name","url","text","read_as"],"additionalProperties":false}`,
}, (*Tools).getPage)
