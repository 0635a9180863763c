package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"codabridge/app"
	"codabridge/app/control"
	"codabridge/app/desktop/desktest"
	"codabridge/server/coda/codatest"
	"codabridge/server/coda/codatest/codaspec"
	"codabridge/tunnel/tunneltest"
)

// built is the program as make build makes it: without the race detector,
// which finds a race inside the tray library. Under make cover it notes what
// it has run.
var built string

func build() ([]byte, error) {
	args, cgo := []string{"build", "-trimpath", "-o", built}, "0"
	if os.Getenv("CODABRIDGE_COVER") != "" {
		args = append(args, "-cover", "-coverpkg=codabridge/...")
	}
	if runtime.GOOS == "darwin" {
		cgo = "1"
	}
	cmd := exec.Command("go", append(args, ".")...)
	cmd.Env = append(os.Environ(), "CGO_ENABLED="+cgo)
	return cmd.CombinedOutput()
}

// runMain is here so that the deferred removal runs before os.Exit.
type runMain struct{ m *testing.M }

func (r runMain) Run() int {
	dir, err := os.MkdirTemp("", "codabridge-built-")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	built = filepath.Join(dir, "codabridge")
	if out, err := build(); err != nil {
		fmt.Fprintf(os.Stderr, "build: %v\n%s", err, out)
		return 1
	}
	os.Setenv("PATH", dir+string(os.PathListSeparator)+os.Getenv("PATH"))
	// These tests wait for other programs most of the time.
	if err := flag.Set("test.parallel", "10"); err != nil {
		panic(err)
	}
	defer func() { chromium.end() }()
	return r.m.Run()
}

func TestMain(m *testing.M) { testscript.Main(runMain{m}, nil) }

// Secrets of these tests. They must never show up in any output; every
// program's output is searched for them when it ends.
const (
	codaCanary  = codatest.Token
	ngrokCanary = "2canaryNgrokAuthtokenXYZ_4q"
)

// program is one data folder and environment to run the built program with.
type program struct {
	t    *testing.T
	dir  string
	env  []string
	args []string
	cmd  *exec.Cmd
	out  *buffer
	over chan struct{} // closed when the process has ended
	err  error         // how it ended; read after over
}

// newProgram prepares a program with free ports, a data folder of its own and
// nothing of the developer's session.
func newProgram(t *testing.T, env ...string) *program {
	t.Helper()
	home := t.TempDir()
	p := &program{
		t: t, dir: filepath.Join(home, "data"),
		args: []string{"--listen", "127.0.0.1:0", "--owner-listen", "127.0.0.1:0"},
	}
	p.env = append((*desktest.Bus)(nil).Env(t, home), "CODABRIDGE_DATA_DIR="+p.dir)
	p.env = append(p.env, env...)
	return p
}

// start runs a mode in the background until the test ends.
func (p *program) start(args ...string) {
	p.t.Helper()
	cmd := exec.Command(built, append(args, p.args...)...)
	cmd.Env = p.env
	p.startCmd(cmd)
}

// startCmd runs a prepared command as the program.
func (p *program) startCmd(cmd *exec.Cmd) {
	p.t.Helper()
	p.cmd, p.out, p.over = cmd, &buffer{}, make(chan struct{})
	p.cmd.Stdout, p.cmd.Stderr = p.out, p.out
	if err := p.cmd.Start(); err != nil {
		p.t.Fatal(err)
	}
	over, out := p.over, p.out
	go func() { p.err = cmd.Wait(); close(over) }()
	p.t.Cleanup(func() {
		cmd.Process.Kill()
		<-over
		p.clean(out.String())
		if p.t.Failed() {
			p.t.Logf("the program said:\n%s", out)
		}
	})
}

// clean fails the test when a secret stands in a text.
func (p *program) clean(text string) {
	p.t.Helper()
	for _, secret := range []string{codaCanary, ngrokCanary} {
		if strings.Contains(text, secret) {
			p.t.Errorf("a secret stands in the output:\n%s", text)
		}
	}
}

// stop sends a signal and wants the end within the five seconds that a
// service manager is promised.
func (p *program) stop(sig os.Signal) {
	p.t.Helper()
	if err := p.cmd.Process.Signal(sig); err != nil {
		p.t.Fatal(err)
	}
	select {
	case <-p.over:
	case <-time.After(5 * time.Second):
		p.cmd.Process.Signal(syscall.SIGQUIT)
		<-p.over
		p.t.Fatalf("not over 5 s after %v:\n%s", sig, p.out)
	}
	if sig != os.Kill && p.err != nil {
		p.t.Errorf("after %v: %v\n%s", sig, p.err, p.out)
	}
}

// run runs one command to its end.
func (p *program) run(args ...string) (stdout string, code int) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, built, args...)
	cmd.Env = p.env
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		p.t.Fatalf("%v: %v", args, err)
	}
	p.clean(out.String() + errs.String())
	return out.String() + errs.String(), cmd.ProcessState.ExitCode()
}

// must runs a command that has to work.
func (p *program) must(args ...string) string {
	p.t.Helper()
	out, code := p.run(args...)
	if code != 0 {
		p.t.Fatalf("codabridge %v: exit %d: %s", args, code, out)
	}
	return out
}

// state asks the running program.
func (p *program) state() (app.State, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	return control.NewClient(p.dir).Status(ctx)
}

// await waits until State is as wanted and gives it.
func (p *program) await(what string, ok func(app.State) bool) (s app.State) {
	p.t.Helper()
	desktest.Eventually(p.t, what, func() bool {
		var err error
		s, err = p.state()
		select {
		case <-p.over:
			p.t.Fatalf("the program ended while waiting for %s: %v\n%s", what, p.err, p.out)
		default:
		}
		return err == nil && ok(s)
	})
	return s
}

func (p *program) awaitPhase(phase app.Phase) app.State {
	p.t.Helper()
	return p.await("phase "+string(phase), func(s app.State) bool { return s.Phase == phase })
}

// buffer collects output of several goroutines.
type buffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

// harness is the far ends: a fake Coda and a fake ngrok edge, over real TCP.
type harness struct {
	coda *codatest.Server
	edge *tunneltest.Edge
	env  []string // leads a program to them, without the secrets
}

func newHarness(t *testing.T) *harness {
	t.Helper()
	w := &harness{
		coda: codaspec.Start(t, codatest.Options{Workspace: codatest.Sample()}),
		edge: tunneltest.Start(t, tunneltest.Options{Authtokens: []string{ngrokCanary}}),
	}
	w.env = []string{
		"CODABRIDGE_CODA_URL=" + w.coda.URL(),
		"CODABRIDGE_NGROK_CONNECT_URL=" + w.edge.ConnectURL(),
		"CODABRIDGE_NGROK_CA_FILE=" + w.edge.WriteCA(t.TempDir()),
	}
	return w
}

// secrets are both tokens as a container gets them.
func (w *harness) secrets() []string {
	return append([]string{"CODABRIDGE_CODA_TOKEN=" + codaCanary, "NGROK_AUTHTOKEN=" + ngrokCanary}, w.env...)
}
