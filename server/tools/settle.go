package tools

import (
	"context"
	"fmt"
	"strings"
	"time"

	"codabridge/server/coda"
)

// await waits a bounded time for an accepted write and words its state.
func (t *Tools) await(ctx context.Context, requestID string, out written) written {
	s := t.settle(ctx, requestID, t.o.WriteWait)
	out.Status, out.Request, out.Warning = s.state, s.request, s.warning
	out.Note = strings.TrimSpace(out.Note + " " + s.note)
	return out
}

// settled is how an accepted write stands after the wait.
type settled struct {
	state                  coda.MutationState
	request, warning, note string // request and note only when it is not applied
}

// settle waits at most budget, and never past the call's deadline.
func (t *Tools) settle(ctx context.Context, requestID string, budget time.Duration) settled {
	if end, ok := ctx.Deadline(); ok {
		budget = min(budget, time.Until(end)-2*time.Second)
	}
	s := settled{state: coda.Queued}
	if budget > 0 && requestID != "" {
		s.state, s.warning = t.o.Coda.WaitMutation(ctx, requestID, budget)
	}
	switch s.state {
	case coda.Applied:
		t.o.Changes.Applied(ctx, requestID)
	case coda.Queued:
		s.request = requestID
		s.note = fmt.Sprintf("Coda accepted the write but had not applied it after %s; it will show within some minutes. Do not send it again.", max(budget, 0).Round(time.Second))
	case coda.Unknown:
		s.request = requestID
		s.note = "Coda accepted the write, but whether it is applied could not be read. Read it back in a minute; do not send it again."
	}
	return s
}
