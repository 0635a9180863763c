package desktop

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"codabridge/app/desktop/desktest"
	"codabridge/app/folder"
	"codabridge/server/fault"
)

// TestMain lets the test program stand for a second one that wants the lock,
// and for one whose output is watched while it opens a browser.
func TestMain(m *testing.M) {
	switch {
	case os.Getenv("HOLD_LOCK") != "":
		_, err := Lock(os.Getenv("HOLD_LOCK"))
		os.Stdout.WriteString("held: " + map[bool]string{true: "yes", false: "no"}[err == nil] + "\n")
		_, _ = os.Stdin.Read(make([]byte, 1)) // until the test lets go
		os.Exit(0)
	case os.Getenv("OPEN_PAGE") != "":
		if _, err := OpenLink(context.Background(), os.Getenv("OPEN_FOLDER"), os.Getenv("OPEN_PAGE")); err != nil {
			os.Stderr.WriteString(err.Error())
		}
		os.Exit(0)
	}
	goleak.VerifyTestMain(m)
}

func needUnix(t *testing.T) {
	t.Helper()
	if runtime.GOOS == "windows" || runtime.GOOS == "darwin" {
		t.Skip("of Linux and its kin only")
	}
}

func TestClipboardHoldsTheTextForOtherPrograms(t *testing.T) {
	needUnix(t)
	xclip := desktest.Need(t, "xclip", "xclip")
	t.Setenv("WAYLAND_DISPLAY", "")
	t.Setenv("DISPLAY", ":987")
	if err := CopyText("x"); !errors.Is(err, ErrNoClipboard) {
		t.Errorf("no display: %v", err)
	}
	t.Setenv("DISPLAY", desktest.StartXvfb(t))
	const text = "https://quiet-öttér.ngrok-free.app/\nsecond line"
	if err := CopyText(text); err != nil {
		t.Fatal(err)
	}
	got, err := exec.Command(xclip, "-o", "-selection", "clipboard").Output()
	if err != nil || string(got) != text {
		t.Errorf("%q %v", got, err)
	}
}

func TestNotificationArrives(t *testing.T) {
	needUnix(t)
	for _, c := range []struct{ name, capability, wantBody string }{
		{"a stranger's markup is shown as text", "body-markup", `&lt;a href=&#34;x&#34;&gt;ChatGPT&lt;/a&gt; second &amp; line`},
		{"a server without markup gets it plain", "body", `<a href="x">ChatGPT</a> second & line`},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := desktest.StartBus(t)
			t.Setenv("DBUS_SESSION_BUS_ADDRESS", b.Addr)
			ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
			defer cancel()
			if err := Notify(ctx, "t", "b", nil); err == nil {
				t.Error("no notification server: want an error")
			}
			server := desktest.StartNotifications(t, b, c.capability)
			if err := Notify(ctx, "A connection waits\x1b[2J", "<a href=\"x\">ChatGPT</a>\nsecond & \u202eline", nil); err != nil {
				t.Fatal(err)
			}
			n := server.Next(t)
			if n.App != "codabridge" || n.Title != "A connection waits[2J" || n.Body != c.wantBody {
				t.Errorf("%q %q %q", n.App, n.Title, n.Body)
			}
			picture, _ := n.Hints["image-data"].Value().([]any)
			if len(picture) != 7 || len(picture[6].([]byte)) != 48*48*4 {
				t.Error("the program's icon is missing")
			}
		})
	}
}

func TestOneProgramPerDataFolder(t *testing.T) {
	dir := t.TempDir()
	hold := func() (string, func()) {
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), "HOLD_LOCK="+dir)
		if _, err := cmd.StdinPipe(); err != nil {
			t.Fatal(err)
		}
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		kill := func() { _ = cmd.Process.Kill(); _ = cmd.Wait() }
		t.Cleanup(kill)
		b := make([]byte, 64)
		n, _ := out.Read(b)
		return strings.TrimSpace(string(b[:n])), kill
	}
	first, kill := hold()
	if first != "held: yes" {
		t.Fatal(first)
	}
	if second, _ := hold(); second != "held: no" {
		t.Errorf("a second program: %s", second)
	}
	if _, err := Lock(dir); !errors.Is(err, ErrLocked) || !strings.Contains(err.Error(), dir) {
		t.Errorf("%v does not name the folder", err)
	}
	kill() // as by kill -9
	held, err := Lock(dir)
	if err != nil {
		t.Fatalf("the lock outlived its program: %v", err)
	}
	held.Release()
	held, err = Lock(dir)
	if err != nil {
		t.Fatal(err)
	}
	held.Release()
}

