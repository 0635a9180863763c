package index

import "testing"

func TestMomentsAreKeptForSearchAndShownWithTheirZone(t *testing.T) {
	t.Parallel()
	for given, want := range map[string]string{
		"2026-08-27T11:45:00.000-07:00": "2026-08-27T11:45-07:00",
		"2026-08-27T11:45:30.000+05:45": "2026-08-27T11:45+05:45",
		"2026-08-27T11:45:00.000Z":      "2026-08-27T11:45Z",
		"2026-08-27T11:45:00+00:00":     "2026-08-27T11:45Z",
		"2026-08-27T11:45:00+13:00":     "2026-08-27T11:45+13:00",
		"2026-08-27T11:45:00":           "2026-08-27 11:45",
		"2026-08-27T00:00:00.000-07:00": "2026-08-27",
	} {
		kept := cellText(given)
		if got := shownMoments(kept); got != want || words(kept) != words(likeStored(want)) {
			t.Errorf("%s is kept as %q (%s) and shown as %q, want %q (%s)", given, kept, words(kept), got, want, words(likeStored(want)))
		}
	}
	kept := cellText("2026-08-27T11:45:00.000-07:00")
	sign := kept[len(kept)-3:]
	for text, want := range map[string]string{
		"When: **2026**-**08**-**27** **11**:**45**" + sign + " · " + kept: "When: **2026**-**08**-**27**T**11**:**45**-07:00 · 2026-08-27T11:45-07:00",
		"…11:45" + sign:          "…11:45-07:00",
		"read ⠃⠗ and " + sign:    "read ⠃⠗ and " + sign,
		"no moment":              "no moment",
		sign + "11:45" + sign[:]: sign + "11:45-07:00",
	} {
		if got := shownMoments(text); got != want {
			t.Errorf("%q is shown as %q, want %q", text, got, want)
		}
	}
	for query, want := range map[string]string{
		"2026-08-27T11:45:00-07:00 bikes": "2026-08-27 11:45 bikes", "at 2026-08-27T11:45Z": "at 2026-08-27 11:45",
		"2026-08-27 11:45:30": "2026-08-27 11:45:30", "2026-08-27": "2026-08-27", `"2026-08-27T11:45:00.000-07:00"`: `"2026-08-27 11:45"`,
	} {
		if got := likeStored(query); got != want {
			t.Errorf("%q is looked for as %q, want %q", query, got, want)
		}
	}
}
