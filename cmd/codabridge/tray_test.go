package main

import (
	"image"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"codabridge/app"
	"codabridge/app/desktop/desktest"
)

// trayProgram is a program on a session bus of its own with a panel watching,
// and stubs for the browser and the clipboard.
func trayProgram(t *testing.T, bus *desktest.Bus, env ...string) (p *program, browser *desktest.Stub) {
	t.Helper()
	if runtime.GOOS != "linux" {
		t.Skip("needs D-Bus: Linux")
	}
	browser = desktest.StartStub(t, "xdg-open", "0")
	p = newProgram(t, env...)
	p.env = append(p.env, "DBUS_SESSION_BUS_ADDRESS="+bus.Addr, "DISPLAY=:99999", "PATH="+browser.Path())
	return p, browser
}

func TestTheTrayStartsStopsAndTells(t *testing.T) {
	t.Parallel()
	w, bus := newHarness(t), desktest.StartBus(t)
	watcher := desktest.StartWatcher(t, bus)
	notes := desktest.StartNotifications(t, bus)
	p, browser := trayProgram(t, bus, w.secrets()...)
	p.start()
	s := p.awaitPhase(app.PhaseOnline)
	item := watcher.Item(t)
	desktest.Eventually(t, "the tooltip with the URL", func() bool { return strings.Contains(item.Tooltip(t), s.PublicURL) })
	online := item.Icon(t)
	desktest.Eventually(t, "the menu of a running bridge", func() bool {
		m := item.Menu(t)
		_, stop := m.Find("Stop")
		return stop && len(m) <= 12
	})

	item.Click(t, "Stop")
	p.awaitPhase(app.PhaseOff)
	desktest.Eventually(t, "another icon when stopped", func() bool { return !same(online, item.Icon(t)) })
	item.Activate(t) // a left click starts what is set up and stopped
	p.awaitPhase(app.PhaseOnline)
	clickable(t, item, "Pause")
	item.Click(t, "Pause")
	p.await("a pause", func(s app.State) bool { return s.Paused && s.Phase == app.PhaseOnline })
	clickable(t, item, "Resume")
	item.Click(t, "Resume")
	p.await("the end of the pause", func(s app.State) bool { return !s.Paused })

	item.Click(t, "Read-only")
	p.await("read-only", func(s app.State) bool { return s.ReadOnly })
	if b, err := os.ReadFile(filepath.Join(p.dir, "config.json")); err != nil || !strings.Contains(string(b), `"read_only": true`) {
		t.Errorf("the switch is not remembered: %s %v", b, err)
	}
	item.Click(t, "Read-only")
	p.await("read-only off", func(s app.State) bool { return !s.ReadOnly })

	item.Click(t, "Doctor")
	if link := desktest.LinkIn(t, browser.Next(t)); !strings.HasPrefix(link, s.OwnerURL+"/#key=") || !strings.HasSuffix(link, "=doctor") {
		t.Errorf("opened %q", link)
	}
	item.Activate(t) // a left click on a running bridge opens its page
	if link := desktest.LinkIn(t, browser.Arg(t, 1)); !strings.HasPrefix(link, s.OwnerURL+"/#key=") || strings.Contains(link, "doctor") {
		t.Errorf("opened %q", link)
	}

	chat := newAssistant(t, w.edge.Client(), s.PublicURL)
	chat.discover()
	chat.ask()
	from := p.await("the request", func(s app.State) bool { return len(s.Waiting) == 1 }).Waiting[0].Address
	if n := notes.Next(t); !strings.Contains(n.Body, "chatgpt.com asks") || !strings.Contains(n.Body, "from "+from+".") || !strings.Contains(n.Body, "you started this yourself") {
		t.Errorf("notification %+v", n)
	}
	desktest.Eventually(t, "a line for the waiting request", func() bool {
		_, there := item.Menu(t).Find("1 sign-in waits… (chatgpt.com, " + from + ")")
		return there
	})
	chat.clientID, chat.redirect = claudeCode, claudeCodeRedirect
	chat.ask()
	desktest.Eventually(t, "a line for both", func() bool {
		_, there := item.Menu(t).Find("2 sign-ins wait…")
		return there
	})

	item.Click(t, "Quit codabridge")
	select {
	case <-p.over:
		if p.err != nil {
			t.Errorf("quit: %v", p.err)
		}
	case <-t.Context().Done():
	}
}

