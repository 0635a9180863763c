//go:build conformance

package conformance

import (
	"context"
	"image"
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
