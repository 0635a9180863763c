package app

import (
	"cmp"
	"context"
	"maps"
	"strings"
	"time"

	"codabridge/server/caller"
	"codabridge/server/fault"
	"codabridge/server/state"
	store "codabridge/server/store/state"
	"codabridge/server/tools"
)

// loadPolicies reads what the owner decided earlier.
func (a *App) loadPolicies(ctx context.Context) error {
	known, err := a.store.Policies(ctx)
	if err != nil {
		return err
	}
	a.policies.set(func(m *map[string]store.Policy) { *m = known })
	return nil
}

// policy is what the owner decided a caller may change, as it is now. Who was
// revoked while a call is in hand changes nothing any more.
func (a *App) policy(id string) tools.Policy {
	if !a.connected(id) {
		return tools.PolicyEnded
	}
	return decided(a.policies.get(), id)
}

// connected tells whether a caller is let in still. Where that cannot be read, it
// is not.
func (a *App) connected(id string) bool {
	if (caller.Caller{ID: id}).IsLocal() {
		return true
	}
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Second)
	defer cancel()
	there, err := a.store.HasGrant(ctx, id, time.Now())
	if err != nil {
		a.log.Error("app: look for a connection", "err", err)
	}
	return there
}

// keepPolicy has what a caller may change in force from now on.
func (a *App) keepPolicy(p store.Policy) {
	a.decide(p.Caller, func(known *store.Policy) { known.Mode, known.Until = p.Mode, p.Until })
}

// decide changes what is known of the owner's decisions about a caller.
func (a *App) decide(id string, change func(*store.Policy)) {
	a.policies.set(func(m *map[string]store.Policy) {
		next := maps.Clone(*m)
		if next == nil {
			next = map[string]store.Policy{}
		}
		p := next[id]
		p.Caller = id
		change(&p)
		next[id] = p
		*m = next
	})
}

// policyOf is what was decided that a caller may change. What was decided of
// stdio holds for each program over it.
func policyOf(known map[string]store.Policy, id string) (p store.Policy, ok bool) {
	p = known[id]
	if p.Mode == "" && strings.HasPrefix(id, caller.LocalID+":") {
		p = known[caller.LocalID]
	}
	return p, p.Mode != ""
}

// decided is what a caller may change; empty where nothing was decided.
func decided(known map[string]store.Policy, id string) tools.Policy {
	p, ok := policyOf(known, id)
	switch {
	case !ok:
		return ""
	case lasts(p.Until, time.Now()):
		return tools.PolicyWrite
	}
	return tools.Policy(p.Mode)
}

// lasts tells that a time has not come yet, by the clock and by how long this
// computer has run since it was set: neither a clock set back nor a night
// asleep makes it last longer.
func lasts(until, now time.Time) bool {
	return now.Before(until) && now.Round(0).Before(until.Round(0))
}

// policyState shows what a caller may change that would, undecided, write or not.
func policyState(known map[string]store.Policy, id string, write bool) state.PolicyState {
	p, ok := policyOf(known, id)
	shown := state.PolicyState{Policy: p.Mode}
	if !ok {
		shown.Policy = string(undecided(write))
	}
	if lasts(p.Until, time.Now()) {
		shown.WriteUntil = &p.Until
	}
	return shown
}

// undecided is what holds where the owner decided nothing since the sign-in.
func undecided(write bool) tools.Policy {
	if write {
		return tools.PolicyWrite
	}
	return tools.PolicyRead
}

// SetPolicy decides what a connection may change: read, ask, write, or for how
// long it may write (10m, 30m, 1h, today), after which it stands as before. The
// connection is an id, or a name that one alone has; the sentence says what holds.
func (a *App) SetPolicy(ctx context.Context, connection, policy string) (sentence string, err error) {
	id, name, write, err := a.findConnection(connection)
	if err != nil {
		return "", err
	}
	p := store.Policy{Caller: id, Mode: policy}
	switch before := a.policies.get()[id].Mode; policy {
	case "read", "ask", "write":
	default:
		p.Until, err = writeUntil(policy, time.Now())
		if err != nil {
			return "", err
		}
		p.Mode = cmp.Or(before, string(undecided(write)))
	}
	if err := a.store.SetPolicy(ctx, p); err != nil {
		return "", err
	}
	a.keepPolicy(p)
	a.log.Info("app: the owner decided", "connection", id, "policy", policy)
	freed := a.settleChanges(ctx)
	a.update()
	said := map[string]string{"read": "may only read", "ask": "asks you before each change", "write": "may write"}[policy]
	if !p.Until.IsZero() {
		said = "may write until " + p.Until.Local().Format("15:04")
	}
	return name + " " + said + "." + freed, nil
}

// writeUntil reads for how long writing is allowed.
func writeUntil(s string, now time.Time) (time.Time, error) {
	if s == "today" {
		return time.Date(now.Year(), now.Month(), now.Day()+1, 0, 0, 0, 0, now.Location()), nil
	}
	d, err := time.ParseDuration(s)
	if err != nil || d <= 0 || d > 24*time.Hour {
		return time.Time{}, fault.New(fault.CodeInput, "Say read, ask, write, or how long it may write: 10m, 30m, 1h or today.")
	}
	return now.Add(d), nil
}
