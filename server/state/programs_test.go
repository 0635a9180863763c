package state

import (
	"testing"
	"time"
)

func TestAProgramSaysWhetherItHasCome(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 27, 18, 0, 0, 0, time.Local)
	today, before := now.Add(-time.Hour), now.AddDate(0, 0, -3)
	for want, p := range map[string]ProgramState{
		"Connected, started 17:00":              {Status: ProgramConnected, Started: &today},
		"Connected, started 24 November, 18:00": {Status: ProgramConnected, Started: &before},
		"Needs a restart of the program":        {Status: ProgramConnected},
		"Old path: fix":                         {Status: ProgramOldPath, Started: &today},
	} {
		if got := p.Says(now, true); got != want {
			t.Errorf("%+v: %q, want %q", p, got, want)
		}
	}
	if got := (ProgramState{Status: ProgramConnected}).Says(now, false); got != "Connected" {
		t.Errorf("nobody knows: %q", got)
	}
}
