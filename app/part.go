package app

import (
	"sync"
	"sync/atomic"
)

// part is one part of what the app knows, with a lock of its own. Whoever needs
// two parts takes a copy of each; no two locks are held at once.
type part[T any] struct {
	stale *atomic.Bool // told of each change

	mu sync.Mutex // guards v
	v  T
}

// get is a copy.
func (p *part[T]) get() T {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.v
}

// set changes the part; f must not wait for anything.
func (p *part[T]) set(f func(v *T)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	f(&p.v)
	if p.stale != nil {
		p.stale.Store(true)
	}
}

// vault is what the keyring and Coda have told.
type vault struct {
	secrets secrets
	account account
}
