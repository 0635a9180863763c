package coda

import (
	"cmp"
	"context"
	"time"
)

// MutationState is how far an accepted write is known to be.
type MutationState string

// The states of a write. There is no "failed": Coda cannot report it.
const (
	Applied MutationState = "applied" // it is done
	Queued  MutationState = "queued"  // accepted, not done within the time given
	Unknown MutationState = "unknown" // accepted, its state could not be read
)

// MutationStatus reads once how a write stands (operation getMutationStatus).
func (c *Client) MutationStatus(ctx context.Context, requestID string) (completed bool, warning string, err error) {
	type status struct {
		Completed bool   `json:"completed"`
		Warning   string `json:"warning"`
	}
	s, err := get[status](ctx, c, "read mutation status", readBucket, nil, "mutationStatus", requestID)
	return s.Completed, s.Warning, err
}

// mutationPauses are the waits between polls; the last one repeats.
var mutationPauses = []time.Duration{200 * time.Millisecond, 400 * time.Millisecond, 800 * time.Millisecond,
	1200 * time.Millisecond, 2 * time.Second}

// WaitMutation waits at most budget for a write to be done. A 404 is taken
// for "not known yet", since a fresh id may not have reached the server that
// answers. The warning is Coda's own, or empty.
func (c *Client) WaitMutation(ctx context.Context, requestID string, budget time.Duration) (MutationState, string) {
	ctx, cancel := context.WithTimeout(ctx, budget)
	defer cancel()
	state, warning := Unknown, ""
	for i := 0; ; i++ {
		completed, said, err := c.MutationStatus(ctx, requestID)
		warning = cmp.Or(said, warning)
		switch {
		case err == nil && completed:
			return Applied, warning
		case err == nil:
			state = Queued
		case ctx.Err() == nil && !IsKind(err, KindNotFound, KindUnavailable, KindNetwork, KindOdd):
			return state, warning
		}
		pause := mutationPauses[min(i, len(mutationPauses)-1)]
		if passes(ctx, pause) || c.opt.Sleep(ctx, pause) != nil {
			return state, warning
		}
	}
}
