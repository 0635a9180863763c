package app

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"codabridge/app/config"
	"codabridge/server/door"
	"codabridge/server/fault"
	"codabridge/server/state"
	"codabridge/tunnel"
)

// Short names of what a public URL can come from.
const (
	tunnelNgrok = state.TunnelNgrok
	tunnelOwn   = state.TunnelOwn
	tunnelNone  = state.TunnelNone
)

// Keys of what the program remembers in its database.
const (
	keyURL     = "public_url"
	keyStopped = "stopped"
	keyPaused  = "paused"
)

// bridge is the tunnel side of the app.
type bridge struct {
	on       bool          // the owner wants it to run
	paused   bool          // but every call is answered with that
	status   tunnel.Status // the last one
	failure  *fault.Error
	lastURL  string // the public URL of this or an earlier start
	before   string // the one that it replaced
	revision int    // counts what asks for a new tunnel
}

// kindOf tells where the public URL comes from.
func kindOf(c config.Config) string {
	switch {
	case c.PublicURL != "":
		return tunnelOwn
	case c.Tunnel == "none":
		return tunnelNone
	}
	return tunnelNgrok
}

// loadStored reads what was kept at the last run.
func (a *App) loadStored() error {
	ctx := context.Background()
	url, _, err := a.store.Setting(ctx, keyURL)
	if err != nil {
		return err
	}
	_, stopped, err := a.store.Setting(ctx, keyStopped)
	if err != nil {
		return err
	}
	_, paused, err := a.store.Setting(ctx, keyPaused)
	if err != nil {
		return err
	}
	a.bridge.set(func(b *bridge) { *b = bridge{on: !stopped, paused: paused, lastURL: url} })
	if err := errors.Join(a.config().SetStopped(stopped), a.config().SetPaused(paused)); err != nil {
		a.log.Warn("app: tell stdio whether the bridge is stopped", "err", err)
	}
	if cfg := a.config(); kindOf(cfg) == tunnelOwn {
		a.noteURL(cfg.PublicURL)
	}
	if err := a.loadPolicies(ctx); err != nil {
		return err
	}
	if err := a.loadUpdates(ctx); err != nil {
		return err
	}
	if err := a.loadStarted(ctx); err != nil {
		return err
	}
	return a.endRehearsals(ctx)
}

// wanted is what the tunnel should be just now.
type wanted struct {
	run      bool
	token    string
	url      string
	revision int
}

func (a *App) wanted() wanted { return wantedOf(a.config(), a.vault.get(), a.bridge.get()) }

func wantedOf(c config.Config, v vault, b bridge) wanted {
	run := b.on && b.failure == nil && kindOf(c) == tunnelNgrok && v.secrets.ngrok != "" && v.secrets.coda != ""
	return wanted{run: run, token: v.secrets.ngrok, url: c.NgrokURL, revision: b.revision}
}

// ifWanted changes the bridge if w is still what is wanted.
func (a *App) ifWanted(w wanted, f func(b *bridge)) {
	c, v := a.config(), a.vault.get()
	a.bridge.set(func(b *bridge) {
		if wantedOf(c, v, *b) == w {
			f(b)
		}
	})
}

// keepTunnel runs one tunnel after the other, as wanted, until ctx ends.
func (a *App) keepTunnel(ctx context.Context) {
	for ctx.Err() == nil {
		w := a.wanted()
		if !w.run {
			select {
			case <-a.kick:
			case <-ctx.Done():
			}
			continue
		}
		a.runTunnel(ctx, w)
	}
}

// runTunnel runs one tunnel until something else is wanted or it failed.
func (a *App) runTunnel(ctx context.Context, w wanted) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	done := make(chan error, 1)
	t := tunnel.New(a.tunnelOptions(w))
	go func() { done <- t.Run(ctx) }()
	for {
		select {
		case <-a.woken:
			t.Reconnect()
		case err := <-done:
			a.tunnelEnded(w, err, ctx.Err() != nil)
			return
		case <-a.kick:
			if a.wanted() != w {
				cancel()
			}
		}
	}
}

func (a *App) tunnelOptions(w wanted) tunnel.Options {
	cfg := a.config()
	return tunnel.Options{
		Authtoken: w.token, URL: w.url, Handler: a.metered(a.calling.Counted(a.server.Public())), OnStatus: func(s tunnel.Status) { a.onTunnel(w, s) },
		Server:  func(h http.Handler) *http.Server { return door.HTTPServer(h, a.log) },
		Version: a.version, Log: a.log, ConnectURL: cfg.NgrokConnectURL, CAFile: cfg.NgrokCAFile,
	}
}

