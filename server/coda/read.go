package coda

import (
	"context"
	"iter"
	"net/http"
	"net/url"
	"strconv"
)

// WhoAmI says whose token it is (operation whoami).
func (c *Client) WhoAmI(ctx context.Context) (User, error) {
	return get[User](ctx, c, "who am I", readBucket, nil, "whoami")
}

// DocQuery filters ListDocs. With a PageToken nothing else is sent.
type DocQuery struct {
	Query     string // matched by Coda in a way it does not document
	Limit     int
	PageToken string
}

// ListDocs lists the docs the token may see (operation listDocs). A token for
// one doc or table gets KindForbidden.
func (c *Client) ListDocs(ctx context.Context, q DocQuery) (Page[Doc], error) {
	v := listQuery(ListOptions{Limit: q.Limit, PageToken: q.PageToken})
	if q.PageToken == "" && q.Query != "" {
		v.Set("query", q.Query)
	}
	return get[Page[Doc]](ctx, c, "list docs", docsBucket, v, "docs")
}

// GetDoc reads one doc (operation getDoc).
func (c *Client) GetDoc(ctx context.Context, doc string) (Doc, error) {
	return get[Doc](ctx, c, "get doc", readBucket, nil, "docs", doc)
}

// ListPages lists the pages of a doc, of all depths (operation listPages).
func (c *Client) ListPages(ctx context.Context, doc string, o ListOptions) (Page[DocPage], error) {
	return get[Page[DocPage]](ctx, c, "list pages", readBucket, listQuery(o), "docs", doc, "pages")
}

// GetPage reads one page's facts (operation getPage). A name that several
// pages have gets any of them, so give an id where there is one.
func (c *Client) GetPage(ctx context.Context, doc, page string) (DocPage, error) {
	return get[DocPage](ctx, c, "get page", readBucket, nil, "docs", doc, "pages", page)
}

// ListTables lists the tables and views of a doc (operation listTables).
func (c *Client) ListTables(ctx context.Context, doc string, o ListOptions) (Page[Table], error) {
	return get[Page[Table]](ctx, c, "list tables", readBucket, listQuery(o), "docs", doc, "tables")
}

// GetTable reads one table's facts (operation getTable).
func (c *Client) GetTable(ctx context.Context, doc, table string) (Table, error) {
	return get[Table](ctx, c, "get table", readBucket, nil, "docs", doc, "tables", table)
}

// ListColumns lists the columns of a table, at most 100 an answer (operation
// listColumns).
func (c *Client) ListColumns(ctx context.Context, doc, table string, o ListOptions) (Page[Column], error) {
	o.Limit = min(o.Limit, 100) // the one limit that is refused instead of clamped
	return get[Page[Column]](ctx, c, "list columns", readBucket, listQuery(o), "docs", doc, "tables", table, "columns")
}

// GetRow reads one row by id or display name (operation getRow). Of q, only
// ValueFormat and UseColumnNames count.
func (c *Client) GetRow(ctx context.Context, doc, table, row string, q RowQuery) (Row, error) {
	v := url.Values{}
	setText(v, "valueFormat", q.ValueFormat)
	if q.UseColumnNames {
		v.Set("useColumnNames", "true")
	}
	return get[Row](ctx, c, "get row", readBucket, v, "docs", doc, "tables", table, "rows", row)
}

// get makes a GET call whose answer is a T.
func get[T any](ctx context.Context, c *Client, op string, b bucket, q url.Values, path ...string) (T, error) {
	var out T
	err := c.do(ctx, &call{op: op, method: http.MethodGet, path: path, query: q, bucket: b, out: &out})
	return out, err
}

// listQuery sends a page token alone, since Coda ignores the rest beside it.
func listQuery(o ListOptions) url.Values {
	v := url.Values{}
	if o.PageToken != "" {
		v.Set("pageToken", o.PageToken)
	} else if o.Limit > 0 {
		v.Set("limit", strconv.Itoa(o.Limit))
	}
	return v
}

func setText(v url.Values, key, text string) {
	if text != "" {
		v.Set(key, text)
	}
}

// Listed refuses the answer to a list that holds no list at all. It decodes, as
// every answer does, but taken for an empty list it would say that there are
// no docs, pages or rows.
func Listed[T any](p Page[T], err error) (Page[T], error) {
	if err == nil && p.Items == nil {
		err = &APIError{Operation: "read a list", Kind: KindOdd, Message: "the answer holds no list"}
	}
	return p, err
}

// mostListPages is more than any doc of the size that Coda's API gives can
// fill, and soon enough to end a list that goes on for ever.
const mostListPages = 100_000

// Chain follows the page tokens of one list. A list that comes back to where
// it was, or never ends, is not complete, and taken for complete it would make
// what it did not show look deleted.
type Chain struct {
	pages, next int
	last, mark  string
}

// Follow takes the token that comes next, and fails when it leads nowhere new.
// One token of those before is remembered at a time, each for twice as long as
// the last, so that a circle of any length is noticed.
func (c *Chain) Follow(token string) error {
	c.pages++
	if token == c.last || token == c.mark || c.pages > mostListPages {
		return &APIError{Operation: "read a list", Kind: KindOdd, Message: "the list leads back to a part of it that was read, or never ends"}
	}
	c.last = token
	if c.pages >= c.next {
		c.mark, c.next = token, 2*c.pages
	}
	return nil
}

// Each walks a whole list: next gets the page token to ask for, "" first. The
// walk ends after the first error; a list that would never end is one.
func Each[T any](next func(pageToken string) (Page[T], error)) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var chain Chain
		for token := ""; ; {
			p, err := Listed(next(token))
			for _, item := range p.Items {
				if err == nil && !yield(item, nil) {
					return
				}
			}
			p.Release()
			if err == nil && p.NextPageToken != "" {
				token, err = p.NextPageToken, chain.Follow(p.NextPageToken)
			} else if err == nil {
				return
			}
			if err != nil {
				var zero T
				yield(zero, err)
				return
			}
		}
	}
}
