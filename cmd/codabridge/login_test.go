package main

import (
	"bytes"
	"os/exec"
	"strings"
	"testing"

	"codabridge/app"
	"codabridge/app/desktop/desktest"
)

// feed runs a command with text on its standard input.
func (p *program) feed(text string, args ...string) (out string, code int) {
	p.t.Helper()
	cmd := exec.Command(built, args...)
	cmd.Env, cmd.Stdin = p.env, strings.NewReader(text)
	var b bytes.Buffer
	cmd.Stdout, cmd.Stderr = &b, &b
	err := cmd.Run()
	if err != nil && cmd.ProcessState == nil {
		p.t.Fatal(err)
	}
	p.clean(b.String())
	return b.String(), cmd.ProcessState.ExitCode()
}

// TestLoginFromATerminal uses a real keyring: a wrong token is not stored, a
// good one is, a running bridge takes it at once, and logout removes it.
func TestLoginFromATerminal(t *testing.T) {
	t.Parallel()
	w, bus := newHarness(t), desktest.StartBus(t)
	desktest.StartKeyring(t, bus, t.TempDir(), "pw")
	p := newProgram(t, append(w.env, "DBUS_SESSION_BUS_ADDRESS="+bus.Addr)...)
	p.start("serve")
	p.await("set-up", func(s app.State) bool {
		return s.Phase == app.PhaseSetup && strings.Contains(s.Sentence, "give codabridge your Coda")
	})

	if out, code := p.feed("wrong-token\n", "login", "coda"); code != 1 || !strings.Contains(out, "does not know this token") || strings.Contains(out, "wrong-token") {
		t.Errorf("a wrong token: exit %d: %s", code, out)
	}
	if out, code := p.feed("\ufeff"+codaCanary+"\r\n", "login", "coda"); code != 0 || !strings.Contains(out, "keyring") {
		t.Fatalf("login coda: exit %d: %s", code, out)
	}
	p.await("the account", func(s app.State) bool { return s.Coda.Ready && s.Coda.Account != "" })
	if out, code := p.feed("2wrongAuthtoken\n", "login", "ngrok"); code != 1 || strings.Contains(out, "2wrongAuthtoken") {
		t.Errorf("a wrong authtoken: exit %d: %s", code, out)
	}
	if out, code := p.feed(ngrokCanary+"\n", "login", "ngrok"); code != 0 {
		t.Fatalf("login ngrok: exit %d: %s", code, out)
	}
	p.awaitPhase(app.PhaseOnline)

	p.must("logout", "ngrok")
	p.must("logout", "coda")
	p.awaitPhase(app.PhaseSetup)
	if out, code := p.feed("", "login", "coda"); code != 1 || !strings.Contains(out, "paste the token first") {
		t.Errorf("nothing pasted: exit %d: %s", code, out)
	}
}

func TestALockedKeyringIsSaidAndNotTakenForAnEmptyOne(t *testing.T) {
	t.Parallel()
	w, bus := newHarness(t), desktest.StartBus(t)
	keyring := desktest.StartKeyring(t, bus, t.TempDir(), "pw")
	p := newProgram(t, append(w.env, "DBUS_SESSION_BUS_ADDRESS="+bus.Addr)...)
	if out, code := p.feed(codaCanary+"\n", "login", "coda"); code != 0 {
		t.Fatalf("login: %s", out)
	}
	keyring.Lock(t)
	p.start("serve", "--tunnel", "none")
	s := p.await("the word about the keyring", func(s app.State) bool {
		return s.Phase == app.PhaseSetup && !strings.Contains(s.Sentence, "Waiting for the keyring")
	})
	if !strings.Contains(strings.ToLower(s.Sentence), "lock") || strings.Contains(s.Sentence, "give codabridge your") {
		t.Errorf("it says %q", s.Sentence)
	}
}
