package coda_test

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"

	"codabridge/server/coda"
	"codabridge/server/coda/codatest"
)

// refuser is a transport that reaches nobody.
type refuser struct{}

func (refuser) RoundTrip(*http.Request) (*http.Response, error) {
	return nil, errors.New("nobody there")
}

// broken is a transport whose connections break after the request was sent.
type broken struct {
	http.RoundTripper
	mu   sync.Mutex
	left int
	sent int
}

func (b *broken) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := b.RoundTripper.RoundTrip(r)
	b.mu.Lock()
	defer b.mu.Unlock()
	b.sent++
	b.left--
	if err == nil && b.left >= 0 {
		_ = resp.Body.Close()
		return nil, errors.New("connection reset")
	}
	return resp, err
}

func TestABrokenConnectionIsTriedAgainForReadsOnly(t *testing.T) {
	t.Parallel()
	link := &broken{RoundTripper: &http.Transport{}, left: 1}
	defer link.RoundTripper.(*http.Transport).CloseIdleConnections()
	c, s, _ := connect(t, codatest.Options{Workspace: tiny()}, func(o *coda.Options) { o.HTTP = &http.Client{Transport: link} })
	if _, err := c.GetDoc(t.Context(), "docA"); err != nil || link.sent != 2 {
		t.Errorf("read: %v after %d requests", err, link.sent)
	}
	link.left = 1
	_, err := c.InsertRows(t.Context(), "docA", "T", coda.RowsUpsert{Rows: []coda.RowEdit{{Cells: []coda.CellEdit{{Column: "N", Value: "once"}}}}})
	if !coda.IsKind(err, coda.KindNetwork) || s.Count("upsertRows") != 1 {
		t.Errorf("write: %v after %d requests", err, s.Count("upsertRows"))
	}
}

func TestAnswersThatMakeNoSense(t *testing.T) {
	t.Parallel()
	for body, kind := range map[string]string{
		"<html>login</html>":                    coda.KindOdd,
		"":                                      coda.KindOdd,
		`["not","an","object"]`:                 coda.KindOdd,
		`{"items":` + strings.Repeat(" ", 2048): coda.KindTooLarge,
		`{"items":[{"id":5,"name":"kept"},"no doc at all",{"name":"also kept","updatedAt":null}],"extra":{}}`: "",
	} {
		c := coda.New(coda.Options{HTTP: &http.Client{Transport: canned(body)}, MaxBody: 1024, Token: func() (string, error) { return "t", nil }})
		p, err := c.ListDocs(t.Context(), coda.DocQuery{})
		if (kind == "") != (err == nil) || (err != nil && !coda.IsKind(err, kind)) {
			t.Errorf("%.40q: %v", body, err)
		}
		if kind == "" && (len(p.Items) != 3 || p.Items[0].Name != "kept" || p.Items[2].Name != "also kept") {
			t.Errorf("%+v", p.Items)
		}
	}
}

// canned is a transport that always gives the same answer.
type canned string

func (c canned) RoundTrip(r *http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(string(c))), Request: r}, nil
}