// clickable waits until the menu has a line that can be clicked.
func clickable(t *testing.T, item desktest.Item, label string) {
	t.Helper()
	desktest.Eventually(t, "the line "+label, func() bool {
		line, there := item.Menu(t).Find(label)
		return there && line.Enabled
	})
}

// TestTheTrayLetsAConnectionWriteForAWhile: the one that called last, at once,
// and ends it again.
func TestTheTrayLetsAConnectionWriteForAWhile(t *testing.T) {
	t.Parallel()
	w, bus := twoDocs(t), desktest.StartBus(t)
	watcher := desktest.StartWatcher(t, bus)
	p, _ := trayProgram(t, bus, append(w.secrets(), "CODABRIDGE_TUNNEL=none")...)
	p.start()
	s, item := p.awaitPhase(app.PhaseLocal), watcher.Item(t)
	chat := newAssistant(t, &http.Client{}, s.LocalURL+"/mcp")
	chat.clientID, chat.redirect = registerLoopback(t, s.LocalURL)
	chat.connect(func(code string) { p.must("approve", code) })
	refused := func() bool { return strings.Contains(chat.said("coda_create_rows", oneRow), `"isError":true`) }
	if !refused() || w.coda.Count("upsertRows") != 0 {
		t.Fatal("approved for reading, it wrote")
	}
	who := p.await("the last call", func(s app.State) bool { return s.Writing.Client != "" }).Writing.Client
	allow := "Allow " + who + " to write for 30 minutes"
	clickable(t, item, allow)
	item.Click(t, allow)
	until := p.await("a leave to write", func(s app.State) bool { return !s.Writing.Until.IsZero() }).Writing
	if refused() || w.coda.Count("upsertRows") != 1 {
		t.Error("it may write, and could not")
	}
	clickable(t, item, until.Line())
	item.Click(t, until.Line())
	p.await("its end", func(s app.State) bool { return s.Writing.Until.IsZero() })
	if !refused() || w.coda.Count("upsertRows") != 1 {
		t.Error("it wrote after the end")
	}
}

func TestWithoutATrayHostThePageOpensInstead(t *testing.T) {
	t.Parallel()
	w, bus := newHarness(t), desktest.StartBus(t)
	p, browser := trayProgram(t, bus, append(w.secrets(), "CODABRIDGE_TUNNEL=none")...)
	p.start()
	if link := desktest.LinkIn(t, browser.Next(t)); !strings.Contains(link, "/#key=") {
		t.Errorf("opened %q", link)
	}
	p.awaitPhase(app.PhaseLocal)
	if !strings.Contains(p.out.String(), "shows no tray icons") {
		t.Errorf("it does not say that there is no tray: %s", p.out)
	}
	p.stop(syscall.SIGTERM)
}

func TestWithoutASessionBusItGoesOn(t *testing.T) {
	t.Parallel()
	w := newHarness(t)
	p := newProgram(t, append(w.secrets(), "CODABRIDGE_TUNNEL=none")...)
	p.start()
	p.awaitPhase(app.PhaseLocal)
	desktest.Eventually(t, "the word about it", func() bool { return strings.Contains(p.out.String(), "no desktop session") })
	p.stop(syscall.SIGTERM)
}

func TestASecondStartShowsTheFirst(t *testing.T) {
	t.Parallel()
	w, bus := newHarness(t), desktest.StartBus(t)
	desktest.StartWatcher(t, bus)
	p, browser := trayProgram(t, bus, append(w.secrets(), "CODABRIDGE_TUNNEL=none")...)
	p.start()
	p.awaitPhase(app.PhaseLocal)
	if out := p.must(); !strings.Contains(out, "running already") {
		t.Errorf("second start: %s", out)
	}
	if link := desktest.LinkIn(t, browser.Next(t)); !strings.Contains(link, "/#key=") {
		t.Errorf("opened %q", link)
	}
}

func same(a, b image.Image) bool {
	if a.Bounds() != b.Bounds() {
		return false
	}
	for y := a.Bounds().Min.Y; y < a.Bounds().Max.Y; y++ {
		for x := a.Bounds().Min.X; x < a.Bounds().Max.X; x++ {
			if a.At(x, y) != b.At(x, y) {
				return false
			}
		}
	}
	return true
}
