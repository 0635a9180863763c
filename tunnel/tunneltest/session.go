package tunneltest

import (
	"crypto/tls"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"time"

	"golang.ngrok.com/muxado/v2"
)

// session is one agent that is connected.
type session struct {
	edge *Edge
	conn *tls.Conn
	mux  muxado.TypedStreamSession
	id   string // client id, set by sign-in; guarded by edge.mu
}

func (e *Edge) acceptAgents(l net.Listener) {
	for {
		conn, err := l.Accept()
		if err != nil {
			return
		}
		e.goes(func() { e.serveAgent(tls.Server(uplink{conn, e}, e.ca.server())) })
	}
}

func (e *Edge) serveAgent(conn *tls.Conn) {
	_ = conn.SetDeadline(time.Now().Add(5 * time.Second))
	if conn.Handshake() != nil {
		_ = conn.Close()
		return
	}
	_ = conn.SetDeadline(time.Time{})
	s := &session{edge: e, conn: conn, mux: muxado.NewTypedStreamSession(muxado.Server(conn, config()))}
	if !e.join(s) {
		_ = s.mux.Close()
		return
	}
	defer e.leave(s)
	for {
		raw, err := s.mux.AcceptTypedStream()
		if err != nil {
			return
		}
		e.goes(func() { s.answer(raw.StreamType(), &stream{Stream: raw}) })
	}
}

func (e *Edge) join(s *session) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.closed || e.agents == nil {
		return false
	}
	e.sessions[s] = true
	return true
}

func (e *Edge) leave(s *session) {
	_ = s.mux.Close()
	e.mu.Lock()
	delete(e.sessions, s)
	e.drop(s)
	e.note()
	e.mu.Unlock()
	e.carrier.CloseIdleConnections()
}

// drop removes the endpoints of a session. The caller holds mu.
func (e *Edge) drop(s *session) {
	for host, ep := range e.endpoints {
		if ep.session == s {
			delete(e.endpoints, host)
		}
	}
}

// answer serves one stream that the agent opened.
func (s *session) answer(kind muxado.StreamType, rw *stream) {
	defer rw.Close()
	if kind == streamHeartbeat {
		s.beat(rw)
		return
	}
	reply, err := s.reply(kind, json.NewDecoder(rw))
	if err != nil {
		return
	}
	_ = json.NewEncoder(rw).Encode(reply)
}

func (s *session) reply(kind muxado.StreamType, in *json.Decoder) (any, error) {
	switch kind {
	case streamAuth:
		var r authRequest
		if err := in.Decode(&r); err != nil {
			return nil, err
		}
		return s.signIn(r), nil
	case streamBind:
		var r bindRequest
		if err := in.Decode(&r); err != nil {
			return nil, err
		}
		return s.bind(r), nil
	case streamUnbind:
		var r unbindRequest
		if err := in.Decode(&r); err != nil {
			return nil, err
		}
		return s.unbind(r), nil
	case streamInfo:
		return map[string]string{"Region": Region}, nil
	case streamPatch:
		return errorReply{}, nil
	}
	return nil, fmt.Errorf("tunneltest: stream of type %d", kind)
}

// beat echoes heartbeats, late or not at all as the knobs say.
func (s *session) beat(rw io.ReadWriter) {
	for b := make([]byte, 4); ; {
		if _, err := io.ReadFull(rw, b); err != nil {
			return
		}
		k := s.edge.settings()
		time.Sleep(k.latency)
		if k.mute {
			continue
		}
		if _, err := rw.Write(b); err != nil {
			return
		}
	}
}

func (s *session) signIn(r authRequest) authReply {
	e := s.edge
	e.mu.Lock()
	defer e.mu.Unlock()
	defer e.note()
	x := r.Extra
	e.signIns = append(e.signIns, SignIn{x.Authtoken, r.ClientID, x.Version, x.ClientType, x.UserAgent})
	if text := e.refusal(x.Authtoken); text != "" {
		return authReply{Error: text}
	}
	if cookie, ok := e.known[r.ClientID]; ok && cookie == x.Cookie {
		e.forget(r.ClientID, s)
		s.id = r.ClientID
	} else {
		e.count++
		s.id = fmt.Sprintf("client-%d", e.count)
		e.known[s.id] = "cookie-of-" + s.id
	}
	return authReply{Version: "3", ClientID: s.id, Extra: authReplyExtra{
		Version: "prod", Region: Region, Cookie: e.known[s.id], AccountName: Account, PlanName: Plan,
		AgentSessionID: "ts_" + s.id, DeprecationWarning: e.knobs.deprecation,
	}}
}

// forget ends what an earlier connection of the same client left behind, as the
// service does; else the new connection would find its own endpoint taken.
func (e *Edge) forget(clientID string, but *session) {
	for old := range e.sessions {
		if old != but && old.id == clientID {
			e.drop(old)
		}
	}
}
