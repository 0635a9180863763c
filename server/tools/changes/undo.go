package changes

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"codabridge/server/caller"
	"codabridge/server/coda"
	"codabridge/server/fault"
	store "codabridge/server/store/changes"
	"codabridge/server/tools/words"
)

// How says what to do about what cannot be put back without a question.
type How string

// The answers. Ask, the zero value, asks and does nothing where there is a
// question.
const (
	Ask  How = ""
	Rest How = "rest" // leave what was changed since, put the rest back
	All  How = "all"  // put everything back
)

// ParseHow reads an answer.
func ParseHow(s string) (How, error) {
	switch h := How(s); h {
	case Ask, Rest, All:
		return h, nil
	}
	return Ask, fault.New(fault.CodeInput, "Say how: rest leaves what was changed since, all puts everything back; nothing asks.")
}

// EachOnce are ids in their order, one that is named twice at its first place.
func EachOnce(ids []string) []string {
	var out []string
	for _, id := range ids {
		if !slices.Contains(out, id) {
			out = append(out, id)
		}
	}
	return out
}

// Summary is one sentence for several results.
func Summary(results []Result) string {
	done, said := 0, "There was nothing to put back."
	for _, r := range results {
		if r.Done {
			done++
		}
		said = r.Sentence
	}
	if len(results) > 1 {
		said = fmt.Sprintf("%d of %d changes are put back.", done, len(results))
	}
	return said
}

// Result is what putting one change back came to.
type Result struct {
	ID    string      `json:"id"`
	State store.State `json:"state"`
	// Sentence says it in words.
	Sentence string `json:"sentence"`
	// Question is set when a yes is needed first; nothing was done then.
	Question *Question `json:"question,omitempty"`
	// Done says that it is put back, or was already.
	Done bool `json:"done"`
}

// Question is what has to be known before a change is put back.
type Question struct {
	Asks  []string `json:"asks"`
	Parts []Part   `json:"parts"`
}

// settleTime is how long a write of a plan may wait to be applied.
const settleTime = 10 * time.Second

// undoable are the states in which a change can be put back.
var undoable = []store.State{store.Applied, store.Unknown, store.Half}

// Undo puts one change back. Everybody but the owner reaches only what they
// changed themselves. The error is a fault of this package when there is no such
// change, or nothing can be done at all; what goes wrong on the way is in the
// Result.
func (j *Journal) Undo(ctx context.Context, id string, how How) (Result, error) {
	if err := j.mayWrite(ctx); err != nil {
		return Result{}, err
	}
	c, err := j.change(ctx, id)
	if err != nil {
		return Result{}, err
	}
	if out, stop := j.notNow(ctx, c); stop {
		return out, nil
	}
	file, err := j.open(ctx)
	if err != nil {
		return Result{}, err
	}
	ok, err := file.Claim(ctx, c.ID, j.run, undoable...)
	if err != nil {
		return Result{}, err
	}
	if !ok {
		return Result{ID: c.ID, State: store.Undoing, Sentence: "It is being put back just now."}, nil
	}
	end := store.Outcome{State: c.State, Trouble: c.Trouble, Request: c.Request}
	defer func() { j.note(ctx, c.ID, end, store.Undoing) }() // a panic too
	out := j.undoClaimed(ctx, c, how, &end)
	out.ID, out.State = c.ID, end.State
	if end.State == store.Undone && c.Undoes != "" {
		j.redone(ctx, file, c)
	}
	return out, nil
}

func (j *Journal) mayWrite(ctx context.Context) error {
	if j.o.ReadOnly != nil && j.o.ReadOnly() {
		return fault.New(CodeCannot, "Nothing was put back: Read-only is on in codabridge. Switch it off first.")
	}
	may := caller.From(ctx).Reach.Write
	if j.o.May != nil && caller.From(ctx).ID != OwnerID {
		may = j.o.May(ctx)
	}
	if !may {
		return fault.New(CodeCannot, "Nothing was put back: this connection may only read.")
	}
	return nil
}

// notNow says why a change cannot be put back in its state.
func (j *Journal) notNow(ctx context.Context, c *change) (Result, bool) {
	out := Result{ID: c.ID, State: c.State}
	k := kindOf(c.Operation)
	switch {
	case k.plan == nil:
		out.Sentence = k.never
	case c.State == store.Undone:
		out.Sentence, out.Done = "It is put back already.", true
	case c.State == store.Undoing:
		out.Sentence = "It is being put back just now."
	case c.State == store.Failed:
		out.Sentence, out.Done = "Nothing was done, so nothing has to be put back.", true
	case c.State == store.Sent:
		out.Sentence = "It is on its way to Coda just now. Try again in a minute."
	case c.State == store.Queued && j.refresh(ctx, c) == store.Queued:
		out.Sentence = "Coda has not applied this change yet, so it cannot be put back. Try again in a minute."
	default:
		return out, false
	}
	return out, true
}

