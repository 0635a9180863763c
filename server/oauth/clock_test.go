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
			h := newHarness(t)
			h.s.SetHold(0)
			c, q := h.browser(), h.asking()
			code := h.authorize(c, q)
			h.clock.Advance(jump)
			if err := h.s.Approve(t.Context(), code, true); err == nil || len(h.s.Waiting()) != 0 {
				t.Error("a request of another day was approved")
			}
			if st := h.poll(c, q); st.Status != "expired" {
				t.Errorf("its browser heard %+v", st)
			}
			code = h.authorize(c, q)
			if err := h.s.Approve(t.Context(), code, true); err != nil {
				t.Fatal("the next request: ", err)
			}
			first := h.poll(c, q)
			h.clock.Advance(jump)
			if again := h.poll(c, q); again.Location != "" || first.Status != "approved" {
				t.Errorf("a code was handed out a day after: %+v", again)
			}

			p := h.connect(true)
			h.clock.Advance(jump)
			next := h.pair(h.form(PathToken, h.refreshForm(p.Refresh)))
			if !h.works(next.Access) {
				t.Error("the jump cost the connection")
			}
			h.clock.Advance(jump)
			if r := h.form(PathToken, h.refreshForm(p.Refresh)); r.errorCode() != "invalid_grant" {
				t.Errorf("the old token a day after its rotation: %s", r.body)
			}
			if h.works(next.Access) || h.form(PathToken, h.refreshForm(next.Refresh)).errorCode() != "invalid_grant" {
				t.Error("its family goes on after a reuse")
			}
			h.restart()
			if other := h.connect(false); !h.works(other.Access) {
				t.Error("nobody can connect after the jump")
			}
		})
	}
}
