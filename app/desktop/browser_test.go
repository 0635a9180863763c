package desktop

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"codabridge/app/desktop/desktest"
)

const ownerLink = "http://127.0.0.1:8086/?a=1&b=2#key=x%20y;$(id)"

func TestBrowserGetsTheLinkUnharmedAndWritesNothingToUs(t *testing.T) {
	needUnix(t)
	stub := desktest.StartStub(t, "xdg-open", "0")
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "PATH="+stub.Path(), "OPEN_PAGE="+ownerLink, "OPEN_FOLDER="+t.TempDir())
	out, err := cmd.CombinedOutput()
	if err != nil || len(out) > 0 {
		t.Errorf("output %q %v: in stdio mode it would break the protocol", out, err)
	}
	if got := desktest.LinkIn(t, stub.Next(t)); got != ownerLink {
		t.Errorf("the browser is led to %q", got)
	}
}

func TestRealXdgOpenPassesTheFileOn(t *testing.T) {
	needUnix(t)
	desktest.Need(t, "xdg-open", "xdg-utils")
	stub := desktest.StartStub(t, "browser-stub", "0")
	t.Setenv("BROWSER", filepath.Join(stub.Dir, "browser-stub"))
	t.Setenv("DISPLAY", "")
	t.Setenv("WAYLAND_DISPLAY", "")
	folder := filepath.Join(t.TempDir(), "a folder, 100% & more")
	if err := os.Mkdir(folder, 0o700); err != nil {
		t.Fatal(err)
	}
	remove, err := OpenLink(t.Context(), folder, ownerLink)
	if err != nil {
		t.Fatal(err)
	}
	if got := desktest.LinkIn(t, stub.Next(t)); got != ownerLink {
		t.Errorf("the browser is led to %q", got)
	}
	remove()
	if left, err := os.ReadDir(folder); err != nil || len(left) > 0 {
		t.Errorf("%v %v: the link stays on the disk", left, err)
	}
}

// TestABrowserFromASnapGetsItsOwnFolder: it may not read hidden folders.
func TestABrowserFromASnapGetsItsOwnFolder(t *testing.T) {
	needUnix(t)
	home, settings := t.TempDir(), desktest.StartStub(t, "xdg-open", "0")
	t.Setenv("HOME", home)
	t.Setenv("PATH", settings.Path())
	common := filepath.Join(home, "snap", "firefox", "common")
	for name, want := range map[string]string{"firefox_firefox.desktop": common, "firefox.desktop": home, "gone_gone.desktop": home, "../x_y": home} {
		script := "#!/bin/sh\necho '" + name + "'\n"
		if err := errors.Join(os.MkdirAll(common, 0o755), os.WriteFile(filepath.Join(settings.Dir, "xdg-settings"), []byte(script), 0o755)); err != nil {
			t.Fatal(err)
		}
		if _, err := OpenLink(t.Context(), home, ownerLink); err != nil {
			t.Fatal(err)
		}
		args := settings.Args()
		if got := args[len(args)-1]; !strings.HasPrefix(got, "file://"+want+"/codabridge-open-") || desktest.LinkIn(t, got) != ownerLink {
			t.Errorf("%s: %s", name, got)
		}
		RemoveLinks(home)
		if left, _ := filepath.Glob(filepath.Join(want, "codabridge-open-*")); len(left) > 0 {
			t.Errorf("%s: %v is left", name, left)
		}
	}
}

func TestBrowserThatCannotBeOpenedIsSaid(t *testing.T) {
	needUnix(t)
	stub, folder := desktest.StartStub(t, "xdg-open", "3"), t.TempDir()
	t.Setenv("PATH", stub.Path())
	if _, err := OpenLink(t.Context(), folder, ownerLink); err == nil || strings.Contains(err.Error(), "key=") {
		t.Errorf("a helper that fails at once: %v", err)
	}
	t.Setenv("PATH", t.TempDir())
	if _, err := OpenLink(t.Context(), folder, ownerLink); !errors.Is(err, ErrNoOpener) {
		t.Errorf("no helper: %v", err)
	}
	for _, bad := range []string{"file:///etc/passwd", "javascript:alert(1)", "--help", "", "http://"} {
		if _, err := OpenLink(t.Context(), folder, bad); err == nil || errors.Is(err, ErrNoOpener) {
			t.Errorf("%q was not refused: %v", bad, err)
		}
	}
	if left, err := os.ReadDir(folder); err != nil || len(left) > 0 {
		t.Errorf("%v %v: the link stays on the disk", left, err)
	}
}

func TestOpenerOfEachSystem(t *testing.T) {
	found := func(name string) (string, error) { return "/bin/" + name, nil }
	for goos, want := range map[string]string{
		"linux": "/bin/xdg-open A", "darwin": "/bin/open A", "windows": "/bin/rundll32 url.dll,FileProtocolHandler A",
	} {
		if got := strings.Join(opener(goos, found, "A"), " "); got != want {
			t.Errorf("%s: %q", goos, got)
		}
	}
}

func TestDisplayIsWhereABrowserWouldBeSeen(t *testing.T) {
	for _, c := range []struct {
		name, goos string
		env        map[string]string
		want       bool
	}{
		{"a server over SSH has none", "linux", map[string]string{"SSH_CONNECTION": "x"}, false},
		{"X11", "linux", map[string]string{"DISPLAY": ":0"}, true},
		{"Wayland without X", "linux", map[string]string{"WAYLAND_DISPLAY": "wayland-0"}, true},
		{"a Mac", "darwin", nil, true},
		{"a Mac over SSH", "darwin", map[string]string{"SSH_CONNECTION": "x"}, false},
		{"Windows", "windows", nil, true},
	} {
		if got := hasDisplay(c.goos, func(k string) string { return c.env[k] }); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}
