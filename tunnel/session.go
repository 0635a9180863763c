package tunnel

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"regexp"
	"strings"
	"sync"
	"time"

	"golang.ngrok.com/ngrok/v2"
	"golang.ngrok.com/ngrok/v2/rpc"

	"codabridge/server/fault"
)

// stopLimit is how long the end of a session may take before it is left behind.
const stopLimit = 2500 * time.Millisecond

// errAgain asks for a new agent at once.
var errAgain = errors.New("tunnel: connect again")

// session is the life of one ngrok agent.
type session struct {
	t      *Tunnel
	ctx    context.Context // ends with the session; its cause says why
	cancel context.CancelCauseFunc
	dial   *dialer
	agent  ngrok.Agent

	listened chan listening // one result of Listen
	listener ngrok.EndpointListener
	web      *http.Server
	served   chan error // what Serve returned

	mu     sync.Mutex // guards all below
	linked bool       // the agent is signed in
	up     bool       // the endpoint was there once
	url    string     // of the newest bind
	order  error      // what the dashboard asked for; due when the session ends
}

type listening struct {
	listener ngrok.EndpointListener
	err      error
}

// connect runs one agent to its end and says why it ended.
func (t *Tunnel) connect(ctx context.Context) error {
	s := &session{t: t, dial: &dialer{proxy: t.opts.Proxy}, listened: make(chan listening, 1), served: make(chan error, 1)}
	s.ctx, s.cancel = context.WithCancelCause(ctx)
	defer s.cancel(nil)
	options, err := s.options()
	if err != nil {
		return err
	}
	s.agent, err = ngrok.NewAgent(options...)
	if err != nil {
		return fmt.Errorf("tunnel: make an agent: %w", err)
	}
	defer s.stop()
	if err := s.listen(); err != nil {
		return err
	}
	return s.serve()
}

var semver = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?$`)
})

func (s *session) options() ([]ngrok.AgentOption, error) {
	o := s.t.opts
	all := []ngrok.AgentOption{
		ngrok.WithAuthtoken(o.Authtoken),
		ngrok.WithDialer(s.dial),
		ngrok.WithEventHandler(s.event),
		ngrok.WithRPCHandler(s.command),
		ngrok.WithLogger(slog.New(&discreet{next: o.Log.Handler(), secret: o.Authtoken, bound: s.bound})),
	}
	// ngrok refuses an agent whose version is not a semantic one (ERR_NGROK_119).
	if v := strings.TrimPrefix(o.Version, "v"); semver().MatchString(v) {
		all = append(all, ngrok.WithClientInfo("codabridge", v))
	}
	if o.Heartbeat > 0 {
		all = append(all, ngrok.WithHeartbeatInterval(o.Heartbeat))
	}
	if o.Tolerance > 0 {
		all = append(all, ngrok.WithHeartbeatTolerance(o.Tolerance))
	}
	if o.ConnectURL == "" {
		return all, nil
	}
	text, err := os.ReadFile(o.CAFile)
	if err != nil {
		return nil, fault.New(CodeSettings, "The CA file of the other ngrok edge cannot be read (%v). Correct CODABRIDGE_NGROK_CA_FILE.", err)
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(text) {
		return nil, fault.New(CodeSettings, "The file %s holds no certificate. Correct CODABRIDGE_NGROK_CA_FILE.", o.CAFile)
	}
	return append(all, ngrok.WithAgentConnectURL(o.ConnectURL), ngrok.WithAgentConnectCAs(pool)), nil
}

// listen waits until the endpoint is online. The library tries for ever and its
// context is the session's life, so nothing but this select ends it early.
func (s *session) listen() error {
	var want []ngrok.EndpointOption
	if s.t.opts.URL != "" {
		want = append(want, ngrok.WithURL(strings.TrimSuffix(s.t.opts.URL, "/")))
	}
	go func() {
		l, err := s.agent.Listen(s.ctx, want...)
		s.listened <- listening{l, err}
	}()
	select {
	case r := <-s.listened:
		s.listened <- r // for stop, which waits for it
		if r.err != nil {
			return s.refused(r.err)
		}
		s.listener = r.listener
	case <-s.ctx.Done():
		return context.Cause(s.ctx)
	case <-s.t.nudge:
		return errAgain // it may sleep between two tries for half a minute
	}
	s.online()
	return nil
}

// serve answers requests until the session ends.
func (s *session) serve() error {
	s.web = s.t.opts.Server(s.t.opts.Handler)
	s.web.BaseContext = func(net.Listener) context.Context { return s.ctx }
	go func() { s.served <- s.web.Serve(steadyListener{s.listener}) }()
	for {
		select {
		case <-s.ctx.Done():
			return context.Cause(s.ctx)
		case err := <-s.served:
			s.served <- err // for stop, which waits for it
			return s.stopped(err)
		case <-s.t.nudge:
			if !s.dropped() {
				return errAgain
			}
		}
	}
}

// dropped closes the connection of a session that is signed in; the library makes
// the next one at once. One that is not signed in may be asleep between two tries.
func (s *session) dropped() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.linked {
		s.dial.drop()
	}
	return s.linked
}

// stop ends the agent and everything that hangs on it, within stopLimit.
func (s *session) stop() {
	s.cancel(nil)
	done := make(chan struct{})
	go func() { defer close(done); s.unwind() }()
	select {
	case <-done:
	case <-time.After(stopLimit):
		s.t.log.Warn("tunnel: the ngrok session did not end in time")
	}
}

// unwind disconnects first: a handler that writes to a client that stopped
// reading wakes up only when its session is gone.
func (s *session) unwind() {
	hard := time.AfterFunc(time.Second, s.dial.close) // whatever waits for an answer gives up
	defer hard.Stop()
	<-s.listened
	_ = s.agent.Disconnect()
	s.dial.close()
	if s.web == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	if s.web.Shutdown(ctx) != nil {
		_ = s.web.Close()
	}
	<-s.served
}

// command answers the ngrok dashboard. After nil the library closes the session,
// and not before the dashboard has its answer, so the order is due then.
func (s *session) command(_ context.Context, _ ngrok.AgentSession, r rpc.Request) ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch r.Method() {
	case rpc.StopAgentMethod:
		s.order = fault.New(CodeStopped, "The tunnel was stopped from the ngrok dashboard. Press Start to bring it back.").At(agentsPage)
		return nil, nil
	case rpc.RestartAgentMethod:
		s.order = errAgain
		return nil, nil
	}
	return nil, errors.New("codabridge cannot update itself from here; install the newest version on the computer it runs on")
}
