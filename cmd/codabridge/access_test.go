package main

import (
	"encoding/json"
	"net/http"
	"strings"
	"syscall"
	"testing"

	"codabridge/app"
	"codabridge/app/control"
)

// onlyReads tells whether a caller reads one of the two docs and knows nothing of
// the other.
func onlyReads(say func(string, map[string]any) string, mine, other string) bool {
	list := say("coda_list_documents", map[string]any{})
	return strings.Contains(list, mine) && !strings.Contains(list, other) &&
		strings.Contains(say("coda_list_tables", map[string]any{"document": mine}), "Things") &&
		strings.Contains(say("coda_list_tables", map[string]any{"document": other}), "owner allows")
}

// docsSwitch: what the owner chooses acts on the next call without a new sign-in,
// holds over HTTP, actions and search, survives a restart, and is taken back.
func docsSwitch(t *testing.T) {
	w := twoDocs(t)
	p, s := serving(t, w)
	p.await("a complete index", indexComplete)
	chat, other := p.local(s.LocalURL), p.local(s.LocalURL)
	ids := p.await("two connections", func(s app.State) bool { return len(s.Connections) == 2 }).Connections
	id := ids[1].ID // the older one
	p.act("allow/docs", "connection", id, "docs", "Alpha")
	if !onlyReads(chat.said, alpha, beta) || !finds(chat.said, alphaRow) || finds(chat.said, betaRow) || !finds(other.said, betaRow) {
		t.Error("it does not read just what was chosen for it")
	}
	var made struct{ Key string }
	if err := control.NewClient(p.dir).Do(t.Context(), "keys/add", &made, "name", "K", "docs", "Alpha"); err != nil {
		t.Fatal(err)
	}
	for tool, args := range map[string]string{"coda_list_documents": "{}", "coda_list_tables": `{"document":"` + beta + `"}`, "search": `{"query":"` + betaRow + `"}`} {
		if _, out := keyActs(t, s.LocalURL, made.Key, tool, args); strings.Contains(out, "Things") || strings.Contains(out, `:"Beta"`) {
			t.Errorf("by an action, %s shows what was not chosen: %s", tool, out)
		}
	}
	p.must("allow", "K", "--docs", beta, "--docs", "https://coda.io/d/Alpha_d"+alpha)
	if _, out := keyCalls(t, s.LocalURL, made.Key, "coda_list_documents", "{}"); !strings.Contains(out, alpha) || !strings.Contains(out, beta) {
		t.Errorf("a key for one doc that was let see both: %s", out)
	}
	for _, c := range p.awaitPhase(app.PhaseLocal).Connections {
		if c.Client == "K" && (len(c.Documents) != 2 || !strings.Contains(strings.Join(c.DocNames, " "), "Beta")) {
			t.Errorf("the key is shown with %v %v", c.Documents, c.DocNames)
		}
	}
	for _, wrong := range [][]string{{"docs", "Nowhere"}, {}, {"docs", "Alpha", "all", "true"}} {
		if err := control.NewClient(p.dir).Do(t.Context(), "allow/docs", nil, append([]string{"connection", id}, wrong...)...); err == nil {
			t.Errorf("%q was taken", wrong)
		}
	}
	p.stop(syscall.SIGTERM)
	p.args = []string{"--listen", strings.TrimPrefix(s.LocalURL, "http://"), "--owner-listen", "127.0.0.1:0"}
	p.start("serve")
	p.awaitPhase(app.PhaseLocal)
	if !onlyReads(chat.said, alpha, beta) {
		t.Error("after a restart it reads more")
	}
	if out := p.must("allow", id, "read", "--all-docs"); !strings.Contains(out, "all docs") || !strings.Contains(out, "may only read") {
		t.Errorf("allow says %s", out)
	}
	if !strings.Contains(chat.said("coda_list_documents", map[string]any{}), beta) || chat.sees("coda_create_rows") {
		t.Error("it does not read all again")
	}
}

// docsSwitchStdio: the same where an instance answers for the program, and where
// it is alone.
func docsSwitchStdio(t *testing.T) {
	p, _ := serving(t, twoDocs(t))
	s := startStdio(p)
	p.act("allow/docs", "connection", "stdio", "docs", alpha)
	if !onlyReads(s.said, alpha, beta) {
		t.Error("joined, it reads more than was chosen")
	}
	s.end()
	p.stop(syscall.SIGTERM)
	s = startStdio(p)
	if !onlyReads(s.said, alpha, beta) {
		t.Error("alone, it reads more than was chosen")
	}
	s.end()
}

// TestASignInIsApprovedInThreeWays, the third of which lets it write what the
// owner says yes to, from the first call on and after a restart.
func TestASignInIsApprovedInThreeWays(t *testing.T) {
	t.Parallel()
	w := twoDocs(t)
	p, s := serving(t, w)
	said := ""
	connect := func(flags ...string) *assistant {
		chat := newAssistant(t, &http.Client{}, s.LocalURL+"/mcp")
		chat.clientID, chat.redirect = registerLoopback(t, s.LocalURL)
		chat.connect(func(code string) { said = p.must(append(append([]string{"approve"}, flags...), code)...) })
		return chat
	}
	if chat := connect(); chat.sees("coda_create_rows") || !strings.Contains(said, "read only") {
		t.Errorf("reading: %s", said)
	}
	if chat := connect("--write"); !recorded(chat.said) || !strings.Contains(said, "read and write") {
		t.Errorf("writing: %s", said)
	}
	chat := connect("--ask")
	if !strings.Contains(said, "what you say yes to") || !chat.sees("coda_create_rows") {
		t.Errorf("asking: %s", said)
	}
	asks := func() {
		t.Helper()
		before := w.coda.Count("upsertRows")
		out := make(chan string, 1)
		go func() { out <- chat.said("coda_create_rows", oneRow) }()
		p.await("a change that waits", func(s app.State) bool { return s.Changes.Waiting == 1 })
		var all []app.PendingChange
		if err := json.Unmarshal([]byte(p.must("pending", "--json")), &all); err != nil || len(all) != 1 {
			t.Fatal(err, all)
		}
		p.must("refuse-change", all[0].ID)
		if said := <-out; !strings.Contains(said, "the owner said no") || w.coda.Count("upsertRows") != before {
			t.Errorf("asking: %s", said)
		}
	}
	asks()
	if list := p.must("connections"); !strings.Contains(list, "what you say yes to") {
		t.Errorf("connections: %s", list)
	}
}
