package tunneltest

import (
	"slices"
	"time"
)

// SignIns lists every sign-in since the start, refused ones included.
func (e *Edge) SignIns() []SignIn {
	e.mu.Lock()
	defer e.mu.Unlock()
	return slices.Clone(e.signIns)
}

// Binds lists the host names that binds asked for since the start.
func (e *Edge) Binds() []string {
	e.mu.Lock()
	defer e.mu.Unlock()
	return slices.Clone(e.binds)
}

// Sessions is the number of agents that are connected now.
func (e *Edge) Sessions() int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return len(e.sessions)
}

// Online says whether a name has an agent behind it now; empty means the dev
// domain.
func (e *Edge) Online(host string) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.endpoints[or(host, e.knobs.domain, e.domain)] != nil
}

// WaitSignIns blocks until n sign-ins were seen since the start, and says
// whether that came true within limit.
func (e *Edge) WaitSignIns(n int, limit time.Duration) bool {
	return e.wait(limit, func() bool { return len(e.signIns) >= n })
}

// WaitSessions blocks until exactly n agents are connected.
func (e *Edge) WaitSessions(n int, limit time.Duration) bool {
	return e.wait(limit, func() bool { return len(e.sessions) == n })
}
