package main

import (
	"database/sql"
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"

	"codabridge/app"
	"codabridge/app/config"
	"codabridge/app/desktop/desktest"
)

// releases is a feed with one release, and how often it was asked.
// Those that named what they had are counted too.
func releases(t *testing.T, version string) (address string, asked, same *atomic.Int32) {
	t.Helper()
	asked, same = &atomic.Int32{}, &atomic.Int32{}
	door := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		if r.Header.Get("If-None-Match") == `"one"` {
			same.Add(1)
			w.WriteHeader(http.StatusNotModified)
			return
		}
		w.Header().Set("ETag", `"one"`)
		fmt.Fprintf(w, `<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>tag:example.org,2008:Repository/1/%s</id></entry></feed>`, version)
	}))
	t.Cleanup(door.Close)
	return door.URL + "/codabridge/releases.atom", asked, same
}

// TestNewerVersionsAreAskedForOnlyWithAYes, then at once, and not again at the
// next start. The tray, the notification and the command tell it with a link.
func TestNewerVersionsAreAskedForOnlyWithAYes(t *testing.T) {
	t.Parallel()
	feed, asked, same := releases(t, "v9.1.0")
	bus := desktest.StartBus(t)
	watcher, notes := desktest.StartWatcher(t, bus), desktest.StartNotifications(t, bus)
	w := twoDocs(t)
	p, _ := trayProgram(t, bus, append(w.secrets(), "CODABRIDGE_TUNNEL=none", "CODABRIDGE_UPDATES_FEED="+feed)...)
	p.start()
	s := p.awaitPhase(app.PhaseLocal)
	if out := p.must("updates"); !strings.Contains(out, "asks nobody") || s.Updates.Decided || !s.Updates.Known || asked.Load() != 0 {
		t.Errorf("before a yes: %s, asked %d times", out, asked.Load())
	}
	if out := p.must("updates", "on"); !strings.Contains(out, "once a week") {
		t.Error(out)
	}
	s = p.await("the newer version", func(s app.State) bool { return s.Updates.Newest == "v9.1.0" })
	if want := strings.TrimSuffix(feed, ".atom") + "/tag/v9.1.0"; s.Updates.Link != want {
		t.Errorf("the link is %s, want %s", s.Updates.Link, want)
	}
	if n := nextBut(t, notes, indexDone); n.Title != "codabridge v9.1.0 is out" {
		t.Errorf("%q", n.Title)
	}
	clickable(t, watcher.Item(t), "codabridge v9.1.0 is out…")
	if out := p.must("status"); !strings.Contains(out, "newer version") || !strings.Contains(out, s.Updates.Link) {
		t.Error(out)
	}
	p.stop(syscall.SIGTERM)
	p.start()
	p.await("what is remembered", func(s app.State) bool { return s.Updates.Newest == "v9.1.0" && s.Updates.On })
	if out := p.must("updates", "check"); !strings.Contains(out, s.Updates.Link) || asked.Load() != 2 || same.Load() != 1 {
		t.Errorf("%s; asked %d times, of which %d with the tag of before the restart", out, asked.Load(), same.Load())
	}
	p.must("updates", "off")
	if v, err := (config.Config{DataDir: p.dir}).Now("updates"); v != "off" || err != nil {
		t.Errorf("remembered: %q %v", v, err)
	}
}

// updatesHTTP: with the setting it is asked at the start.
func updatesHTTP(t *testing.T) {
	feed, asked, _ := releases(t, "v0.0.1")
	p, s := serving(t, twoDocs(t), "CODABRIDGE_UPDATES=on", "CODABRIDGE_UPDATES_FEED="+feed)
	s = p.await("an answer", func(s app.State) bool { return !s.Updates.Checked.IsZero() })
	if asked.Load() != 1 || !p.local(s.LocalURL).sees("search") {
		t.Errorf("asked %d times", asked.Load())
	}
}

// TestAFeedThatIsNoneIsSaid, and a build that knows none asks nobody.
func TestAFeedThatIsNoneIsSaid(t *testing.T) {
	t.Parallel()
	page := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, "<!doctype html><title>no</title>"+strings.Repeat("x", 1<<20))
	}))
	defer page.Close()
	p, _ := serving(t, twoDocs(t), "CODABRIDGE_UPDATES_FEED="+page.URL)
	if out, code := p.run("updates", "check"); code != 1 || !strings.Contains(out, "not to be had") {
		t.Errorf("exit %d: %s", code, out)
	}
	p, _ = serving(t, twoDocs(t))
	if out, code := p.run("updates", "check"); code != 1 || !strings.Contains(out, "does not know where its releases are published") {
		t.Errorf("exit %d: %s", code, out)
	}
	if out := p.must("updates"); !strings.Contains(out, "asks nobody") {
		t.Error(out)
	}
	if out, code := p.run("updates", "on"); code != 1 || !strings.Contains(out, "asks nobody") {
		t.Errorf("a yes that nobody could keep: exit %d: %s", code, out)
	}
}

// updated starts the program anew as one that was older when it ran last.
func (p *program) updated() {
	p.t.Helper()
	p.stop(syscall.SIGTERM)
	db, err := sql.Open("sqlite", filepath.Join(p.dir, "state.db"))
	if err != nil {
		p.t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec("UPDATE settings SET value = 'v0.0.0-older' WHERE key = 'version'"); err != nil {
		p.t.Fatal(err)
	}
	p.start("serve")
}

// TestWhatIsNewIsShownOnceAfterAnUpdate: not at the first start, and not again
// once it was read.
func TestWhatIsNewIsShownOnceAfterAnUpdate(t *testing.T) {
	t.Parallel()
	p, s := serving(t, twoDocs(t))
	if s.Updates.New != "" {
		t.Errorf("at the first start: %+v", s.Updates)
	}
	p.updated()
	s = p.awaitPhase(app.PhaseLocal)
	if s.Updates.New != s.Version {
		t.Errorf("after an update: %+v", s.Updates)
	}
	p.stop(syscall.SIGTERM)
	p.start("serve") // it was not read yet
	s = p.awaitPhase(app.PhaseLocal)
	if s.Updates.New != s.Version {
		t.Errorf("it was not read yet: %+v", s.Updates)
	}
	p.act("news/seen")
	p.stop(syscall.SIGTERM)
	p.start("serve")
	s = p.awaitPhase(app.PhaseLocal)
	if s.Updates.New != "" {
		t.Errorf("it was read: %+v", s.Updates)
	}
}
