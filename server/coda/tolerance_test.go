package coda_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"codabridge/server/coda"
	"codabridge/server/coda/codatest"
	"codabridge/server/coda/codatest/codaspec"
)

// decoders are the calls whose answers are decoded into types of ours.
var decoders = map[string]func(ctx context.Context, c *coda.Client, doc, page, table, row string) error{
	"whoami": func(ctx context.Context, c *coda.Client, _, _, _, _ string) error { return second(c.WhoAmI(ctx)) },
	"list docs": func(ctx context.Context, c *coda.Client, _, _, _, _ string) error {
		return second(c.ListDocs(ctx, coda.DocQuery{}))
	},
	"get doc": func(ctx context.Context, c *coda.Client, doc, _, _, _ string) error {
		return second(c.GetDoc(ctx, doc))
	},
	"list pages": func(ctx context.Context, c *coda.Client, doc, _, _, _ string) error {
		return second(c.ListPages(ctx, doc, coda.ListOptions{Limit: 5}))
	},
	"get page": func(ctx context.Context, c *coda.Client, doc, page, _, _ string) error {
		return second(c.GetPage(ctx, doc, page))
	},
	"content": func(ctx context.Context, c *coda.Client, doc, page, _, _ string) error {
		return second(c.PageContent(ctx, doc, page, coda.ListOptions{Limit: 5}))
	},
	"list tables": func(ctx context.Context, c *coda.Client, doc, _, _, _ string) error {
		return second(c.ListTables(ctx, doc, coda.ListOptions{}))
	},
	"get table": func(ctx context.Context, c *coda.Client, doc, _, table, _ string) error {
		return second(c.GetTable(ctx, doc, table))
	},
	"list columns": func(ctx context.Context, c *coda.Client, doc, _, table, _ string) error {
		return second(c.ListColumns(ctx, doc, table, coda.ListOptions{}))
	},
	"list rows": func(ctx context.Context, c *coda.Client, doc, _, table, _ string) error {
		return second(c.ListRows(ctx, doc, table, coda.RowQuery{Limit: 3, ValueFormat: "rich"}))
	},
	"get row": func(ctx context.Context, c *coda.Client, doc, _, table, row string) error {
		return second(c.GetRow(ctx, doc, table, row, coda.RowQuery{ValueFormat: "rich"}))
	},
	"resolve": func(ctx context.Context, c *coda.Client, doc, _, _, _ string) error {
		return second(c.ResolveBrowserLink(ctx, "https://coda.io/d/_d"+doc, false))
	},
	"insert": func(ctx context.Context, c *coda.Client, doc, _, table, _ string) error {
		return second(c.InsertRows(ctx, doc, table, coda.RowsUpsert{}))
	},
}

func second[T any](_ T, err error) error { return err }

// mutator stands between the client and the fake and spoils each answer.
type mutator struct {
	t    testing.TB
	to   string
	seed atomic.Uint64
	off  atomic.Bool
}

func (m *mutator) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	req, err := http.NewRequestWithContext(r.Context(), r.Method, m.to+r.URL.RequestURI(), r.Body)
	if err != nil {
		m.t.Error(err)
		return
	}
	req.Header = r.Header.Clone()
	resp, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		m.t.Error(err)
		return
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		m.t.Error(err)
	}
	if !m.off.Load() {
		body = spoil(body, rand.New(rand.NewPCG(m.seed.Load(), 1)))
	}
	w.WriteHeader(resp.StatusCode)
	_, _ = w.Write(body)
}

// spoil changes some fields of an answer as the service might some day: other
// types, unknown values, missing and additional fields, at any depth. The
// answer as a whole stays an object.
func spoil(body []byte, rnd *rand.Rand) []byte {
	var v map[string]any
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.UseNumber()
	if dec.Decode(&v) != nil {
		return body
	}
	b, err := json.Marshal(spoilValue(v, rnd, 0))
	if err != nil {
		return body
	}
	return b
}

