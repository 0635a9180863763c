package tools

import (
	"context"
	"fmt"
	"strings"

	"codabridge/server/coda"
)

// reference names another thing by id, and by name where that is known
// without asking.
type reference struct {
	ID   string `json:"id"`
	Name string `json:"name,omitempty"`
}

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
	var page coda.Page[coda.Doc]
	var err error
	note := ""
	if len(t.allowed()) > 0 {
		note = "The owner allows these documents only."
		page.Items, err = t.documents(ctx, 0)
		page.Items = named(page.Items, a.Query)
	} else {
		page, err = coda.Whole(t.o.Coda.ListDocs(ctx, coda.DocQuery{Query: a.Query, Limit: orDefault(a.Limit, 50), PageToken: a.Cursor}))
		err = badCursor(err, a.Cursor)
		if err == nil && a.Query+a.Cursor+page.NextPageToken == "" {
			t.names.list.put("", page.Items) // all there are: Coda allows few such lists
		}
	}
	out := listDocumentsResult{Documents: []listedDocument{}, NextCursor: page.NextPageToken, Note: note}
	for _, d := range page.Items {
		t.names.docs.put(d.ID, d)
		out.Documents = append(out.Documents, listedDocument{d.ID, clip(d.Name, 200), d.BrowserLink, orText(d.OwnerName, d.Owner), d.Folder.Name, day(d.UpdatedAt)})
	}
	return out, err
}

// named keeps the documents that a query names.
func named(docs []coda.Doc, text string) []coda.Doc {
	if strings.TrimSpace(text) == "" {
		return docs
	}
	q := newQuery(text)
	var out []coda.Doc
	for _, d := range docs {
		if q.score(d.Name, "") > 0 {
			out = append(out, d)
		}
	}
	return out
}

var listDocumentsTool = declare(tool{
	name:        "coda_list_documents",
	title:       "List documents",
	description: "Lists the Coda documents that can be read, the most recently used first, with id, name, link, owner and last change. query narrows by name.",
	repeatable:  true,
	input: `{"type":"object","properties":{
		"query":{"type":"string","description":"Words of the name."},
		"limit":{"type":"integer","minimum":1,"maximum":100,"description":"Default 50."},
		"cursor":{"type":"string","description":"next_cursor of the answer before."}},
		"additionalProperties":false}`,
	output: `{"type":"object","properties":{
		"documents":{"type":"array","items":{"type":"object","properties":{"id":{"type":"string"},"name":{"type":"string"},"url":{"type":"string"},"owner":{"type":"string"},"folder":{"type":"string"},"updated":{"type":"string"}},"required":["id","name"]}},
		"next_cursor":{"type":"string"},"note":{"type":"string"}},
		"required":["documents"],"additionalProperties":false}`,
}, (*Tools).listDocuments)

// badCursor says what is wrong when Coda refuses a page token.
func badCursor(err error, cursor string) error {
	if cursor != "" && coda.IsKind(err, coda.KindBadRequest) {
		return say("The cursor is not valid any more. Call again without cursor, from the start.")
	}
	return err
}

// day cuts a time down to the minute: 2026-11-20T15:04Z.
func day(s string) string {
	if len(s) >= 16 && s[10] == 'T' && strings.HasSuffix(s, "Z") {
		return s[:16] + "Z"
	}
	return s
}

func orText(s, fallback string) string {
	if s != "" {
		return s
	}
	return fallback
}

func orDefault(n, fallback int) int {
	if n > 0 {
		return n
	}
	return fallback
}

// count words a number of things: "1 page", "3 pages".
func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
