package tools_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"codabridge/server/coda/codatest"
)

// slowList is a Coda for whose list of documents time suffices for only so
// many parts.
type slowList struct {
	*http.Transport
	parts *atomic.Int32
}

func (l slowList) RoundTrip(q *http.Request) (*http.Response, error) {
	if strings.HasSuffix(q.URL.Path, "/docs") && !q.URL.Query().Has("query") && l.parts.Add(-1) < 0 {
		return nil, context.DeadlineExceeded
	}
	return l.Transport.RoundTrip(q)
}

// TestSearchGoesOnWithALongListOfDocuments: what has come in time is searched,
// the answer says that there are more, and the next search goes on from there.
func TestSearchGoesOnWithALongListOfDocuments(t *testing.T) {
	t.Parallel()
	var w codatest.Workspace
	for i := range 50 {
		w.Docs = append(w.Docs, &codatest.Doc{ID: fmt.Sprintf("long%06d", i),
			Name: fmt.Sprintf("Volume %d", i), Updated: time.Date(2026, 1, 1, 0, 0, -i, 0, time.UTC)})
	}
	var parts atomic.Int32
	r := newHarness(t, func(s *settings) {
		s.fake.Workspace = w
		s.fake.Knobs.ClampLists = 10
		s.coda.HTTP.Transport = slowList{s.coda.HTTP.Transport.(*http.Transport), &parts}
	})
	for _, c := range []struct {
		parts     int32
		query, id string
		listed    string
		more      bool
	}{
		{2, "volume 17", "doc:long000017", "names of 20 documents", true},
		{2, "volume 31", "doc:long000031", "names of 40 documents", true},
		{9, "volume 49", "doc:long000049", "names of 50 documents", false},
	} {
		parts.Store(c.parts)
		var got found
		r.call("search", object{"query": c.query}).ok(&got)
		if len(got.Results) == 0 || got.Results[0].ID != c.id {
			t.Errorf("%q found %+v", c.query, got)
		}
		if !strings.Contains(got.Note, c.listed) || strings.Contains(got.Note, "did not list all documents") != c.more {
			t.Errorf("%q says %s", c.query, got.Note)
		}
	}
	lists := 0
	for _, q := range r.fake.Requests() {
		if strings.HasSuffix(q.Path, "/docs") && !strings.Contains(q.Query, "query=") {
			lists++
		}
	}
	if lists != 5 {
		t.Errorf("a list of 5 parts took %d requests", lists)
	}
}
