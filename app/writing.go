package app

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"codabridge/server/caller"
	"codabridge/server/fault"
	"codabridge/server/state"
	store "codabridge/server/store/state"
	"codabridge/server/tools"
	"codabridge/server/tools/changes"
)

// allowedFor is how long one click lets a connection write.
const allowedFor = "30m"

// AllowWriting lets a connection write for half an hour.
func (a *App) AllowWriting(ctx context.Context, connection string) error {
	_, err := a.SetPolicy(ctx, connection, allowedFor)
	return err
}

// EndWriting ends a leave to write before its time; what held before holds again.
func (a *App) EndWriting(ctx context.Context, connection string) error {
	p := a.policies.get()[connection]
	if p.Until.IsZero() {
		return nil // it has ended by itself
	}
	_, err := a.SetPolicy(ctx, connection, p.Mode)
	return err
}

// writing tells who may write for a while: of several the one whose leave ends
// last. Where nobody may, it is who could be let.
func (a *App) writing(s State, now time.Time) (w state.WritingState) {
	known := a.policies.get()
	for id, p := range known {
		c, there := connectionOf(s, id)
		if there && p.Until.After(now) && p.Until.After(w.Until) {
			w = state.WritingState{Connection: id, Client: c.name, Until: p.Until}
		}
	}
	if w.Connection != "" {
		return w
	}
	id := a.lastActive(s, now)
	c, there := connectionOf(s, id)
	may := decided(known, id)
	if !there || may == tools.PolicyWrite || may == "" && c.write {
		return w
	}
	return state.WritingState{Connection: id, Client: c.name}
}

// lastActive is the connection whose change waits longest, else the one that
// made the last call.
func (a *App) lastActive(s State, now time.Time) (id string) {
	if s.Changes.Waiting > 0 {
		if all, err := a.pending(); err == nil && len(all) > 0 {
			return all[0].Connection
		}
	}
	if last, _ := a.today.latest(now); last.Caller != "" {
		return last.Caller
	}
	var at time.Time
	for _, c := range s.Connections {
		if c.LastUsed != nil && c.LastUsed.After(at) {
			id, at = c.ID, *c.LastUsed
		}
	}
	return id
}

// connection is what the owner can decide about.
type connection struct {
	id, name string
	write    bool // it was let in to write
}

// connections are this computer, whatever runs on it, and all of a State.
func connections(s State) []connection {
	all := []connection{{caller.LocalID, "this computer", true}}
	for _, c := range s.Connections {
		all = append(all, connection{c.ID, c.Client, c.CanWrite()})
	}
	for _, c := range s.Stdio {
		all = append(all, connection{c.ID, c.Client, !c.ReadOnly})
	}
	return all
}

// connectionOf gives the connection of an id.
func connectionOf(s State, id string) (c connection, there bool) {
	all := connections(s)
	i := slices.IndexFunc(all, func(c connection) bool { return c.id == id })
	if i < 0 {
		return connection{}, false
	}
	return all[i], true
}

// askerName names a connection in a sentence. Beside a name that a client gave
// itself stands where it comes from.
func askerName(s State, id string) string {
	for _, c := range s.Connections {
		if c.ID == id && c.SelfNamed {
			return fmt.Sprintf("%q (%s)", fault.ClipLine(c.Client, longestName), fault.ClipLine(c.RedirectHost, longestName))
		}
	}
	c, there := connectionOf(s, id)
	if !there {
		return "A program on this computer"
	}
	return fault.ClipLine(c.name, longestName)
}

// longestName is how many characters of a name stand in a notification.
const longestName = 40

func (a *App) pending() ([]changes.Pending, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Second)
	defer cancel()
	return a.waitingOf(ctx)
}

// whoWrites names those whose leave to write runs at a moment.
func whoWrites(known map[string]store.Policy, now time.Time) string {
	var ids []string
	for id, p := range known {
		if lasts(p.Until, now) {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return strings.Join(ids, " ")
}

// nextEnd is when the first leave to write ends that runs now; far away when
// there is none.
func nextEnd(known map[string]store.Policy, now time.Time) time.Duration {
	next := 24 * time.Hour
	for _, p := range known {
		if left := p.Until.Sub(now); left > 0 {
			next = min(next, left)
		}
	}
	return next
}
