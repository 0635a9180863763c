package coda_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"codabridge/server/coda"
	"codabridge/server/coda/codatest"
	"codabridge/server/coda/codatest/codaspec"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// clock records pauses instead of waiting.
type clock struct {
	mu     sync.Mutex
	pauses []time.Duration
}

func (c *clock) sleep(ctx context.Context, d time.Duration) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.pauses = append(c.pauses, d)
	return ctx.Err()
}

// connect makes a client of a fake whose pauses take no time.
func connect(t testing.TB, opt codatest.Options, change ...func(*coda.Options)) (*coda.Client, *codatest.Server, *clock) {
	t.Helper()
	s := codaspec.Start(t, opt)
	h := &http.Client{Transport: &http.Transport{}}
	t.Cleanup(h.CloseIdleConnections)
	k := &clock{}
	o := coda.Options{Base: s.URL, HTTP: h, Limits: coda.NoLimits(), Sleep: k.sleep,
		Token: func() (string, error) { return codatest.Token, nil }}
	for _, f := range change {
		f(&o)
	}
	c := coda.New(o)
	t.Cleanup(c.CloseIdleConnections)
	return c, s, k
}

// cells decodes some cells of a row.
func cells(r coda.Row, columns ...string) (out []any) {
	for _, c := range columns {
		v, _ := r.Values.Get(c)
		out = append(out, v)
	}
	return out
}

func collect[T any](t *testing.T, next func(token string) (coda.Page[T], error)) []T {
	t.Helper()
	var out []T
	for it, err := range coda.Each(next) {
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, it)
	}
	return out
}

func TestAPageIsReadAsMarkdownAndAsLines(t *testing.T) {
	t.Parallel()
	c, s, _ := connect(t, codatest.Options{Knobs: codatest.Knobs{ExportPolls: 2, ExportNotFound: 2}})
	ctx := t.Context()
	doc := firstDoc(t, c)
	text, err := c.ExportPage(ctx, doc, "Atlas launch plan", coda.Markdown)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"# Atlas launch plan\n", "- [x] Forty shops have taken", "| Task | Project |", "Sign off refund flow", "1. Post in #atlas-live"} {
		if !strings.Contains(text, want) {
			t.Errorf("the page lacks %q:\n%.1500s", want, text)
		}
	}
	lines, err := c.PageContent(ctx, doc, "Atlas launch plan", coda.ListOptions{Limit: 900})
	if err != nil || len(lines.Items) < 10 || lines.Items[1].Style != "h2" || !strings.HasPrefix(lines.Items[1].ID, "cl-") {
		t.Errorf("%v %+v", err, lines.Items)
	}
	for _, r := range s.Requests() {
		if auth := r.Header.Get("Authorization"); (r.Operation == "downloadExport") != (auth == "") {
			t.Errorf("%s carries Authorization: %v", r.Operation, auth != "")
		}
	}
}

func firstDoc(t *testing.T, c *coda.Client) string {
	t.Helper()
	docs, err := c.ListDocs(t.Context(), coda.DocQuery{Query: "roadmap"})
	if err != nil || len(docs.Items) != 1 {
		t.Fatal(err, docs.Items)
	}
	return docs.Items[0].ID
}

func TestExportHabits(t *testing.T) {
	t.Parallel()
	for _, k := range []struct {
		name  string
		knobs codatest.Knobs
		page  string
		kind  string // of the error; empty is success
		loads int    // downloads
	}{
		{"an expired link with 403 is asked for once more", codatest.Knobs{ExpireLinks: 1}, "Overview", "", 2},
		{"an expired link with 200 and XML is not taken for the page", codatest.Knobs{ExpireLinks: 1, ExpireAs200: true}, "Overview", "", 2},
		{"a link that stays expired ends", codatest.Knobs{ExpireLinks: -1}, "Overview", coda.KindUnavailable, 2},
		{"an export that fails says why", codatest.Knobs{ExportError: "boom", ExportPolls: 1}, "Overview", coda.KindExportFailed, 0},
		{"an export that is gone ends at once", codatest.Knobs{ExportGone: true}, "Overview", coda.KindGone, 0},
		{"a 404 that stays is believed", codatest.Knobs{ExportNotFound: 100}, "Overview", coda.KindNotFound, 0},
	} {
		t.Run(k.name, func(t *testing.T) {
			t.Parallel()
			c, s, _ := connect(t, codatest.Options{Knobs: k.knobs})
			text, err := c.ExportPage(t.Context(), firstDoc(t, c), k.page, coda.HTML)
			if k.kind == "" && (err != nil || !strings.Contains(text, "<h1>Overview</h1>")) || k.kind != "" && !coda.IsKind(err, k.kind) {
				t.Errorf("%v %.200s", err, text)
			}
			if n := s.Count("downloadExport"); n != k.loads {
				t.Errorf("%d downloads", n)
			}
			if err != nil && strings.Contains(err.Error(), "X-Amz") {
				t.Errorf("the error holds the link: %v", err)
			}
		})
	}
}

func TestOneExportAPageAtATime(t *testing.T) {
	t.Parallel()
	c, s, _ := connect(t, codatest.Options{})
	doc := firstDoc(t, c)
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			if _, err := c.ExportPage(t.Context(), doc, "Overview", coda.Markdown); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	running := 0
	for _, r := range s.Requests() {
		switch r.Operation {
		case "beginPageContentExport":
			running++
		case "downloadExport":
			running--
		}
		if running > 1 {
			t.Fatal("two exports of the same page ran at once")
		}
	}
}

