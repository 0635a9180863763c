package main

import (
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"codabridge/app"
	"codabridge/app/control"
	"codabridge/server/fault"
)

// systemCall is what errors of files begin with in Go, and nobody else says.
var systemCall = regexp.MustCompile(`\b(mkdir|open|stat|listen tcp) [/:"]`)

// TestAMistakeHasTheSameExitCodeEverywhere: 2 for what means nothing, 1 for what
// is not there or cannot be done, whoever finds it.
func TestAMistakeHasTheSameExitCodeEverywhere(t *testing.T) {
	t.Parallel()
	w := twoDocs(t)
	p, s := serving(t, w)
	recorded(p.local(s.LocalURL).said)
	p.must("keys", "add", "Nightly report", "--write")
	for _, c := range []struct {
		command string
		exit    int
		says    string
	}{
		{"changes --since zzz", 2, `"zzz" is no time`}, {"activity --since zzz", 2, `"zzz" is no time`},
		{"changes --since 2099-01-01", 2, "still to come"}, {"activity --since 2099-01-01", 2, "still to come"},
		{"changes --since yesterday", 0, "Added 1 row"}, {"activity --since yesterday", 0, "coda_create_rows"},
		{"changes --since 3d", 0, "Added 1 row"}, {"changes --since today", 0, ""},
		{"changes --connection zzz", 1, `There is no connection "zzz"`}, {"activity --connection zzz", 1, `There is no connection "zzz"`},
		{"changes --connection Nightly-report", 1, "Did you mean Nightly report?"}, {"activity --connection NightlyReprt", 1, "Nightly report"},
		{"changes --connection NIGHTLY\u00a0report", 1, "no connection"}, {"activity --connection this\u00a0computer", 1, "no connection"},
		{"allow zzz read", 1, `There is no connection "zzz"`}, {"allow  read", 2, "Say which connection"},
		{"allow stdio zzz", 2, "Say read, ask, write"}, {"allow stdio 25h", 2, "Say read, ask, write"},
		{"approve-change ask-zzz", 1, "waits for an answer"}, {"approve-change ask-zzz --for banana", 2, "Say for how long"}, {"approve-change ", 2, "by its ID"}, {"programs connect zzz", 2, "no program"},
		{"keys add x --days 0", 2, "--days with a number of days from 1 on"}, {"keys add x --days 99999", 2, "1 to 3650"}, {"keys revoke zzz", 1, "no access key"},
		{"keys add ", 2, "Give the key a name"}, {"client-ids add x --redirect zzz", 2, "whole redirect addresses"},
		{"undo ch-zzz", 1, "no change"}, {"changes show ch-zzz", 1, "no change"}, {"ask-always zzz", 2, "deletes"},
		{"backup no/such/folder", 1, `"no/such/folder" cannot be written: `}, {"backup ", 1, `"" cannot be written: `},
		{"backup --restore no/such/file", 1, "no/such/file was not restored: "},
		{"status --data-dir=", 2, "names no folder"}, {"uninstall --yes --data-dir=", 2, "names no folder"},
		{"keys list --data-dir=/dev/null/x", 1, "/dev/null/x"}, {"serve --data-dir=/dev/null/x", 1, "the data folder /dev/null/x cannot be made: "},
		{"notifications zzz off", 2, ""}, {"revoke zzz", 1, ""},
	} {
		out, exit := p.run(strings.Split(c.command, " ")...)
		if exit != c.exit || systemCall.MatchString(out) || !strings.Contains(out, c.says) {
			t.Errorf("codabridge %s: %d %s; want %d %s", c.command, exit, out, c.exit, c.says)
		}
	}
	client := control.NewClient(p.dir)
	for _, c := range [][]string{
		{"changes/list", "limit", "0"}, {"changes/list", "limit", "zzz"}, {"changes/list", "limit", "1.5"}, {"changes/list", "state", "zzz"}, {"changes/list", "since", "zzz"},
		{"activity", "limit", "-1"}, {"activity", "result", "zzz"}, {"activity", "follow", "zzz"}, {"changes/undo", "how", "zzz"}, {"changes/undo"},
		{"changes/undo-since", "connection", "stdio"}, {"changes/undo-since", "since", "1h"}, {"changes/undo-since", "connection", "stdio", "since", "zzz"},
		{"changes/answer", "id", "x", "yes", "perhaps"}, {"keys/add", "name", "x", "policy", "zzz"}, {"keys/add", "name", "x", "days", "soon"},
		{"toolset", "toolset", "zzz"}, {"toolset", "toolset", "custom"}, {"toolset", "toolset", "custom", "tools", "coda_list_docs"},
		{"notifications", "kind", "zzz", "on", "true"}, {"changes/ask-always", "kind", "zzz"}, {"link", "view", "zzz"}, {"allow", "connection", "", "policy", "read"},
	} {
		if err := client.Do(t.Context(), c[0], nil, c[1:]...); !fault.Is(err, fault.CodeInput) {
			t.Errorf("%v: %v", c, err)
		}
	}
	for _, c := range [][]string{{"changes/list", "older", "ch-zzz"}, {"changes/list", "connection", "zzz"}, {"activity", "connection", "zzz"}, {"allow", "connection", "zzz", "policy", "read"}} {
		if err := client.Do(t.Context(), c[0], nil, c[1:]...); err == nil || fault.Is(err, fault.CodeInput) || !strings.HasSuffix(err.Error(), ".") {
			t.Errorf("%v: %v", c, err)
		}
	}
}

