package door

import (
	"log/slog"
	"net/http"
	"time"
)

// HTTPServer is the one way in which a handler is served. It has no write
// deadline: streams live long, and a deadline on a tunnel connection would
// break the whole tunnel.
func HTTPServer(h http.Handler, log *slog.Logger) *http.Server {
	return &http.Server{
		Handler: h, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute,
		MaxHeaderBytes: 64 << 10, ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	}
}
