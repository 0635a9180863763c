package app

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"codabridge/server/fault"
	"codabridge/server/tools"
	"codabridge/server/tools/changes"
)

// PendingChange is a change that waits for the owner.
type PendingChange = changes.Pending

// CodeHeld: a change that waits would not be made just now, whatever the owner says.
const CodeHeld fault.Code = "app_change_held"

// PendingChanges lists the changes that wait for the owner, for JSON, with how
// that is now which they would replace.
func (a *App) PendingChanges(ctx context.Context) (any, error) {
	if err := a.journal.LookAgain(ctx, ""); err != nil {
		return nil, err
	}
	return a.waitingFor(ctx)
}

// waitingOf are those of connections that are let in still.
func (a *App) waitingOf(ctx context.Context) ([]PendingChange, error) {
	all, err := a.journal.Pending(ctx)
	return slices.DeleteFunc(all, func(p PendingChange) bool { return !a.connected(p.Connection) }), err
}

// waitingFor are they as the owner is shown them.
func (a *App) waitingFor(ctx context.Context) ([]PendingChange, error) {
	all, err := a.waitingOf(ctx)
	for i := range all {
		all[i].Held, all[i].Why = a.held(all[i]), cmp.Or(a.whyAsked(all[i]), all[i].Why)
	}
	return all, err
}

// held says why a change that waits would not be made whatever the owner answers;
// empty where a yes is what it needs.
func (a *App) held(p PendingChange) string {
	s := a.State()
	who, there := connectionOf(s, p.Connection)
	switch {
	case !a.connected(p.Connection):
		return "the connection that asked was revoked, and changes nothing any more."
	case a.stopped():
		return "codabridge is stopped, so it would not be made. Start it first."
	case a.paused():
		return "codabridge is paused, so it would not be made. Start it first."
	case a.ReadOnly():
		return "Read-only is on, so it would not be made. Switch that off first."
	case !s.Coda.Ready:
		return "codabridge has no Coda token, so it would not be made."
	}
	if policy := a.policy(p.Connection); policy == tools.PolicyRead || policy == "" && there && !who.write {
		return fmt.Sprintf("%s may only read by now, so it would not be made. Let it ask or write first.", p.Client)
	}
	if p.Document != "" && !a.mayReach(s, p.Connection, p.Document) {
		return fmt.Sprintf("%s may not see this doc any more, so it would not be made. Let it see the doc first.", p.Client)
	}
	return ""
}

// mayReach tells whether a connection may see a doc, as far as that was decided.
func (a *App) mayReach(s State, connection, doc string) bool {
	allows := func(docs []string) bool { return len(docs) == 0 || slices.Contains(docs, doc) }
	chosen, ok := a.reach(connection)
	if !ok {
		chosen, _ = a.seenBy(connection)
	}
	return allows(a.documents()) && allows(chosen)
}

// needsYes tells whether a change that waits needs the owner's yes still.
func (a *App) needsYes(p PendingChange) bool { return a.whyAsked(p) != "" }

// whyAsked says why a change waits by what the owner has decided by now; empty
// where it needs no yes any more.
func (a *App) whyAsked(p PendingChange) string {
	policy := a.policy(p.Connection)
	if policy == "" {
		who, there := connectionOf(a.State(), p.Connection)
		policy = undecided(there && who.write)
	}
	if policy != tools.PolicyWrite {
		return p.Why
	}
	for _, kind := range a.askAlways() {
		if slices.Contains(p.Kinds, kind) {
			return tools.AsksAlways(kind)
		}
	}
	if len(p.Kinds) == 0 && p.Why != tools.AsksEach {
		return p.Why // of a version that did not note the kinds
	}
	return ""
}

