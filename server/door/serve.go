package door

import (
	"container/list"
	"context"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"time"
)

// maxConnections is how many connections one server keeps open. It leaves
// descriptors for the other doors: 300 requests of strangers and 400 streams
// are the most that work at once.
const maxConnections = 1000

// HTTPServer is the one way in which a handler is served. It has no write
// deadline: streams live long, and a deadline on a tunnel connection would
// break the whole tunnel.
func HTTPServer(h http.Handler, log *slog.Logger) *http.Server {
	return newServer(h, log, maxConnections)
}

func newServer(h http.Handler, log *slog.Logger, most int) *http.Server {
	c := &connections{most: most, quiet: list.New(), at: map[net.Conn]*list.Element{}}
	return &http.Server{
		Handler: c.count(h), ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute,
		MaxHeaderBytes: 64 << 10, ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelDebug),
		ConnContext: c.opened, ConnState: c.changed,
	}
}

// OnConnection has f look at every new connection of a server that HTTPServer
// made; what it puts into the context, the handlers find there.
func OnConnection(s *http.Server, f func(ctx context.Context, conn net.Conn) context.Context) {
	before := s.ConnContext
	s.ConnContext = func(ctx context.Context, conn net.Conn) context.Context { return f(before(ctx, conn), conn) }
}

// connections bounds the open connections of a server. Where one more comes
// than may be open, the one that has been quiet for longest is closed, so that
// who holds very many open shuts nobody out.
type connections struct {
	most int

	mu    sync.Mutex                 // guards the rest
	quiet *list.List                 // of net.Conn: those without a request at work, the longest first
	at    map[net.Conn]*list.Element // all that are open; nil while a request is at work
}

type connectionKey struct{}

func (c *connections) opened(ctx context.Context, conn net.Conn) context.Context {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at[conn] = c.quiet.PushBack(conn)
	if len(c.at) > c.most {
		longest := c.quiet.Remove(c.quiet.Front()).(net.Conn)
		delete(c.at, longest)
		_ = longest.Close()
	}
	return context.WithValue(ctx, connectionKey{}, conn)
}

func (c *connections) changed(conn net.Conn, state http.ConnState) {
	if state != http.StateClosed && state != http.StateHijacked {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if e := c.at[conn]; e != nil {
		c.quiet.Remove(e)
	}
	delete(c.at, conn)
}

// count notes which connections have a request at work.
func (c *connections) count(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		conn, _ := req.Context().Value(connectionKey{}).(net.Conn)
		c.work(conn)
		defer c.rest(conn)
		h.ServeHTTP(w, req)
	})
}

func (c *connections) work(conn net.Conn) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if e := c.at[conn]; e != nil {
		c.quiet.Remove(e)
		c.at[conn] = nil
	}
}

func (c *connections) rest(conn net.Conn) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if e, open := c.at[conn]; open && e == nil {
		c.at[conn] = c.quiet.PushBack(conn)
	}
}
