package tools_test

import (
	"context"
	"net/http"
	"testing"
	"time"

	"codabridge/server/caller"
	"codabridge/server/coda/codatest"
	"codabridge/server/tools"
)

func TestCancelledCallEnds(t *testing.T) {
	t.Parallel()
	done := make(chan tools.Call, 1)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	r := newHarness(t, func(s *settings) {
		s.tools.OnCall = func(c tools.Call) { done <- c }
		s.coda.HTTP.Transport = whenAsked{s.coda.HTTP.Transport.(*http.Transport), cancel}
	})
	r.fake.Set(func(k *codatest.Knobs) { k.Delay = patient })
	if _, err := r.try(ctx, "coda_list_documents", object{}); err == nil {
		t.Fatal("the call was meant to be cancelled")
	}
	select {
	case c := <-done:
		if c.Status != caller.StatusCancelled {
			t.Errorf("the record says %s", c.Status)
		}
	case <-time.After(patient):
		t.Error("the call runs on after its client went away")
	}
}

// whenAsked does something the moment before Coda is asked.
type whenAsked struct {
	*http.Transport
	do func()
}

func (w whenAsked) RoundTrip(q *http.Request) (*http.Response, error) {
	w.do()
	return w.Transport.RoundTrip(q)
}
