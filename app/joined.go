package app

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"codabridge/app/channel"
	"codabridge/app/joining"
	"codabridge/app/programs"
	"codabridge/app/stdio"
	"codabridge/server/caller"
	"codabridge/server/door"
	"codabridge/server/fault"
	"codabridge/server/state"
	"codabridge/server/tools"
)

// mostJoined is how many stdio processes one instance answers.
const mostJoined = 64

// joined are the stdio processes that this instance answers.
type joined struct {
	ending  chan struct{} // closed when no more is taken from them
	working sync.WaitGroup

	mu  sync.Mutex // guards all
	all []*joinedStdio
}

// joinedStdio is one of them.
type joinedStdio struct {
	process int
	started time.Time
	conn    net.Conn

	mu     sync.Mutex // guards caller
	caller caller.Caller
}

func newJoined() *joined { return &joined{ending: make(chan struct{})} }

func (j *joinedStdio) named(c caller.Caller) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.caller = c
}

func (j *joinedStdio) who() caller.Caller {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.caller
}

// begin notes one; false when no more are let in.
func (s *joined) begin(j *joinedStdio) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	select {
	case <-s.ending:
		return false
	default:
	}
	if len(s.all) >= mostJoined {
		return false
	}
	s.working.Add(1)
	s.all = append(s.all, j)
	return true
}

func (s *joined) done(j *joinedStdio) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.all = slices.DeleteFunc(s.all, func(o *joinedStdio) bool { return o == j })
	s.working.Done()
}

// list gives them, the oldest first.
func (s *joined) list() []*joinedStdio {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.all)
}

// drain takes nothing more from them; what was taken is still answered.
func (s *joined) drain() {
	s.mu.Lock()
	defer s.mu.Unlock()
	close(s.ending)
}

// end waits for the calls that are at work, not longer than d, and hangs up.
func (s *joined) end(d time.Duration) {
	idle := make(chan struct{})
	go func() { s.working.Wait(); close(idle) }()
	select {
	case <-idle:
		return
	case <-time.After(d):
	}
	for _, j := range s.list() {
		_ = j.conn.Close()
	}
}

