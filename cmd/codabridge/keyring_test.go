package main

import (
	"strings"
	"testing"

	"codabridge/app"
	"codabridge/app/control"
	"codabridge/app/desktop/desktest"
)

// keyringProgram is a program whose tokens are in a real keyring.
func keyringProgram(t *testing.T) (*program, *harness, *desktest.Bus, *desktest.Keyring) {
	t.Helper()
	w, bus := newHarness(t), desktest.StartBus(t)
	keyring := desktest.StartKeyring(t, bus, t.TempDir(), "pw")
	p := newProgram(t, append(w.env, "DBUS_SESSION_BUS_ADDRESS="+bus.Addr)...)
	for name, token := range map[string]string{"coda": codaCanary, "ngrok": ngrokCanary} {
		if out, code := p.feed(token+"\n", "login", name); code != 0 {
			t.Fatalf("login %s: %s", name, out)
		}
	}
	return p, w, bus, keyring
}

// lockedProgram is one that starts while its keyring is locked.
func lockedProgram(t *testing.T) (*program, *harness, *desktest.Keyring, *desktest.Prompter) {
	t.Helper()
	p, w, bus, keyring := keyringProgram(t)
	keyring.Lock(t)
	dialog := desktest.StartPrompter(t, bus)
	p.start("serve")
	return p, w, keyring, dialog
}

func dialogIsOpen(s app.State) bool { return strings.Contains(s.Sentence, "password dialog") }

// TestTheKeyringMayBeUnlockedLate: after a log-in the desktop asks for the
// keyring's password, and the owner makes coffee first. Then they unlock it
// elsewhere, and leave the dialog open.
func TestTheKeyringMayBeUnlockedLate(t *testing.T) {
	t.Parallel()
	p, _, keyring, _ := lockedProgram(t)
	p.await("the word about the dialog", dialogIsOpen)
	keyring.Unlock(t, "pw")
	p.awaitPhase(app.PhaseOnline)
}

// TestAKeyringThatStartsLateNeedsNoClick: a program that starts at login meets a
// desktop that is not ready, and one whose keyring ends and comes back.
func TestAKeyringThatStartsLateNeedsNoClick(t *testing.T) {
	t.Parallel()
	p, _, bus, keyring := keyringProgram(t)
	keyring.Stop()
	bus.WaitName(t, "org.freedesktop.secrets", false)
	desktest.StartWatcher(t, bus)
	p.env = append(p.env, "DISPLAY=:99999")
	p.start("--at-login")
	p.await("the word that there is none", func(s app.State) bool { return s.NoKeyring && strings.Contains(s.Sentence, "keyring") })
	keyring = keyring.Again(t, "wrong") // as without a log-in by password: it is locked
	p.await("the word about the lock", func(s app.State) bool { return !s.NoKeyring && strings.Contains(s.Sentence, "is locked") })
	keyring.Unlock(t, "pw")
	p.await("all", func(s app.State) bool { return s.Phase == app.PhaseOnline && s.Coda.Account != "" && s.Keyring == "" })
}

// TestADismissedKeyringIsAskedWhenTheOwnerWants, and not before, unless it is
// unlocked elsewhere.
func TestADismissedKeyringIsAskedWhenTheOwnerWants(t *testing.T) {
	t.Parallel()
	p, w, keyring, dialog := lockedProgram(t)
	dialog.Wait(t)
	p.await("the word about the dialog", dialogIsOpen)
	dialog.Dismiss(t)
	p.await("the word about the lock", func(s app.State) bool { return strings.Contains(s.Sentence, "is locked") })
	page := openBrowser(t, w.edge, 900, 1000)
	page.open(p.link())
	page.see("unlock it, and let codabridge look again")
	page.shot("locked-keyring")
	if len(dialog.Asked) != 0 {
		t.Error("the dialog came back by itself")
	}
	page.press(`form[data-post="/keyring"] button`)
	dialog.Wait(t)
	keyring.Unlock(t, "pw")
	p.awaitPhase(app.PhaseOnline)
	page.see("Connect ChatGPT")
}

// TestAReloadTakesNothingAwayFromARunningBridge: a screen lock may lock the
// keyring too, and a command may make the bridge read it just then.
func TestAReloadTakesNothingAwayFromARunningBridge(t *testing.T) {
	t.Parallel()
	p, _, _, keyring := keyringProgram(t)
	p.start("serve")
	p.await("the account", func(s app.State) bool {
		if s.Index.Trouble != "" { // that there is no token, while the keyring was being asked
			t.Errorf("the index says %s", s.Index.Trouble)
		}
		return s.Phase == app.PhaseOnline && s.Coda.Account != ""
	})
	keyring.Lock(t)
	if err := control.NewClient(p.dir).Do(t.Context(), "reload", nil); err != nil {
		t.Fatal(err)
	}
	if s, err := p.state(); err != nil || !s.Coda.Ready || !s.Tunnel.Ready || s.Phase != app.PhaseOnline {
		t.Errorf("phase %s, %q, %v", s.Phase, s.Sentence, err)
	}
	keyring.Unlock(t, "pw")
	p.must("logout", "coda")
	if s := p.awaitPhase(app.PhaseSetup); s.Coda.Account != "" || s.Coda.Problem != "" {
		t.Errorf("without a token it still names the account %q", s.Coda.Account)
	}
}

// TestBackToNgrokFindsItsAuthtoken: it was not read while the owner's own URL
// was in use.
func TestBackToNgrokFindsItsAuthtoken(t *testing.T) {
	t.Parallel()
	p, w, _, _ := keyringProgram(t)
	writeConfig(t, p, `{"public_url": "https://bridge.example.org"}`)
	p.start("serve")
	p.await("the own URL", func(s app.State) bool { return s.PublicURL == "https://bridge.example.org" && s.Coda.Account != "" })
	page := openBrowser(t, w.edge, 900, 1000)
	page.open(p.link("settings"))
	page.see("Tokens and your own URL")
	page.eval(`document.querySelector("#own-url").value = ""; document.querySelector('form[data-post="/public-url"]').requestSubmit(); ""`)
	p.await("ngrok's URL", func(s app.State) bool { return s.Phase == app.PhaseOnline && s.Tunnel.Kind == "ngrok" })
	p.await("the word that connections must be made again", func(s app.State) bool {
		return strings.Contains(s.Warning, "from https://bridge.example.org to "+s.PublicURL)
	})
}
