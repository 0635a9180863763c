package state

import (
	"slices"
	"sync"
)

// mostKnown is how many tokens are remembered; clients at work have one each.
const mostKnown = 64

// known remembers tokens that were found, since each request shows one. Every
// change of what is durable makes it forget, before the change returns: a
// connection that was revoked has ended for the next request.
type known struct {
	mu     sync.Mutex // guards what follows
	rounds int        // how often it forgot
	tokens map[string]Token
	closed bool
}

func keyOf(hash []byte, kind string) string { return kind + string(hash) }

// get gives the token, or the round in which it was not known.
func (k *known) get(hash []byte, kind string) (t Token, round int, ok bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	t, ok = k.tokens[keyOf(hash, kind)]
	return t.own(), k.rounds, ok
}

// put remembers a token that was read since a round, if nothing has changed
// meanwhile.
func (k *known) put(t Token, round int) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.closed || round != k.rounds {
		return
	}
	if k.tokens == nil || len(k.tokens) >= mostKnown {
		k.tokens = map[string]Token{}
	}
	k.tokens[keyOf(t.Hash, t.Kind)] = t.own()
}

// own is a token that shares nothing with another.
func (t Token) own() Token {
	t.Hash, t.Scopes = slices.Clone(t.Hash), slices.Clone(t.Scopes)
	t.Grant.Scopes, t.Grant.Documents = slices.Clone(t.Grant.Scopes), slices.Clone(t.Grant.Documents)
	return t
}

func (k *known) forget() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.rounds++
	k.tokens = nil
}

// close makes it remember nothing from now on.
func (k *known) close() {
	k.forget()
	k.mu.Lock()
	defer k.mu.Unlock()
	k.closed = true
}
