package app

import (
	"context"
	"time"

	"codabridge/app/secret"
	"codabridge/server/coda"
	"codabridge/tunnel"
)

// State makes the State of this moment.
func (a *App) State() State {
	s := a.ownState()
	s.Waiting, s.Connections = a.requests()
	s.Index = a.indexState(mostIndexDocs)
	return s
}

// ownState is what the app itself knows.
func (a *App) ownState() State {
	a.mu.Lock()
	defer a.mu.Unlock()
	s := State{
		PublicURL: a.publicLocked(), LocalURL: a.local, OwnerURL: a.owner, Warning: a.warning,
		Keyring: a.secrets.trouble, ReadOnly: a.cfg.ReadOnly, Demo: a.cfg.Demo, Version: a.version,
		Coda: CodaState{
			Ready: a.secrets.coda != "", Account: a.account.name, Host: hostOf(a.account.base),
			Source: a.secrets.codaSource, Problem: a.account.problem, Note: a.account.note,
		},
		Tunnel:  a.tunnelStateLocked(),
		Toolset: a.toolsetStateLocked(),
	}
	s.Phase, s.Sentence, s.HelpURL = a.phaseLocked()
	if s.Coda.Ready && a.account.name == "" && s.Coda.Problem == "" && a.account.asked {
		s.Coda.Note = "Coda could not be reached yet, so this token is not checked."
	}
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
		Region: st.Region, Plan: st.Plan, Latency: st.Latency, Code: st.Code, Before: a.bridge.before,
	}
	if f := a.bridge.failure; f != nil {
		t.Code = tunnel.NgrokCode(f.Code)
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
	case !b.on:
		return PhaseOff, "Stopped. No assistant can reach your docs through codabridge.", ""
	case kind == tunnelNone:
		return PhaseLocal, "Ready, for programs on this computer only.", ""
	case kind == tunnelNgrok && a.secrets.ngrok == "" && a.secrets.trouble != "":
		return PhaseSetup, a.secrets.trouble, ""
	case kind == tunnelNgrok && a.secrets.ngrok == "":
		return PhaseSetup, "Set up: give codabridge your ngrok authtoken.", "https://dashboard.ngrok.com/get-started/your-authtoken"
	case b.failure != nil:
		return PhaseFailed, b.failure.Sentence, b.failure.Link
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
	case tunnel.Failed:
		phase = PhaseFailed
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
		if isDoctor(w) {
			continue // it approves its own at once
		}
		waiting = append(waiting, WaitingRequest{
			Client: w.Client, SelfNamed: w.SelfNamed, RedirectHost: w.RedirectHost, Address: w.Address, Scopes: w.Scopes, Seconds: int(time.Since(w.Since).Seconds()),
		})
	}
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Second)
	defer cancel()
	all, err := a.oauth.Connections(ctx)
	if err != nil {
		a.log.Error("app: list connections", "err", err)
	}
	for _, c := range all {
		n := ConnectionState{ID: c.ID, Client: c.Client, SelfNamed: c.SelfNamed, RedirectHost: c.RedirectHost,
			Scopes: c.Scopes, Issuer: c.Issuer, Created: c.Created}
		if !c.LastUsed.IsZero() {
			n.LastUsed = &c.LastUsed
		}
		connections = append(connections, n)
	}
	return waiting, connections
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

// onCodaError shows the owner what only the owner can mend.
func (a *App) onCodaError(err error) {
	switch {
	case coda.IsKind(err, coda.KindUnauthorized):
		a.setProblem("Coda no longer accepts the token. Make a new API token at docs.superhuman.com/account and paste it here.")
	case coda.IsKind(err, coda.KindStuck):
		a.setProblem(problemStuck)
		time.AfterFunc(10*time.Minute, func() { a.endProblem(problemStuck) })
	}
}

const problemStuck = "Coda refuses further requests for now (too many in a short time, from this or another program). It usually clears within the hour."
