package coda_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"codabridge/server/coda"
	"codabridge/server/coda/codatest"
)

func TestWhatIsRepeatedAndWhatIsNot(t *testing.T) {
	t.Parallel()
	read := func(ctx context.Context, c *coda.Client) error { _, err := c.WhoAmI(ctx); return err }
	write := func(ctx context.Context, c *coda.Client) error {
		_, err := c.InsertRows(ctx, "docA", "T", coda.RowsUpsert{Rows: []coda.RowEdit{{Cells: []coda.CellEdit{{Column: "N", Value: "x"}}}}})
		return err
	}
	for _, k := range []struct {
		name     string
		knobs    codatest.Knobs
		call     func(context.Context, *coda.Client) error
		requests int
		pauses   []time.Duration // at least, and at most a quarter more
		kind     string
	}{
		{"a 429 is waited for on a read", codatest.Knobs{Refuse: 2}, read, 3, []time.Duration{2e9, 6e9}, ""},
		{"a 429 is waited for on a write, since nothing was done", codatest.Knobs{Refuse: 1}, write, 2, []time.Duration{2e9}, ""},
		{"a 429 that names a time gets that time", codatest.Knobs{Refuse: 1, RetryAfter: "9"}, read, 2, []time.Duration{9e9}, ""},
		{"a 429 that asks for an hour gets a minute", codatest.Knobs{Refuse: 1, RetryAfter: "3600"}, read, 2, []time.Duration{60e9}, ""},
		{"a 429 that asks for nothing gets a second", codatest.Knobs{Refuse: 1, RetryAfter: "0"}, read, 2, []time.Duration{1e9}, ""},
		{"three 429 in a row end the call", codatest.Knobs{Refuse: -1}, read, 3, []time.Duration{2e9, 6e9}, coda.KindStuck},
		{"a 503 is repeated on a read", codatest.Knobs{Fail: 1, FailStatus: 503}, read, 2, []time.Duration{400e6}, ""},
		{"a 502 that stays ends after three tries", codatest.Knobs{Fail: -1, FailStatus: 502}, read, 3, []time.Duration{400e6, 1600e6}, coda.KindUnavailable},
		{"a 503 on a write is not repeated, it may have been done", codatest.Knobs{Fail: 1, FailStatus: 503}, write, 1, nil, coda.KindUnavailable},
		{"a 500 is not repeated", codatest.Knobs{Fail: 1, FailStatus: 500}, read, 1, nil, coda.KindUnavailable},
		{"a 403 is not repeated", codatest.Knobs{Fail: 1, FailStatus: 403}, read, 1, nil, coda.KindForbidden},
	} {
		t.Run(k.name, func(t *testing.T) {
			t.Parallel()
			c, s, clock := connect(t, codatest.Options{Workspace: tiny(), Knobs: k.knobs})
			err := k.call(t.Context(), c)
			if (k.kind == "") != (err == nil) || (err != nil && !coda.IsKind(err, k.kind)) {
				t.Errorf("got %v", err)
			}
			if n := s.Count(""); n != k.requests {
				t.Errorf("%d requests", n)
			}
			for i, p := range clock.pauses {
				if i >= len(k.pauses) || p < k.pauses[i] || p > k.pauses[i]*5/4 {
					t.Fatalf("pauses %v", clock.pauses)
				}
			}
		})
	}
}

func tiny() codatest.Workspace {
	return codatest.Workspace{Docs: []*codatest.Doc{{ID: "docA", Name: "A", Pages: []*codatest.Page{{Name: "P", Body: "x"}, {Name: "a/b?c#d %2F"}},
		Tables: []*codatest.Table{{Name: "T", Columns: []*codatest.Column{{Name: "N"}}, Rows: []*codatest.Row{{Values: []any{"x"}}}}}}}}
}

func TestStuckCallsFailAtOnceUntilOneSucceeds(t *testing.T) {
	t.Parallel()
	c, s, _ := connect(t, codatest.Options{Workspace: tiny(), Knobs: codatest.Knobs{Refuse: -1}})
	_, _ = c.WhoAmI(t.Context())
	s.ClearLog()
	if _, err := c.GetDoc(t.Context(), "docA"); !coda.IsKind(err, coda.KindStuck) || s.Count("") != 1 {
		t.Errorf("%v after %d requests", err, s.Count(""))
	}
	s.Set(func(k *codatest.Knobs) { k.Refuse = 0 })
	if _, err := c.WhoAmI(t.Context()); err != nil {
		t.Fatal(err)
	}
	s.Set(func(k *codatest.Knobs) { k.Refuse = 2 })
	if _, err := c.WhoAmI(t.Context()); err != nil {
		t.Errorf("the mark did not go away: %v", err)
	}
}

