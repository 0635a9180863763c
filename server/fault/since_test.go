package fault_test

import (
	"testing"
	"time"

	"codabridge/server/fault"
)

// TestEachFormOfATimeThatHasBeen, by the clock and the zone of now.
func TestEachFormOfATimeThatHasBeen(t *testing.T) {
	zone := time.FixedZone("here", 2*3600)
	now := time.Date(2026, 11, 28, 14, 30, 15, 500, zone)
	at := func(day, hour, minute, second int) time.Time {
		return time.Date(2026, 11, day, hour, minute, second, 0, zone)
	}
	for text, want := range map[string]time.Time{
		"": {}, "  ": {}, "2h": now.Add(-2 * time.Hour), "90s": now.Add(-90 * time.Second), "1H30M": now.Add(-90 * time.Minute), "2h ago": now.Add(-2 * time.Hour),
		"0s": now, "now": now, "3d": now.AddDate(0, 0, -3), " 3D ": now.AddDate(0, 0, -3), "today": at(28, 0, 0, 0), "Yesterday": at(27, 0, 0, 0),
		"14:05": at(28, 14, 5, 0), "14:05:09": at(28, 14, 5, 9), "2026-11-20": at(20, 0, 0, 0), "2026-11-20 08:15": at(20, 8, 15, 0),
		"2026-11-20T08:15:30": at(20, 8, 15, 30), "2026-11-28T12:30:15Z": at(28, 14, 30, 15), "2026-11-28t10:00:00+02:00": at(28, 10, 0, 0), "2026-11-28T10:00Z": at(28, 12, 0, 0),
	} {
		if got, err := fault.SinceOf(text, now); err != nil || !got.Equal(want) {
			t.Errorf("%q is %v, %v; want %v", text, got, err, want)
		}
	}
	for _, text := range []string{"14:31", "23:59:59", "2026-11-29", "2026-11-28T12:30:16Z", "2099-01-01", "-2h", "-1d", "99999999d", "zzz", "25:00", "2026-13-01", "2026-02-30", "1", "d", "2 h 3"} {
		if got, err := fault.SinceOf(text, now); !fault.Is(err, fault.CodeInput) {
			t.Errorf("%q is taken for %v (%v)", text, got, err)
		}
	}
	if _, err := fault.MomentOf("23:59", now); err != nil {
		t.Error(err)
	}
}
