package tunneltest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"slices"
	"time"

	"golang.ngrok.com/muxado/v2"
)

// knobs are the faults that are switched on. Guarded by Edge.mu.
type knobs struct {
	authCode     string
	authRefusals int
	limit        int
	bindCode     string
	bindRefusals int // negative: until Release
	domain       string
	mute         bool
	latency      time.Duration
	interstitial bool
	deprecation  *Deprecation
	stalled      chan struct{} // closed when the uplink flows again; nil when it does
}

func (e *Edge) settings() knobs {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.knobs
}

func (e *Edge) turn(f func(*knobs)) {
	e.mu.Lock()
	defer e.mu.Unlock()
	f(&e.knobs)
}

// failure is an error as the service writes it, with the code on its last line.
func failure(code, text string) string { return text + "\r\n\r\n" + code + "\r\n" }

// refusal is the error text for a sign-in, or nothing. The caller holds mu.
func (e *Edge) refusal(token string) string {
	k := &e.knobs
	switch {
	case k.authRefusals != 0:
		if k.authRefusals > 0 {
			k.authRefusals--
		}
		return failure(k.authCode, "The sign-in is refused.\nYour authtoken: "+token)
	case token == "":
		return failure("ERR_NGROK_4018", "Usage of ngrok requires a verified account and authtoken.")
	case !slices.Contains(e.opts.Authtokens, token):
		return failure("ERR_NGROK_105", "The authtoken you specified does not look like a proper ngrok authtoken.\nYour authtoken: "+token)
	case k.limit > 0 && len(e.sessions) > k.limit:
		return failure("ERR_NGROK_108", "Your account is limited to a number of simultaneous agent sessions.")
	}
	return ""
}

// RefuseSignIns answers the next n sign-ins with code ("ERR_NGROK_107") and a
// text that quotes the authtoken; n below zero means every one, zero none.
func (e *Edge) RefuseSignIns(code string, n int) {
	e.turn(func(k *knobs) { k.authCode, k.authRefusals = code, n })
}

// LimitSessions refuses agents beyond n with ERR_NGROK_108; zero means no limit.
func (e *Edge) LimitSessions(n int) { e.turn(func(k *knobs) { k.limit = n }) }

// RefuseBinds answers the next n binds with code; below zero means every one,
// until Release.
func (e *Edge) RefuseBinds(code string, n int) {
	e.turn(func(k *knobs) { k.bindCode, k.bindRefusals = code, n })
}

// TakeEndpoint lets the next n binds find their name online elsewhere
// (ERR_NGROK_334); below zero means until Release.
func (e *Edge) TakeEndpoint(n int) { e.RefuseBinds("ERR_NGROK_334", n) }

// Release ends RefuseBinds and TakeEndpoint.
func (e *Edge) Release() { e.RefuseBinds("", 0) }

// HandOut gives name to every bind from now on, whatever it asks for: the URL
// changes at the next one. Empty goes back to names as they are asked for.
func (e *Edge) HandOut(name string) { e.turn(func(k *knobs) { k.domain = name }) }

// MuteHeartbeats leaves heartbeats without an echo.
func (e *Edge) MuteHeartbeats(on bool) { e.turn(func(k *knobs) { k.mute = on }) }

// DelayHeartbeats makes every echo late by d.
func (e *Edge) DelayHeartbeats(d time.Duration) { e.turn(func(k *knobs) { k.latency = d }) }

// StallUplink leaves what agents send unread, as a congested network does, until
// it is called with false.
func (e *Edge) StallUplink(on bool) {
	e.turn(func(k *knobs) {
		if k.stalled != nil {
			close(k.stalled)
			k.stalled = nil
		}
		if on {
			k.stalled = make(chan struct{})
		}
	})
}

// uplink is an agent's connection that StallUplink can hold up.
type uplink struct {
	net.Conn
	edge *Edge
}