func TestManyCallersRefusedAtOnceAreNotStuck(t *testing.T) {
	t.Parallel()
	const callers = 8
	var refused sync.WaitGroup // every caller has had its 429
	refused.Add(callers)
	c, _, _ := connect(t, codatest.Options{Workspace: tiny(), Knobs: codatest.Knobs{Refuse: callers}}, func(o *coda.Options) {
		o.Sleep = func(context.Context, time.Duration) error { refused.Done(); refused.Wait(); return nil }
	})
	var all sync.WaitGroup
	for range callers {
		all.Go(func() {
			if _, err := c.GetDoc(t.Context(), "docA"); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
}

func TestErrorsSayWhatCodaSaid(t *testing.T) {
	t.Parallel()
	for _, k := range []struct{ name, shape, want string }{
		{"the plain envelope", codatest.ShapePlain, "Coda answered 400: the limit is odd"},
		{"the packs' validation errors", codatest.ShapeValidation, "rows[0].cells: the limit is odd"},
		{"the request validator's issues", codatest.ShapeSchema, "query.limit: the limit is odd"},
		{"an envelope without a message", codatest.ShapeBare, "Coda answered 400: Bad Request"},
	} {
		t.Run(k.name, func(t *testing.T) {
			t.Parallel()
			c, _, _ := connect(t, codatest.Options{Workspace: tiny(),
				Knobs: codatest.Knobs{Fail: 1, FailStatus: 400, FailMessage: "the limit is odd", FailShape: k.shape}})
			_, err := c.GetDoc(t.Context(), "docA")
			if !coda.IsKind(err, coda.KindBadRequest) || !strings.Contains(err.Error(), k.want) {
				t.Errorf("%v", err)
			}
		})
	}
}

func TestNoSecretInAnyError(t *testing.T) {
	t.Parallel()
	secret := "what-the-owner-asked"
	for _, k := range []struct {
		name  string
		knobs codatest.Knobs
		base  string
	}{
		{"a server that repeats the token", codatest.Knobs{Fail: -1, FailStatus: 400, FailMessage: "bad token " + codatest.Token}, ""},
		{"a redirect with the query in it", codatest.Knobs{Redirect: "https://elsewhere.example"}, ""},
		{"a host that does not answer", codatest.Knobs{}, "http://127.0.0.1:1/apis/v1"},
	} {
		t.Run(k.name, func(t *testing.T) {
			t.Parallel()
			c, s, _ := connect(t, codatest.Options{Workspace: tiny(), Knobs: k.knobs}, func(o *coda.Options) {
				if k.base != "" {
					o.Base = func() string { return k.base }
				}
			})
			_, err := c.ListDocs(t.Context(), coda.DocQuery{Query: secret})
			if err == nil || strings.Contains(err.Error(), codatest.Token) || strings.Contains(err.Error(), secret) {
				t.Errorf("%v", err)
			}
			if k.knobs.Redirect != "" && (!coda.IsKind(err, coda.KindMoved) || !strings.Contains(err.Error(), "https://elsewhere.example") || s.Count("") != 1) {
				t.Errorf("the redirect: %v", err)
			}
			if k.base != "" && !coda.IsKind(err, coda.KindNetwork) {
				t.Errorf("the silence: %v", err)
			}
		})
	}
}

func TestNoArgumentLeavesThePath(t *testing.T) {
	t.Parallel()
	c, s, _ := connect(t, codatest.Options{Workspace: tiny()})
	for _, bad := range []string{"", ".", "..", "../whoami", "a/../../b", `..\x`, "a/./b", strings.Repeat("x", 2000)} {
		if _, err := c.GetPage(t.Context(), "docA", bad); !errors.Is(err, coda.ErrSegment) {
			t.Errorf("%.20q: %v", bad, err)
		}
		if _, err := c.GetRow(t.Context(), bad, "T", "r", coda.RowQuery{}); !errors.Is(err, coda.ErrSegment) {
			t.Errorf("%.20q as a doc: %v", bad, err)
		}
	}
	if n := s.Count(""); n != 0 {
		t.Errorf("%d requests were sent", n)
	}
	p, err := c.GetPage(t.Context(), "docA", "a/b?c#d %2F")
	if err != nil || p.Name != "a/b?c#d %2F" {
		t.Errorf("an awkward name: %v %q", err, p.Name)
	}
}

func TestTooLargeIsRefusedBeforeItIsSent(t *testing.T) {
	t.Parallel()
	c, s, _ := connect(t, codatest.Options{Workspace: tiny()})
	row := func(n int, text string) coda.RowEdit {
		return coda.RowEdit{Cells: []coda.CellEdit{{Column: "N", Value: strings.Repeat(text, n)}}}
	}
	_, err := c.InsertRows(t.Context(), "docA", "T", coda.RowsUpsert{Rows: []coda.RowEdit{row(1, "x"), row(60<<10, "\n")}})
	if !coda.IsKind(err, coda.KindTooLarge) || !strings.Contains(err.Error(), "row 2 is 120 KB") {
		t.Errorf("%v", err)
	}
	many := make([]coda.RowEdit, 30)
	for i := range many {
		many[i] = row(80<<10, "x")
	}
	_, err = c.InsertRows(t.Context(), "docA", "T", coda.RowsUpsert{Rows: many})
	if !coda.IsKind(err, coda.KindTooLarge) {
		t.Errorf("%v", err)
	}
	if n := s.Count(""); n != 0 {
		t.Errorf("%d requests were sent", n)
	}
	_, err = c.InsertRows(t.Context(), "docA", "T", coda.RowsUpsert{Rows: []coda.RowEdit{row(85<<10, "x")}})
	if err != nil {
		t.Errorf("a row of exactly 85 KB: %v", err)
	}
}

func TestTheEndOfTheContextEndsTheCall(t *testing.T) {
	t.Parallel()
	c, _, _ := connect(t, codatest.Options{Workspace: tiny(), Knobs: codatest.Knobs{Delay: time.Minute}})
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Millisecond)
	defer cancel()
	if _, err := c.WhoAmI(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%v", err)
	}
}

func TestAPauseThatWouldPassTheDeadlineIsNotBegun(t *testing.T) {
	t.Parallel()
	c, _, clock := connect(t, codatest.Options{Workspace: tiny(), Knobs: codatest.Knobs{Refuse: -1, RetryAfter: "60"}})
	ctx, cancel := context.WithTimeout(t.Context(), 45*time.Second)
	defer cancel()
	if _, err := c.WhoAmI(ctx); !coda.IsKind(err, coda.KindRateLimited) || len(clock.pauses) != 0 {
		t.Errorf("%v %v", err, clock.pauses)
	}
}

// TestARefusalOfTheTokenBeforeIsNotTheNewOnes: the owner replaces a token
// while a request with the old one is on its way.
func TestARefusalOfTheTokenBeforeIsNotTheNewOnes(t *testing.T) {
	t.Parallel()
	var asked atomic.Int32
	c, s, _ := connect(t, codatest.Options{Workspace: tiny()}, func(o *coda.Options) {
		o.Token = func() (string, error) {
			if asked.Add(1) == 1 {
				return "revoked", nil
			}
			return codatest.Token, nil
		}
	})
	if _, err := c.WhoAmI(t.Context()); err != nil || s.Count("whoami") != 2 {
		t.Errorf("%v after %d requests", err, s.Count("whoami"))
	}
	refused, s, _ := connect(t, codatest.Options{Workspace: tiny()}, func(o *coda.Options) {
		o.Token = func() (string, error) { return "revoked", nil }
	})
	if _, err := refused.WhoAmI(t.Context()); !coda.IsKind(err, coda.KindUnauthorized) || s.Count("whoami") != 1 {
		t.Errorf("%v after %d requests", err, s.Count("whoami"))
	}
}

func TestTheLimiterIsOursAndSaysSo(t *testing.T) {
	t.Parallel()
	c, s, _ := connect(t, codatest.Options{Workspace: tiny()}, func(o *coda.Options) {
		o.Limits = coda.Limits{Docs: coda.Rate{N: 2, Per: time.Hour}}
	})
	ctx, cancel := context.WithTimeout(t.Context(), 45*time.Second)
	defer cancel()
	var err error
	for range 3 {
		if err == nil {
			_, err = c.ListDocs(ctx, coda.DocQuery{})
		}
	}
	if !errors.Is(err, coda.ErrBusy) || s.Count("listDocs") != 2 {
		t.Errorf("%v after %d requests", err, s.Count("listDocs"))
	}
}

func TestPlainHTTPIsForThisComputerOnly(t *testing.T) {
	t.Parallel()
	for base, ok := range map[string]bool{"http://10.0.0.7/apis/v1": false, "ftp://127.0.0.1/": false, "https://user:pw@coda.io/apis/v1": false, "nonsense": false, "http://localhost:1/apis/v1": true} {
		c := coda.New(coda.Options{Base: func() string { return base }, HTTP: &http.Client{Transport: refuser{}},
			Sleep: func(context.Context, time.Duration) error { return errors.New("no") }, Token: func() (string, error) { return "t", nil }})
		_, err := c.WhoAmI(t.Context())
		if sent := coda.IsKind(err, coda.KindNetwork); sent != ok {
			t.Errorf("%s: %v", base, err)
		}
		if err != nil && strings.Contains(err.Error(), "pw") {
			t.Errorf("the error holds the password: %v", err)
		}
	}
}
