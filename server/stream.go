package server

import (
	"net/http"
	"time"
)

// keepAlive is how often a quiet stream sends a comment. ngrok cuts a
// connection after five minutes without data.
const keepAlive = 30 * time.Second

// serveQuietStream is the GET stream of streamable HTTP for a server that
// never speaks first: a comment at once, so that the client knows it is open,
// then keep-alives. It carries no messages, so none can reach a wrong client.
func (s *Server) serveQuietStream(w http.ResponseWriter, req *http.Request) {
	release, ok := s.takeStream(w, req)
	if !ok {
		return
	}
	defer release()
	ctx, cancel := s.untilDrain(req.Context())
	defer cancel()
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-cache, no-transform")
	w.Header().Set("X-Accel-Buffering", "no")
	flush := http.NewResponseController(w).Flush
	tick := time.NewTicker(keepAlive)
	defer tick.Stop()
	for {
		if _, err := w.Write([]byte(": codabridge\n\n")); err != nil {
			return
		}
		if flush() != nil {
			return
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}

// takeStream claims one of the slots for open streams.
func (s *Server) takeStream(w http.ResponseWriter, req *http.Request) (release func(), ok bool) {
	select {
	case s.streams <- struct{}{}:
		return func() { <-s.streams }, true
	default:
		s.refuse(w, req, http.StatusServiceUnavailable, "too_many_streams", "Too many event streams are open. Close one and try again.")
		return nil, false
	}
}