// refresh asks Coda how a queued change stands. One whose end cannot be read any
// more, as after a day, is unknown.
func (j *Journal) refresh(ctx context.Context, c *change) store.State {
	completed, _, err := j.o.Coda.MutationStatus(ctx, c.Request)
	gone := coda.IsKind(err, coda.KindNotFound, coda.KindGone) && j.o.Now().Sub(c.Time) > time.Hour
	switch {
	case err == nil && completed:
		c.State = store.Applied
	case gone:
		c.State, c.Trouble = store.Unknown, "Coda no longer says whether it applied this."
	default:
		return store.Queued
	}
	j.note(ctx, c.ID, store.Outcome{State: c.State, Trouble: c.Trouble, Request: c.Request}, store.Queued)
	return c.State
}

// undoClaimed makes the plan of a change that was claimed, and follows it.
func (j *Journal) undoClaimed(ctx context.Context, c *change, how How, end *store.Outcome) Result {
	p, err := kindOf(c.Operation).plan(ctx, j, c, how == All)
	if err != nil {
		return Result{Sentence: sentenceOf(err)}
	}
	if how == Ask && (p.anyChanged() || len(p.asks) > 0) {
		q := &Question{Asks: p.asks, Parts: p.parts}
		if p.anyChanged() {
			q.Asks = append([]string{"It was changed since by somebody else, or by another change."}, q.Asks...)
		}
		return Result{Question: q, Sentence: "Nothing was put back yet. " + strings.Join(q.Asks, " ")}
	}
	if len(p.steps) == 0 && p.anyChanged() {
		return Result{Sentence: "Nothing was put back: all of it was changed since, and that was to stay."}
	}
	return j.follow(ctx, c, p, how, end)
}

// follow makes the writes of a plan, one after the other, and says which were
// made when one is not.
func (j *Journal) follow(ctx context.Context, c *change, p *plan, how How, end *store.Outcome) Result {
	if len(p.steps) == 0 {
		*end = store.Outcome{State: store.Undone, Request: c.Request, Trouble: "It was as before already."}
		return Result{Sentence: "It was as before already.", Done: true}
	}
	var done []string
	queued := false
	for i, s := range p.steps {
		*end = store.Outcome{State: store.Half, Request: c.Request, Trouble: halfway(done, p.steps[i:], "codabridge met a fault of its own.")}
		state, err := j.step(ctx, c, s)
		if err == nil {
			done = append(done, s.what)
			queued = queued || state == coda.Queued
			continue
		}
		certain := coda.NothingDone(err)
		why := sentenceOf(err)
		if !certain {
			why = "Coda did not answer, so it is not known whether " + s.what + " is back."
		}
		*end = store.Outcome{State: store.Half, Request: c.Request, Trouble: halfway(done, p.steps[i:], why)}
		if certain && len(done) == 0 {
			*end = store.Outcome{State: c.State, Request: c.Request, Trouble: c.Trouble}
			return Result{Sentence: "Nothing was put back. " + why}
		}
		return Result{Sentence: end.Trouble}
	}
	said := "Put back."
	if queued {
		said = "Put back; Coda has not applied all of it yet, which takes some minutes at most."
	}
	if left := leftAlone(p); left > 0 && how == Rest {
		said = fmt.Sprintf("Put back, but for %s that was changed since and was to stay.", words.Count(left, "thing"))
	}
	*end = store.Outcome{State: store.Undone, Request: c.Request, Trouble: strings.Join(p.notes, " ")}
	return Result{Sentence: strings.TrimSpace(said + " " + strings.Join(p.notes, " ")), Done: true}
}

// leftAlone counts what was changed since.
func leftAlone(p *plan) (n int) {
	for _, part := range p.parts {
		if part.Changed {
			n++
		}
	}
	return n
}

// halfway says which half is put back.
func halfway(done []string, left []step, why string) string {
	said := "Nothing is back for certain."
	if len(done) > 0 {
		said = "Put back: " + words.List(done[:min(len(done), 10)], len(done)) + "."
	}
	rest := make([]string, len(left))
	for i, s := range left {
		rest[i] = s.what
	}
	return said + " Not put back: " + words.List(rest[:min(len(rest), 10)], len(rest)) + ". " + why
}

// sentenceOf is an error in words for the owner and for a model.
func sentenceOf(err error) string {
	if errors.Is(err, coda.ErrBusy) {
		return "Too many requests wait for Coda just now. Try again in a minute."
	}
	if words.IsContext(err) {
		return "The time for it was up. Try again."
	}
	if coda.IsKind(err, coda.KindRateLimited, coda.KindStuck) {
		return "Coda says that too many requests came. Wait a minute, then go on."
	}
	if coda.IsKind(err, coda.KindNetwork, coda.KindUnavailable, coda.KindOdd) {
		return "Coda is in trouble or cannot be reached just now. Try again later."
	}
	return said(err)
}