func spoilValue(v any, rnd *rand.Rand, depth int) any {
	if depth > 0 && rnd.IntN(6) == 0 {
		return []any{nil, "future", "", 12.5, json.Number("1e400"), "42", true, []any{}, []any{nil, []any{"x"}}, map[string]any{},
			map[string]any{"@type": "Future", "nested": map[string]any{"a": []any{1}}}, strings.Repeat("é", 300), -1}[rnd.IntN(13)]
	}
	switch x := v.(type) {
	case map[string]any:
		for _, name := range sortedNames(x) {
			if rnd.IntN(8) == 0 {
				delete(x, name)
				continue
			}
			x[name] = spoilValue(x[name], rnd, depth+1)
		}
		x["addedLater"] = map[string]any{"deep": []any{1, "2", nil}}
	case []any:
		for i := range x {
			x[i] = spoilValue(x[i], rnd, depth+1)
		}
	}
	return v
}

func sortedNames(m map[string]any) []string {
	var names []string
	for n := range m {
		names = append(names, n)
	}
	slices.Sort(names)
	return names
}

// tolerant is a client behind a mutator, and the ids of things to ask for.
func tolerant(t testing.TB) (*coda.Client, *mutator, [4]string) {
	fake := codaspec.Start(t, codatest.Options{})
	m := &mutator{t: t, to: strings.TrimSuffix(fake.URL(), "/apis/v1")}
	srv := httptest.NewServer(m)
	t.Cleanup(srv.Close)
	t.Cleanup(func() { http.DefaultTransport.(*http.Transport).CloseIdleConnections() })
	h := &http.Client{Transport: &http.Transport{}}
	t.Cleanup(h.CloseIdleConnections)
	c := coda.New(coda.Options{Base: func() string { return srv.URL + "/apis/v1" }, HTTP: h, Limits: coda.NoLimits(),
		Token: func() (string, error) { return codatest.Token, nil }, Sleep: func(ctx context.Context, _ time.Duration) error { return ctx.Err() }})
	m.off.Store(true)
	defer m.off.Store(false)
	ctx := context.Background()
	docs, err := c.ListDocs(ctx, coda.DocQuery{Limit: 1})
	if err != nil {
		t.Fatal(err)
	}
	doc := docs.Items[0].ID
	pages, err1 := c.ListPages(ctx, doc, coda.ListOptions{Limit: 1})
	tables, err2 := c.ListTables(ctx, doc, coda.ListOptions{Limit: 1})
	if err1 != nil || err2 != nil {
		t.Fatal(err1, err2)
	}
	rows, err := c.ListRows(ctx, doc, tables.Items[0].ID, coda.RowQuery{Limit: 1})
	if err != nil {
		t.Fatal(err)
	}
	return c, m, [4]string{doc, pages.Items[0].ID, tables.Items[0].ID, rows.Items[0].ID}
}

// FuzzAnswers hands any bytes to every decoder: an error is fine, a panic or
// an endless loop is not, and what is an object must decode.
func FuzzAnswers(f *testing.F) {
	for _, s := range []string{`{}`, `{"items":null}`, `{"items":{"a":1}}`, `{"items":[{"id":1,"values":{"c":[{"@type":[]}]}}]}`, `[]`, `"x"`, ``,
		`{"items":[{"format":{"options":[1,"x",{"name":{}}]},"isArray":"yes"}],"nextPageToken":7}`, `{"docSize":[],"parent":"x","children":{}}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(body) }))
		defer srv.Close()
		h := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
		c := coda.New(coda.Options{Base: func() string { return srv.URL }, HTTP: h,
			Limits: coda.NoLimits(), Token: func() (string, error) { return "t", nil }})
		var whole map[string]any
		dec := json.NewDecoder(bytes.NewReader(body))
		dec.UseNumber()
		isObject := dec.Decode(&whole) == nil && whole != nil
		for name, ask := range decoders {
			if err := ask(t.Context(), c, "d", "p", "t", "r"); err != nil && isObject {
				t.Error(fmt.Errorf("%s: %w", name, err))
			}
		}
	})
}
