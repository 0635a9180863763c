//go:build conformance

package conformance

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"codabridge/app/desktop/desktest"
	"codabridge/server/coda/codatest"
)

// onWindows is a house whose bridge is the Windows program, with its usual data
// folder. Without a token in the environment it has that of the keyring.
func onWindows(t *testing.T, env ...string) *house {
	t.Helper()
	w := newWine(t, env...)
	h := furnish(t)
	h.wine, h.data = w, w.local("codabridge")
	if err := os.Mkdir(h.data, 0o700); err != nil { // the house looks for secrets in it, whatever a test does
		t.Fatal(err)
	}
	h.env = slices.DeleteFunc(h.env, func(v string) bool {
		return strings.HasPrefix(v, "CODABRIDGE_DATA_DIR=") || strings.HasPrefix(v, "CODABRIDGE_NGROK_CA_FILE=")
	})
	h.env = append(h.env, "CODABRIDGE_NGROK_CA_FILE="+w.path(h.edge.WriteCA(h.dir)))
	return h
}

// says runs a command and gives what it printed and its exit code.
func (h *house) says(env []string, stdin string, args ...string) (out string, code int) {
	h.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	cmd := h.program(ctx, args...)
	cmd.Env = append(cmd.Env, env...)
	cmd.Stdin = strings.NewReader(stdin)
	b, err := output(cmd)
	if ctx.Err() != nil || err != nil && cmd.ProcessState == nil {
		h.t.Fatalf("codabridge %v: %v: %s", args, err, b)
	}
	h.note(string(b))
	return strings.ReplaceAll(string(b), "\r\n", "\n"), cmd.ProcessState.ExitCode()
}

// want runs a command that has to succeed and to say something.
func (h *house) want(env []string, words string, args ...string) {
	h.t.Helper()
	if out, code := h.says(env, "", args...); code != 0 || !strings.Contains(out, words) {
		h.t.Errorf("codabridge %s: exit %d, and %q does not stand in %q", strings.Join(args, " "), code, words, out)
	}
}

// withoutToken is the environment of a bridge that has no secret but those in
// the keyring.
func (h *house) withoutToken() []string {
	return slices.DeleteFunc(slices.Clone(h.env), func(v string) bool {
		return strings.HasPrefix(v, "CODABRIDGE_CODA_TOKEN=") || strings.HasPrefix(v, "NGROK_AUTHTOKEN=")
	})
}

