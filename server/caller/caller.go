// Package caller says who makes a request and what they may reach. A guard of
// a door admits a Caller; it travels in the context to where it is asked.
package caller

import (
	"context"
	"strings"
	"unicode"
)

// The scopes there are. ScopeWrite includes ScopeRead.
const (
	ScopeRead  = "coda.read"
	ScopeWrite = "coda.write"
)

// Caller is who makes a call: a connection the owner approved, or a program on
// this computer over stdio.
type Caller struct {
	// ID is that of the grant, or begins with LocalID; activity, sessions and
	// limits count by it.
	ID   string
	Name string
	// Scopes are those that the owner granted.
	Scopes []string
	Reach  Reach
}

// LocalID is the ID of a caller over stdio whose program has not said its name.
// That of one with a name has LocalID, a colon and the name in small letters.
const LocalID = "stdio"

// LongestName is how many characters the name of a program has at most.
const LongestName = 60

// Local is a program on this computer that calls over stdio, with the name that
// it gives itself or that its owner gave it, in one line of at most LongestName
// characters. Whatever it is called, it is one
// of the owner's own programs: names tell them apart and guard nothing.
func Local(name string, reach Reach) Caller {
	name = strings.Join(strings.Fields(name), " ")
	words := strings.FieldsFunc(strings.ToLower(name), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	if len(words) == 0 {
		return Caller{ID: LocalID, Name: "this computer", Reach: reach}
	}
	return Caller{ID: LocalID + ":" + strings.Join(words, "-"), Name: name, Reach: reach}
}

// IsLocal tells whether the caller is a program over stdio.
func (c Caller) IsLocal() bool { return c.ID == LocalID || strings.HasPrefix(c.ID, LocalID+":") }

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
