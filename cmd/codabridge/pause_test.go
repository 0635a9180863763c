package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"codabridge/app"
	"codabridge/app/desktop/desktest"
)

// restSwitch: a paused bridge keeps URL, tunnel and sign-ins, answers every call
// with that, and is still paused after a restart.
func restSwitch(t *testing.T) {
	w := twoDocs(t)
	p, s := online(t, w)
	chat := newAssistant(t, w.edge.Client(), s.PublicURL)
	chat.connect(func(code string) { p.must("approve", code, "--write") })
	if out := p.must("pause"); !strings.Contains(out, "Go on with") {
		t.Error(out)
	}
	p.must("pause") // again is no fault
	signIns := len(w.edge.SignIns())
	paused := func() {
		t.Helper()
		for tool, args := range map[string]map[string]any{"coda_list_documents": {}, "coda_create_rows": oneRow, "search": {"query": "x"}} {
			out := chat.said(tool, args)
			if !strings.Contains(out, "The owner has paused codabridge") || !strings.Contains(out, `"isError":true`) {
				t.Errorf("%s: %s", tool, out)
			}
			if writes := tool == "coda_create_rows"; writes != strings.Contains(out, "nothing was written") {
				t.Errorf("%s: %s", tool, out)
			}
		}
		if !chat.sees("search") || w.coda.Count("upsertRows") != 0 {
			t.Error("its tools are gone, or it wrote")
		}
	}
	paused()
	now := p.awaitPhase(app.PhaseOnline)
	if !now.Paused || now.PublicURL != s.PublicURL || len(w.edge.SignIns()) != signIns || !strings.HasPrefix(now.Sentence, "Paused:") {
		t.Errorf("%+v", now)
	}
	p.stop(syscall.SIGTERM)
	p.start("serve")
	p.awaitPhase(app.PhaseOnline)
	paused()
	signIns = len(w.edge.SignIns())
	p.must("start")
	if out := chat.said("coda_list_documents", nil); !strings.Contains(out, alpha) || len(w.edge.SignIns()) != signIns {
		t.Errorf("it went on with another tunnel, or not: %s", out)
	}
	p.must("stop")
	if out, code := p.run("pause"); code != 1 || !strings.Contains(out, "nothing to pause") {
		t.Errorf("exit %d: %s", code, out)
	}
}

// restSwitchStdio: joined, and alone once the instance has ended.
func restSwitchStdio(t *testing.T) {
	p, _ := serving(t, twoDocs(t))
	s := startStdio(p)
	p.act("pause")
	paused := func() {
		t.Helper()
		if out := s.said("coda_list_documents", nil); !strings.Contains(out, "The owner has paused codabridge") {
			t.Error(out)
		}
	}
	paused()
	p.stop(syscall.SIGTERM)
	paused()
	p.start("serve")
	p.awaitPhase(app.PhaseLocal)
	p.act("start")
	if out := s.said("coda_list_documents", nil); !strings.Contains(out, alpha) {
		t.Error(out)
	}
	s.end()
}

// TestRestartStartsItAnew as it was started: the same settings from flags and
// from the environment, the same connections, another process. The one before
// has ended.
func TestRestartStartsItAnew(t *testing.T) {
	t.Parallel()
	w := twoDocs(t)
	p := newProgram(t, append(w.secrets(), "CODABRIDGE_TUNNEL=none")...)
	p.start("serve", "--read-only")
	before := p.awaitPhase(app.PhaseLocal)
	first, over := p.cmd.Process.Pid, p.over
	out := p.must("restart")
	if !strings.Contains(out, "started anew") {
		t.Error(out)
	}
	<-over
	// The process that runs now is nobody's child here: it ends by the command.
	now, err := p.state()
	if err != nil || now.Process == first || before.Process != first || !now.ReadOnly || now.Phase != app.PhaseLocal {
		t.Errorf("%v %+v", err, now)
	}
	desktest.Eventually(t, "the account, which Coda is asked for", func() bool {
		now, err = p.state()
		return err == nil && now.Coda.Account != ""
	})
	p.restartTwice()
	again, err := p.state()
	if err != nil || again.Process == now.Process {
		t.Errorf("%v: process %d, before %d", err, again.Process, now.Process)
	}
	p.must("quit")
	if _, code := p.run("restart"); code != exitNotRunning {
		t.Errorf("with none that runs: exit %d", code)
	}
}

// restartTwice restarts it by two commands at once. One that comes while the other
// is at work is told so; it does not wait for a process that never comes.
func (p *program) restartTwice() {
	p.t.Helper()
	did, said := 0, [2]bytes.Buffer{}
	var both [2]*exec.Cmd
	for i := range both {
		both[i] = exec.Command(built, "restart")
		both[i].Env, both[i].Stdout, both[i].Stderr = p.env, &said[i], &said[i]
		if err := both[i].Start(); err != nil {
			p.t.Fatal(err)
		}
	}
	for _, cmd := range both {
		if cmd.Wait() == nil {
			did++
		}
	}
	if all := said[0].String() + said[1].String(); did == 0 || strings.Contains(all, "did not start anew") {
		p.t.Errorf("%d of two restarts at once did it: %s", did, all)
	}
}

// TestARestartThatCannotBeLeavesItRunning, and says why.
func TestARestartThatCannotBeLeavesItRunning(t *testing.T) {
	t.Parallel()
	p, _ := serving(t, twoDocs(t))
	if err := os.WriteFile(filepath.Join(p.dir, "config.json"), []byte(`{"tunel": "none"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	out, code := p.run("restart")
	if code != 1 || !strings.Contains(out, `there is no setting "tunel"`) {
		t.Errorf("exit %d: %s", code, out)
	}
	if s, err := p.state(); err != nil || s.Process != p.cmd.Process.Pid {
		t.Errorf("it does not run as before: %v %d", err, s.Process)
	}
}