// joinStdio lets a stdio process of the owner's join, as a connection like any
// other. It is refused where this instance could not stand for it.
func (a *App) joinStdio(w http.ResponseWriter, r *http.Request) {
	if err := r.ParseForm(); err != nil {
		door.WriteError(w, http.StatusBadRequest, "refused", err.Error())
		return
	}
	if !a.knowsSecrets(r.Context()) {
		door.WriteError(w, http.StatusServiceUnavailable, "starting", "codabridge is starting.")
		return
	}
	if err := a.standsFor(r); err != nil {
		a.log.Info("app: a stdio stays alone", "client", r.PostForm.Get("client"), "process", r.PostForm.Get("process"), "why", err.Error())
		door.WriteError(w, http.StatusConflict, "refused", err.Error())
		return
	}
	reach := caller.Reach{Write: r.PostForm.Get("read_only") != "true", Documents: r.PostForm["document"]}
	process, _ := strconv.Atoi(r.PostForm.Get("process"))
	client := r.PostForm.Get("client")
	name := fault.ClipLine(programs.Title(client), caller.LongestName)
	j := &joinedStdio{process: process, started: time.Now(), caller: caller.Local(name, reach)}
	conn, in, err := http.NewResponseController(w).Hijack()
	if err != nil {
		door.WriteError(w, http.StatusInternalServerError, "server_error", err.Error())
		return
	}
	defer conn.Close()
	j.conn = conn
	if !a.joined.begin(j) {
		fmt.Fprint(conn, "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
		return
	}
	defer a.update()
	defer a.joined.done(j)
	a.update()
	a.programStarted(r.Context(), client)
	_ = conn.SetDeadline(time.Time{})
	if _, err := fmt.Fprintf(conn, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: %s\r\n\r\n", channel.Joined); err == nil {
		a.takeSpool()
		a.programStarted(r.Context(), client)
		a.talk(j, in.Reader)
	}
}

// talk answers one until it leaves or the instance ends.
func (a *App) talk(j *joinedStdio, in *bufio.Reader) {
	ctx, cancel := context.WithCancel(context.WithoutCancel(a.life))
	defer cancel()
	out := stdio.NewWriter(j.conn)
	over := make(chan struct{})
	defer close(over)
	go func() {
		select {
		case <-a.joined.ending:
			out.End()
		case <-over:
		}
	}()
	named := func(c caller.Caller) {
		j.named(c)
		a.update()
	}
	err := a.tools.ServeStdio(ctx, in, tools.Talk{Caller: j.who(), Named: named, To: out, Until: a.joined.ending})
	if err != nil {
		a.log.Debug("app: a joined stdio left", "process", j.process, "err", err)
	}
}

// Why an instance does not stand for a stdio process.
const (
	// CodeOtherVersion: the two are of other versions.
	CodeOtherVersion fault.Code = "app_stdio_other_version"
	// CodeOtherSettings: the process was given settings of its own.
	CodeOtherSettings fault.Code = "app_stdio_other_settings"
)

// standsFor says why this instance cannot answer for a stdio process: it is of
// another version, or was given another account or choices that are not in
// force here. What only narrows is carried along instead.
func (a *App) standsFor(r *http.Request) error {
	form, cfg := r.PostForm, a.config()
	if v := form.Get("version"); v != a.version {
		return fault.New(CodeOtherVersion, "The running codabridge is version %s and this one %s: restart both from the same program.",
			a.version, fault.ClipLine(v, 40))
	}
	if (form.Get("demo") == "true") != cfg.Demo {
		return fault.New(CodeOtherSettings, "One of the two codabridges shows the sample workspace and the other does not, so each answers by itself.")
	}
	if sum := form.Get("token"); sum != "" && sum != joining.Fingerprint(a.vault.get().secrets.coda) {
		return fault.New(CodeOtherSettings, "The running codabridge has another Coda token than the one in CODABRIDGE_CODA_TOKEN, so this stdio answers by itself.")
	}
	for _, pair := range form["own"] {
		key, value, _ := strings.Cut(pair, "=")
		if !cfg.Has(key, value) {
			return fault.New(CodeOtherSettings, "The setting %s of this stdio is not the one of the running codabridge, so it answers by itself.", fault.ClipLine(key, 40))
		}
	}
	return nil
}

// startPatience is how long a stdio waits for an instance that is starting.
const startPatience = 2 * time.Second

// knowsSecrets waits until the keyring was asked at the start of the instance.
func (a *App) knowsSecrets(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(ctx, startPatience)
	defer cancel()
	for {
		changed := a.Changed()
		if a.vault.get().secrets.loaded {
			return true
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return false
		}
	}
}

// showActivity puts into a State what connections did today, and the programs
// over stdio.
func (a *App) showActivity(s *State) {
	now, decided := time.Now(), a.policies.get()
	for i := range s.Connections {
		c := &s.Connections[i]
		c.CallsToday = a.today.of(c.ID, now).Calls
		c.PolicyState = policyState(decided, c.ID, c.CanWrite())
	}
	s.ThisComputer = policyState(decided, caller.LocalID, true)
	s.Stdio = []state.StdioState{}
	for _, j := range a.joined.list() {
		c := j.who()
		did := a.today.of(c.ID, now)
		n := state.StdioState{ID: c.ID, Client: c.Name, Process: j.process, Started: j.started, CallsToday: did.Calls, ReadOnly: !c.Reach.Write}
		n.PolicyState = policyState(decided, c.ID, c.Reach.Write)
		n.ReachState = state.ReachState{Documents: c.Reach.Documents}
		if n.ReadOnly {
			n.PolicyState = state.PolicyState{Policy: string(tools.PolicyRead)}
		}
		if !did.Last.IsZero() {
			n.LastUsed = &did.Last
		}
		s.Stdio = append(s.Stdio, n)
	}
	last, newest := a.today.latest(now)
	s.Activity = state.ActivityState{Newest: newest, Client: last.Connection, At: last.Last, CallsToday: last.Calls}
}
