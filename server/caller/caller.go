// Package caller says who makes a request and what they may reach. A guard of
// a door admits a Caller; it travels in the context to where it is asked.
package caller

import "context"

// The scopes there are. ScopeWrite includes ScopeRead.
const (
	ScopeRead  = "coda.read"
	ScopeWrite = "coda.write"
)

// Caller is who makes a call: a connection the owner approved, or this
// computer over stdio.
type Caller struct {
	// ID is that of the grant; activity, sessions and limits count by it.
	ID   string
	Name string
	// Scopes are those that the owner granted.
	Scopes []string
	Reach  Reach
}

// Reach is what a caller may see and do.
type Reach struct {
	// Documents are the ids of the docs that may be seen; empty means all that
	// the Coda token reaches.
	Documents []string
	// Write is whether the owner allowed the caller to change documents.
	Write bool
}

type key struct{}

// With puts the caller of a request into its context.
func With(ctx context.Context, c Caller) context.Context { return context.WithValue(ctx, key{}, c) }

// From is the caller of ctx. Without one it is a stranger who may only read.
func From(ctx context.Context) Caller {
	if c, ok := ctx.Value(key{}).(Caller); ok {
		return c
	}
	return Caller{Name: "unknown"}
}
