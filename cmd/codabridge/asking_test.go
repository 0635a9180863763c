package main

import (
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"codabridge/app"
	"codabridge/app/desktop/desktest"
)

// TestAChangeWaitsForTheOwner: a yes is for exactly this change, works once, and
// outlives the program; a no reaches the model with its word.
func TestAChangeWaitsForTheOwner(t *testing.T) {
	t.Parallel()
	w := twoDocs(t)
	p, s := serving(t, w)
	chat := p.local(s.LocalURL)
	p.must("allow", s0(t, p), "ask")
	row := func(name string) map[string]any {
		return map[string]any{"document": alpha, "table": "Things", "rows": []any{map[string]any{"Name": name}}}
	}
	pending := func() (all []app.PendingChange) {
		t.Helper()
		if err := json.Unmarshal([]byte(p.must("pending", "--json")), &all); err != nil {
			t.Fatal(err)
		}
		return all
	}
	answer := func(name, command string, more ...string) string {
		t.Helper()
		out := make(chan string, 1)
		go func() { out <- chat.said("coda_create_rows", row(name)) }()
		p.await("a change that waits", func(s app.State) bool { return s.Changes.Waiting == 1 })
		if out := p.must("status"); !strings.Contains(out, "1 for your yes") {
			t.Errorf("status does not say so: %s", out)
		}
		all := pending()
		if len(all) != 1 || !strings.Contains(string(all[0].Arguments), name) || !strings.Contains(all[0].Sentence, "Add 1 row") {
			t.Fatalf("%s waits as %+v", name, all)
		}
		p.must(append([]string{command, all[0].ID}, more...)...)
		return <-out
	}
	if out := answer("One", "approve-change"); !strings.Contains(out, "ch-") || w.coda.Count("upsertRows") != 1 {
		t.Errorf("yes: %s", out)
	}
	if out := answer("Two", "refuse-change", "--word", "not today"); !strings.Contains(out, "not today") || w.coda.Count("upsertRows") != 1 {
		t.Errorf("no: %s", out)
	}
	if out := answer("Three", "approve-change", "--always"); !strings.Contains(out, "ch-") || w.coda.Count("upsertRows") != 2 {
		t.Errorf("always: %s", out)
	}
	if !recorded(chat.said) || len(pending()) != 0 {
		t.Error("after always it was asked again")
	}
}

// s0 is the id of the one connection.
func s0(t *testing.T, p *program) string {
	t.Helper()
	return p.await("a connection", func(s app.State) bool { return len(s.Connections) == 1 }).Connections[0].ID
}

// share wants a kind of change that always asks, as it is out of the box.
var share = map[string]any{"document": alpha, "access": "comment", "with": "email", "who": "a@b.example"}

// refusing says no to the next change that waits while a call is made, and gives
// the call's answer.
func refusing(t *testing.T, p *program, call func() string) string {
	t.Helper()
	out := make(chan string, 1)
	go func() { out <- call() }()
	p.await("a change that waits", func(s app.State) bool { return s.Changes.Waiting == 1 })
	var all []app.PendingChange
	if err := json.Unmarshal([]byte(p.must("pending", "--json")), &all); err != nil || len(all) != 1 {
		t.Fatalf("%+v %v", all, err)
	}
	p.must("refuse-change", all[0].ID)
	return <-out
}

// asksAlways tells that sharing asks, and does not when nothing always does.
func asksAlways(t *testing.T, w *harness, p *program, said func(string, map[string]any) string) {
	t.Helper()
	if out := refusing(t, p, func() string { return said("coda_share_document", share) }); !strings.Contains(out, "the owner said no") || w.coda.Count("addPermission") != 0 {
		t.Errorf("on: %s", out)
	}
	p.act("changes/ask-always")
	if out := said("coda_share_document", share); !strings.Contains(out, "ch-") || w.coda.Count("addPermission") != 1 {
		t.Errorf("off: %s", out)
	}
	p.act("changes/ask-always", "kind", "deletes", "kind", "sharing")
	other := maps.Clone(share)
	other["who"] = "c@d.example"
	if out := refusing(t, p, func() string { return said("coda_share_document", other) }); !strings.Contains(out, "the owner said no") {
		t.Errorf("on again: %s", out)
	}
	if out := p.must("ask-always"); !strings.Contains(out, "deletes") || strings.Count(out, "always asks") != 2 {
		t.Errorf("the list says %s", out)
	}
	for _, args := range [][]string{{"ask-always", "everything"}, {"ask-always", ","}} {
		if out, exit := p.run(args...); exit != 2 {
			t.Errorf("%v: %d %s", args, exit, out)
		}
	}
}

