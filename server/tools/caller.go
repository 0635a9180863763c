package tools

import "context"

// Caller is who makes a call: a connection the owner approved, or this
// computer over stdio.
type Caller struct {
	ID   string
	Name string
	// Write is whether the owner allowed it to change documents.
	Write bool
}

// thisComputer is the caller over stdio.
var thisComputer = Caller{ID: "stdio", Name: "this computer", Write: true}

type callerKey struct{}

// WithCaller puts the caller of a request into its context. Without one a
// call counts as that of a stranger who may only read.
func WithCaller(ctx context.Context, c Caller) context.Context {
	return context.WithValue(ctx, callerKey{}, c)
}

func callerFrom(ctx context.Context) Caller {
	if c, ok := ctx.Value(callerKey{}).(Caller); ok {
		return c
	}
	return Caller{Name: "unknown"}
}

// CallerID is the ID of the caller of ctx, or empty.
func CallerID(ctx context.Context) string { return callerFrom(ctx).ID }

// mayWrite says whether the caller of ctx may change documents just now.
func (t *Tools) mayWrite(ctx context.Context) bool {
	return callerFrom(ctx).Write && !t.readOnly()
}

func (t *Tools) readOnly() bool { return t.o.ReadOnly != nil && t.o.ReadOnly() }

// Scopes of the two kinds of tools.
const (
	scopeRead  = "coda.read"
	scopeWrite = "coda.write"
)
