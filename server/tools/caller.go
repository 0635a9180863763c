package tools

import (
	"context"

	"codabridge/server/caller"
)

// thisComputer is the caller over stdio.
var thisComputer = caller.Caller{ID: "stdio", Name: "this computer", Reach: caller.Reach{Write: true}}

// mayWrite says whether the caller of ctx may change documents just now.
func (t *Tools) mayWrite(ctx context.Context) bool {
	return caller.From(ctx).Reach.Write && !t.readOnly()
}

func (t *Tools) readOnly() bool { return t.o.ReadOnly != nil && t.o.ReadOnly() }
