package app

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"codabridge/app/config"
	"codabridge/server/coda"
	"codabridge/server/fault"
	store "codabridge/server/store/state"
	"codabridge/tunnel"
)

// TestAFailureOfTheOldAuthtokenDoesNotHoldUpTheNew: the owner gives another one
// in the very moment in which ngrok refuses the old.
func TestAFailureOfTheOldAuthtokenDoesNotHoldUpTheNew(t *testing.T) {
	a := New(Options{Config: config.Defaults()})
	a.bridge.v.on = true
	a.use(secrets{coda: "c", ngrok: "old"})
	old := a.wanted()
	a.use(secrets{coda: "c", ngrok: "new"})
	a.tunnelEnded(old, fault.New("ERR_NGROK_105", "ngrok did not accept the authtoken."), false)
	if w := a.wanted(); !w.run || w.token != "new" {
		t.Error("the new authtoken is not tried")
	}
	a.tunnelEnded(a.wanted(), fault.New("ERR_NGROK_105", "ngrok did not accept the authtoken."), false)
	if a.wanted().run {
		t.Error("a refused authtoken is tried for ever")
	}
}

// TestAProblemEndsNoOther: Coda lets us in again after a while, and has refused
// the token meanwhile.
func TestAProblemEndsNoOther(t *testing.T) {
	a := New(Options{Config: config.Defaults()})
	a.setProblem(problemStuck)
	a.setProblem("Coda no longer accepts the token.")
	a.endProblem(problemStuck)
	if a.vault.get().account.problem == "" {
		t.Error("the refused token is forgotten")
	}
	a.endProblem("Coda no longer accepts the token.")
	if a.vault.get().account.problem != "" {
		t.Error("a problem that ended is still shown")
	}
}

// TestTheLastWordOfAStoppedTunnelChangesNothing: it may come when the next one
// is online already.
func TestTheLastWordOfAStoppedTunnelChangesNothing(t *testing.T) {
	a := New(Options{Config: config.Defaults()})
	a.bridge.v.on = true
	a.use(secrets{coda: "c", ngrok: "old"})
	old := a.wanted()
	a.use(secrets{coda: "c", ngrok: "new"})
	a.onTunnel(a.wanted(), tunnel.Status{Phase: tunnel.Connecting})
	a.onTunnel(old, tunnel.Status{Phase: tunnel.Off})
	if got := a.bridge.get().status.Phase; got != tunnel.Connecting {
		t.Errorf("the tunnel is said to be %s", got)
	}
}

// TestANewTokenIsTriedOnEveryHost: the host of the token before is only tried
// first, unless the owner decided on it.
func TestANewTokenIsTriedOnEveryHost(t *testing.T) {
	for name, c := range map[string]struct {
		url, from string
		want      []string
	}{
		"no host is known":               {"", "", []string{coda.BaseCurrent, coda.BaseLegacy}},
		"one was remembered":             {coda.BaseLegacy, "", []string{coda.BaseLegacy, coda.BaseCurrent}},
		"one was read from config.json":  {coda.BaseLegacy, "config.json", []string{coda.BaseLegacy, coda.BaseCurrent}},
		"a flag decides":                 {coda.BaseLegacy, "--coda-url", []string{coda.BaseLegacy}},
		"config.json names another host": {"http://127.0.0.1:1/apis/v1", "config.json", []string{"http://127.0.0.1:1/apis/v1"}},
	} {
		from := config.Source{DataDir: t.TempDir(), Getenv: func(string) string { return "" }}
		switch c.from {
		case "config.json":
			text := []byte(`{"coda_url": "` + c.url + `"}`)
			if err := os.WriteFile(filepath.Join(from.DataDir, "config.json"), text, 0o600); err != nil {
				t.Fatal(err)
			}
		case "--coda-url":
			from.Flags = map[string]string{"coda_url": c.url}
		}
		cfg, err := config.Load(from)
		if err != nil {
			t.Fatal(err)
		}
		cfg.CodaURL = c.url
		if got := tokenBases(cfg); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

func TestASecondWarningTakesNoFirstOneAway(t *testing.T) {
	a := New(Options{Config: config.Defaults()})
	a.warning.v = "The database was damaged and is kept aside."
	for _, url := range []string{"https://a.example", "https://b.example"} {
		a.noteURL(url)
	}
	if w := a.State().Warning; !strings.Contains(w, "kept aside. The public URL has changed from https://a.example") {
		t.Error(w)
	}
	a.DismissWarning()
	if w := a.State().Warning; w != "" {
		t.Error(w)
	}
}

func TestTheOwnerIsToldThatNothingCanBeKept(t *testing.T) {
	cfg := config.Defaults()
	cfg.DataDir = t.TempDir()
	a := New(Options{Config: cfg})
	if err := a.openStore(); err != nil {
		t.Fatal(err)
	}
	calls := []store.Activity{{Tool: "search"}}
	if err := a.writeActivity(t.Context(), calls); err != nil {
		t.Fatal(err)
	}
	if w := a.State().Warning; w != "" {
		t.Error(w)
	}
	a.store.Close()
	for range 2 {
		if a.writeActivity(t.Context(), calls) == nil {
			t.Error("a closed database took it")
		}
	}
	if w := a.State().Warning; strings.Count(w, "cannot write its database") != 1 {
		t.Errorf("%q", w)
	}
	a.DismissWarning()
	a.warnOfStore(fmt.Errorf("store: add activity: %w", store.ErrDiskFull))
	if w := a.State().Warning; !strings.Contains(w, "is full") {
		t.Errorf("%q", w)
	}
}
