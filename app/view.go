package app

import (
	"context"
	"fmt"
	"time"

	"codabridge/app/desktop"
	"codabridge/app/secret"
	"codabridge/server/coda"
	"codabridge/server/store"
	"codabridge/server/tools"
	"codabridge/tunnel"
)

// State makes the State of this moment.
func (a *App) State() State {
	a.mu.Lock()
	s := State{
		PublicURL: a.publicLocked(), LocalURL: a.local, OwnerURL: a.owner, Warning: a.warning,
		ReadOnly: a.cfg.ReadOnly, Demo: a.cfg.Demo, Version: a.version,
		Coda: CodaState{
			Ready: a.secrets.coda != "", Account: a.account.name, Host: hostOf(a.account.base),
			Source: a.secrets.codaSource, Problem: a.account.problem, Note: a.account.note,
		},
		Tunnel: a.tunnelStateLocked(),
	}
	s.Phase, s.Sentence, s.HelpURL = a.phaseLocked()
	a.mu.Unlock()
	s.Waiting, s.Connections = a.requests()
	return s
}

func (a *App) publicLocked() string {
	switch a.kindLocked() {
	case tunnelOwn:
		if a.bridge.on {
			return a.cfg.PublicURL
		}
		return ""
	case tunnelNone:
		return ""
	}
	return a.bridge.status.URL
}

func (a *App) tunnelStateLocked() TunnelState {
	kind, st := a.kindLocked(), a.bridge.status
	t := TunnelState{
		Kind: kind, Ready: kind != tunnelNgrok || a.secrets.ngrok != "", Source: a.secrets.ngrokSource,
		Region: st.Region, Plan: st.Plan, Latency: st.Latency, Code: st.Code,
	}
	if f := a.bridge.failure; f != nil {
		t.Code = f.Code
	}
	if !t.Ready && a.secrets.loaded {
		if _, path, ok := secret.NgrokConfig(); ok {
			t.ConfigFile = path
		}
	}
	return t
}

// phaseLocked decides the phase and says it in words.
func (a *App) phaseLocked() (phase Phase, sentence, help string) {
	kind, b, st := a.kindLocked(), a.bridge, a.bridge.status
	switch {
	case a.secrets.coda == "" && !a.secrets.loaded:
		return PhaseSetup, "Waiting for the keyring…", ""
	case a.secrets.coda == "" && a.secrets.trouble != "":
		return PhaseSetup, a.secrets.trouble, ""
	case a.secrets.coda == "":
		return PhaseSetup, "Set up: give codabridge your Coda API token.", ""
	case kind == tunnelNone:
		return PhaseLocal, "Ready on this computer. There is no public URL (tunnel: none).", ""
	case kind == tunnelNgrok && a.secrets.ngrok == "" && a.secrets.trouble != "":
		return PhaseSetup, a.secrets.trouble, ""
	case kind == tunnelNgrok && a.secrets.ngrok == "":
		return PhaseSetup, "Set up: give codabridge your ngrok authtoken.", "https://dashboard.ngrok.com/get-started/your-authtoken"
	case b.failure != nil:
		return PhaseFailed, b.failure.Sentence, b.failure.Link
	case !b.on:
		return PhaseOff, "Stopped. Assistants on the internet cannot reach your docs.", ""
	case kind == tunnelOwn:
		return PhaseOnline, "Online through your own URL.", ""
	}
	return tunnelPhase(st)
}

func tunnelPhase(st tunnel.Status) (phase Phase, sentence, help string) {
	phase, sentence = PhaseConnecting, "Connecting to ngrok…"
	switch st.Phase {
	case tunnel.Online:
		phase, sentence = PhaseOnline, "Online."
	case tunnel.Reconnecting:
		phase, sentence = PhaseReconnecting, "The connection to ngrok is lost. It comes back by itself, with the same URL."
	}
	if st.Sentence != "" {
		sentence = st.Sentence
	}
	return phase, sentence, st.Link
}

// requests lists who waits for a yes and who has one.
func (a *App) requests() (waiting []WaitingRequest, connections []ConnectionState) {
	waiting, connections = []WaitingRequest{}, []ConnectionState{}
	if a.oauth == nil {
		return waiting, connections
	}
	for _, w := range a.oauth.Waiting() {
		waiting = append(waiting, WaitingRequest{
			Client: w.Client, RedirectHost: w.RedirectHost, Scopes: w.Scopes, Seconds: int(time.Since(w.Since).Seconds()),
		})
	}
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Second)
	defer cancel()
	all, err := a.oauth.Connections(ctx)
	if err != nil {
		a.log.Error("app: list connections", "err", err)
	}
	for _, c := range all {
		connections = append(connections, ConnectionState{
			ID: c.ID, Client: c.Client, RedirectHost: c.RedirectHost, Scopes: c.Scopes, Issuer: c.Issuer,
			Created: c.Created, LastUsed: c.LastUsed,
		})
	}
	return waiting, connections
}

