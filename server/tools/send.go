package tools

import (
	"context"
	"fmt"
	"strings"
	"time"

	"codabridge/server/coda"
	"codabridge/server/tools/changes"
	"codabridge/server/tools/find"
	"codabridge/server/tools/words"
)

// writeCall is the call of a write tool while it runs.
type writeCall struct {
	tool    string
	sent    bool     // or may have been
	asked   bool     // the owner was, and did not say yes
	changes []string // ids of what it changed
}

type writeCallKey struct{}

// writing is the context of a write call, whose changes pass the owner's gate.
func (t *Tools) writing(ctx context.Context, call *writeCall, args []byte) context.Context {
	ctx = context.WithValue(ctx, writeCallKey{}, call)
	return changes.WithGate(ctx, &changes.Gate{Tool: call.tool, Args: args, Asks: t.asks, Barred: t.barredFrom})
}

// writeCallOf is the call of ctx; outside of one it is nobody's.
func writeCallOf(ctx context.Context) *writeCall {
	if w, ok := ctx.Value(writeCallKey{}).(*writeCall); ok {
		return w
	}
	return &writeCall{}
}

// sending marks that the write is about to be sent, so that its outcome
// counts from here on even if it is an error.
func sending(ctx context.Context) { writeCallOf(ctx).sent = true }

// unsent takes the mark back: Coda said that nothing was done.
func unsent(ctx context.Context) { writeCallOf(ctx).sent = false }

// send is the one place through which a write goes to Coda: with a record of how
// it was before, and only while the caller may write. Whoever may not was refused
// long before; this is the last door, and it is asked again when the write has
// waited for its turn.
func send[T any](ctx context.Context, t *Tools, w changes.Write, do func(context.Context) (T, error)) (T, error) {
	var answer T
	if err := t.mayGo(ctx, w); err != nil {
		return answer, err
	}
	call := writeCallOf(ctx)
	w.Tool = call.tool
	look := coda.WithLastLook(ctx, func() error { return t.lastDoor(ctx, w) })
	id, err := t.o.Changes.Do(look, w, func(ctx context.Context) (_ any, err error) {
		sending(ctx)
		answer, err = do(ctx)
		return answer, err
	})
	if id != "" {
		call.changes = append(call.changes, id)
	}
	if err != nil {
		return answer, refused(ctx, err)
	}
	return answer, nil
}

// lastDoor is asked right before a write is sent.
func (t *Tools) lastDoor(ctx context.Context, w changes.Write) error {
	if err := changes.LastLook(ctx); err != nil {
		return err
	}
	return t.mayGo(ctx, w)
}

// mayGo refuses a write that the caller may not make just now.
func (t *Tools) mayGo(ctx context.Context, w changes.Write) error {
	if why := t.barred(ctx); why != "" {
		return words.Say("Nothing was written: %s", why)
	}
	if doc, ok := w.Args["docId"].(string); ok && !t.find.Allows(ctx, doc) {
		return find.NotAllowed(doc)
	}
	return nil
}

// barredFrom says why the caller of ctx changes nothing of a doc just now; empty
// where it may.
func (t *Tools) barredFrom(ctx context.Context, doc string) string {
	if why := t.barred(ctx); why != "" || doc == "" || t.find.Allows(ctx, doc) {
		return why
	}
	return find.NotAllowed(doc).Error()
}

// submit sends a write by its operation.
func submit[T any](ctx context.Context, t *Tools, w changes.Write) (T, error) {
	return send(ctx, t, w, func(ctx context.Context) (T, error) { return coda.CallFor[T](ctx, t.o.Coda, w.Operation, w.Args) })
}

// aboutDoc is a write to a doc as it is known.
func aboutDoc(doc coda.Doc, operation string, args coda.Args) changes.Write {
	return changes.Write{Operation: operation, Args: args, DocName: doc.Name, Link: find.Link(doc.BrowserLink, doc)}
}

// refused keeps the error of a write that was sent, and notes when it is
// certain that nothing was done, so that it may be tried again at once.
func refused(ctx context.Context, err error) error {
	if coda.NothingDone(err) {
		unsent(ctx)
	}
	return err
}

// withChanges puts the ids of what a call changed into its answer.
func withChanges(ctx context.Context, text string) string {
	ids := writeCallOf(ctx).changes
	if len(ids) == 0 || !strings.HasSuffix(text, "}") {
		return text
	}
	return strings.TrimSuffix(text, "}") + `,"change":"` + strings.Join(ids, " ") + `"}`
}

// orChange names the change of a write that may have been done.
func orChange(ctx context.Context) string {
	if call := writeCallOf(ctx); call.sent && len(call.changes) > 0 {
		return " It is recorded as the change " + strings.Join(call.changes, " ") + "."
	}
	return ""
}

// await waits a bounded time for an accepted write and words its state.
func (t *Tools) await(ctx context.Context, requestID string, out written) written {
	s := t.settle(ctx, requestID, t.o.WriteWait)
	out.Status, out.Request, out.Warning = s.state, s.request, s.warning
	out.Note = words.Sentences(out.Note, s.note)
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
