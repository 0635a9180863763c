package tunnel

import (
	"context"
	"fmt"
	"strings"
	"time"

	"golang.ngrok.com/ngrok/v2"

	"codabridge/server/fault"
)

// event hears of the agent. The library calls it from its own goroutines and, at
// the first connect, with the agent locked: it must neither block nor ask the
// agent anything.
func (s *session) event(e ngrok.Event) {
	switch e := e.(type) {
	case *ngrok.EventAgentConnectSucceeded:
		s.linkedUp()
	case *ngrok.EventAgentDisconnected:
		s.lost(e.Error)
	case *ngrok.EventAgentHeartbeatReceived:
		s.change(func(now *Status) {
			if now.Phase == Online {
				now.Latency = e.Latency
			}
		})
	}
}

// change alters the status, but not after the session's end: the library's last
// events come late.
func (s *session) change(f func(*Status)) {
	s.t.news.change(func(now *Status) {
		if s.ctx.Err() == nil {
			f(now)
		}
	})
}

// linkedUp follows each sign-in; at a reconnect the endpoint is bound again by
// then.
func (s *session) linkedUp() {
	s.mu.Lock()
	s.linked = true
	up, url := s.up, s.url
	s.mu.Unlock()
	if !up {
		return
	}
	s.t.free()
	before := url
	s.change(func(now *Status) {
		before, now.URL = now.URL, url
		now.Phase, now.Code, now.Sentence, now.Link = Online, "", "", ""
	})
	if before != url {
		s.t.log.Warn("tunnel: ngrok gave another address", "url", url, "before", before)
	}
	s.t.log.Info("tunnel: online again", "url", url)
}

// online follows the first bind.
func (s *session) online() {
	warning := ""
	now := Status{Phase: Online, URL: strings.TrimSuffix(s.listener.URL().String(), "/")}
	if a, err := s.agent.Session(); err == nil {
		if d, ok := a.(ngrok.AgentSessionDetails); ok {
			now.Region, now.Account, now.Plan = d.Region(), d.AccountName(), d.PlanName()
		}
		if w := a.Warnings(); len(w) > 0 {
			warning = w[0].Error()
		}
	}
	if warning != "" {
		now.Sentence = fmt.Sprintf("ngrok will stop accepting this version of codabridge (it says: %s) Install the newest codabridge.", s.t.hide(warning))
	}
	s.publish(now)
	s.t.free()
	s.t.log.Info("tunnel: online", "url", now.URL, "region", now.Region)
}

// publish says that the tunnel is online, before anybody can be told of a loss.
func (s *session) publish(now Status) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.up, s.url = true, now.URL
	if !s.linked { // lost in the moment between the bind and now
		now.Phase, now.Sentence = Reconnecting, sentenceLost
	}
	s.t.news.set(now)
}

// bound hears the URL of every bind, those after a reconnect included, for which
// the library has no event.
func (s *session) bound(url string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.url = strings.TrimSuffix(url, "/")
}

// lost follows every failed try and every end of a connection.
func (s *session) lost(err error) {
	s.mu.Lock()
	s.linked = false
	order := s.order
	s.mu.Unlock()
	switch {
	case s.ctx.Err() != nil:
		return
	case order != nil:
		s.cancel(order)
		return
	case err == nil:
		return
	}
	if failure := s.t.trouble(err); failure != nil {
		s.cancel(failure)
	}
}

// trouble shows an error that the tunnel may get over, or returns the failure
// that it is.
func (t *Tunnel) trouble(err error) *fault.Error {
	a := t.explain(err)
	if a.fatal || a.slow && (!a.taken || t.takenTooLong()) {
		return asFault(a)
	}
	t.log.Debug("tunnel: trouble", "code", a.code, "what", a.sentence, "err", err)
	if !a.taken {
		t.free()
	} else {
		a.sentence = "The address is still online elsewhere: an earlier connection of this computer, or another copy." + keepsTrying
	}
	t.news.change(func(now *Status) {
		now.lose()
		if now.Phase == Failed {
			now.Phase = Connecting
		}
		now.Code, now.Sentence, now.Link = a.code, a.sentence, a.link
	})
	return nil
}

// refused follows a Listen that gave up: with a failure, or with an error that
// may pass.
func (s *session) refused(err error) error {
	if cause := context.Cause(s.ctx); cause != nil {
		return cause
	}
	if failure := s.t.trouble(err); failure != nil {
		return failure
	}
	return fmt.Errorf("tunnel: listen: %w", err)
}

// stopped follows a Serve that returned although nobody ended the session: ngrok
// stopped the endpoint, or the dashboard the agent.
func (s *session) stopped(err error) error {
	if cause := context.Cause(s.ctx); cause != nil {
		return cause
	}
	s.mu.Lock()
	order := s.order
	s.mu.Unlock()
	if order != nil {
		return order
	}
	return s.refused(err)
}

// takenTooLong starts the wait for a URL that is online elsewhere, or says that
// it is over. A session of ours that died goes away by itself within it.
func (t *Tunnel) takenTooLong() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.taken.IsZero() {
		t.taken = time.Now()
	}
	return time.Since(t.taken) >= t.opts.TakenWindow
}

func (t *Tunnel) free() {
	t.mu.Lock()
	t.taken = time.Time{}
	t.mu.Unlock()
}

// asFault is what ngrok's own code means, as a fault.
func asFault(a advice) *fault.Error {
	return fault.New(fault.Code(a.code), "%s", a.sentence).At(a.link)
}

func (t *Tunnel) hide(text string) string { return hidden(text, t.opts.Authtoken) }
