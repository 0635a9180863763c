package changes

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"

	"codabridge/server/coda"
	store "codabridge/server/store/changes"
	"codabridge/server/tools/words"
)

// step makes one write of a plan and waits for it.
func (j *Journal) step(ctx context.Context, c *change, s step) (coda.MutationState, error) {
	w := s.write
	w.Undoes, w.Tool, w.Link = c.ID, "undo", c.Link
	w.DocName, w.Name = cmp.Or(w.DocName, c.DocName), cmp.Or(w.Name, c.Thing)
	look := coda.WithLastLook(ctx, func() error {
		if err := j.mayWrite(ctx); err != nil {
			return err
		}
		return LastLook(ctx)
	})
	state, request := coda.Applied, ""
	wait := func(ctx context.Context) {
		if request != "" {
			state, _ = j.o.Coda.WaitMutation(ctx, request, settleTime)
		}
	}
	_, err := j.Do(look, w, func(ctx context.Context) (any, error) {
		answer, err := coda.CallFor[json.RawMessage](ctx, j.o.Coda, w.Operation, plainArgs(w.Args))
		if err != nil {
			return nil, err
		}
		request = requestOf(answer)
		// What came back under another id is noted before the write counts as done:
		// a program that ends in between leaves one whose end is not known, and what
		// came back does not come twice.
		if len(s.relines) > 0 {
			wait(ctx)
		}
		j.noteMoved(ctx, c, s, answer)
		return answer, nil
	})
	if err != nil {
		return "", err
	}
	if len(s.relines) == 0 {
		wait(ctx)
	}
	if request != "" && state == coda.Applied {
		j.Applied(ctx, request)
	}
	return state, nil
}

// requestOf is Coda's id of a queued write, or empty.
func requestOf(answer json.RawMessage) string {
	var a struct{ RequestID string }
	if json.Unmarshal(answer, &a) != nil {
		return ""
	}
	return a.RequestID
}

// noteMoved keeps under which ids things stand by now.
func (j *Journal) noteMoved(ctx context.Context, c *change, s step, answer json.RawMessage) {
	moved := map[string]string{}
	if s.moves != nil {
		moved = s.moves(answer)
	}
	if len(s.relines) > 0 {
		page := text(s.write.Args, "pageIdOrName")
		now, err := j.allLines(ctx, c.Doc, page)
		if err != nil {
			j.o.Log.Warn("changes: read the new lines of a page", "err", err)
			return
		}
		moved = relined(s.relines, now, c)
	}
	if len(moved) == 0 {
		return
	}
	file, err := j.open(ctx)
	if err == nil {
		err = file.Move(ctx, c.Doc, moved, j.o.Now())
	}
	if err != nil {
		j.o.Log.Warn("changes: note new ids", "err", err)
	}
}

// relined finds the new ids of lines: in their order, by their texts, among
// those whose id is not one of theirs.
func relined(were, now []coda.Line, c *change) map[string]string {
	known := map[string]bool{}
	for _, l := range c.before.Lines {
		known[c.now(l.ID)] = true
	}
	for _, l := range were {
		delete(known, c.now(l.ID))
	}
	moved, from := map[string]string{}, 0
	for _, l := range were {
		for i := from; i < len(now); i++ {
			if !known[now[i].ID] && bare(now[i].Text) == bare(l.Text) {
				if now[i].ID != l.ID {
					moved[l.ID] = now[i].ID
				}
				from = i + 1
				break
			}
		}
	}
	return moved
}

// unknownSteps counts the writes of earlier tries whose end is not known.
func (j *Journal) unknownSteps(ctx context.Context, c *change) (int, error) {
	file, err := j.open(ctx)
	if err != nil {
		return 0, err
	}
	all, err := file.List(ctx, store.Filter{Undoes: c.ID, State: store.Unknown})
	return len(all), err
}

// redone notes that a change stands again, when what had put it back was put
// back itself.
func (j *Journal) redone(ctx context.Context, file *store.Store, c *change) {
	all, err := file.List(ctx, store.Filter{Undoes: c.Undoes})
	if err != nil {
		j.o.Log.Warn("changes: list what put a change back", "err", err)
		return
	}
	o := store.Outcome{State: store.Applied}
	for _, r := range all {
		if r.ID != c.ID && (r.State == store.Applied || r.State == store.Queued || r.State == store.Unknown) {
			o = store.Outcome{State: store.Half, Trouble: "A part of what had been put back was done again."}
		}
	}
	j.note(ctx, c.Undoes, o, store.Undone, store.Half)
}

// settleUndoing says how far a change is put back whose program ended.
func settleUndoing(ctx context.Context, file *store.Store, id string) error {
	all, err := file.List(ctx, store.Filter{Undoes: id})
	if err != nil {
		return err
	}
	var done, unknown int
	for _, r := range all {
		switch r.State {
		case store.Applied, store.Queued:
			done++
		case store.Unknown, store.Sent:
			unknown++
		}
	}
	o := store.Outcome{State: store.Applied}
	if done+unknown > 0 {
		o.State = store.Half
		o.Trouble = fmt.Sprintf("codabridge ended while this was being put back: %s made, and of %d it is not known. Put it back again for the rest.",
			words.Count(done, "step")+map[bool]string{true: " was", false: " were"}[done == 1], unknown)
	}
	_, err = file.Set(ctx, id, o, store.Undoing)
	return err
}