// CodeTunnelEnded: the tunnel ended for a reason that it has no code for.
const CodeTunnelEnded fault.Code = "app_tunnel_ended"

// tunnelEnded notes why a tunnel ended. A failure of what is not wanted any
// more, such as an authtoken that was just replaced, must not hold up the next.
func (a *App) tunnelEnded(w wanted, err error, stopped bool) {
	f, ok := fault.As(err)
	if err != nil && !ok {
		f = fault.Wrap(err, CodeTunnelEnded, "The tunnel ended (%v). Press Start to try again.", err)
	}
	if err == nil && !stopped {
		f = fault.New(CodeTunnelEnded, "The tunnel ended without saying why. Press Start to try again.")
	}
	a.ifWanted(w, func(b *bridge) { b.failure = f })
	a.bridge.set(func(b *bridge) { b.status = tunnel.Status{} })
	a.update()
}

// onTunnel takes each status of a tunnel, unless another one is wanted by now:
// the last word of the one before may come late.
func (a *App) onTunnel(w wanted, s tunnel.Status) {
	quiet, online := true, false
	a.ifWanted(w, func(b *bridge) {
		quiet = onlyLatency(b.status, s)
		b.status = s
		online = s.Phase == tunnel.Online
	})
	if online {
		a.noteURL(s.URL)
	}
	if !quiet {
		a.update()
	}
}

// noteURL notes the public URL, wherever it comes from, and remembers it; the
// owner is told when it is another one than before.
func (a *App) noteURL(url string) {
	before := url
	a.bridge.set(func(b *bridge) {
		before = b.lastURL
		if before != url {
			b.lastURL, b.before = url, before
		}
	})
	if before == url {
		return
	}
	if before != "" {
		a.warn(fmt.Sprintf("The public URL has changed from %s to %s. In ChatGPT remove the old connection and create it again with the new URL.", before, url))
	}
	if a.store != nil {
		a.saveURL(url)
	}
}

func (a *App) saveURL(url string) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	if err := a.store.SetSetting(ctx, keyURL, url); err != nil {
		a.log.Error("app: remember the public URL", "err", err)
	}
}

// onlyLatency tells that nothing a person would notice has changed.
func onlyLatency(a, b tunnel.Status) bool {
	a.Latency = b.Latency
	return a == b
}

// proxied tells whether the public URL is that of the owner's own proxy.
func (a *App) proxied() bool { return kindOf(a.config()) == tunnelOwn }

// publicURL is the origin that the public door answers to from outside.
func (a *App) publicURL() string { return publicOf(a.config(), a.bridge.get()) }

// SetTunnel says whether the bridge has a tunnel, or is for programs on this
// computer only.
func (a *App) SetTunnel(ctx context.Context, on bool) error {
	tunnel, kept := tunnelNgrok, any(nil)
	if !on {
		tunnel, kept = tunnelNone, tunnelNone
	}
	a.deciding.Lock()
	defer a.deciding.Unlock()
	if err := a.config().Save("tunnel", kept); err != nil {
		return err
	}
	a.log.Info("app: the owner decided", "tunnel", tunnel)
	a.settings.set(func(c *config.Config) { c.Tunnel = tunnel })
	if on {
		a.loadSecrets(ctx) // its authtoken was not read while it was not needed
	}
	a.update()
	return nil
}

// SetPublicURL switches to the owner's own proxy, or back to ngrok.
func (a *App) SetPublicURL(ctx context.Context, value string) error {
	origin, err := config.ParseOrigin(value)
	if err != nil {
		return err
	}
	var kept any
	if origin != "" {
		kept = origin
	}
	a.deciding.Lock()
	defer a.deciding.Unlock()
	if err := a.config().Save("public_url", kept); err != nil {
		return err
	}
	a.log.Info("app: the owner decided", "public_url", origin)
	a.settings.set(func(c *config.Config) { c.PublicURL = origin })
	if origin != "" {
		a.noteURL(origin)
	}
	if kindOf(a.config()) == tunnelNgrok {
		a.loadSecrets(ctx) // its authtoken was not read while it was not needed
	}
	a.update()
	return nil
}
