package tunneltest

import (
	"cmp"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"slices"
)

// endpoint is one public name and the session that serves it.
type endpoint struct {
	host    string
	id      string // the bind's id within its session
	key     string // unique over all binds, so that pooled connections never mix
	session *session
	proxy   http.Handler
}

func (s *session) bind(r bindRequest) bindReply {
	e := s.edge
	e.mu.Lock()
	defer e.mu.Unlock()
	defer e.note()
	host := e.wanted(r)
	e.binds = append(e.binds, host)
	if text := e.bindRefusal(s, host); text != "" {
		return bindReply{ID: r.ID, Error: text}
	}
	e.count++
	token := "token-of-" + host
	ep := &endpoint{host: host, id: cmp.Or(r.ID, fmt.Sprintf("bind-%d", e.count)), key: fmt.Sprintf("bind-%d.edge", e.count), session: s}
	ep.proxy = e.proxyTo(ep)
	e.tokens[token], e.endpoints[host] = host, ep
	if r.Opts == nil {
		r.Opts = map[string]any{}
	}
	r.Opts["URL"], r.Opts["Hostname"] = e.urlOf(host), host
	return bindReply{ID: ep.id, URL: e.urlOf(host), Proto: "https", Opts: r.Opts,
		Extra: bindReplyExtra{Token: token, TunnelID: "tn_" + ep.id}}
}

// wanted is the host name a bind asks for. The caller holds mu.
func (e *Edge) wanted(r bindRequest) string {
	if e.knobs.domain != "" {
		return e.knobs.domain
	}
	if host := e.tokens[r.Extra.Token]; host != "" {
		return host
	}
	if text, _ := r.Opts["URL"].(string); text != "" {
		if u, err := url.Parse(text); err == nil && u.Hostname() != "" {
			return u.Hostname()
		}
	}
	if host, _ := r.Opts["Hostname"].(string); host != "" {
		return host
	}
	return e.domain
}

// bindRefusal is the service's error text, or nothing. The caller holds mu.
func (e *Edge) bindRefusal(s *session, host string) string {
	k := &e.knobs
	if k.bindRefusals != 0 {
		if k.bindRefusals > 0 {
			k.bindRefusals--
		}
		return failure(k.bindCode, "The endpoint '"+e.urlOf(host)+"' is refused.")
	}
	if ep := e.endpoints[host]; ep != nil && ep.session != s {
		return failure("ERR_NGROK_334", "The endpoint '"+e.urlOf(host)+"' is already online.")
	}
	if host != e.domain && host != k.domain && !slices.Contains(e.opts.Domains, host) {
		return failure("ERR_NGROK_320", "The domain '"+host+"' is not reserved for this account.")
	}
	return ""
}

func (s *session) unbind(r unbindRequest) errorReply {
	e := s.edge
	e.mu.Lock()
	defer e.mu.Unlock()
	for host, ep := range e.endpoints {
		if ep.session == s && ep.id == r.ID {
			delete(e.endpoints, host)
			e.note()
			return errorReply{}
		}
	}
	return errorReply{"No bind found with id " + r.ID}
}

// open makes one connection to the agent for a client of the front.
func (ep *endpoint) open(client string) (net.Conn, error) {
	stream, err := ep.session.open(streamProxy)
	if err != nil {
		return nil, fmt.Errorf("tunneltest: open a connection to the agent: %w", err)
	}
	head, err := json.Marshal(proxyHeader{ID: ep.id, ClientAddr: client, Proto: "https", EdgeType: "3"})
	if err != nil {
		return nil, fmt.Errorf("tunneltest: write the proxy header: %w", err)
	}
	// The length is little-endian here, whereas the stream's type is big-endian.
	frame := append(binary.LittleEndian.AppendUint64(nil, uint64(len(head))), head...)
	if _, err := stream.Write(frame); err != nil {
		_ = stream.Close()
		return nil, fmt.Errorf("tunneltest: write the proxy header: %w", err)
	}
	return stream, nil
}
