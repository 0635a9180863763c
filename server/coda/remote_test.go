package coda_test

import (
	"io"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"time"

	"codabridge/server/coda"
)

// counting is a way in which a service may hold a limit: whether one more
// request is within it at a time of its clock, which it then counts.
type counting interface {
	fits(at time.Duration) bool
}

// fixed counts in windows that begin at a time of its own.
type fixed struct {
	most        int
	per, begins time.Duration
	window      time.Duration
	n           int
}

func (f *fixed) fits(at time.Duration) bool {
	if w := (at + f.begins) / f.per; w != f.window {
		f.window, f.n = w, 0
	}
	f.n++
	return f.n <= f.most
}

// sliding remembers when each request came.
type sliding struct {
	most int
	per  time.Duration
	came []time.Duration
}

func (s *sliding) fits(at time.Duration) bool {
	for len(s.came) > 0 && at-s.came[0] > s.per {
		s.came = s.came[1:]
	}
	s.came = append(s.came, at)
	return len(s.came) <= s.most
}

// leaky is a bucket that holds so many and loses them evenly.
type leaky struct {
	most  int
	per   time.Duration
	level float64
	last  time.Duration
}

func (l *leaky) fits(at time.Duration) bool {
	l.level = max(0, l.level-float64(at-l.last)/float64(l.per)*float64(l.most)) + 1
	l.last = at
	return l.level <= float64(l.most)+1e-6
}

// remote is Coda behind a network: requests take their time on the way there
// and back, and its clock runs differently.
type remote struct {
	limit     func(operation string) counting // by the path
	there     func() time.Duration            // the way there; back takes the same again
	answers   time.Duration                   // time for an answer
	runs      float64                         // its clock, by ours
	retry     string                          // Retry-After of refusals
	began     time.Time
	mu        sync.Mutex // guards what follows
	way       *rand.Rand
	at        []time.Duration // when each request arrived, by our clock
	paths     []string
	refused   int
	refuseAll bool
}

func (r *remote) RoundTrip(q *http.Request) (*http.Response, error) {
	arrives := make(chan *http.Response, 1)
	go func() { // who goes away does not call the request back
		time.Sleep(r.delay())
		status := r.arrive(q)
		time.Sleep(r.answers + r.delay())
		arrives <- status
	}()
	select {
	case a := <-arrives:
		return a, nil
	case <-q.Context().Done():
		return nil, q.Context().Err()
	}
}

func (r *remote) delay() time.Duration {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.there == nil {
		return 0
	}
	return r.there()
}

func (r *remote) arrive(q *http.Request) *http.Response {
	r.mu.Lock()
	defer r.mu.Unlock()
	at := time.Since(r.began)
	r.at, r.paths = append(r.at, at), append(r.paths, q.URL.Path)
	a := &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(`{"items":[]}`)), Request: q}
	if r.refuseAll || r.limit != nil && !r.limit(q.URL.Path).fits(time.Duration(float64(at)*r.runs)) {
		r.refused++
		a.StatusCode, a.Body = http.StatusTooManyRequests, io.NopCloser(strings.NewReader(`{"message":"Too Many Requests"}`))
		if r.retry != "" {
			a.Header.Set("Retry-After", r.retry)
		}
	}
	return a
}

func (r *remote) client(l coda.Limits) *coda.Client {
	r.began = time.Now()
	return coda.New(coda.Options{HTTP: &http.Client{Transport: r}, Limits: l, Token: func() (string, error) { return "t", nil }})
}
