package tools

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	"codabridge/server/coda"
	"codabridge/server/tools/find"
	"codabridge/server/tools/words"
)

type getDocumentArgs struct {
	Document string `json:"document"`
}

type getDocumentResult struct {
	ID        string `json:"id"`
	Name      string `json:"name"`
	URL       string `json:"url"`
	Owner     string `json:"owner,omitempty"`
	Folder    string `json:"folder,omitempty"`
	Workspace string `json:"workspace,omitempty"`
	Created   string `json:"created,omitempty"`
	Updated   string `json:"updated,omitempty"`
	Pages     int    `json:"pages"`
	Tables    int    `json:"tables"`
	Rows      int    `json:"rows,omitempty"`
	Outline   string `json:"outline"`
	Note      string `json:"note,omitempty"`
}

func (t *Tools) getDocument(ctx context.Context, a getDocumentArgs) (getDocumentResult, error) {
	doc, err := t.find.Doc(ctx, a.Document)
	if err != nil {
		return getDocumentResult{}, err
	}
	return t.describeDocument(ctx, doc)
}

func (t *Tools) describeDocument(ctx context.Context, doc coda.Doc) (getDocumentResult, error) {
	var pages []coda.DocPage
	var tables []coda.Table
	id := doc.ID
	err := words.EachOf(ctx, 3, func(ctx context.Context, i int) (err error) {
		switch i {
		case 0:
			pages, err = t.find.PagesOf(ctx, id, 0)
		case 1:
			tables, err = t.find.TablesOf(ctx, id, 0)
		default:
			var now coda.Doc // the name in the cache may be old
			now, err = t.o.Coda.GetDoc(ctx, id)
			if err == nil {
				doc = now
				t.find.KeepDoc(now)
			}
		}
		return err
	})
	out := getDocumentResult{ID: doc.ID, Name: doc.Name, URL: find.Link(doc.BrowserLink, doc), Owner: cmp.Or(doc.OwnerName, doc.Owner),
		Folder: doc.Folder.Name, Workspace: doc.Workspace.Name, Created: words.Day(doc.CreatedAt), Updated: words.Day(doc.UpdatedAt),
		Pages: len(pages), Tables: len(tables), Outline: outline(pages, tables)}
	if doc.DocSize != nil {
		out.Rows = int(doc.DocSize.TotalRowCount)
		if doc.DocSize.OverAPISizeLimit {
			out.Note = "This document is over Coda's size limit (125 MB); its contents cannot be read through the API."
		}
	}
	return out, err
}

// outline is the tree of pages with ids, then the tables, as Markdown; cut to
// what an answer may hold.
func outline(pages []coda.DocPage, tables []coda.Table) string {
	text := "Pages:\n" + cmp.Or(strings.Join(treeLines(pages), "\n"), "none") + "\n\nTables:\n" + cmp.Or(tableLines(tables), "none") + "\n"
	piece, more := words.Part(text, 0, partSize)
	if more > 0 {
		piece += "… There is more: use coda_list_pages and coda_list_tables.\n"
	}
	return piece
}

// pageTree is the tree of pages alone, cut to size characters.
func pageTree(pages []coda.DocPage, size int) string {
	piece, more := words.Part(strings.Join(treeLines(pages), "\n"), 0, size)
	if more > 0 {
		piece += "… There is more: use coda_list_pages."
	}
	return piece
}

func treeLines(pages []coda.DocPage) []string {
	byParent := map[string][]coda.DocPage{}
	known := map[string]bool{}
	for _, p := range pages {
		known[p.ID] = true
	}
	for _, p := range pages {
		parent := ""
		if p.Parent != nil && known[p.Parent.ID] {
			parent = p.Parent.ID
		}
		byParent[parent] = append(byParent[parent], p)
	}
	var lines []string
	var branch func(parent string, depth int)
	branch = func(parent string, depth int) {
		below := byParent[parent]
		delete(byParent, parent) // a page that were its own ancestor would never end
		for _, p := range below {
			lines = append(lines, fmt.Sprintf("%s- %s (%s)%s", strings.Repeat("  ", depth), words.OneLine(p.Name), p.ID, hiddenMark(p)))
			branch(p.ID, depth+1)
		}
	}
	branch("", 0)
	return lines
}

func hiddenMark(p coda.DocPage) string {
	if p.IsHidden {
		return " hidden"
	}
	return ""
}

func tableLines(tables []coda.Table) string {
	var lines []string
	for _, g := range tables {
		kind := ""
		if g.TableType != "table" && g.TableType != "" {
			kind = " " + g.TableType
		}
		on := ""
		if g.Parent != nil && g.Parent.Name != "" {
			on = " on page " + words.OneLine(g.Parent.Name)
		}
		lines = append(lines, fmt.Sprintf("- %s (%s)%s%s", words.OneLine(g.Name), g.ID, kind, on))
	}
	return strings.Join(lines, "\n")
}

var getDocumentTool = declare(tool{
	name:        "coda_get_document",
	title:       "Document outline",
	description: "Outline of a document: owner, last change, tree of pages, tables, with ids.",
	repeatable:  true,
	input: `{"type":"object","properties":{"document":{"type":"string"}},
		"required":["document"],"additionalProperties":false}`,
	output: `{"type":"object","properties":{
		"id":{"type":"string"},"name":{"type":"string"},"url":{"type":"string"},"owner":{"type":"string"},"folder":{"type":"string"},"workspace":{"type":"string"},
		"created":{"type":"string"},"updated":{"type":"string"},"pages":{"type":"integer"},"tables":{"type":"integer"},"rows":{"type":"integer"},
		"outline":{"type":"string"},"note":{"type":"string"}},
		"required":["id","name","url","pages","tables","outline"],"additionalProperties":false}`,
}, (*Tools).getDocument)
