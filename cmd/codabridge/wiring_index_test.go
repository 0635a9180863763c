package main

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"codabridge/app"
	"codabridge/app/desktop/desktest"
)

func indexSwitch(t *testing.T) {
	p, s := serving(t, twoDocs(t))
	p.await("a complete index", indexComplete)
	chat := p.local(s.LocalURL)
	p.act("index/enabled", "on", "false")
	if finds(chat.said, alphaRow) || exists(t, p.dir, "index.db") {
		t.Error("it is off, and searched or kept")
	}
	p.act("index/enabled", "on", "true")
	p.await("a complete index", indexComplete)
	if !finds(chat.said, alphaRow) {
		t.Error("it is on, and not searched")
	}
}

func indexSwitchStdio(t *testing.T) {
	p, _ := serving(t, twoDocs(t))
	p.await("a complete index", indexComplete)
	s := startStdio(p)
	if !finds(s.said, alphaRow) {
		t.Error("it is on, and not searched")
	}
	p.act("index/enabled", "on", "false")
	if finds(s.said, alphaRow) {
		t.Error("it is off, and searched")
	}
	s.end()
}

// pauseSwitch: what was read stays, and nothing more is read.
func pauseSwitch(t *testing.T) {
	w := twoDocs(t)
	p, s := serving(t, w)
	p.await("a complete index", indexComplete)
	p.act("index/pause", "on", "true")
	if !finds(p.local(s.LocalURL).said, alphaRow) {
		t.Error("a paused index is not searched")
	}
	p.stop(syscall.SIGTERM)
	if err := os.Remove(filepath.Join(p.dir, "index.db")); err != nil {
		t.Fatal(err)
	}
	read := w.coda.Count("listRows")
	p.start("serve")
	s = p.awaitPhase(app.PhaseLocal)
	if finds(p.local(s.LocalURL).said, alphaRow) || w.coda.Count("listRows") != read {
		t.Error("a paused crawler has read")
	}
	p.act("index/pause", "on", "false")
	p.await("a complete index", indexComplete)
}

func pauseSwitchStdio(t *testing.T) {
	p, _ := serving(t, twoDocs(t))
	p.await("a complete index", indexComplete)
	s := startStdio(p)
	p.act("index/pause", "on", "true")
	if !finds(s.said, alphaRow) {
		t.Error("a paused index is not searched")
	}
	s.end()
}

func rebuildSwitch(t *testing.T) {
	w := twoDocs(t)
	p, _ := serving(t, w)
	p.await("a complete index", indexComplete)
	read := w.coda.Count("listRows")
	p.act("index/rebuild")
	desktest.Eventually(t, "the rows are read again", func() bool { return w.coda.Count("listRows") >= 2*read })
	p.await("a complete index", indexComplete)
}

func rebuildSwitchStdio(t *testing.T) {
	w := twoDocs(t)
	p, _ := serving(t, w)
	p.await("a complete index", indexComplete)
	s, read := startStdio(p), w.coda.Count("listRows")
	p.act("index/rebuild")
	desktest.Eventually(t, "the rows are read again", func() bool { return w.coda.Count("listRows") >= 2*read })
	p.await("a complete index", indexComplete)
	if !finds(s.said, alphaRow) {
		t.Error("the index that was made anew is not searched")
	}
	s.end()
}

func excludeSwitch(t *testing.T) {
	p, s := serving(t, twoDocs(t))
	p.await("a complete index", indexComplete)
	excludes(t, p, p.local(s.LocalURL).said)
}

func excludeSwitchStdio(t *testing.T) {
	p, _ := serving(t, twoDocs(t))
	p.await("a complete index", indexComplete)
	s := startStdio(p)
	excludes(t, p, s.said)
	s.end()
}

func excludes(t *testing.T, p *program, say func(string, map[string]any) string) {
	t.Helper()
	p.act("index/exclude", "doc", beta, "on", "true")
	if !finds(say, alphaRow) || finds(say, betaRow) {
		t.Error("a search does not find what it may, or finds what was left out")
	}
	p.act("index/exclude", "doc", beta, "on", "false")
	desktest.Eventually(t, "the doc is found again", func() bool { return finds(say, betaRow) })
}
