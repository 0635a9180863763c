package tools

import (
	"context"
	"encoding/json"
)

// Operation is a tool as those see it who do not speak MCP.
type Operation struct {
	Name, Title, Description string
	// Input and Output are the JSON schemas of the arguments and the answer.
	Input, Output json.RawMessage
	// Writes says that it changes documents.
	Writes bool
}

// Operations are the tools that are offered just now, in the order of
// tools/list; those that write only while writing is possible at all.
func (t *Tools) Operations() []Operation {
	var all []Operation
	set := t.toolset()
	for _, d := range t.list {
		if set.offers(&d) && (!d.writes || d.depends != nil || !t.readOnly()) {
			all = append(all, Operation{d.name, d.title, d.description, json.RawMessage(d.input), json.RawMessage(d.output), d.writes})
		}
	}
	return all
}

// Do calls a tool for the caller of ctx, as tools/call does: the answer is the
// JSON of the tool when the status is ok, else a sentence. False says that there
// is no tool of this name.
func (t *Tools) Do(ctx context.Context, name string, args []byte) (answer string, status Status, found bool) {
	for i := range t.list {
		if d := &t.list[i]; d.name == name {
			out := t.measured(ctx, name, len(args), func(ctx context.Context) outcome {
				return t.guard(d, func() outcome { return t.checked(ctx, d, args) })
			})
			return out.text, out.status, true
		}
	}
	return "", StatusError, false
}
