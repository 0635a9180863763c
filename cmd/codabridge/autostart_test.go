package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"codabridge/app"
	"codabridge/app/desktop/desktest"
)

// atLoginLine is what the system starts.
func atLoginLine(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(b)) {
		if exec, ok := strings.CutPrefix(strings.TrimSpace(line), "Exec="); ok {
			return exec
		}
	}
	t.Fatalf("it starts nothing:\n%s", b)
	return ""
}

// TestItStartsAtLoginAndOpensNothing: as the system starts it, with nothing set
// up and before anything shows icons.
func TestItStartsAtLoginAndOpensNothing(t *testing.T) {
	t.Parallel()
	bus := desktest.StartBus(t)
	p, browser := trayProgram(t, bus, "CODABRIDGE_TUNNEL=none")
	entry := p.home(nil)(".config/autostart/codabridge.desktop")
	if out := p.must("autostart"); !strings.Contains(out, "is off") {
		t.Errorf("at first: %s", out)
	}
	p.must("autostart", "on")
	if want := fmt.Sprintf("%s --at-login --data-dir %s", built, p.dir); atLoginLine(t, entry) != want {
		t.Errorf("it starts %q, want %q", atLoginLine(t, entry), want)
	}
	p.start(strings.Fields(atLoginLine(t, entry))[1:]...)
	p.awaitPhase(app.PhaseSetup)
	if out, code := p.run("--at-login"); code != 0 || out != "" {
		t.Errorf("a second entry that starts it: %d %q", code, out)
	}
	item := desktest.StartWatcher(t, bus).Item(t) // the panel is late
	desktest.Eventually(t, "the line of the menu", func() bool { l, ok := item.Menu(t).Find("Start at login"); return ok && l.Check })
	if opened := browser.Args(); len(opened) != 0 {
		t.Errorf("it opened %q", opened)
	}
	item.Click(t, "Start at login")
	p.await("off", func(s app.State) bool { return !s.Autostart.On })
	if _, err := os.Stat(entry); !os.IsNotExist(err) {
		t.Errorf("the entry is still there: %v", err)
	}
	item.Click(t, "Start at login")
	p.await("on", func(s app.State) bool { return s.Autostart.On })
}

// TestAStartCorrectsThePathAndTurnsNothingOn: after a move, an update, or a no in
// the settings of the desktop.
func TestAStartCorrectsThePathAndTurnsNothingOn(t *testing.T) {
	t.Parallel()
	bus := desktest.StartBus(t)
	desktest.StartWatcher(t, bus)
	for what, c := range map[string]struct {
		file, want string
		on         bool
	}{
		"none":          {"", "", false},
		"an old path":   {"[Desktop Entry]\nName=mine\nExec=/old/codabridge --at-login --data-dir DIR\n", "[Desktop Entry]\nName=mine\nExec=NEW --at-login --data-dir DIR\n", true},
		"switched off":  {"[Desktop Entry]\nExec=/old/codabridge --at-login --data-dir DIR\nHidden=true\n", "[Desktop Entry]\nExec=/old/codabridge --at-login --data-dir DIR\nHidden=true\n", false},
		"off in GNOME":  {"[Desktop Entry]\nX-GNOME-Autostart-enabled=false\nExec=/old/codabridge --at-login --data-dir DIR\n", "[Desktop Entry]\nX-GNOME-Autostart-enabled=false\nExec=/old/codabridge --at-login --data-dir DIR\n", false},
		"another's own": {"[Desktop Entry]\nExec=/old/codabridge --at-login\n", "[Desktop Entry]\nExec=/old/codabridge --at-login\n", false},
	} {
		t.Run(what, func(t *testing.T) {
			p, _ := trayProgram(t, bus, append(newHarness(t).secrets(), "CODABRIDGE_TUNNEL=none")...)
			names := strings.NewReplacer("DIR", p.dir, "NEW", built)
			path := p.home(nil)(".config/autostart/codabridge.desktop")
			if c.file != "" {
				p.home(map[string]string{".config/autostart/codabridge.desktop": names.Replace(c.file)})
			}
			p.start()
			if s := p.awaitPhase(app.PhaseLocal); s.Autostart.On != c.on || !s.Autostart.Offered {
				t.Errorf("%+v", s.Autostart)
			}
			if b, _ := os.ReadFile(path); string(b) != names.Replace(c.want) {
				t.Errorf("the entry is\n%s", b)
			}
			if c.want == "" {
				if _, err := os.Stat(filepath.Dir(path)); err == nil {
					t.Error("a folder was made")
				}
			}
		})
	}
}
