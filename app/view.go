package app

import (
	"context"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"codabridge/app/config"
	"codabridge/app/doctor"
	"codabridge/app/secret"
	"codabridge/server/coda"
	"codabridge/server/fault"
	"codabridge/server/state"
	"codabridge/tunnel"
)

// made is the State that was published last.
type made struct {
	stale atomic.Bool // something has changed since

	mu   sync.Mutex // guards the rest; held while a State is made
	last State
	at   time.Time
}

// longestState is how old a State may be that views are given: times in it, and
// how long somebody waits, change though nothing happens.
const longestState = time.Second

// State is the one that is published: made here alone, anew when something has
// changed or it is a second old, and the same for every view. It shares what it
// holds; a view changes nothing in it.
func (a *App) State() State {
	a.made.mu.Lock()
	defer a.made.mu.Unlock()
	if a.made.stale.Swap(false) || time.Since(a.made.at) >= longestState {
		a.made.last, a.made.at = a.makeState(), time.Now()
	}
	return a.made.last
}

// makeState is called by State.
func (a *App) makeState() State {
	c, v, b := a.config(), a.vault.get(), a.bridge.get()
	s := State{
		PublicURL: publicOf(c, b), LocalURL: a.local, OwnerURL: a.owner, Warning: a.warning.get(),
		Keyring: v.secrets.trouble, NoKeyring: v.secrets.none, ReadOnly: c.ReadOnly, Demo: c.Demo, Version: a.version,
		Coda: CodaState{
			Ready: v.secrets.coda != "", Account: v.account.name, Host: state.HostOf(v.account.base),
			Source: v.secrets.codaSource, Problem: v.account.problem, Note: v.account.note,
			Refused: v.account.problem != "" && v.account.problem != problemStuck,
		},
		Tunnel:  tunnelState(c, v, b),
		Toolset: toolsetState(c),
	}
	s.Tunnel.Quota = quotaState(a.quota.get(time.Now()), b.status.Plan)
	s.Phase, s.Sentence, s.HelpURL = phaseOf(c, v, b)
	if s.Coda.Ready && v.account.name == "" && s.Coda.Problem == "" && v.account.asked {
		s.Coda.Note = "Coda could not be reached yet, so this token is not checked. codabridge asks again every minute."
	}
	s.Waiting, s.Connections = a.requests()
	s.Programs, s.Autostart = a.programs(), autostartState(c, a.atLogin)
	a.showActivity(&s)
	s.Index = a.indexState(mostIndexDocs)
	a.showReach(&s)
	s.Notifications, s.Updates = noticeStates(c), a.updateState(c)
	s.Process, s.Paused = os.Getpid(), b.on && b.paused
	s.Changes = state.ChangesState{Enabled: c.Changes, Blind: c.BlindWrites, Version: a.recorded.Load(), AskAlways: askKinds(c)}
	s.Changes.Waiting, s.Changes.Asking = a.waitingChanges(s)
	s.Writing = a.writing(s, time.Now())
	return s
}

func publicOf(c config.Config, b bridge) string {
	switch kindOf(c) {
	case tunnelOwn:
		if b.on {
			return c.PublicURL
		}
		return ""
	case tunnelNone:
		return ""
	}
	return b.status.URL
}

func tunnelState(c config.Config, v vault, b bridge) TunnelState {
	kind, st := kindOf(c), b.status
	t := TunnelState{
		Kind: kind, Ready: kind != tunnelNgrok || v.secrets.ngrok != "", Source: v.secrets.ngrokSource,
		Region: st.Region, Plan: st.Plan, Latency: st.Latency, Code: st.Code, Before: b.before,
	}
	if f := b.failure; f != nil {
		t.Code = tunnel.NgrokCode(f.Code)
	}
	if !t.Ready && v.secrets.loaded {
		if _, path, ok := secret.NgrokConfig(); ok {
			t.ConfigFile = path
		}
	}
	return t
}

