package tray

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"

	"codabridge/app/desktop/desktest"
	"codabridge/app/secret"
	"codabridge/server/state"
)

// TestMain lets the test program stand for the real one, since a process can
// have one tray only.
func TestMain(m *testing.M) {
	if os.Getenv("TRAY_CHILD") == "1" {
		child()
		return
	}
	goleak.VerifyTestMain(m)
}

// order is one line that the child reads: a state to show, or a secret to get.
type order struct {
	State *state.State `json:"state,omitempty"`
	Get   string       `json:"get,omitempty"`
}

// child runs the tray; it shows the states it is told and writes what was
// clicked, each as a line.
func child() {
	ctx, cancel := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer cancel()
	b := &script{changes: make(chan struct{}, 1), quit: cancel}
	first := make(chan struct{})
	go b.obey(first)
	<-first
	err := Run(ctx, b)
	for _, known := range []error{ErrNoBus, ErrNoHost} {
		if errors.Is(err, known) {
			err = known
		}
	}
	say("ended: %v", err)
}

var saying sync.Mutex

func say(format string, a ...any) {
	saying.Lock()
	defer saying.Unlock()
	fmt.Printf(format+"\n", a...)
}

// script is a Bridge that follows orders.
type script struct {
	changes chan struct{}
	quit    func()

	mu    sync.Mutex
	state state.State
}

func (b *script) obey(first chan<- struct{}) {
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
		var o order
		if err := json.Unmarshal(lines.Bytes(), &o); err != nil {
			say("bad order: %v", err)
			continue
		}
		if o.Get != "" {
			k := secret.New(secret.Options{ReadLimit: 300 * time.Millisecond})
			_, err := k.Get(context.Background(), o.Get)
			say("get: %v", err)
			continue
		}
		b.mu.Lock()
		b.state = *o.State
		b.mu.Unlock()
		if first != nil {
			close(first)
			first = nil
		}
		select {
		case b.changes <- struct{}{}:
		default:
		}
	}
}

func (b *script) State() state.State {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.state
}
func (b *script) Changes(context.Context) <-chan struct{} { return b.changes }
func (b *script) Start()                                  { say("start") }
func (b *script) Stop()                                   { say("stop") }
func (b *script) Pause()                                  { say("pause") }
func (b *script) AllowWriting(connection string)          { say("allow %s", connection) }
func (b *script) EndWriting(connection string)            { say("end %s", connection) }
func (b *script) CopyPublicURL()                          { say("copy") }
func (b *script) OpenOwner(page string)                   { say("open %q", page) }
func (b *script) SetReadOnly(on bool)                     { say("read-only %v", on) }
func (b *script) SetAutostart(on bool)                    { say("autostart %v", on) }
func (b *script) Quit()                                   { say("quit"); b.quit() }

// program is a running child.
type program struct{ *desktest.Child }

func startChild(t *testing.T, env []string, first state.State) program {
	t.Helper()
	// The library has data races of its own; ours are looked for in ends.
	p := program{desktest.StartChild(t, append(env, "TRAY_CHILD=1", "GORACE=exitcode=0"))}
	p.show(t, first)
	return p
}

// shown is a program in this phase on a desktop of its own, and its icon.
func shown(t *testing.T, phase state.Phase) (program, desktest.Item) {
	t.Helper()
	b := desktest.StartBus(t)
	w := desktest.StartWatcher(t, b)
	p := startChild(t, b.Env(t, t.TempDir()), ready(phase))
	return p, w.Item(t)
}

func (p program) order(t *testing.T, o order) {
	t.Helper()
	if err := json.NewEncoder(p.In).Encode(o); err != nil {
		t.Fatal(err)
	}
}

func (p program) show(t *testing.T, s state.State) {
	t.Helper()
	p.order(t, order{State: &s})
}

// want waits for the next line of the child.
func (p program) want(t *testing.T, prefix string) {
	t.Helper()
	if line := p.Line(t); !strings.HasPrefix(line, prefix) {
		t.Fatalf("the tray did %q, want %q", line, prefix)
	}
}

// ends waits for the child to end well, without a word on stderr but the
// library's own races, and its word about a bus connection that it closed
// itself: it may still be setting up, and it draws anew 150 ms after a panel
// has read the menu for the first time.
func (p program) ends(t *testing.T) {
	t.Helper()
	p.want(t, "ended: <nil>")
	for range p.Out {
	}
	if err := p.Cmd.Wait(); err != nil {
		t.Errorf("exit: %v\n%s", err, p.Wrote)
	}
	said := closedByLibrary.ReplaceAllString(p.Wrote.String(), "")
	for _, report := range strings.Split(said, "==================") {
		report = strings.TrimSpace(report)
		library := strings.HasPrefix(report, "WARNING: DATA RACE") && !ourRace.MatchString(report)
		if report != "" && !library && !strings.HasPrefix(report, "Found ") {
			t.Errorf("stderr: %s", report)
		}
	}
}

var closedByLibrary = regexp.MustCompile(`(?m)^.* systray error: .*(use of closed network connection|dbus: connection closed by user)\n?`)

// ourRace matches a report in which our own code touched the memory.
var ourRace = regexp.MustCompile(`(?i)(read|write) at 0x.*\n\s+codabridge/`)

// line waits until the menu has a line with this label.
func line(t *testing.T, it desktest.Item, label string) (found desktest.Line) {
	t.Helper()
	desktest.Eventually(t, "the menu has "+label, func() (ok bool) {
		found, ok = it.Menu(t).Find(label)
		return ok
	})
	return found
}