func askAlwaysSwitch(t *testing.T) {
	w := twoDocs(t)
	p, s := serving(t, w, "CODABRIDGE_TOOLSET=full")
	asksAlways(t, w, p, p.local(s.LocalURL).said)
}

func askAlwaysSwitchStdio(t *testing.T) {
	w := twoDocs(t)
	p, _ := serving(t, w, "CODABRIDGE_TOOLSET=full")
	s := startStdio(p)
	p.joins(1)
	asksAlways(t, w, p, s.said)
	s.end()
}

func askAlwaysHTTP(t *testing.T) {
	w := twoDocs(t)
	p, s := serving(t, w, "CODABRIDGE_ASK_ALWAYS=deletes")
	chat := p.local(s.LocalURL)
	if !recorded(chat.said) {
		t.Error("a new row was not written at once")
	}
	deletes := map[string]any{"document": alpha, "table": "Things", "rows": []any{rowOf(t, chat.said)}}
	if out := refusing(t, p, func() string { return chat.said("coda_delete_rows", deletes) }); !strings.Contains(out, "the owner said no") || w.coda.Count("deleteRows") != 0 {
		t.Errorf("it does not ask: %s", out)
	}
}

// askAlwaysStdio: a stdio alone asks, too; who answers is the instance that the
// owner starts meanwhile.
func askAlwaysStdio(t *testing.T) {
	w := twoDocs(t)
	p := newProgram(t, append(w.secrets(), "CODABRIDGE_TUNNEL=none")...)
	writeConfig(t, p, `{"toolset": "full"}`)
	s := startStdio(p)
	out := make(chan string, 1)
	go func() { out <- s.said("coda_share_document", share) }()
	desktest.Eventually(t, "the question", func() bool { return exists(t, p.dir, changesFile) })
	p.start("serve")
	if said := refusing(t, p, func() string { return <-out }); !strings.Contains(said, "the owner said no") || w.coda.Count("addPermission") != 0 {
		t.Errorf("it does not ask: %s", said)
	}
	s.end()
}

// rowOf is the id of the first row.
func rowOf(t *testing.T, said func(string, map[string]any) string) string {
	t.Helper()
	out := said("coda_list_rows", map[string]any{"document": alpha, "table": "Things"})
	id := regexp.MustCompile(`\\"(i-[^\\"]+)`).FindStringSubmatch(out)
	if id == nil {
		t.Fatalf("there is no row: %s", out)
	}
	return id[1]
}

// TestADocIsDeletedByNoRoadWithoutAYes: by a tool, by a call of the API, by an
// action of the OpenAPI door with a key, and by putting back that it was made.
func TestADocIsDeletedByNoRoadWithoutAYes(t *testing.T) {
	t.Parallel()
	w := twoDocs(t)
	p, s := serving(t, w, "CODABRIDGE_TOOLSET=full")
	chat := p.local(s.LocalURL)
	key := regexp.MustCompile(`cbk_\S+`).FindString(p.must("keys", "add", "script", "--write"))
	action := func(tool string, args map[string]any) string {
		req, err := http.NewRequest(http.MethodPost, s.LocalURL+"/actions/"+tool, strings.NewReader(mustJSON(t, args)))
		if err != nil {
			t.Error(err)
			return ""
		}
		req.Header.Set("Authorization", "Bearer "+key)
		req.Header.Set("Content-Type", "application/json")
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Error(err)
			return ""
		}
		defer resp.Body.Close()
		body, err := io.ReadAll(resp.Body)
		if err != nil {
			t.Error(err)
		}
		return string(body)
	}
	made := regexp.MustCompile(`ch-\w+`).FindString(chat.said("coda_create_document", map[string]any{"title": "New"}))
	if made == "" {
		t.Fatal("no doc was made")
	}
	byCall := map[string]any{"operation": "deleteDoc", "arguments": map[string]any{"docId": beta}}
	for road, call := range map[string]func() string{
		"tool":             func() string { return chat.said("coda_delete_document", map[string]any{"document": alpha}) },
		"call of the API":  func() string { return chat.said("coda_api_call", byCall) },
		"putting back":     func() string { return chat.said("coda_undo_change", map[string]any{"changes": []any{made}}) },
		"action":           func() string { return action("coda_delete_document", map[string]any{"document": alpha}) },
		"action of a call": func() string { return action("coda_api_call", byCall) },
	} {
		if out := refusing(t, p, call); !strings.Contains(out, "the owner said no") || w.coda.Count("deleteDoc") != 0 {
			t.Errorf("%s: %s", road, out)
		}
	}
	p.must("undo", made, "--yes") // the owner is not asked by what they do themselves
	if w.coda.Count("deleteDoc") != 1 {
		t.Error("the owner could not put it back")
	}
}
