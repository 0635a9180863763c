package state

import (
	"fmt"
	"time"

	"codabridge/server/fault"
)

// StdioState is a program on this computer that talks to the running instance
// over its stdio.
type StdioState struct {
	// ID is what the activity calls it; programs of one name share it.
	ID string `json:"id"`
	// Client is the name that its owner gave it, or that it gives itself.
	Client string `json:"client"`
	// Process is the number of its process.
	Process    int        `json:"process"`
	Started    time.Time  `json:"started"`
	LastUsed   *time.Time `json:"last_used"` // nil when not today
	CallsToday int        `json:"calls_today"`
	ReadOnly   bool       `json:"read_only,omitempty"` // by its own settings
	PolicyState
	ReachState
}

// ActivityState is the last of the activity in State; the record itself is
// asked for.
type ActivityState struct {
	// Newest changes with everything that is noted.
	Newest int64 `json:"-"`
	// Client made the last call of today; empty when there was none.
	Client     string    `json:"client,omitempty"`
	At         time.Time `json:"at,omitzero"`
	CallsToday int       `json:"calls_today,omitempty"` // of that client
}

// Line says it in a few words: who, when, how much. Empty without a call today.
func (a ActivityState) Line() string {
	if a.Client == "" {
		return ""
	}
	calls := "1 call today"
	if a.CallsToday != 1 {
		calls = fmt.Sprintf("%d calls today", a.CallsToday)
	}
	return fmt.Sprintf("%s, %s, %s", a.Client, fault.Ago(a.At), calls)
}
