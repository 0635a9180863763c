package tools

import (
	"context"
	"encoding/json"
	"slices"

	"codabridge/server/alike"
	"codabridge/server/caller"
	"codabridge/server/tools/words"
)

// Operations are the tools that are offered just now, in the order of
// tools/list; those that write only while writing is possible at all.
func (t *Tools) Operations() []caller.Operation {
	var all []caller.Operation
	set := t.toolset()
	for _, d := range t.list {
		if set.offers(&d) && (!d.writes || d.depends != nil || !t.readOnly()) {
			all = append(all, caller.Operation{Name: d.name, Title: d.title, Description: d.description,
				Input: json.RawMessage(compact(d.input)), Output: json.RawMessage(compact(d.output)), Writes: d.writes})
		}
	}
	return all
}

// Do calls a tool for the caller of ctx, as tools/call does: the answer is the
// JSON of the tool when the status is ok, else a sentence. False says that there
// is no tool of this name.
func (t *Tools) Do(ctx context.Context, name string, args []byte) (answer string, status caller.Status, found bool) {
	d, found := t.byName[name]
	if !found {
		return "", caller.StatusError, false
	}
	out := t.run(ctx, d, args)
	return out.text, out.status, true
}

// Near gives the names that come near to one that there is not, the nearest first.
func Near(given string, names []string) []string {
	near, rest := alike.Near(given, names, func(name string) string { return name })
	if len(near) == 0 { // a slip of the finger in a short one
		g := []rune(alike.Fold(words.Clip(given, 60)))
		near = slices.DeleteFunc(rest, func(name string) bool {
			n := []rune(alike.Fold(words.Clip(name, 60)))
			return alike.Slips(g, n) > 1+len(n)/6
		})
	}
	return near
}

// Near are the tools that are offered whose names come near.
func (t *Tools) Near(name string) []string { return Near(name, t.Names()) }

// Known says whether there is a tool of this name, offered or not.
func (t *Tools) Known(name string) bool { return t.byName[name] != nil }
