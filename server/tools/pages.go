package tools

import (
	"context"

	"codabridge/server/coda"
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
	Document   reference    `json:"document"`
	Pages      []listedPage `json:"pages"`
	NextCursor string       `json:"next_cursor,omitempty"`
}

func (t *Tools) listPages(ctx context.Context, a listPagesArgs) (listPagesResult, error) {
	doc, err := t.findDoc(ctx, a.Document)
	if err != nil {
		return listPagesResult{}, err
	}
	pages, err := coda.Whole(t.o.Coda.ListPages(ctx, doc.ID, coda.ListOptions{Limit: orDefault(a.Limit, 100), PageToken: a.Cursor}))
	out := listPagesResult{Document: reference{doc.ID, doc.Name}, Pages: []listedPage{}, NextCursor: pages.NextPageToken}
	if err == nil && a.Cursor == "" && pages.NextPageToken == "" {
		t.names.pages.put(doc.ID, pages.Items)
	}
	for _, p := range pages.Items {
		l := listedPage{ID: p.ID, Name: clip(p.Name, 200), Hidden: p.IsEffectivelyHidden || p.IsHidden, Updated: day(p.UpdatedAt)}
		if p.Parent != nil {
			l.Parent = p.Parent.ID
		}
		if p.ContentType != "canvas" {
			l.Type = p.ContentType
		}
		out.Pages = append(out.Pages, l)
	}
	return out, badCursor(err, a.Cursor)
}

var listPagesTool = declare(tool{
	name:        "coda_list_pages",
	title:       "List pages",
	description: "Lists the pages of a document, subpages included: id, name, parent page, last change. type is given only when a page is no ordinary page (embed, syncPage, table).",
	repeatable:  true,
	input: `{"type":"object","properties":{
		"document":{"type":"string","description":"Id, name or link."},
		"limit":{"type":"integer","minimum":1,"maximum":100,"description":"Default 100."},
		"cursor":{"type":"string","description":"next_cursor of the answer before."}},
		"required":["document"],"additionalProperties":false}`,
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
	Document   reference   `json:"document"`
	ID         string      `json:"id"`
	Name       string      `json:"name"`
	Subtitle   string      `json:"subtitle,omitempty"`
	URL        string      `json:"url"`
	Updated    string      `json:"updated,omitempty"`
	Text       string      `json:"text"`
	ReadAs     string      `json:"read_as"`
	Tables     []reference `json:"tables,omitempty"`
	Subpages   []reference `json:"subpages,omitempty"`
	NextCursor string      `json:"next_cursor,omitempty"`
	Note       string      `json:"note,omitempty"`
}

func (t *Tools) getPage(ctx context.Context, a getPageArgs) (getPageResult, error) {
	p, err := t.findPage(ctx, a.Document, a.Page)
	if err != nil {
		return getPageResult{}, err
	}
	from, err := readPageCursor(a.Cursor, p.page)
	if err != nil {
		return getPageResult{}, err
	}
	return t.pageFrom(ctx, p, from)
}

// pageFrom reads a page's facts and the part of its text that begins at from.
func (t *Tools) pageFrom(ctx context.Context, p place, from int) (getPageResult, error) {
	var facts coda.DocPage
	var text pageText
	var tables []coda.Table
	err := eachOf(ctx, 3, func(ctx context.Context, i int) (err error) {
		switch {
		case i == 0:
			facts, err = t.o.Coda.GetPage(ctx, p.doc.ID, p.page)
		case i == 1:
			text, err = t.readPage(ctx, p, from > 0)
		case from == 0:
			tables, _ = t.tablesOf(ctx, p.doc.ID, nameAge) // the text is of use without them
		}
		return err
	})
	if err == nil && facts.ContentType == "canvas" {
		err = text.refusal
	}
	if err != nil {
		return getPageResult{}, err
	}
	out := getPageResult{Document: reference{p.doc.ID, p.doc.Name}, ID: facts.ID, Name: facts.Name, Subtitle: facts.Subtitle,
		URL: link(facts.BrowserLink, p.doc), Updated: day(facts.UpdatedAt), ReadAs: text.how}
	piece, next := part(text.text, from, partSize)
	out.Text = piece
	if next > 0 {
		out.NextCursor = pageCursor(p.page, next)
	} else {
		t.texts.drop(p.doc.ID + "/" + p.page) // kept only for those who read on
	}
	if from == 0 {
		out.Tables = tablesOn(tables, facts.ID)
		for _, c := range facts.Children {
			out.Subpages = append(out.Subpages, reference{c.ID, clip(c.Name, 200)})
		}
	}
	out.Note = readingNote(text, facts)
	return out, nil
}

func tablesOn(tables []coda.Table, page string) []reference {
	var on []reference
	for _, g := range tables {
		if g.Parent != nil && g.Parent.ID == page {
			on = append(on, reference{g.ID, clip(g.Name, 200)})
		}
	}
	return on[:min(len(on), 50)]
}

func readingNote(text pageText, facts coda.DocPage) string {
	switch {
	case text.how != byLines:
		return ""
	case text.text == "" && facts.ContentType != "canvas":
		return "This page is of the type " + quote(facts.ContentType) + " and has no text of its own; read the tables listed here, or open the link."
	case facts.ContentType != "canvas":
		return "This page is of the type " + quote(facts.ContentType) + ", which cannot be exported; tables, links and images are missing from the text."
	}
	return "Read line by line, since the page could not be exported: links, tables, images and ticked boxes are missing from the text. Read tables with coda_list_rows."
}

// link gives an absolute address for everything, since clients cite by it.
func link(browserLink string, doc coda.Doc) string {
	if browserLink != "" {
		return browserLink
	}
	if doc.BrowserLink != "" {
		return doc.BrowserLink
	}
	return "https://docs.superhuman.com/d/_d" + doc.ID
}

var getPageTool = declare(tool{
	name:        "coda_get_page",
	title:       "Read a page",
	description: "Reads a page as Markdown, with the ids of the tables on it and of its subpages (whose text is not included). A long page comes in parts: call again with next_cursor. read_as says whether it was exported as Markdown or read as plain lines, without links, tables and images. Comments are never included.",
	repeatable:  true,
	input: `{"type":"object","properties":{
		"document":{"type":"string","description":"Id, name or link; not needed when page is a link."},
		"page":{"type":"string","description":"Id, name or link."},
		"cursor":{"type":"string","description":"next_cursor of the part before."}},
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