// Changed returns a channel that is closed at the next change.
func (a *App) Changed() <-chan struct{} {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.changed
}

// Changes gives a signal after each change, several as one, until ctx ends.
func (a *App) Changes(ctx context.Context) <-chan struct{} {
	out := make(chan struct{}, 1)
	go func() {
		defer close(out)
		for {
			changed := a.Changed()
			select {
			case out <- struct{}{}:
			default:
			}
			select {
			case <-changed:
			case <-ctx.Done():
				return
			}
		}
	}()
	return out
}

// update tells every view, and the tunnel keeper, that something has changed.
func (a *App) update() {
	a.mu.Lock()
	close(a.changed)
	a.changed = make(chan struct{})
	a.mu.Unlock()
	select {
	case a.kick <- struct{}{}:
	default:
	}
}

// notifyEvery is how often a waiting request may raise a notification: a
// stranger can make requests, and must not be able to make noise.
const notifyEvery = time.Minute

// onRequests hears of every change of requests and connections.
func (a *App) onRequests() {
	a.update()
	waiting := a.oauth.Waiting()
	if len(waiting) == 0 || !a.desktop {
		return
	}
	a.mu.Lock()
	due := time.Since(a.notified) >= notifyEvery
	if due {
		a.notified = time.Now()
	}
	a.mu.Unlock()
	if !due {
		return
	}
	go func() {
		ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		body := fmt.Sprintf("%s asks to use your Coda docs. Open codabridge and enter the code that your browser shows.", waiting[0].RedirectHost)
		if err := desktop.Notify(ctx, "A connection waits for your yes", body); err != nil {
			a.log.Debug("app: notify", "err", err)
		}
	}()
}

// toolsReady tells the tools whether there is a token, or what to say instead.
func (a *App) toolsReady() (sentence string, ok bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.secrets.coda != "" {
		return "", true
	}
	return "codabridge has no Coda token yet. Ask its owner to open the codabridge page and set it up, or to run: codabridge login coda", false
}

// onCall notes a finished tool call: who, what, how long, never the contents.
func (a *App) onCall(c tools.Call) {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	err := a.store.AddActivity(ctx, store.Activity{
		Time: c.Started, Connection: c.Caller.Name, Tool: c.Tool, Status: string(c.Status),
		Duration: c.Duration, In: c.BytesIn, Out: c.BytesOut,
	})
	if err != nil {
		a.log.Error("app: note activity", "err", err)
	}
}

// onCodaError shows the owner what only the owner can mend.
func (a *App) onCodaError(err error) {
	switch {
	case coda.IsKind(err, coda.KindUnauthorized):
		a.setProblem("Coda no longer accepts the token. Make a new API token at docs.superhuman.com/account and paste it here.")
	case coda.IsKind(err, coda.KindStuck):
		a.setProblem("Coda refuses further requests for now (too many in a short time, from this or another program). It usually clears within the hour.")
		time.AfterFunc(10*time.Minute, func() { a.setProblem("") })
	}
}

// ReadOnly tells whether the owner's switch is on.
func (a *App) ReadOnly() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.cfg.ReadOnly
}

// SetReadOnly turns the switch and remembers it.
func (a *App) SetReadOnly(on bool) error {
	var kept any
	if on {
		kept = true
	}
	if err := a.config().save("read_only", kept); err != nil {
		return err
	}
	a.mu.Lock()
	a.cfg.ReadOnly = on
	a.mu.Unlock()
	a.update()
	return nil
}

// Complain shows a sentence as a warning in every view and opens the page.
func (a *App) Complain(sentence string) {
	a.mu.Lock()
	a.warning = sentence
	a.mu.Unlock()
	a.update()
	a.OpenOwner("")
}

// config is a copy of the settings as they are now.
func (a *App) config() Config {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.cfg
}

func (a *App) localOrigin() string { a.mu.Lock(); defer a.mu.Unlock(); return a.local }
func (a *App) ownerOrigin() string { a.mu.Lock(); defer a.mu.Unlock(); return a.owner }

// OpenOwner opens the owner's page in the browser by a fresh one-time link;
// more is added to the link's fragment.
func (a *App) OpenOwner(more string) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	if err := desktop.OpenBrowser(ctx, a.server.OwnerLink(more)); err != nil {
		a.log.Warn("app: open the browser", "err", err, "page", a.ownerOrigin())
	}
}

// printableLife is how long a link lives that is printed to the owner's own
// terminal rather than handed to another program.
const printableLife = 10 * time.Minute

// PrintableLink is a one-time link to the owner's page for a terminal.
func (a *App) PrintableLink() string { return a.server.OwnerLinkFor(printableLife, "") }

// CopyPublicURL puts the public URL on the clipboard; where the desktop has no
// clipboard program the owner's page opens, which has a copy button of its own.
func (a *App) CopyPublicURL() {
	if err := desktop.CopyText(a.publicURL()); err != nil {
		a.log.Info("app: copy the public URL", "err", err)
		a.OpenOwner("")
	}
}
