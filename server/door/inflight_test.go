package door

import (
	"testing"
	"time"
)

// TestTheEndWaitsForCallsButNotForEver: what is at work when the doors are shut
// has a moment to end, so that it is noted.
func TestTheEndWaitsForCallsButNotForEver(t *testing.T) {
	var f InFlight
	if !f.Wait(time.Hour) {
		t.Error("it waited for none")
	}
	f.add(1)
	over := make(chan struct{})
	f.Go(func() { <-over })
	done := make(chan bool, 2)
	for range cap(done) {
		go func() { done <- f.Wait(time.Hour) }()
	}
	close(over)
	f.add(-1)
	for range cap(done) {
		if !<-done {
			t.Error("it did not wait for the last")
		}
	}
	f.add(1)
	if f.Wait(time.Millisecond) {
		t.Error("it took for ended what is at work")
	}
}
