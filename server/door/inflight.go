package door

import (
	"net/http"
	"sync"
	"time"
)

// InFlight counts what is at work, such as requests.
type InFlight struct {
	mu   sync.Mutex // guards the fields below
	n    int
	idle chan struct{} // closed when n falls to zero; nil while nobody waits
}

// Counted is h with its requests counted.
func (f *InFlight) Counted(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		f.add(1)
		defer f.add(-1)
		h.ServeHTTP(w, r)
	})
}

// Go does work beside its caller, and counts it.
func (f *InFlight) Go(work func()) {
	f.add(1)
	go func() {
		defer f.add(-1)
		work()
	}()
}

func (f *InFlight) add(n int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.n += n
	if f.n == 0 && f.idle != nil {
		close(f.idle)
		f.idle = nil
	}
}

// Wait waits until nothing is at work, but not longer than d, and says whether it
// came to that.
func (f *InFlight) Wait(d time.Duration) bool {
	f.mu.Lock()
	if f.n == 0 {
		f.mu.Unlock()
		return true
	}
	if f.idle == nil {
		f.idle = make(chan struct{})
	}
	idle := f.idle
	f.mu.Unlock()
	select {
	case <-idle:
		return true
	case <-time.After(d):
		return false
	}
}
