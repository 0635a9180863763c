package app

import (
	"cmp"
	"context"
	"strings"

	"codabridge/server/caller"
	"codabridge/server/coda"
	"codabridge/server/fault"
	"codabridge/server/index"
	"codabridge/server/state"
	store "codabridge/server/store/state"
)

// reach is which docs the owner chose for a caller, as it is now.
func (a *App) reach(id string) (documents []string, chosen bool) {
	return reached(a.policies.get(), id)
}

// reached is which docs the owner chose for a caller. What was chosen for stdio
// holds for each program over it for which nothing was.
func reached(known map[string]store.Policy, id string) (documents []string, chosen bool) {
	p := known[id]
	if !p.Chosen && strings.HasPrefix(id, caller.LocalID+":") {
		p = known[caller.LocalID]
	}
	return p.Documents, p.Chosen
}

// SetDocuments chooses the only docs that a connection may see, by their ids;
// none means all that codabridge may. It acts at once, on calls in hand too.
func (a *App) SetDocuments(ctx context.Context, connection string, ids []string) (sentence string, err error) {
	id, name, _, err := a.findConnection(connection)
	if err != nil {
		return "", err
	}
	if err := a.store.SetDocuments(ctx, id, ids); err != nil {
		return "", err
	}
	a.decide(id, func(p *store.Policy) { p.Documents, p.Chosen = ids, true })
	a.log.Info("app: the owner decided", "connection", id, "documents", len(ids))
	a.recorded.Add(1)
	a.update()
	if len(ids) == 0 {
		return name + " may see all docs that codabridge may.", nil
	}
	return name + " may see only " + fault.Clip(strings.Join(a.docNames(ids, nil), ", "), 300) + ".", nil
}

// Documents lists the docs that a connection can be let see, with their names.
func (a *App) Documents(ctx context.Context) ([]state.Document, error) {
	all, err := a.tools.Documents(ctx)
	if err != nil {
		return nil, err
	}
	return mapped(all, func(d coda.Doc) state.Document { return state.Document{ID: d.ID, Name: d.Name} }), nil
}

// KnownDocuments are those that the index has listed, at once: an account of
// thousands takes Coda a minute to list. None where there is no index.
func (a *App) KnownDocuments(ctx context.Context) ([]state.Document, error) {
	if !a.config().Index || len(a.documents()) > 0 {
		return []state.Document{}, nil
	}
	s, err := a.index.Status(ctx)
	return mapped(s.Docs, func(d index.DocStatus) state.Document { return state.Document{ID: d.ID, Name: d.Name} }), err
}

// showReach puts into a State what each connection may see.
func (a *App) showReach(s *State) {
	names, known := map[string]string{}, a.policies.get()
	for _, d := range s.Index.Documents {
		names[d.ID] = d.Name
	}
	show := func(id string, r *state.ReachState) {
		if chosen, ok := reached(known, id); ok {
			r.Documents = chosen
		}
		r.DocNames = a.docNames(r.Documents, names)
	}
	for i := range s.Connections {
		show(s.Connections[i].ID, &s.Connections[i].ReachState)
	}
	for i := range s.Stdio {
		show(s.Stdio[i].ID, &s.Stdio[i].ReachState)
	}
	show(caller.LocalID, &s.ThisComputerSees)
}

// docNames are the names of docs as the index has them or a call met them, or the
// ids.
func (a *App) docNames(ids []string, known map[string]string) (names []string) {
	for _, id := range ids {
		name := known[id]
		if name == "" && a.tools != nil {
			name = a.tools.DocumentName(id)
		}
		names = append(names, cmp.Or(name, id))
	}
	return names
}
