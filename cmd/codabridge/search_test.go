package main

import (
	"slices"
	"strings"
	"testing"

	"codabridge/app"
	"codabridge/server/coda/codatest"
)

// TestSearchTakesDashesForWords: -word leaves a word out, as the help offers,
// and the flags of codabridge stay flags wherever they stand.
func TestSearchTakesDashesForWords(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ line, flags, words string }{
		{"fox -jumps", "", "fox -jumps"},
		{"-jumps fox", "", "-jumps fox"},
		{"fox -type:row -doc:x", "", "fox -type:row -doc:x"},
		{"--data-dir /x fox -jumps", "--data-dir /x", "fox -jumps"},
		{"fox -jumps --data-dir=/x high", "--data-dir=/x", "fox -jumps high"},
		{"fox --read-only high", "--read-only", "fox high"},
		{"fox --jumps", "", "fox --jumps"},
		{"fox -- --data-dir -h --", "", "fox --data-dir -h --"},
		{"-h", "-h", ""},
		{"fox --data-dir", "--data-dir", "fox"},
	} {
		cmd, args, err := newRoot().Find(append([]string{"search"}, strings.Fields(c.line)...))
		if err != nil {
			t.Errorf("%s: %v", c.line, err)
			continue
		}
		cmd.InitDefaultHelpFlag()
		flags, words := ownFlags(cmd, args)
		if !slices.Equal(flags, strings.Fields(c.flags)) || !slices.Equal(words, strings.Fields(c.words)) {
			t.Errorf("%s: flags %q, words %q", c.line, flags, words)
		}
	}
}

// TestSearchFromATerminalWithoutAnInstance: what is typed well gets as far as
// asking the instance, which is not there.
func TestSearchFromATerminalWithoutAnInstance(t *testing.T) {
	t.Parallel()
	p := newProgram(t)
	empty := t.TempDir()
	for _, c := range []struct {
		code int
		args []string
	}{
		{exitNotRunning, []string{"search", "fox", "-jumps"}},
		{exitNotRunning, []string{"search", "--data-dir", empty, "fox", "-jumps"}},
		{exitNotRunning, []string{"--data-dir", empty, "search", "fox", "--", "-h"}},
		{exitUsage, []string{"search"}},
		{exitUsage, []string{"search", "--"}},
		{exitUsage, []string{"search", "fox", "--data-dir"}},
		{0, []string{"search", "--help"}},
		{0, []string{"search", "-h"}},
	} {
		if out, code := p.run(c.args...); code != c.code {
			t.Errorf("%q: exit %d, want %d: %s", c.args, code, c.code, out)
		}
	}
}

// TestSearchFromATerminalAsksLiveForNames that the index could not get yet.
func TestSearchFromATerminalAsksLiveForNames(t *testing.T) {
	t.Parallel()
	w := newSmallWorld(t)
	w.coda.Set(func(k *codatest.Knobs) { k.Fail, k.FailStatus, k.FailOperation = 2, 500, "listPages" })
	p := newProgram(t, w.secrets()...)
	p.start("serve")
	s := p.await("an index without names", func(s app.State) bool { return s.Index.Trouble != "" && s.Index.Docs == 2 })
	page := ""
	for _, d := range codatest.Sample().Docs {
		if d.ID == s.Index.Documents[0].ID {
			page = d.Pages[0].Name
		}
	}
	out := p.must("search", page, "type:page")
	if !strings.Contains(out, page+" · ") || !strings.Contains(out, "live") {
		t.Errorf("%q was not found live: %s", page, out)
	}
}
