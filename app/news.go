package app

import (
	"context"
	"fmt"
	"time"

	"codabridge/app/desktop"
)

// Changed returns a channel that is closed at the next change.
func (a *App) Changed() <-chan struct{} {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.changed
}

// Changes gives a signal after each change, several as one, until ctx ends.
func (a *App) Changes(ctx context.Context) <-chan struct{} {
	out := make(chan struct{}, 1)
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
			}
		}
	}()
	return out
}

// update tells every view, and the tunnel keeper, that something has changed.
func (a *App) update() {
	a.mu.Lock()
	close(a.changed)
	a.changed = make(chan struct{})
	a.mu.Unlock()
	select {
	case a.kick <- struct{}{}:
	default:
	}
}

// updateAt tells the views again when the oldest request has expired, since
// the end of a request by time is announced by nobody.
func (a *App) updateAt(when time.Time) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.expiry != nil {
		a.expiry.Stop()
	}
	a.expiry = time.AfterFunc(time.Until(when)+time.Second, func() {
		a.update()
		if left := a.oauth.Waiting(); len(left) > 0 {
			a.updateAt(left[len(left)-1].Expires)
		}
	})
}

// notifyEvery is how often a waiting request may raise a notification: a
// stranger can make requests, and must not be able to make noise.
const notifyEvery = time.Minute

// newsEvery is how often changes of requests and connections are passed on
// while they keep coming. Each has every view drawn anew and the token of every
// open stream looked at, and strangers can make as many as they like.
const newsEvery = 200 * time.Millisecond

// onRequests hears of every change of requests and connections. The first is
// passed on at once, those that follow closely together as one.
func (a *App) onRequests() {
	if a.tellNow() {
		a.tellRequests()
	}
}

// tellNow says whether a change is told at once; else it is, in a moment.
func (a *App) tellNow() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.telling {
		return false
	}
	a.telling = true
	wait := newsEvery - time.Since(a.told)
	if wait > 0 {
		a.later = time.AfterFunc(wait, a.tellRequests)
	}
	return wait <= 0
}

func (a *App) tellRequests() {
	a.mu.Lock()
	a.telling, a.told = false, time.Now()
	a.mu.Unlock()
	a.server.GrantsChanged()
	a.update()
	waiting := a.oauth.Waiting()
	if len(waiting) == 0 {
		return
	}
	a.updateAt(waiting[len(waiting)-1].Expires)
	if !a.desktop || onlyDoctor(waiting) {
		return
	}
	a.mu.Lock()
	due := time.Since(a.notified) >= notifyEvery
	if due {
		a.notified = time.Now()
	}
	a.mu.Unlock()
	if !due {
		return
	}
	a.errands.Go(func() { a.notify(waiting[0].RedirectHost, waiting[0].Address) })
}

func (a *App) notify(host, address string) {
	ctx, cancel := context.WithTimeout(a.life, 5*time.Second)
	defer cancel()
	body := fmt.Sprintf("%s asks to use your Coda docs, from %s. If you started this yourself, open codabridge and enter the code that your browser shows.", host, address)
	if err := desktop.Notify(ctx, "A connection waits for your yes", body); err != nil {
		a.log.Debug("app: notify", "err", err)
	}
}

// quiet stops the timers of waiting requests.
func (a *App) quiet() {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, timer := range []*time.Timer{a.expiry, a.later} {
		if timer != nil {
			timer.Stop()
		}
	}
}