// TestANewDocWithSomethingInItAsksOnceMore before it goes: the command and the
// page's action put the same question.
func TestANewDocWithSomethingInItAsksOnceMore(t *testing.T) {
	t.Parallel()
	w := twoDocs(t)
	p, s := serving(t, w, "CODABRIDGE_TOOLSET=full")
	chat := p.local(s.LocalURL)
	chat.said("coda_create_document", map[string]any{"title": "New"})
	made := listedChanges(t, p)[0]
	chat.said("coda_create_page", map[string]any{"document": made.Document, "name": "More"})
	if out, exit := p.run("undo", made.ID); exit != 1 || !strings.Contains(out, "this was added to it") || w.coda.Count("deleteDoc") != 0 {
		t.Errorf("the command: %d %s", exit, out)
	}
	var answer struct{ Results []app.UndoResult }
	if err := control.NewClient(p.dir).Do(t.Context(), "changes/undo", &answer, "id", made.ID); err != nil ||
		answer.Results[0].Question == nil || w.coda.Count("deleteDoc") != 0 {
		t.Errorf("the action: %+v %v", answer, err)
	}
	yes := exec.Command(built, "undo", made.ID)
	yes.Env, yes.Stdin = p.env, strings.NewReader("y\n")
	if out, err := yes.CombinedOutput(); err != nil || strings.Count(string(out), "added to it") != 1 || !strings.Contains(string(out), "Put back.") ||
		w.coda.Count("deleteDoc") != 1 {
		t.Errorf("with a yes: %v %s", err, out)
	}
}

// TestSeveralArePutBackThoughOneCannotBe, and each is told of.
func TestSeveralArePutBackThoughOneCannotBe(t *testing.T) {
	t.Parallel()
	w := twoDocs(t)
	p, s := serving(t, w, "CODABRIDGE_TOOLSET=full")
	chat := p.local(s.LocalURL)
	before := w.coda.Snapshot()
	recorded(chat.said)
	chat.said("coda_create_document", map[string]any{"title": "Made by an assistant"})
	all := listedChanges(t, p)
	if len(all) != 2 || all[0].DocName != "Made by an assistant" || all[0].Document == "" {
		t.Fatalf("the list has %+v", all)
	}
	out, exit := p.run("undo", all[0].ID, "ch-zzz", all[1].ID, all[0].ID, "ch-zzz")
	if exit != 1 || strings.Count(out, "There is no change") != 1 || strings.Count(out, "Put back.") != 2 || !strings.Contains(out, "ch-zzz: There is no change") {
		t.Errorf("undo: %d %s", exit, out)
	}
	if now := w.coda.Snapshot(); !sameWorkspace(before, now) {
		t.Errorf("it is not as before: %v", now)
	}
	if out := p.must("changes"); !strings.Contains(out, `Deleted the doc "Made by an assistant"`) || strings.Contains(out, all[0].Document) {
		t.Errorf("the list says %s", out)
	}
}
