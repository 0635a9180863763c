package app

import (
	"context"
	"sync"
	"time"
)

// news is what is on its way to the views.
type news struct {
	mu      sync.Mutex    // guards the fields below
	changed chan struct{} // closed at the next change
	expiry  *time.Timer   // fires when the oldest waiting request ends
	told    time.Time     // of the last news of requests and connections
	telling bool          // more news is on its way
	later   *time.Timer   // fires when it may be told
}

// Changed returns a channel that is closed at the next change.
func (a *App) Changed() <-chan struct{} {
	a.news.mu.Lock()
	defer a.news.mu.Unlock()
	return a.news.changed
}

// Changes gives a signal after each change, several as one, until ctx
// or Run ends.
func (a *App) Changes(ctx context.Context) <-chan struct{} {
	out, life := make(chan struct{}, 1), a.life
	if life == nil {
		life = ctx
	}
	go func() {
		defer close(out)
		for {
			changed := a.Changed()
			select {
			case out <- struct{}{}:
			default:
			}
			select {
			case <-changed:
			case <-ctx.Done():
				return
			case <-life.Done():
				return
			}
		}
	}()
	return out
}

// update tells every view, and the tunnel keeper, that something has changed.
func (a *App) update() {
	a.made.stale.Store(true)
	a.news.mu.Lock()
	close(a.news.changed)
	a.news.changed = make(chan struct{})
	a.news.mu.Unlock()
	select {
	case a.kick <- struct{}{}:
	default:
	}
}

// updateAt tells the views again when the oldest request has expired, since
// the end of a request by time is announced by nobody.
func (a *App) updateAt(when time.Time) {
	a.news.mu.Lock()
	defer a.news.mu.Unlock()
	if a.news.expiry != nil {
		a.news.expiry.Stop()
	}
	a.news.expiry = time.AfterFunc(time.Until(when)+time.Second, func() {
		a.update()
		if left := a.oauth.Waiting(); len(left) > 0 {
			a.updateAt(left[len(left)-1].Expires)
		}
	})
}

// newsEvery is how often changes of requests and connections are passed on
// while they keep coming. Each has every view drawn anew and the token of every
// open stream looked at, and strangers can make as many as they like.
const newsEvery = 200 * time.Millisecond

// onRequests hears of every change of requests and connections. The first is
// passed on at once, those that follow closely together as one.
func (a *App) onRequests() {
	a.made.stale.Store(true)
	if a.tellNow() {
		a.tellRequests()
	}
}

// tellNow says whether a change is told at once; else it is, in a moment.
func (a *App) tellNow() bool {
	a.news.mu.Lock()
	defer a.news.mu.Unlock()
	if a.news.telling {
		return false
	}
	a.news.telling = true
	wait := newsEvery - time.Since(a.news.told)
	if wait > 0 {
		a.news.later = time.AfterFunc(wait, a.tellRequests)
	}
	return wait <= 0
}

func (a *App) tellRequests() {
	a.news.mu.Lock()
	a.news.telling, a.news.told = false, time.Now()
	a.news.mu.Unlock()
	a.server.GrantsChanged()
	a.update()
	waiting := a.oauth.Waiting()
	if len(waiting) == 0 {
		return
	}
	a.updateAt(waiting[len(waiting)-1].Expires)
}

// quiet stops the timers of waiting requests.
func (a *App) quiet() {
	a.news.mu.Lock()
	defer a.news.mu.Unlock()
	for _, timer := range []*time.Timer{a.news.expiry, a.news.later} {
		if timer != nil {
			timer.Stop()
		}
	}
}
