package coda

import (
	"context"
	"encoding/json"
	"net/http"
)

// Ways to insert content, and its formats.
const (
	Append  = "append"
	Prepend = "prepend"
	Replace = "replace"

	Markdown = "markdown"
	HTML     = "html"
)

// PageUpdate is the body of UpdatePage; nil fields are left as they are.
type PageUpdate struct {
	Name          *string        `json:"name,omitempty"`
	Subtitle      *string        `json:"subtitle,omitempty"`
	IsHidden      *bool          `json:"isHidden,omitempty"`
	ContentUpdate *ContentUpdate `json:"contentUpdate,omitempty"`
}

// ContentUpdate changes what stands on a page.
type ContentUpdate struct {
	// InsertionMode is Append, Prepend or Replace. Replace without ElementID
	// rewrites the whole page.
	InsertionMode string
	// ElementID ("cl-…", see PageContent) makes it relative to one line.
	ElementID string
	Format    string // Markdown or HTML
	Content   string
}

// MarshalJSON writes the nested form the API wants.
func (u ContentUpdate) MarshalJSON() ([]byte, error) {
	type canvas struct {
		Format  string `json:"format"`
		Content string `json:"content"`
	}
	return json.Marshal(struct {
		InsertionMode string `json:"insertionMode"`
		ElementID     string `json:"elementId,omitempty"`
		CanvasContent canvas `json:"canvasContent"`
	}{u.InsertionMode, u.ElementID, canvas{u.Format, u.Content}})
}

// UpdatePage changes a page's name, visibility or content (operation
// updatePage).
func (c *Client) UpdatePage(ctx context.Context, doc, page string, u PageUpdate) (Mutation, error) {
	var out Mutation
	err := c.do(ctx, &call{op: "update page", method: http.MethodPut, bucket: contentBucket, body: u, out: &out,
		path: []string{"docs", doc, "pages", page}})
	return out, err
}

// contentItem is a line as it comes over the wire.
type contentItem struct {
	ID          string `json:"id"`
	ItemContent struct {
		Style     string `json:"style"`
		Content   string `json:"content"`
		LineLevel int    `json:"lineLevel"`
	} `json:"itemContent"`
}

// PageContent reads the plain lines of a page, at most 500 an answer
// (operation listPageContent). Tables, controls and images are not in it. It
// is the one way to read a page with a token that may only GET.
func (c *Client) PageContent(ctx context.Context, doc, page string, o ListOptions) (Page[Line], error) {
	o.Limit = min(o.Limit, 500)
	raw, err := get[Page[contentItem]](ctx, c, "read page", readBucket, listQuery(o), "docs", doc, "pages", page, "content")
	out := Page[Line]{NextPageToken: raw.NextPageToken}
	if raw.Items != nil {
		out.Items = make([]Line, 0, len(raw.Items))
	}
	for _, it := range raw.Items {
		out.Items = append(out.Items, Line{ID: it.ID, Style: it.ItemContent.Style, Text: it.ItemContent.Content, Level: it.ItemContent.LineLevel})
	}
	return out, err
}
