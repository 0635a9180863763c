package app

import (
	"context"
	"slices"

	"codabridge/server/caller"
	"codabridge/server/fault"
)

// tryID is the caller's id of the owner who tries a tool on their page. Nothing
// can be decided of it, so it only reads.
const tryID = "owner:try"

// CodeTry: the owner cannot try a tool like this.
const CodeTry fault.Code = "app_try"

// TryTools are the tools that read and are offered just now.
func (a *App) TryTools() []caller.Operation {
	return slices.DeleteFunc(a.tools.Operations(), func(o caller.Operation) bool { return o.Writes })
}

// Try calls a tool that reads, as an assistant would: with what a connection may
// see, or what all may when none is named. It is no assistant's call and is not
// noted.
func (a *App) Try(ctx context.Context, tool, connection string, args []byte) (answer string, status caller.Status, err error) {
	if !slices.ContainsFunc(a.TryTools(), func(o caller.Operation) bool { return o.Name == tool }) {
		return "", "", fault.New(CodeTry, "There is no tool %q that reads and is offered. Look in Settings which tools are offered.", fault.Clip(tool, 60))
	}
	who := caller.Caller{ID: tryID, Name: "you", Scopes: []string{caller.ScopeRead}}
	if connection != "" {
		docs, ok := a.seenBy(connection)
		if !ok {
			return "", "", fault.New(CodeTry, "The connection to try it as is gone. Choose another one.")
		}
		who.Reach.Documents = docs
	}
	answer, status, _ = a.tools.Do(caller.With(ctx, who), tool, args)
	return answer, status, nil
}

// seenBy are the only docs that a connection may see, none meaning all; false
// says that there is no such connection.
func (a *App) seenBy(id string) (documents []string, ok bool) {
	s := a.State()
	if id == caller.LocalID {
		return s.ThisComputerSees.Documents, true
	}
	for _, c := range s.Connections {
		if c.ID == id {
			return c.Documents, true
		}
	}
	for _, c := range s.Stdio {
		if c.ID == id {
			return c.Documents, true
		}
	}
	return nil, false
}
