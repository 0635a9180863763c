package tools

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"

	"codabridge/server/caller"
	"codabridge/server/tools/changes"
	"codabridge/server/tools/words"
)

// mayWrite says whether the caller of ctx may change documents just now.
func (t *Tools) mayWrite(ctx context.Context) bool {
	return t.noWriting(ctx) == ""
}

// barred says why the caller of ctx changes nothing just now, whatever the owner
// answers to its questions; empty where it may.
func (t *Tools) barred(ctx context.Context) string {
	switch {
	case t.o.Stopped != nil && t.o.Stopped():
		return "the owner has stopped codabridge for now. It works again when they start it."
	case t.o.Paused != nil && t.o.Paused():
		return "the owner has paused codabridge. Tell them; it goes on when they resume it."
	}
	if t.o.Ready != nil {
		if sentence, ok := t.o.Ready(); !ok {
			return words.Clean(sentence)
		}
	}
	return t.noWriting(ctx)
}

func (t *Tools) readOnly() bool { return t.o.ReadOnly != nil && t.o.ReadOnly() }

// clientName is what a client calls itself: in initialize, or, since MCP
// 2026-07-28, in every request. Empty where the message does not say.
func clientName(message []byte) string {
	type info struct{ Name, Title string }
	var m struct {
		Params struct {
			ClientInfo info
			Meta       struct {
				ClientInfo info `json:"io.modelcontextprotocol/clientInfo"`
			} `json:"_meta"`
		}
	}
	if json.Unmarshal(message, &m) != nil {
		return ""
	}
	return cmp.Or(m.Params.ClientInfo.Title, m.Params.ClientInfo.Name, m.Params.Meta.ClientInfo.Title, m.Params.Meta.ClientInfo.Name)
}

// Policy is what a caller may change.
type Policy string

// The policies.
const (
	PolicyEnded Policy = "ended" // nothing: the owner has revoked the connection
	PolicyRead  Policy = "read"  // nothing
	PolicyAsk   Policy = "ask"   // what the owner says yes to, each time
	PolicyWrite Policy = "write" // all that the tools can
)

// policy is what the owner decided of the caller of ctx, as it is now: it may be
// tightened while a call is in hand. Undecided, it is what the sign-in allows.
func (t *Tools) policy(ctx context.Context) Policy {
	who := caller.From(ctx)
	if who.IsLocal() && !who.Reach.Write { // its own program was started so
		return PolicyRead
	}
	if t.o.Policy != nil && who.ID != "" {
		if p := t.o.Policy(who.ID); p != "" {
			return p
		}
	}
	if who.Reach.Write {
		return PolicyWrite
	}
	return PolicyRead
}

// asks says why a change of these kinds waits for the owner, for the owner and the
// model; empty where it does not.
func (t *Tools) asks(ctx context.Context, kinds []string) string {
	if t.policy(ctx) == PolicyAsk {
		return AsksEach
	}
	for _, kind := range t.askAlways() {
		if slices.Contains(kinds, kind) {
			return askedAlways[kind]
		}
	}
	return ""
}

// askAlways are the kinds of changes that wait for the owner whatever the policy.
func (t *Tools) askAlways() []string {
	if t.o.AskAlways == nil {
		return nil
	}
	return t.o.AskAlways()
}

// AsksEach is why a change waits of a connection that asks before each.
const AsksEach = "this connection asks before each change"

// AsksAlways is why a change waits of a kind that always does.
func AsksAlways(kind string) string { return askedAlways[kind] }

// askedAlways says why a change waits that is of a kind which always does.
var askedAlways = map[string]string{
	changes.DeletesDocs:  "deleting a document always asks",
	changes.Deletes:      "deleting always asks",
	changes.Shares:       "sharing always asks",
	changes.Publishes:    "publishing always asks",
	changes.Irreversible: "what cannot be put back always asks",
}
