package app

import (
	"context"
	"sync"
	"time"

	"codabridge/server/coda"
)

// Health is how all parts do, in words and numbers that are nobody's secret.
type Health struct {
	Status        string      `json:"status"` // ok, or degraded when a part is not
	Version       string      `json:"version"`
	UptimeSeconds int         `json:"uptime_seconds"`
	Coda          string      `json:"coda"`    // ok, no token, refused or unreachable
	Keyring       string      `json:"keyring"` // ok or unreadable
	Tunnel        string      `json:"tunnel"`  // the phase
	OAuthClients  int         `json:"oauth_clients"`
	Connections   int         `json:"connections"` // access keys are among them
	Streams       int         `json:"sse_connections"`
	Index         healthIndex `json:"index"`
}

type healthIndex struct {
	Enabled bool `json:"enabled"`
	Paused  bool `json:"paused"`
	Percent int  `json:"percent"`
	Docs    int  `json:"docs"`
	Trouble bool `json:"trouble"`
}

// lookout remembers how Coda did when it was asked last.
type lookout struct {
	mu  sync.Mutex // guards the rest; held while Coda is asked
	at  time.Time
	was string
}

// lookEvery is how often Coda is asked at most, however often health is.
const lookEvery = time.Minute

func (a *App) localHosts() []string { return a.config().LocalHosts }

func (a *App) health(ctx context.Context) any {
	s := a.State()
	h := Health{Status: "ok", Version: a.version, UptimeSeconds: int(time.Since(a.began).Seconds()),
		Coda: a.lookAtCoda(ctx), Keyring: "ok", Tunnel: string(s.Phase),
		Connections: len(s.Connections), Streams: a.server.Streams(),
		Index: healthIndex{Enabled: s.Index.Enabled, Paused: s.Index.Paused, Percent: s.Index.Percent, Docs: s.Index.Docs,
			Trouble: s.Index.Trouble != ""}}
	if s.Keyring != "" {
		h.Keyring = "unreadable"
	}
	all, _, err := a.store.CountClients(ctx)
	if err != nil {
		a.log.Error("app: count clients", "err", err)
	}
	h.OAuthClients = all
	if err != nil || h.Coda != "ok" || h.Keyring != "ok" || s.Phase == PhaseFailed || s.Phase == PhaseReconnecting {
		h.Status = "degraded"
	}
	return h
}

// lookAtCoda asks Coda whose token it is, at most once in lookEvery.
func (a *App) lookAtCoda(ctx context.Context) string {
	if _, ok := a.toolsReady(); !ok {
		return "no token"
	}
	a.looked.mu.Lock()
	defer a.looked.mu.Unlock()
	if a.looked.was != "" && time.Since(a.looked.at) < lookEvery {
		return a.looked.was
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	_, err := a.coda.WhoAmI(ctx)
	a.looked.at, a.looked.was = time.Now(), "unreachable"
	switch {
	case err == nil:
		a.looked.was = "ok"
	case coda.IsKind(err, coda.KindUnauthorized):
		a.looked.was = "refused"
	}
	return a.looked.was
}
