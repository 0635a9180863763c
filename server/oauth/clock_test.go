package oauth

import (
	"testing"
	"time"
)

// TestClockThatJumpsADayGrantsNothingTwiceAndLosesNoConnection moves the clock
// a day either way at each stage of a sign-in.
func TestClockThatJumpsADayGrantsNothingTwiceAndLosesNoConnection(t *testing.T) {
	t.Parallel()
	for _, jump := range []time.Duration{24 * time.Hour, -24 * time.Hour} {
		t.Run(jump.String(), func(t *testing.T) {
			t.Parallel()
			b := newBed(t)
			b.s.SetHold(0)
			c, q := b.browser(), b.asking()
			code := b.authorize(c, q)
			b.clock.advance(jump)
			if err := b.s.Approve(t.Context(), code, true); err == nil || len(b.s.Waiting()) != 0 {
				t.Error("a request of another day was approved")
			}
			if st := b.poll(c, q); st.Status != "expired" {
				t.Errorf("its browser heard %+v", st)
			}
			code = b.authorize(c, q)
			if err := b.s.Approve(t.Context(), code, true); err != nil {
				t.Fatal("the next request: ", err)
			}
			first := b.poll(c, q)
			b.clock.advance(jump)
			if again := b.poll(c, q); again.Location != "" || first.Status != "approved" {
				t.Errorf("a code was handed out a day after: %+v", again)
			}

			p := b.connect(true)
			b.clock.advance(jump)
			next := b.pair(b.form(PathToken, b.refreshForm(p.Refresh)))
			if !b.works(next.Access) {
				t.Error("the jump cost the connection")
			}
			b.clock.advance(jump)
			if r := b.form(PathToken, b.refreshForm(p.Refresh)); r.errorCode() != "invalid_grant" {
				t.Errorf("the old token a day after its rotation: %s", r.body)
			}
			if b.works(next.Access) || b.form(PathToken, b.refreshForm(next.Refresh)).errorCode() != "invalid_grant" {
				t.Error("its family goes on after a reuse")
			}
			b.restart()
			if other := b.connect(false); !b.works(other.Access) {
				t.Error("nobody can connect after the jump")
			}
		})
	}
}