func (u uplink) Read(p []byte) (int, error) {
	if flows := u.edge.settings().stalled; flows != nil {
		<-flows
	}
	return u.Conn.Read(p)
}

// Interstitial puts the free plan's warning page before browsers.
func (e *Edge) Interstitial(on bool) { e.turn(func(k *knobs) { k.interstitial = on }) }

// Deprecate warns agents that sign in from now on; nil ends it.
func (e *Edge) Deprecate(w *Deprecation) { e.turn(func(k *knobs) { k.deprecation = w }) }

// Kick ends every session as a lost network does; agents may come back at once.
func (e *Edge) Kick() {
	e.mu.Lock()
	defer e.mu.Unlock()
	for s := range e.sessions {
		e.drop(s)
		_ = s.conn.NetConn().Close() // no farewell, as when a cable is pulled
	}
}

// Kill ends every session and refuses new ones until Revive. The fronts stay and
// say that the endpoint is offline.
func (e *Edge) Kill() {
	e.mu.Lock()
	if e.agents != nil {
		_ = e.agents.Close()
		e.agents = nil
	}
	e.mu.Unlock()
	e.Kick()
}

// Revive takes agents again, on the port of before.
func (e *Edge) Revive() error {
	l, err := net.Listen("tcp", e.addr)
	if err != nil {
		return fmt.Errorf("tunneltest: listen for agents again: %w", err)
	}
	e.mu.Lock()
	e.agents = l
	e.mu.Unlock()
	e.goes(func() { e.acceptAgents(l) })
	return nil
}

// StopEndpoints stops every endpoint from the service's side; the sessions stay.
func (e *Edge) StopEndpoints(code, message string) error {
	e.mu.Lock()
	var all []*endpoint
	for host, ep := range e.endpoints {
		all = append(all, ep)
		delete(e.endpoints, host)
	}
	e.note()
	e.mu.Unlock()
	for _, ep := range all {
		stream, err := ep.session.open(streamStopTunnel)
		if err != nil {
			return fmt.Errorf("tunneltest: stop an endpoint: %w", err)
		}
		// An agent may end its session for this before the write is reported.
		_ = json.NewEncoder(stream).Encode(stopTunnel{ep.id, message, code})
	}
	return nil
}

// Command is what the ngrok dashboard can ask of an agent.
type Command uint32

// The three commands.
const (
	Restart Command = streamRestart
	Stop    Command = streamStop
	Update  Command = streamUpdate
)

// Send gives a command to every agent and returns the text with which the first
// one refused it; empty means all of them will do it.
func (e *Edge) Send(ctx context.Context, c Command) (refused string, err error) {
	e.mu.Lock()
	var all []*session
	for s := range e.sessions {
		all = append(all, s)
	}
	e.mu.Unlock()
	for _, s := range all {
		text, err := s.command(ctx, c)
		if errors.Is(err, errGone) && len(all) > 1 {
			continue // one that is just ending, beside the one that took its place
		}
		if err != nil || text != "" {
			return text, err
		}
	}
	return "", nil
}

// errGone says that a session was over before a command could be sent to it.
var errGone = errors.New("the session is over")

func (s *session) command(ctx context.Context, c Command) (string, error) {
	stream, err := s.open(muxado.StreamType(c))
	if err != nil {
		return "", fmt.Errorf("tunneltest: send a command: %w: %w", errGone, err)
	}
	defer stream.Close()
	// An agent without a handler leaves the stream open for ever.
	stop := context.AfterFunc(ctx, func() { _ = stream.SetReadDeadline(time.Now()) })
	defer stop()
	if _, err := stream.Write([]byte("{}\n")); err != nil {
		return "", fmt.Errorf("tunneltest: send a command: %w", err)
	}
	var reply errorReply
	if err := json.NewDecoder(stream).Decode(&reply); err != nil {
		return "", fmt.Errorf("tunneltest: read the answer to a command: %w", err)
	}
	return reply.Error, nil
}