// settleChanges drops the questions that what the owner decided has answered, and
// says so.
func (a *App) settleChanges(ctx context.Context) string {
	a.recorded.Add(1)
	n, err := a.journal.Settle(ctx, a.needsYes)
	switch {
	case err != nil:
		a.log.Error("app: settle what waits", "err", err)
		return ""
	case n == 0:
		return ""
	case n == 1:
		return " One change that waited needs no yes any more."
	}
	return fmt.Sprintf(" %d changes that waited need no yes any more.", n)
}

// AnswerChange is the owner's answer to a change that waits. A yes with how long
// (30m, today) or always lets the connection write from now on without asking,
// which answers what else of it waits. A yes to what would not be made is refused,
// and one to what would replace something else than was shown.
func (a *App) AnswerChange(ctx context.Context, id string, yes bool, long, word string) (sentence string, err error) {
	switch {
	case long == "always":
		long = "write"
	case long != "":
		if _, err := writeUntil(long, time.Now()); err != nil {
			return "", fault.New(fault.CodeInput, "Say for how long: 10m, 30m, 1h, today or always; nothing is once.")
		}
	}
	p, err := a.answered(ctx, id, yes)
	if err != nil {
		return "", err
	}
	if why := a.held(p); yes && why != "" {
		return "", fault.New(CodeHeld, "This change is not allowed: %s", why)
	}
	// First: of two answers at once only the one that counts decides more.
	if err := a.journal.Answer(ctx, id, yes, word); err != nil {
		return "", err
	}
	switch {
	case !yes:
		return "The change is refused.", nil
	case long == "" && !p.Waits:
		return "The change is allowed, once. It is made when the assistant makes just the same call again, within ten minutes.", nil
	case long == "":
		return "The change is allowed, once.", nil
	}
	sentence, err = a.SetPolicy(ctx, p.Connection, long)
	if err != nil {
		return "", fmt.Errorf("the change is allowed, once, and nothing more: %w", err)
	}
	if slices.ContainsFunc(a.askAlways(), func(kind string) bool { return slices.Contains(p.Kinds, kind) }) {
		sentence = "The change is allowed, once. " + sentence + " This kind of change still asks each time."
	}
	return sentence, nil
}

// answered is the change that waits which the owner answers.
func (a *App) answered(ctx context.Context, id string, yes bool) (PendingChange, error) {
	if yes {
		if err := a.journal.LookAgain(ctx, id); err != nil {
			return PendingChange{}, err
		}
	}
	all, err := a.journal.Pending(ctx)
	if err != nil {
		return PendingChange{}, err
	}
	for _, p := range all {
		if p.ID == id || p.Former == id && !yes && id != "" {
			return p, nil
		}
		if p.Former == id && id != "" {
			return PendingChange{}, changes.Moved(p)
		}
	}
	return PendingChange{}, changes.NotPending(id)
}

// askersAgain is how often it is looked at whether a program that asks beside this
// one runs still, while anything waits.
const askersAgain = 2 * time.Second

// keepAskers takes the questions off the list whose program was ended before it
// could take them back.
func (a *App) keepAskers(ctx context.Context) {
	for ctx.Err() == nil {
		changed, waits := a.Changed(), a.State().Changes.Waiting
		var again <-chan time.Time
		if waits > 0 {
			again = time.After(askersAgain)
		}
		select {
		case <-again:
			if n, _ := a.waitingChanges(a.State()); n != waits {
				a.recorded.Add(1)
				a.update()
			}
		case <-changed:
		case <-ctx.Done():
		}
	}
}

// waitingChanges counts the changes that wait for the owner, and names the
// connections of a State that made them.
func (a *App) waitingChanges(s State) (n int, asking []string) {
	if a.journal == nil {
		return 0, nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Second)
	defer cancel()
	counts, err := a.journal.CountPending(ctx)
	if err != nil {
		a.log.Warn("app: count waiting changes", "err", err)
	}
	for connection, waiting := range counts {
		if a.connected(connection) {
			n += waiting
			asking = append(asking, askerName(s, connection))
		}
	}
	slices.Sort(asking)
	return n, slices.Compact(asking)
}
