package tools

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"time"

	"codabridge/server/alike"
	"codabridge/server/coda"
	"codabridge/server/tools/find"
	"codabridge/server/tools/words"
)

type listDocumentsArgs struct {
	Query  string `json:"query"`
	Limit  int    `json:"limit"`
	Cursor string `json:"cursor"`
}

type listedDocument struct {
	ID      string `json:"id"`
	Name    string `json:"name"`
	URL     string `json:"url,omitempty"`
	Owner   string `json:"owner,omitempty"`
	Folder  string `json:"folder,omitempty"`
	Updated string `json:"updated,omitempty"`
}

type listDocumentsResult struct {
	Documents  []listedDocument `json:"documents"`
	NextCursor string           `json:"next_cursor,omitempty"`
	Note       string           `json:"note,omitempty"`
}

func (t *Tools) listDocuments(ctx context.Context, a listDocumentsArgs) (listDocumentsResult, error) {
	var part find.Listing
	var err error
	note := ""
	if t.find.Limited(ctx) {
		note = "The owner allows these documents only."
		part.Docs, err = t.find.Documents(ctx, 0)
		part.Docs = named(part.Docs, a.Query)
	} else {
		part, err = t.find.Listing(ctx, coda.DocQuery{Query: a.Query, Limit: cmp.Or(a.Limit, 50), PageToken: a.Cursor})
		err = find.BadCursor(err, a.Cursor)
		if err == nil && a.Query+a.Cursor+part.Next == "" {
			t.find.KeepDocuments(part.Docs) // all there are: Coda allows few such lists
		}
		if age := t.o.Now().Sub(part.At); err == nil && age >= time.Second {
			note = fmt.Sprintf("This list is %s old: it was asked for a moment ago, and Coda allows few.", age.Round(time.Second))
		}
	}
	out := listDocumentsResult{Documents: []listedDocument{}, NextCursor: part.Next, Note: note}
	for _, d := range part.Docs {
		t.find.KeepDoc(d)
		out.Documents = append(out.Documents, listedDocument{d.ID, words.Clip(d.Name, 200),
			d.BrowserLink, cmp.Or(d.OwnerName, d.Owner), d.Folder.Name, words.Day(d.UpdatedAt)})
	}
	if err == nil && len(part.Docs) == 0 && strings.TrimSpace(a.Query) != "" && a.Cursor == "" {
		out.Note = words.Sentences(note, t.noneNamed(ctx, a.Query))
	}
	return out, err
}

// noneNamed says that no document has a name, and which have one like it.
func (t *Tools) noneNamed(ctx context.Context, name string) string {
	said := "No document's name fits " + words.Quote(words.Clip(name, 100)) + "."
	if docs, err := t.find.KnownDocuments(ctx); err == nil {
		if near := find.NearDocs(name, docs); near != "" {
			said += " Near it: " + near + "."
		}
	}
	return said + " search looks at what is inside documents."
}

// named keeps the documents that a query names.
func named(docs []coda.Doc, text string) []coda.Doc {
	if strings.TrimSpace(text) == "" {
		return docs
	}
	q := alike.NewQuery(text)
	var out []coda.Doc
	for _, d := range docs {
		if q.Score(d.Name, "") > 0 {
			out = append(out, d)
		}
	}
	return out
}

var listDocumentsTool = declare(tool{
	name:        "coda_list_documents",
	title:       "List documents",
	description: "Lists the documents, last used first: id, name, link, owner, last change.",
	repeatable:  true,
	input: `{"type":"object","properties":{
		"query":{"type":"string"},
		"cursor":{"type":"string"}},
		"additionalProperties":false}`,
	takes: `{"properties":{"limit":{"type":"integer","minimum":1,"maximum":100}}}`,
	output: `{"type":"object","properties":{
		"documents":{"type":"array","items":{"type":"object","properties":{"id":{"type":"string"},"name":{"type":"string"},"url":{"type":"string"},"owner":{"type":"string"},"folder":{"type":"string"},"updated":{"type":"string"}},"required":["id","name"]}},
		"next_cursor":{"type":"string"},"note":{"type":"string"}},
		"required":["documents"],"additionalProperties":false}`,
}, (*Tools).listDocuments)