// phaseOf decides the phase and says it in words.
func phaseOf(c config.Config, v vault, b bridge) (phase Phase, sentence, help string) {
	kind, keys := kindOf(c), v.secrets
	switch {
	case keys.coda == "" && !keys.loaded:
		return PhaseSetup, "Waiting for the keyring…", ""
	case keys.coda == "" && keys.trouble != "":
		return PhaseSetup, keys.trouble, ""
	case keys.coda == "":
		return PhaseSetup, "Not set up yet: give codabridge your Coda (Superhuman Docs) API token.", ""
	case !b.on:
		return PhaseOff, "Stopped: no assistant can reach your docs. Press Start to let them in again.", ""
	case kind == tunnelNone && b.paused:
		return PhaseLocal, sentencePaused, ""
	case kind == tunnelNone:
		return PhaseLocal, "Ready, for programs on this computer only.", ""
	case kind == tunnelNgrok && keys.ngrok == "" && keys.trouble != "":
		return PhaseSetup, keys.trouble, ""
	case kind == tunnelNgrok && keys.ngrok == "":
		return PhaseSetup, "Not set up yet: give codabridge your ngrok authtoken.", "https://dashboard.ngrok.com/get-started/your-authtoken"
	case b.failure != nil:
		return PhaseFailed, b.failure.Sentence, b.failure.Link
	case kind == tunnelOwn && b.paused:
		return PhaseOnline, sentencePaused, ""
	case kind == tunnelOwn:
		return PhaseOnline, "Online through your own URL.", ""
	}
	phase, sentence, help = tunnelPhase(b.status)
	if b.paused && phase == PhaseOnline {
		return phase, sentencePaused, help
	}
	return phase, sentence, help
}

// sentencePaused says what stays while the bridge is paused.
const sentencePaused = "Paused: assistants are told so and get nothing, and their sign-ins stay. Press Resume to go on."

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
			Client: w.Client, SelfNamed: w.SelfNamed, RedirectHost: w.RedirectHost, Redirect: w.Redirect, LooksLike: w.LooksLike,
			Address: w.Address, Scopes: w.Scopes, Seconds: int(time.Since(w.Since).Seconds()),
		})
	}
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Second)
	defer cancel()
	all, err := a.oauth.Connections(ctx)
	if err != nil && a.life.Err() == nil {
		a.log.Error("app: list connections", "err", err)
	}
	for _, c := range all {
		n := ConnectionState{ID: c.ID, Client: c.Client, SelfNamed: c.SelfNamed, IsKey: c.IsKey, RedirectHost: c.RedirectHost,
			Rehearsal: c.SelfNamed && c.Client == doctor.ClientName, Scopes: c.Scopes, ReachState: state.ReachState{Documents: c.Documents}, Issuer: c.Issuer, Created: c.Created}
		if !c.LastUsed.IsZero() {
			n.LastUsed = &c.LastUsed
		}
		if !c.Ends.IsZero() {
			n.Ends = &c.Ends
		}
		connections = append(connections, n)
	}
	return waiting, connections
}

// toolsReady tells the tools whether there is a token, or what to say instead.
func (a *App) toolsReady() (sentence string, ok bool) {
	if a.vault.get().secrets.coda != "" {
		return "", true
	}
	return fault.Typed("codabridge has no Coda token yet. Ask its owner to open the codabridge page and set it up, or to run: codabridge login coda"), false
}

// onCodaError shows the owner what only the owner can mend.
func (a *App) onCodaError(err error) {
	switch {
	case coda.IsKind(err, coda.KindUnauthorized):
		a.setProblem("Coda (now Superhuman Docs) no longer accepts the token. Make a new API token at docs.superhuman.com/account and give it to codabridge.")
	case coda.IsKind(err, coda.KindStuck):
		a.setProblem(problemStuck)
		time.AfterFunc(10*time.Minute, func() { a.endProblem(problemStuck) })
	}
}

const problemStuck = "Coda refuses further requests for now (too many in a short time, from this or another program). Wait: it usually clears within the hour, and codabridge goes on by itself."
