package index_test

import (
	"context"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"codabridge/server/coda"
	"codabridge/server/coda/codatest"
	"codabridge/server/index"
)

// TestMain lets the test program stand for one that crawls until it is killed.
func TestMain(m *testing.M) {
	if path := os.Getenv("CRAWL_PATH"); path != "" {
		crawl(path)
	}
	goleak.VerifyTestMain(m)
}

// harness is an index in front of the real client and a fake Coda behind HTTP.
type harness struct {
	testing.TB
	fake *codatest.Server
	x    *index.Index
	opt  index.Options
	wire *http.Transport

	mu      sync.Mutex // guards what follows
	owner   string
	exclude []string
	allowed []string
	off     bool
	paused  bool
	ahead   time.Duration // of the clock
	changed chan struct{}
	end     func()

	requests atomic.Int64  // made by the crawler
	each     func(n int64) // hears of each, before it is made; set before start
}

// RoundTrip counts the crawler's requests.
func (b *harness) RoundTrip(r *http.Request) (*http.Response, error) {
	n := b.requests.Add(1)
	if b.each != nil {
		b.each(n)
	}
	return b.wire.RoundTrip(r)
}

func newHarness(t testing.TB, w codatest.Workspace, change ...func(*harness)) *harness {
	t.Helper()
	b := &harness{TB: t, fake: codatest.New(codatest.Options{Workspace: w}), owner: "owner-1", changed: make(chan struct{})}
	if err := b.fake.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { b.fake.Close() })
	b.wire = &http.Transport{MaxIdleConnsPerHost: 8}
	t.Cleanup(b.wire.CloseIdleConnections)
	b.opt = index.Options{
		Path:      filepath.Join(t.TempDir(), "index.db"),
		Coda:      b.client(b),
		Owner:     func() string { b.mu.Lock(); defer b.mu.Unlock(); return b.owner },
		Enabled:   func() bool { b.mu.Lock(); defer b.mu.Unlock(); return !b.off },
		Paused:    func() bool { b.mu.Lock(); defer b.mu.Unlock(); return b.paused },
		Documents: func() []string { b.mu.Lock(); defer b.mu.Unlock(); return b.allowed },
		Excluded:  func() []string { b.mu.Lock(); defer b.mu.Unlock(); return b.exclude },
		OnChange:  func() { b.mu.Lock(); defer b.mu.Unlock(); close(b.changed); b.changed = make(chan struct{}) },
		Now:       func() time.Time { b.mu.Lock(); defer b.mu.Unlock(); return time.Now().Add(b.ahead) },
		Every:     time.Hour,
		// A busy machine takes its time.
		SearchTime: time.Hour,
	}
	for _, c := range change {
		c(b)
	}
	b.x = index.New(b.opt)
	return b
}

// client asks the fake Coda by way of wire, and waits for nothing.
func (b *harness) client(wire http.RoundTripper) *coda.Client {
	return coda.New(coda.Options{Base: b.fake.URL, Token: func() (string, error) { return codatest.Token, nil }, Limits: coda.NoLimits(),
		HTTP: &http.Client{Transport: wire}, Sleep: func(ctx context.Context, _ time.Duration) error { return ctx.Err() }})
}

// set changes something under the lock.
func (b *harness) set(f func()) { b.mu.Lock(); defer b.mu.Unlock(); f() }

// start lets the crawler run until stop.
func (b *harness) start() {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	x := b.x
	go func() { x.Run(ctx); close(done) }()
	var once sync.Once
	b.end = func() { once.Do(func() { cancel(); <-done }) }
	b.Cleanup(b.end)
}

// until waits for a status.
func (b *harness) until(what string, ok func(index.Status) bool) index.Status {
	b.Helper()
	deadline := time.After(2 * time.Minute)
	for {
		b.mu.Lock()
		changed := b.changed
		b.mu.Unlock()
		s, err := b.x.Status(context.Background())
		if err == nil && ok(s) {
			return s
		}
		select {
		case <-changed:
		case <-time.After(50 * time.Millisecond): // OnChange is thinned out
		case <-deadline:
			b.Fatalf("waited in vain until %s: %+v %v", what, s, err)
		}
	}
}

// crawled waits until everything is stored and the crawler rests.
func (b *harness) crawled() index.Status {
	b.Helper()
	return b.until("all is stored", func(s index.Status) bool {
		return s.Work == "" && s.Coverage.Docs > 0 && s.Coverage.Complete() && !s.Coverage.Oldest.IsZero()
	})
}

// again pokes the crawler and waits for the next whole pass.
func (b *harness) again() index.Status {
	b.Helper()
	before := b.fake.Count("whoami")
	b.x.Poke()
	b.until("the next pass began", func(index.Status) bool { return b.fake.Count("whoami") > before })
	return b.until("the next pass ended", func(s index.Status) bool { return s.Work == "" })
}

func (b *harness) search(query string) index.Answer {
	b.Helper()
	a, err := b.x.Search(context.Background(), index.Ask{Query: query})
	if err != nil {
		b.Fatalf("search %q: %v", query, err)
	}
	return a
}

// finds fails the test unless query has hit first.
func (b *harness) finds(what, query, first string) {
	b.Helper()
	if a := b.search(query); len(a.Hits) == 0 || a.Hits[0].ID != first {
		b.Errorf("%s: %q found %+v, want first %s", what, query, a.Hits, first)
	}
}

func (b *harness) findsNot(what, query string) {
	b.Helper()
	if a := b.search(query); len(a.Hits) > 0 {
		b.Errorf("%s: %q found %+v", what, query, a.Hits)
	}
}
