package secret

import (
	"strings"
	"testing"

	"codabridge/app/desktop/desktest"
)

const canary = "canary-8f1e22"

func TestSecretOutlivesItsProcessAndTheKeyring(t *testing.T) {
	t.Parallel()
	b, home := desktest.StartBus(t), t.TempDir()
	k := desktest.StartKeyring(t, b, home, "pw")
	env := b.Env(t, home)
	p := startChild(t, env)
	p.want(t, "get "+Coda, "not found")
	p.want(t, "delete "+Coda, "not found")
	p.want(t, "set "+Coda+" "+canary, "ok")
	p.want(t, "set "+Ngrok+" other", "ok")

	startChild(t, env).want(t, "get "+Coda, "ok "+canary) // a second process

	k.Stop() // the owner logs out and in again
	desktest.StartKeyring(t, b, home, "pw")
	p = startChild(t, env)
	p.want(t, "lookup "+Coda, "ok "+canary+" keyring")
	p.want(t, "set "+Coda+" newer", "ok")
	p.want(t, "get "+Coda, "ok newer")
	p.want(t, "delete "+Coda, "ok")
	p.want(t, "get "+Coda, "not found")
	p.want(t, "get "+Ngrok, "ok other") // the neighbour stays
}

func TestEveryBrokenKeyringIsNamedWithItsNextStep(t *testing.T) {
	t.Parallel()
	bus := func(t *testing.T) (*desktest.Bus, string) { return desktest.StartBus(t), t.TempDir() }
	for _, c := range []struct {
		name, want, step string
		start            func(t *testing.T) []string
	}{
		{"a server without a session bus must not start one", "secret: no session bus", "Set CODABRIDGE_CODA_TOKEN and NGROK_AUTHTOKEN in the environment instead.",
			func(t *testing.T) []string { return (*desktest.Bus)(nil).Env(t, t.TempDir()) }},
		{"a desktop without a keyring must not look like a missing token", "secret: no secret service", "Install gnome-keyring",
			func(t *testing.T) []string { b, home := bus(t); return b.Env(t, home) }},
		{"a fresh user has a service but no keyring in it", "secret: no default keyring", "Make one named Login",
			func(t *testing.T) []string {
				b, home := bus(t)
				desktest.StartKeyring(t, b, home, "")
				return b.Env(t, home)
			}},
		{"a locked keyring that nothing can ask about", "secret: keyring is locked", "Unlock it with your login password",
			func(t *testing.T) []string {
				b, home := bus(t)
				desktest.StartKeyring(t, b, home, "pw").Lock(t)
				return b.Env(t, home)
			}},
		{"a bus that went away under the program", "secret: no session bus", "Set CODABRIDGE_CODA_TOKEN",
			func(t *testing.T) []string { b, home := bus(t); b.Kill(); return b.Env(t, home) }},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			p := startChild(t, c.start(t))
			for _, order := range []string{"get " + Coda, "set " + Coda + " " + canary, "delete " + Coda} {
				got := p.want(t, order, c.want)
				if !strings.Contains(got, c.step) {
					t.Errorf("%s: %q does not say %q", order, got, c.step)
				}
				if strings.Contains(got, canary) {
					t.Errorf("%s: the secret is in the error: %s", order, got)
				}
			}
		})
	}
}

// withDialog is a program beside a keyring that a dialog can unlock.
func withDialog(t *testing.T, env ...string) (program, *desktest.Keyring, *desktest.Prompter) {
	t.Helper()
	b, home := desktest.StartBus(t), t.TempDir()
	k := desktest.StartKeyring(t, b, home, "pw")
	dialog := desktest.StartPrompter(t, b)
	return startChild(t, b.Env(t, home, env...)), k, dialog
}

func TestDialogLeftOpenEndsAtTheDeadlineAndIsJoinedLater(t *testing.T) {
	t.Parallel()
	p, k, dialog := withDialog(t, "READ_LIMIT=300ms", "WRITE_LIMIT=300ms")
	p.want(t, "set "+Coda+" "+canary, "ok")
	k.Lock(t)
	p.want(t, "get "+Coda, "secret: dialog is open: The keyring has not answered")
	p.want(t, "set "+Coda+" x", "secret: dialog is open")
	dialog.Wait(t)
	if n := len(dialog.Asked); n != 0 {
		t.Errorf("%d more dialogs opened; one is enough", n)
	}
	k.Unlock(t, "pw") // the owner unlocks another way
	p.want(t, "get "+Coda, "ok "+canary)
}

func TestDismissedDialogIsNotSuccess(t *testing.T) {
	t.Parallel()
	p, k, dialog := withDialog(t)
	k.Lock(t)
	for _, order := range []string{"set " + Coda + " " + canary, "unlock"} {
		p.send(t, order)
		dialog.Wait(t)
		dialog.Dismiss(t)
		if got := p.Line(t); !strings.HasPrefix(got, "secret: keyring is locked") {
			t.Errorf("%s: %q", order, got)
		}
	}
	k.Unlock(t, "pw")
	p.want(t, "get "+Coda, "not found")
	p.want(t, "leaks", "ok")
}

func TestServiceThatDiesBehindItsDialogIsNoticed(t *testing.T) {
	t.Parallel()
	p, k, dialog := withDialog(t)
	k.Lock(t)
	p.send(t, "unlock")
	dialog.Wait(t)
	k.Stop()
	if got := p.Line(t); !strings.HasPrefix(got, "secret: no secret service") {
		t.Error(got)
	}
}

func TestEnvironmentWinsAndIsNeverCopied(t *testing.T) {
	t.Parallel()
	b, home := desktest.StartBus(t), t.TempDir()
	desktest.StartKeyring(t, b, home, "pw")
	p := startChild(t, b.Env(t, home, "CODABRIDGE_CODA_TOKEN= from-env ", "NGROK_AUTHTOKEN=  "))
	p.want(t, "set "+Ngrok+" stored", "ok")
	p.want(t, "lookup "+Coda, "ok from-env environment")
	p.want(t, "lookup "+Ngrok, "ok stored keyring")
	p.want(t, "get "+Coda, "not found")
}
