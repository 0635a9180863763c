package state

import "testing"

func TestTheRemainingTimeIsSaidRoughlyOrNotAtAll(t *testing.T) {
	t.Parallel()
	for seconds, want := range map[int]string{
		-5: "", 0: "", 10: "about a minute", 600: "about 10 minutes", 3 * 3600: "about 3 hours", 4 * 86400: "about 4 days",
	} {
		if got := (IndexState{SecondsLeft: seconds}).Left(); got != want {
			t.Errorf("%d s: %q, want %q", seconds, got, want)
		}
	}
}
