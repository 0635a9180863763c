package app

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"codabridge/app/config"
	store "codabridge/server/store/state"
	"codabridge/server/tools"
)

// TestEachLeaveToWriteIsSeenToEndWhenItDoes, of several connections too, and not
// at the next look that somebody happens to take.
func TestEachLeaveToWriteIsSeenToEndWhenItDoes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := New(Options{Config: config.Defaults()})
		began := time.Now()
		for id, long := range map[string]time.Duration{"one": 90 * time.Second, "two": 10 * time.Minute} {
			a.keepPolicy(store.Policy{Caller: id, Mode: "ask", Until: began.Add(long)})
		}
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan bool)
		go func() { a.keepLineFresh(ctx); close(done) }()
		synctest.Wait()
		for _, end := range []time.Duration{90 * time.Second, 10 * time.Minute} {
			<-a.Changed()
			if at := time.Since(began); at != end {
				t.Errorf("news after %s, want %s", at, end)
			}
		}
		if known := a.policies.get(); decided(known, "one") != tools.PolicyAsk || decided(known, "two") != tools.PolicyAsk {
			t.Error("one may write still")
		}
		cancel()
		<-done
	})
}
