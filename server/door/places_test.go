package door

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

func take(t *testing.T, p *Places, who string, wait time.Duration) *Place {
	t.Helper()
	place, err := p.Take(t.Context(), who, wait)
	if err != nil {
		t.Fatalf("%s: %v", who, err)
	}
	return place
}

// TestOneWhoHasAllTheirPlacesLeavesTheRestToOthers: and who waits gets one in
// the order of coming, or is told after a while that there is none.
func TestOneWhoHasAllTheirPlacesLeavesTheRestToOthers(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := NewPlaces(3, 2)
		first := take(t, p, "greedy", 0)
		take(t, p, "greedy", 0)
		if _, err := p.Take(t.Context(), "greedy", 0); !errors.Is(err, ErrCrowded) {
			t.Errorf("a third place: %v", err)
		}
		other := take(t, p, "other", 0)
		began := time.Now()
		if _, err := p.Take(t.Context(), "late", 5*time.Second); !errors.Is(err, ErrCrowded) || time.Since(began) != 5*time.Second {
			t.Errorf("%v after %v", err, time.Since(began))
		}
		got := make(chan string, 2)
		for _, who := range []string{"greedy", "late"} {
			go func() { take(t, p, who, time.Minute); got <- who }()
			synctest.Wait()
		}
		other.Leave() // none for the greedy one, who came first and has two
		if who := <-got; who != "late" {
			t.Errorf("%s came first", who)
		}
		first.Leave()
		first.Leave() // once more is no other place
		if who := <-got; who != "greedy" || p.Open() != 3 {
			t.Errorf("%s, %d places", who, p.Open())
		}
	})
}

// TestTheLongestIdleMakesRoom: who only waits for their client loses the place
// to who has something to do, first the one of the same caller.
func TestTheLongestIdleMakesRoom(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := NewPlaces(3, 2)
		ended := make(chan string, 3)
		idle := func(name, who string) {
			place := take(t, p, who, 0)
			go func() {
				over := make(chan struct{})
				if place.Idle(func() { close(over) }, func() { <-over }) {
					t.Errorf("%s kept its place", name)
				}
				place.Leave()
				ended <- name
			}()
			synctest.Wait()
		}
		idle("one", "a")
		idle("two", "b")
		idle("three", "b")
		take(t, p, "b", 0)
		if name := <-ended; name != "two" {
			t.Errorf("%s made room for its own caller", name)
		}
		take(t, p, "c", 0)
		if name := <-ended; name != "one" || p.Open() != 3 {
			t.Errorf("%s made room, %d places", name, p.Open())
		}
		if p.Spare("d") != nil {
			t.Error("a spare place was made by force")
		}
		take(t, p, "d", time.Second)
		<-ended
		if _, err := p.Take(t.Context(), "e", time.Second); !errors.Is(err, ErrCrowded) {
			t.Errorf("who is at work made room: %v", err)
		}
	})
}

// TestWhoBecomesIdleMakesRoomForTheQueue: and one that ended by itself keeps
// its place, whatever comes after.
func TestWhoBecomesIdleMakesRoomForTheQueue(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := NewPlaces(1, 1)
		place := take(t, p, "a", 0)
		if !place.Idle(func() { t.Error("cut") }, func() {}) {
			t.Error("the place is gone though nobody wanted it")
		}
		got := make(chan struct{})
		go func() { take(t, p, "b", time.Minute); close(got) }()
		synctest.Wait()
		over := make(chan struct{})
		if place.Idle(func() { close(over) }, func() { <-over }) {
			t.Error("it kept a place that somebody waited for")
		}
		<-got
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := p.Take(ctx, "c", time.Minute); !errors.Is(err, context.Canceled) {
			t.Errorf("who left: %v", err)
		}
	})
}
