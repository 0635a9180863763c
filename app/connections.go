package app

import (
	"context"
	"slices"
	"strings"

	"codabridge/server/fault"
	"codabridge/server/tools"
)

// CodeConnection: there is no connection of an id or name, or there are several.
const CodeConnection fault.Code = "app_no_connection"

// findConnection finds a connection by its id, or by a name that one alone has.
func (a *App) findConnection(ref string) (id, name string, write bool, err error) {
	ref = strings.TrimSpace(ref)
	var found []connection
	all := connections(a.State())
	for _, k := range all {
		if k.id == ref {
			return k.id, k.name, k.write, nil
		}
		if strings.EqualFold(k.name, ref) {
			found = append(found, k)
		}
	}
	switch len(found) {
	case 1:
		return found[0].id, found[0].name, found[0].write, nil
	case 0:
		return "", "", false, noConnection(ref, mapped(all, func(c connection) recorded { return recorded{c.id, c.name} }))
	}
	return "", "", false, severalConnections(ref)
}

func severalConnections(ref string) error {
	return fault.New(CodeConnection, "Several connections are called %q; give the ID of one. codabridge connections lists them.", fault.ClipLine(ref, 60))
}

// noConnection says that there is none of an id or name, and which are near.
func noConnection(ref string, known []recorded) error {
	if strings.TrimSpace(ref) == "" {
		return fault.New(fault.CodeInput, "Say which connection, by its ID or name; codabridge connections lists them.")
	}
	var names []string
	for _, k := range known {
		for _, name := range []string{k.name, k.id} {
			if !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	return fault.New(CodeConnection, "There is no connection %q. %s", fault.ClipLine(ref, 60),
		strings.TrimSpace(didYouMean(ref, names)+fault.Typed(" codabridge connections lists those that are let in.")))
}

// didYouMean names what comes near to what was given; empty where nothing does.
func didYouMean(given string, names []string) string {
	near := tools.Near(given, names)
	if len(near) == 0 {
		return ""
	}
	return "Did you mean " + strings.Join(near[:min(len(near), 3)], ", ") + "?"
}

// recorded is a connection as a record has it: by its id, or, where only the name
// is given or several have it, by the name.
type recorded struct{ id, name string }

// findRecorded finds a connection that is let in or stands in a record, by its id
// or name.
func (a *App) findRecorded(ctx context.Context, ref string) (recorded, error) {
	known := mapped(connections(a.State()), func(c connection) recorded { return recorded{c.id, c.name} })
	was, _, _, err := a.store.ActivityValues(ctx, mostKnown)
	if err != nil {
		return recorded{}, err
	}
	for _, v := range was {
		known = append(known, recorded{v.Value, v.Name})
	}
	changed, err := a.journal.Connections(ctx)
	if err != nil {
		return recorded{}, err
	}
	for id, name := range changed {
		known = append(known, recorded{id, name})
	}
	return amongRecorded(ref, known)
}

// mostKnown is how many connections of the record are looked through.
const mostKnown = 10_000

// amongRecorded finds a connection among those that are known. Of several of one
// name, only the name is given.
func amongRecorded(ref string, known []recorded) (found recorded, err error) {
	ref = strings.TrimSpace(ref)
	ids := map[string]bool{}
	for _, k := range known {
		if k.id == ref {
			return recorded{id: k.id}, nil
		}
		if strings.EqualFold(k.name, ref) {
			found = k
			ids[k.id] = true
		}
	}
	switch len(ids) {
	case 0:
		return found, noConnection(ref, known)
	case 1:
		return recorded{id: found.id}, nil
	}
	return recorded{name: found.name}, nil
}