// TestTheWindowsProgramServes drives the owner's channel there, which is a named
// pipe: an instance, a second one, commands, a browser, the doctor, a client
// through the tunnel, the end, and a start after it was killed.
func TestTheWindowsProgramServes(t *testing.T) {
	t.Parallel()
	opened := filepath.Join(t.TempDir(), "opened")
	browser := t.TempDir()
	script := fmt.Sprintf("#!/bin/sh\nprintf %%s \"$1\" > %s.new && mv %[1]s.new %[1]s\n", opened)
	if err := os.WriteFile(filepath.Join(browser, "xdg-open"), []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	h := onWindows(t)
	// What opens pages here is wine's, which asks xdg-open.
	h.wine.reg(t, "add", `HKCR\.html`, "/ve", "/d", "htmlfile", "/f")
	h.env = append(h.env, "PATH="+browser+":"+os.Getenv("PATH"))
	h.want(nil, "windows/amd64", "version")
	if out, code := h.says(h.ownEnv(), "", "status"); code != 3 || !strings.Contains(out, "is not running") {
		t.Errorf("status without an instance: exit %d %q", code, out)
	}
	h.start()
	if _, err := os.Stat(filepath.Join(h.data, "control.sock")); err == nil {
		t.Error("there is a socket where a pipe is meant")
	}
	out, code := h.says(h.env, "", "serve", "--listen", "127.0.0.1:0")
	if code != 1 || !strings.Contains(out, "running already") || !strings.Contains(out, "codabridge open") {
		t.Errorf("a second one: exit %d %q", code, out)
	}
	if out, code := h.says(h.env, "", "--at-login"); code != 0 || strings.TrimSpace(out) != "" {
		t.Errorf("a second one at login: exit %d %q", code, out)
	}
	h.want(h.ownEnv(), h.issuer(), "status")
	h.want(h.ownEnv(), "Nobody is connected yet", "connections")

	// The folder in another spelling is the same folder.
	odd := strings.ToUpper(h.wine.path(h.data))
	h.want(h.ownEnv(), h.issuer(), "status", "--data-dir", odd)

	h.want(append(h.ownEnv(), "PATH="+browser+":"+os.Getenv("PATH")), "", "open")
	desktest.Eventually(t, "the browser is started", func() bool { _, err := os.Stat(opened); return err == nil })
	b, err := os.ReadFile(opened)
	if err != nil || strings.Contains(string(b), "key=") || !strings.Contains(string(b), "codabridge-open-") {
		t.Errorf("the browser was started with %q: %v", b, err)
	}

	g := h.judge(t, h.issuer())
	program, err := goClient()
	if err != nil {
		t.Fatal(err)
	}
	h.must(t, client{name: "gosdk", program: program, args: []string{h.issuer() + "/mcp", "modern"}, env: append(h.byProxy(), "ACCESS_TOKEN="+g.access)})

	h.doctorIsContent(t)
	h.restart("kill")
	h.want(h.ownEnv(), "no assistant gets in", "stop")
	h.want(h.ownEnv(), "Started", "start")
}

// doctorIsContent wants no check to fail but those of an internet that is not
// there.
func (h *house) doctorIsContent(t *testing.T) {
	t.Helper()
	out, _ := h.says(h.env, "", "doctor", "--json")
	var report struct {
		Checks []struct{ Name, Status, Means string }
	}
	if err := json.Unmarshal([]byte(out[strings.Index(out, "{"):]), &report); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	ok := map[string]bool{}
	for _, c := range report.Checks {
		ok[c.Name] = c.Status == "ok"
		t.Logf("doctor: %s %s: %s", c.Status, c.Name, c.Means)
	}
	for _, name := range []string{"instance", "database", "ports", "ngrok session", "sign-in", "tools/list"} {
		if !ok[name] {
			t.Errorf("the doctor is not content with %s", name)
		}
	}
}

// TestTheWindowsKeyringKeepsTheToken: the Credential Manager, for the doctor and
// for a stdio that is alone.
func TestTheWindowsKeyringKeepsTheToken(t *testing.T) {
	t.Parallel()
	h := onWindows(t)
	env := h.withoutToken()
	if out, code := h.says(env, codatest.Token+"\n", "login", "coda"); code != 0 {
		t.Fatalf("login: exit %d %q", code, out)
	}
	if out := h.wine.must(t, "cmd.exe", "/c", "dir", "/s", "/b", h.wine.path(h.data)); strings.Contains(out, "token") {
		t.Errorf("the data folder: %s", out)
	}
	if out, _ := h.says(env, "", "doctor"); !strings.Contains(out, "holds the Coda token") {
		t.Errorf("the doctor does not find the token: %s", out)
	}
	if out, code := h.says(env, callOf(1, "coda_list_documents", `{}`), "stdio"); code != 0 || !strings.Contains(out, "Product Roadmap") {
		t.Errorf("stdio alone: exit %d %q", code, out)
	}
	h.want(env, "", "logout", "coda")
	if out, _ := h.says(env, callOf(1, "coda_list_documents", `{}`), "stdio"); !strings.Contains(out, "login coda") {
		t.Errorf("after logout: %q", out)
	}
}

// modernMeta is what each request of the modern protocol says of its client.
const modernMeta = `"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28",` +
	`"io.modelcontextprotocol/clientInfo":{"name":"house","version":"1"},"io.modelcontextprotocol/clientCapabilities":{}}`

// callOf is a call of a tool as a line of the modern protocol.
func callOf(id int, tool, arguments string) string {
	return fmt.Sprintf(`{"jsonrpc":"2.0","id":%d,"method":"tools/call","params":{"name":%q,"arguments":%s,%s}}`+"\n", id, tool, arguments, modernMeta)
}

// TestAWindowsStdioJoinsAndLosesNothing: alone, with an instance, after that was
// killed, with the next, and at the end with more answers to come than the pipe
// holds.
func TestAWindowsStdioJoinsAndLosesNothing(t *testing.T) {
	t.Parallel()
	h := onWindows(t)
	cmd := h.program(t.Context(), "stdio", "--client", "claude-desktop")
	cmd.Env = append(cmd.Env, h.env...)
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	answers := make(chan string, 1000)
	read, err := h.lines(cmd, &tail{}, func(line string) {
		if strings.HasPrefix(line, "{") {
			answers <- line
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	over := make(chan error, 1)
	go func() { over <- read() }()
	id := 0
	say := func(line string) {
		t.Helper()
		if _, err := io.WriteString(in, line); err != nil {
			t.Fatal(err)
		}
	}
	ask := func() {
		t.Helper()
		id++
		say(callOf(id, "coda_list_documents", `{}`))
	}
	hear := func(when string, n int) {
		t.Helper()
		for range n {
			if a := <-answers; !strings.Contains(a, `"result"`) || strings.Contains(a, `"isError":true`) {
				t.Errorf("%s: %s", when, a)
			}
		}
	}
	joined := func() {
		t.Helper()
		desktest.Eventually(t, "the stdio joins", func() bool {
			out, err := h.command("status", "--json")
			return err == nil && strings.Contains(out, "Claude Desktop")
		})
	}
	ask()
	hear("alone", 1)
	h.start()
	joined()
	ask()
	hear("joined", 1)
	h.restart("kill")
	joined()
	ask()
	hear("with the next instance", 1)
	const lists = 60 // of some 20,000 bytes each
	for range lists {
		id++
		say(fmt.Sprintf(`{"jsonrpc":"2.0","id":%d,"method":"tools/list","params":{%s}}`+"\n", id, modernMeta))
	}
	if err := in.Close(); err != nil {
		t.Fatal(err)
	}
	hear("at the end", lists)
	if err := <-over; err != nil {
		t.Error(err)
	}
}

// TestTheWindowsDataFolderIsForThisUserAlone: one that others may read is closed
// where it is ours or empty, and left alone where it holds other things.
func TestTheWindowsDataFolderIsForThisUserAlone(t *testing.T) {
	t.Parallel()
	h := onWindows(t)
	mode := func(name string, files ...string) (string, func() os.FileMode) {
		dir := filepath.Join(h.wine.prefix, "drive_c", name)
		for _, f := range files {
			h.wine.write(t, filepath.Join(dir, f), nil)
		}
		if err := errors.Join(os.MkdirAll(dir, 0o755), os.Chmod(dir, 0o755)); err != nil {
			t.Fatal(err)
		}
		return h.wine.path(dir), func() os.FileMode {
			info, err := os.Stat(dir)
			if err != nil {
				t.Fatal(err)
			}
			return info.Mode().Perm()
		}
	}
	token := codatest.Token + "\n"
	dir, at := mode("empty")
	// Wine gives what administrators may to the group, and adds what the drive
	// lets others; that the rights were set shows in the group's.
	if out, code := h.says(h.withoutToken(), token, "login", "coda", "--data-dir", dir); code != 0 || at() == 0o755 {
		t.Errorf("an empty folder: exit %d %s, %o", code, out, at())
	}
	dir, at = mode("foreign", "letter.txt")
	if out, code := h.says(h.withoutToken(), token, "login", "coda", "--data-dir", dir); code != 1 || !strings.Contains(out, "open to other users") || at() != 0o755 {
		t.Errorf("somebody's folder: exit %d %s, %o", code, out, at())
	}
}

// TestRoomsOnWindows runs the tests of the rooms that have code of their own for
// Windows. What it passes over are links, and expectations of paths of Linux.
func TestRoomsOnWindows(t *testing.T) {
	t.Parallel()
	w := newWine(t)
	for room, skip := range map[string]string{
		"app/control": "^$", "app/autostart": "^$", "app/programs": "ReadOnlyLinksModesAndFolders|TheInstalledProgramIsNamed",
	} {
		into := filepath.Join(scratch, strings.ReplaceAll(room, "/", "-")+".exe")
		if err := buildForWindows(into, "test", "-vet=off", "-c", "-o", into, "codabridge/"+room); err != nil {
			t.Fatal(err)
		}
		cmd := w.command(t.Context(), into, "-test.skip", skip)
		cmd.Dir = filepath.Join("..", "..", "..", filepath.FromSlash(room))
		cmd.Env = append(cmd.Env, "PATH="+os.Getenv("PATH"), "HOME="+w.prefix)
		out, _ := output(cmd)
		said := 0
		for line := range strings.Lines(string(out)) {
			switch {
			case strings.Contains(line, "TempDir RemoveAll cleanup"): // wine before 9 knows no POSIX semantics of removal
				said++
			case strings.Contains(line, "panic:"), strings.Contains(line, ".go:"):
				t.Errorf("%s: %s", room, strings.TrimSpace(line))
			case strings.HasPrefix(line, "PASS"):
				said++
			}
		}
		if said == 0 {
			t.Errorf("%s: nothing was tried: %s", room, out)
		}
	}
}

// TestWindowsStartsItAtLogin by the Run key, unless Task Manager's own switch
// says no.
func TestWindowsStartsItAtLogin(t *testing.T) {
	t.Parallel()
	h := onWindows(t)
	const run = `HKCU\Software\Microsoft\Windows\CurrentVersion\Run`
	const approved = `HKCU\Software\Microsoft\Windows\CurrentVersion\Explorer\StartupApproved\Run`
	env := h.ownEnv()
	h.want(env, "Start at login is off", "autostart")
	h.want(env, "starts when you log in", "autostart", "on")
	if got := h.wine.reg(t, "query", run, "/v", "codabridge"); !strings.Contains(got, `"`+h.wine.path(h.wine.exe)+`" --at-login`) {
		t.Errorf("the Run key: %s", got)
	}
	h.want(env, "Start at login is on", "autostart")
	h.wine.reg(t, "add", approved, "/v", "codabridge", "/t", "REG_BINARY", "/d", "030000000000000000000000", "/f")
	h.want(env, "Windows has switched it off", "autostart")
	if out, code := h.says(env, "", "autostart", "on"); code != 1 || !strings.Contains(out, "Settings, Apps, Startup") {
		t.Errorf("over Windows' own switch: exit %d %q", code, out)
	}
	h.wine.reg(t, "add", approved, "/v", "codabridge", "/t", "REG_BINARY", "/d", "020000000000000000000000", "/f")
	h.want(env, "Start at login is on", "autostart")
	h.want(env, "does not start when you log in", "autostart", "off")
	if got := h.wine.reg(t, "query", run); strings.Contains(got, "codabridge") {
		t.Errorf("the Run key after off: %s", got)
	}
}

// TestWindowsProgramsAreConnectedAndUninstallLeavesNothing: every folder of Claude
// Desktop, that of its store package too; the bytes of a file come back; and at
// the end nothing of ours is found on the drive, in the registry, in the keyring.
func TestWindowsProgramsAreConnectedAndUninstallLeavesNothing(t *testing.T) {
	t.Parallel()
	h := onWindows(t)
	w, env := h.wine, h.withoutToken()
	const claude, text = "claude_desktop_config.json", "{\r\n  \"theme\": \"dark\"\r\n}\r\n"
	files := []string{
		w.home("AppData", "Roaming", "Claude", claude),
		w.local("Packages", "Claude_pzs8sxrjxfjjc", "LocalCache", "Roaming", "Claude", claude),
		w.local("Claude-Data", "claude_1", claude),
	}
	for _, f := range files {
		w.write(t, f, []byte(text))
	}
	w.write(t, w.home(".codex", "config.toml"), []byte("model = \"x\"\r\n"))
	for _, name := range []string{"claude-desktop", "codex"} {
		h.want(env, "is connected", "programs", "connect", name)
	}
	for _, f := range append(slices.Clone(files), w.home(".codex", "config.toml")) {
		b, err := os.ReadFile(f)
		exe := strings.ReplaceAll(w.path(w.exe), `\`, `\\`)
		if err != nil || !strings.Contains(string(b), exe) && !strings.Contains(string(b), w.path(w.exe)) || !strings.Contains(string(b), "stdio") {
			t.Errorf("%s: %v %q", f, err, b)
		}
	}
	h.want(env, "Claude Desktop", "programs")
	h.want(env, "no longer connected", "programs", "disconnect", "claude-desktop")
	for _, f := range files {
		if b, err := os.ReadFile(f); err != nil || string(b) != text {
			t.Errorf("%s after it was disconnected: %v %q", f, err, b)
		}
	}
	h.want(env, "is connected", "programs", "connect", "claude-desktop")
	h.want(env, "", "autostart", "on")
	if out, code := h.says(env, codatest.Token+"\n", "login", "coda"); code != 0 {
		t.Fatalf("login: exit %d %q", code, out)
	}
	h.env = env
	bridge := h.serveUnready()
	h.want(env, "Nothing of codabridge is left", "uninstall", "--yes")
	if err := <-bridge; err != nil {
		t.Errorf("the instance ended with %v", err)
	}
	if _, err := os.Stat(h.data); err == nil {
		t.Error("the data folder is left")
	}
	if out, _ := h.says(env, "", "doctor"); strings.Contains(out, "holds the Coda token") {
		t.Errorf("the token is left: %s", out)
	}
	if got := w.reg(t, "query", `HKCU\Software\Microsoft`, "/s"); strings.Contains(got, "codabridge") {
		t.Errorf("the registry: %s", got)
	}
	for _, f := range files {
		if b, err := os.ReadFile(f); err != nil || string(b) != text {
			t.Errorf("%s after all: %v %q", f, err, b)
		}
	}
	if err := os.Mkdir(h.data, 0o700); err != nil { // the house looks for secrets in it
		t.Error(err)
	}
}

// serveUnready starts a bridge that waits for its owner, and gives how it ends.
func (h *house) serveUnready() <-chan error {
	h.t.Helper()
	cmd := h.program(context.Background(), "serve", "--listen", "127.0.0.1:0", "--owner-listen", "127.0.0.1:0", "--tunnel", "none")
	cmd.Env = append(cmd.Env, h.env...)
	ended := make(chan error, 1)
	ready := make(chan struct{})
	var once sync.Once
	read, err := h.lines(cmd, &tail{}, func(line string) {
		if strings.HasPrefix(line, "MCP on this computer") {
			once.Do(func() { close(ready) })
		}
	})
	if err != nil {
		h.t.Fatal(err)
	}
	go func() { ended <- read() }()
	<-ready
	return ended
}

// TestWindowsShowsTheIcon in a panel, opens its menu, and ends when Quit is
// chosen in it.
func TestWindowsShowsTheIcon(t *testing.T) {
	t.Parallel()
	d := desktest.StartDesktop(t, desktest.Dark)
	empty := d.Shot(t, "")
	h := onWindows(t, "DISPLAY="+d.Display)
	h.env = append(h.env, "CODABRIDGE_TUNNEL=none")
	cmd := h.program(context.Background(), "--listen", "127.0.0.1:0", "--owner-listen", "127.0.0.1:0")
	cmd.Env = append(cmd.Env, h.env...)
	read, err := h.lines(cmd, &tail{}, func(string) {})
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- read() }()
	desktest.Eventually(t, "the panel shows the icon", func() bool { return changed(empty, d.Shot(t, "windows-icon"), desktest.Icon) > 80 })
	below := image.Rect(0, desktest.PanelHeight, 800, 600)
	d.Click(t, 3)
	desktest.Eventually(t, "the menu opens", func() bool { return changed(empty, d.Shot(t, "windows-menu"), below) > 10000 })
	d.Xdotool(t, "key", "Up")
	d.Shot(t, "windows-menu-quit")
	d.Xdotool(t, "key", "Return")
	select {
	case err := <-ended:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(patience):
		t.Error("Quit does not end it")
	}
}

// TestADoubleClickOnWindowsLeavesNoWindow: the console that opens for the program
// goes, and the program stays.
func TestADoubleClickOnWindowsLeavesNoWindow(t *testing.T) {
	t.Parallel()
	d := desktest.StartDesktop(t, desktest.Dark)
	empty := d.Shot(t, "")
	h := onWindows(t, "DISPLAY="+d.Display)
	start := h.wine.command(t.Context(), filepath.Join(h.wine.prefix, "drive_c", "windows", "system32", "start.exe"),
		h.wine.path(h.wine.exe), "--listen", "127.0.0.1:0", "--owner-listen", "127.0.0.1:0")
	start.Env = append(append(start.Env, h.env...), "CODABRIDGE_TUNNEL=none")
	if out, err := output(start); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	desktest.Eventually(t, "the panel shows the icon", func() bool { return changed(empty, d.Shot(t, ""), desktest.Icon) > 80 })
	below := image.Rect(0, desktest.PanelHeight, 800, 600)
	desktest.Eventually(t, "the window closes", func() bool { return changed(empty, d.Shot(t, "windows-double-click"), below) == 0 })
	h.want(h.ownEnv(), "Ready", "status")
	h.want(h.ownEnv(), "started anew", "restart")
	h.want(h.ownEnv(), "has ended", "quit")
}

// changed is how many pixels of r differ.
func changed(before, after image.Image, r image.Rectangle) (n int) {
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for x := r.Min.X; x < r.Max.X; x++ {
			if before.At(x, y) != after.At(x, y) {
				n++
			}
		}
	}
	return n
}
