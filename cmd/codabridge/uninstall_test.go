package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"

	"codabridge/app"
)

// tree is every file and folder below one, with what files hold.
func tree(t *testing.T, dir string) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		all[path] = ""
		if d.Type().IsRegular() {
			b, err := os.ReadFile(path)
			all[path] = string(b)
			return err
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// asBefore wants a home folder without a trace of ours: what was there is as it
// was, and what is new is an empty folder of the system's own.
func (p *program) asBefore(before map[string]string) {
	p.t.Helper()
	after := tree(p.t, filepath.Dir(p.dir))
	for path, text := range after {
		if was, there := before[path]; there && was != text {
			p.t.Errorf("%s is\n%q\nwas\n%q", path, text, was)
		} else if !there && (text != "" || strings.Contains(path, "codabridge") || path == p.dir) {
			p.t.Errorf("%s is left: %q", path, text)
		}
	}
	for path := range before {
		if _, there := after[path]; !there {
			p.t.Errorf("%s is gone", path)
		}
	}
}

// ended waits until the running program has ended.
func (p *program) ended() {
	p.t.Helper()
	select {
	case <-p.over:
	case <-time.After(20 * time.Second):
		p.t.Fatalf("it has not ended:\n%s", p.out)
	}
	if p.err != nil {
		p.t.Errorf("it ended with %v:\n%s", p.err, p.out)
	}
}

var homeFiles = map[string]string{
	".cursor/mcp.json": cursorFile, ".config/goose/config.yaml": "GOOSE_MODE: auto # mine\n", ".codex/history.jsonl": "{}\n",
	".codex/.config.toml.codabridge-of-mine": "not yours", ".gemini/settings.json": "{}",
}

// TestNothingIsLeftAfterUninstalling looks at every file of the home folder and
// into the keyring itself.
func TestNothingIsLeftAfterUninstalling(t *testing.T) {
	t.Parallel()
	p, _, bus, _ := keyringProgram(t)
	p.home(homeFiles)
	if err := os.RemoveAll(p.dir); err != nil { // made by the logins
		t.Fatal(err)
	}
	before := tree(t, filepath.Dir(p.dir))
	p.start("serve")
	p.await("the account", func(s app.State) bool { return s.Phase == app.PhaseOnline && s.Coda.Account != "" })
	p.must("autostart", "on")
	for _, name := range []string{"cursor", "codex", "goose", "gemini"} {
		p.must("programs", "connect", name)
	}
	p.must("programs", "disconnect", "gemini")

	// What was killed while it wrote has left these.
	p.home(map[string]string{".cursor/.mcp.json.codabridge-12": cursorFile, ".gemini/.settings.json.codabridge-7": `{"mcpServers":{"codabridge":{}}}`,
		".config/autostart/.codabridge-5": "[Desktop Entry]\n", "data/.doctor-9": "x", "data/config.json.4": "{}"})

	// Asked and not answered, it touches nothing; a no stays a no.
	if out, code := p.feed("", "uninstall"); code != 1 || !strings.Contains(out, "uninstall --yes") {
		t.Errorf("nobody answers: %d %s", code, out)
	}
	if out, code := p.feed(strings.Repeat("n\n", 9), "uninstall"); code != 0 || strings.Count(out, "[y/N]") != 8 || strings.Contains(out, "Removed") {
		t.Errorf("no to all: %d %s", code, out)
	}
	if s, err := p.state(); err != nil || !s.Autostart.On || row(s, "codex").Status != "connected" {
		t.Fatalf("%v %+v", err, s.Autostart)
	}
	out := p.must("uninstall", "--yes")
	for _, want := range []string{"the codabridge that is running", "start at login", "Cursor", "Codex", "Goose", "Gemini", "Coda token", "ngrok authtoken", "data folder " + p.dir, built} {
		if !strings.Contains(out, want) {
			t.Errorf("it does not name %q:\n%s", want, out)
		}
	}
	p.ended()
	p.asBefore(before)
	var unlocked, locked []dbus.ObjectPath
	err := bus.Conn(t).Object("org.freedesktop.secrets", "/org/freedesktop/secrets").
		Call("org.freedesktop.Secret.Service.SearchItems", 0, map[string]string{"service": "codabridge"}).Store(&unlocked, &locked)
	if err != nil || len(unlocked)+len(locked) != 0 {
		t.Errorf("the keyring holds %v %v: %v", unlocked, locked, err)
	}
	if out := p.must("uninstall"); !strings.Contains(out, "Nothing of codabridge was found") {
		t.Errorf("again: %s", out)
	}
	p.asBefore(before)
}

// TestUninstallingByOneClick: the page says so, and the program removes its own
// folder when it has ended. Files of others in it stay.
func TestUninstallingByOneClick(t *testing.T) {
	t.Parallel()
	w := newHarness(t)
	p := newProgram(t, append(w.secrets(), "CODABRIDGE_TUNNEL=none")...)
	p.dir = filepath.Join(filepath.Dir(p.dir), strings.Repeat("long-", 20)) // too long for a socket
	p.env = append(p.env, "CODABRIDGE_DATA_DIR="+p.dir)
	p.home(homeFiles)
	before := tree(t, filepath.Dir(p.dir))
	p.start("serve")
	p.awaitPhase(app.PhaseLocal)
	p.must("autostart", "on")
	p.must("programs", "connect", "cursor")
	page := openBrowser(t, w.edge, 800, 900)
	page.open(p.link("settings"))
	page.see("Leave codabridge")
	page.eval(`window.codabridge.sure = async () => true; document.querySelector('form[data-post="/uninstall"]').closest("details").open = true; ""`)
	page.shot("uninstall")
	page.press(`form[data-post="/uninstall"] button`)
	p.ended()
	p.asBefore(before)
}

// TestQuitEndsIt, and says when there was none.
func TestQuitEndsIt(t *testing.T) {
	t.Parallel()
	p := newProgram(t, append(newHarness(t).secrets(), "CODABRIDGE_TUNNEL=none")...)
	p.start("serve")
	p.awaitPhase(app.PhaseLocal)
	if out := p.must("quit"); !strings.Contains(out, "has ended") {
		t.Errorf("%s", out)
	}
	p.ended()
	if _, code := p.run("quit"); code != exitNotRunning {
		t.Errorf("none is running: exit %d", code)
	}
}

// TestFilesOfOthersInTheDataFolderStay: the owner may have named a folder of
// theirs.
func TestFilesOfOthersInTheDataFolderStay(t *testing.T) {
	t.Parallel()
	p := newProgram(t, append(newHarness(t).secrets(), "CODABRIDGE_TUNNEL=none")...)
	p.home(map[string]string{"data/letter.txt": "dear", "data/state.txt": "mine", "data/photos/cat.jpg": "cat",
		"data/codabridge-backup.json": "kept", "data/doctor-notes.txt": "mine"})
	p.start("serve")
	p.awaitPhase(app.PhaseLocal)
	out, code := p.run("uninstall", "--yes")
	if code != 1 || !strings.Contains(out, "letter.txt") {
		t.Errorf("%d %s", code, out)
	}
	p.ended()
	for path := range tree(t, p.dir) {
		if filepath.Base(path) == "codabridge-backup.json" {
			continue
		}
		if strings.Contains(filepath.Base(path), "codabridge") || strings.HasSuffix(path, ".db") || strings.HasSuffix(path, ".json") {
			t.Errorf("%s is left", path)
		}
	}
	for _, name := range []string{"letter.txt", "state.txt", "photos/cat.jpg", "codabridge-backup.json", "doctor-notes.txt"} {
		if !exists(t, p.dir, name) {
			t.Errorf("%s is not ours, and is gone", name)
		}
	}
}

// TestABackupBringsSettingsAndConnectionsBack: on another computer, so to speak,
// a client goes on without a new sign-in.
func TestABackupBringsSettingsAndConnectionsBack(t *testing.T) {
	t.Parallel()
	w := twoDocs(t)
	p, s := online(t, w)
	chat := newAssistant(t, w.edge.Client(), s.PublicURL)
	chat.connect(func(code string) { p.must("approve", code) })
	p.act("toolset", "toolset", "custom", "tools", "search", "tools", "fetch")
	file := p.home(nil)("safe.json")
	if out := p.must("backup", file); !strings.Contains(out, "are not") {
		t.Errorf("%s", out)
	}
	text, err := os.ReadFile(file)
	if info, _ := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v %v", err, info.Mode())
	}
	p.clean(string(text))
	if strings.Contains(string(text), chat.tokens["access_token"].(string)) {
		t.Error("a token that could be used stands in it")
	}
	if out, code := p.run("backup", file); code != 1 || !strings.Contains(out, "is there already") {
		t.Errorf("over a file: %d %s", code, out)
	}
	if out, code := p.run("backup", "--restore", file); code != 1 || !strings.Contains(out, "codabridge quit") {
		t.Errorf("while it runs: %d %s", code, out)
	}
	p.must("quit")
	p.ended()
	if err := os.RemoveAll(p.dir); err != nil {
		t.Fatal(err)
	}
	for name, bad := range map[string]string{
		"no.json": "hello", "other.json": "{}", "newer.json": `{"codabridge_backup": 2}`, "settings.json": `{"codabridge_backup": 1, "database": {}, "config": {"listen": "nowhere"}}`,
		"half.json": `{"codabridge_backup": 1, "config": {}}`, "none.json": `{"codabridge_backup": 1, "database": null}`, "twice.json": `{"codabridge_backup": 1, "database": {}}{}`,
		"table.json": `{"codabridge_backup": 1, "database": {"sqlite_master": [{"name": "x"}]}}`, "column.json": `{"codabridge_backup": 1, "database": {"clients": [{"id": "x", "id) VALUES (1); --": 1}]}}`,
	} {
		if out, code := p.run("backup", "--restore", p.home(map[string]string{name: bad})(name)); code != 1 || !strings.Contains(out, "not restored") {
			t.Errorf("%s: %d %s", name, code, out)
		}
	}
	out := p.must("backup", "--restore", file)
	if kept, err := filepath.Glob(filepath.Join(p.dir, "before-restore-*.json")); err != nil || len(kept) != 1 || !strings.Contains(out, kept[0]) {
		t.Errorf("%q %v\n%s", kept, err, out)
	}
	p.start("serve")
	if s := p.awaitPhase(app.PhaseOnline); s.Toolset.Name != "custom" || len(s.Connections) != 1 {
		t.Errorf("%+v %+v", s.Toolset, s.Connections)
	}
	if !chat.sees("fetch") || chat.sees("coda_get_row") {
		t.Error("the client is not let in as before")
	}
}