func TestDataFolderIsClosedToOthers(t *testing.T) {
	needUnix(t)
	mode := func(dir string) os.FileMode {
		info, err := os.Stat(dir)
		if err != nil {
			t.Fatal(err)
		}
		return info.Mode().Perm()
	}
	home := t.TempDir()
	t.Setenv("HOME", home)
	t.Setenv("XDG_DATA_HOME", "relative/is/ignored")
	dir, err := DataDir("")
	if err != nil || dir != filepath.Join(home, ".local/share/codabridge") || mode(dir) != 0o700 {
		t.Errorf("%s %v", dir, err)
	}
	open := filepath.Join(home, "open")
	if err := os.Mkdir(open, 0o755); err != nil {
		t.Fatal(err)
	}
	dir, err = DataDir(open)
	if err != nil || dir != open || mode(open) != 0o700 {
		t.Errorf("an empty folder: %s %v", dir, err)
	}
	foreign := filepath.Join(home, "foreign")
	if err := errors.Join(os.Mkdir(foreign, 0o755), os.WriteFile(filepath.Join(foreign, "letter.txt"), nil, 0o644)); err != nil {
		t.Fatal(err)
	}
	_, err = DataDir(foreign)
	if err == nil || mode(foreign) != 0o755 {
		t.Errorf("somebody's folder was closed or taken: %v", err)
	}
	if err := os.WriteFile(filepath.Join(foreign, "config.json"), []byte("{}"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err = DataDir(foreign)
	if err != nil || mode(foreign) != 0o700 {
		t.Errorf("a folder with our config: %v", err)
	}
}

// TestADataFolderNeedsNoHome: a service may have a folder for its data and no
// home.
func TestADataFolderNeedsNoHome(t *testing.T) {
	needUnix(t)
	if runtime.GOOS == "darwin" {
		t.Skip("macOS keeps data under the home alone")
	}
	t.Setenv("HOME", "")
	t.Setenv("XDG_DATA_HOME", "/srv/data")
	if dir, err := folder.Find(""); err != nil || dir != "/srv/data/codabridge" {
		t.Errorf("%s %v", dir, err)
	}
	t.Setenv("XDG_DATA_HOME", "")
	if dir, err := folder.Find(""); err == nil || !strings.Contains(err.Error(), "--data-dir") {
		t.Errorf("neither of both: %s %v", dir, err)
	}
}

func TestPlainCutsLongText(t *testing.T) {
	if got := fault.ClipLine(strings.Repeat("ä", 500), 80); len([]rune(got)) != 80 || !bytes.HasSuffix([]byte(got), []byte("…")) {
		t.Error(got)
	}
}

// TestAClickOnANotificationIsHeard, of the one that was clicked alone, and one
// that is closed is not.
func TestAClickOnANotificationIsHeard(t *testing.T) {
	needUnix(t)
	b := desktest.StartBus(t)
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", b.Addr)
	server := desktest.StartNotifications(t, b, "body", "actions")
	for _, c := range []struct {
		name string
		do   func(id uint32)
		want bool
	}{
		{"clicked", func(id uint32) { server.Click(t, id) }, true},
		{"closed", func(id uint32) { server.Close(t, id) }, false},
		{"another is clicked first", func(id uint32) { server.Click(t, id+100); server.Close(t, id) }, false},
	} {
		clicked, over := make(chan bool, 1), make(chan error)
		go func() {
			over <- Notify(t.Context(), "A change waits", "Look.", func() { clicked <- true })
		}()
		n := server.Next(t)
		if len(n.Actions) != 2 || n.Actions[0] != "default" {
			t.Errorf("%s: %v", c.name, n.Actions)
		}
		c.do(n.ID)
		if err := <-over; err != nil || (len(clicked) == 1) != c.want {
			t.Errorf("%s: %v, heard %d", c.name, err, len(clicked))
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	over := make(chan error)
	go func() { over <- Notify(ctx, "t", "b", func() { t.Error("nobody clicked") }) }()
	server.Next(t)
	cancel()
	<-over // it does not outlive the program
}