func TestWritesAreReadBack(t *testing.T) {
	t.Parallel()
	c, _, _ := connect(t, codatest.Options{Knobs: codatest.Knobs{MutationPolls: 3, MutationNotFound: 1, MutationWarning: "odd"}})
	ctx := t.Context()
	doc := firstDoc(t, c)
	added, err := c.InsertRows(ctx, doc, "Tasks", coda.RowsUpsert{Rows: []coda.RowEdit{{Cells: []coda.CellEdit{
		{Column: "Task", Value: "Call the bank"}, {Column: "Project", Value: "Atlas"}, {Column: "Assignee", Value: "mina.okafor@fernhill.example"},
		{Column: "Estimate (days)", Value: 1.5}, {Column: "Tags", Value: []any{"launch", "docs"}}, {Column: "Done", Value: false}}}}})
	if err != nil || len(added.AddedRowIDs) != 1 {
		t.Fatal(err, added)
	}
	if state, warning := c.WaitMutation(ctx, added.RequestID, time.Minute); state != coda.Applied || warning != "odd" {
		t.Fatal(state, warning)
	}
	m, err := c.UpdateRow(ctx, doc, "Tasks", added.AddedRowIDs[0], coda.RowEdit{Cells: []coda.CellEdit{{Column: "Done", Value: true}}}, false)
	if err != nil || m.ID != added.AddedRowIDs[0] {
		t.Fatal(err, m)
	}
	c.WaitMutation(ctx, m.RequestID, time.Minute)
	row, err := c.GetRow(ctx, doc, "Tasks", m.ID, coda.RowQuery{UseColumnNames: true})
	if err != nil {
		t.Fatal(err)
	}
	got, _ := json.Marshal(cells(row, "Task", "Project", "Assignee", "Estimate (days)", "Tags", "Done"))
	if want := `["Call the bank","Atlas","Mina Okafor",1.5,"launch,docs",true]`; string(got) != want {
		t.Errorf("read back %s", got)
	}
	m, err = c.UpdatePage(ctx, doc, "Principles",
		coda.PageUpdate{ContentUpdate: &coda.ContentUpdate{InsertionMode: coda.Append, Format: coda.Markdown, Content: "## Added\n\n- by us"}})
	if err != nil {
		t.Fatal(err)
	}
	c.WaitMutation(ctx, m.RequestID, time.Minute)
	if text, err := c.ExportPage(ctx, doc, m.ID, coda.Markdown); err != nil || !strings.HasSuffix(text, "## Added\n\n* by us\n") {
		t.Errorf("%v %s", err, text)
	}
}

func TestWaitMutationSaysWhatIsKnown(t *testing.T) {
	t.Parallel()
	for _, k := range []struct {
		name  string
		knobs codatest.Knobs
		want  coda.MutationState
	}{
		{"a write that takes longer than the budget is queued", codatest.Knobs{MutationStuck: true}, coda.Queued},
		{"a write whose state is never found is unknown", codatest.Knobs{MutationStuck: true, MutationNotFound: 1 << 20}, coda.Unknown},
	} {
		t.Run(k.name, func(t *testing.T) {
			t.Parallel()
			looks := 0 // the wait is over after three, as at the end of its time, however fast the machine is
			c, _, _ := connect(t, codatest.Options{Knobs: k.knobs}, func(o *coda.Options) {
				o.Sleep = func(context.Context, time.Duration) error {
					looks++
					if looks == 3 {
						return context.DeadlineExceeded
					}
					return nil
				}
			})
			m, err := c.UpdatePage(t.Context(), firstDoc(t, c), "Overview",
				coda.PageUpdate{ContentUpdate: &coda.ContentUpdate{InsertionMode: coda.Append, Format: coda.Markdown, Content: "x"}})
			if err != nil {
				t.Fatal(err)
			}
			if state, _ := c.WaitMutation(t.Context(), m.RequestID, 2*time.Minute); state != k.want {
				t.Errorf("%s", state)
			}
		})
	}
}

func TestFreshRowsFallBackToASnapshot(t *testing.T) {
	t.Parallel()
	c, s, _ := connect(t, codatest.Options{Knobs: codatest.Knobs{NotUpToDate: true}})
	p, err := c.ListRows(t.Context(), firstDoc(t, c), "Projects", coda.RowQuery{Fresh: true})
	if err != nil || !p.Stale || len(p.Items) != 8 || s.Count("listRows") != 2 {
		t.Errorf("%v stale=%v %d rows", err, p.Stale, len(p.Items))
	}
}

func TestAGatewayTimeoutIsCuredByFewerRows(t *testing.T) {
	t.Parallel()
	c, _, _ := connect(t, codatest.Options{Knobs: codatest.Knobs{RowsTimeout: 30}})
	p, err := c.ListRows(t.Context(), firstDoc(t, c), "Tasks", coda.RowQuery{Limit: 400})
	if err != nil || len(p.Items) != 25 || p.NextPageToken == "" {
		t.Errorf("%v %d", err, len(p.Items))
	}
}

func TestRowsAreFilteredByNameAndID(t *testing.T) {
	t.Parallel()
	c, _, _ := connect(t, codatest.Options{})
	doc := firstDoc(t, c)
	all := collect(t, func(p string) (coda.Page[coda.Row], error) {
		return c.ListRows(t.Context(), doc, "Tasks", coda.RowQuery{Query: `"Project":"Atlas"`, UseColumnNames: true, PageToken: p})
	})
	if len(all) < 20 {
		t.Fatalf("%d tasks of Atlas", len(all))
	}
	for _, r := range all {
		if cells(r, "Project")[0] != "Atlas" {
			t.Errorf("%v", r.Values)
		}
	}
	_, err := c.ListRows(t.Context(), doc, "Tasks", coda.RowQuery{Query: "Project"})
	if !coda.IsKind(err, coda.KindBadRequest) || errors.Is(err, coda.ErrBusy) {
		t.Errorf("%v", err)
	}
}
