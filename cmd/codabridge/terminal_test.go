package main

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"codabridge/app"
	"codabridge/server/coda/codatest"
	"codabridge/server/coda/codatest/codaspec"
)

// TestATerminalOnlyShowsWhatComesFromOutside: names of docs and of people, and
// what Coda says when it refuses, must not reach a terminal as commands to it.
func TestATerminalOnlyShowsWhatComesFromOutside(t *testing.T) {
	t.Parallel()
	const evil = "\x1b]0;owned\x07\x1b[2J\u009b31m\r\u202eevil"
	work := codatest.Sample()
	work.User.Name = "Ada" + evil
	work.Docs[0].Name = "Roadmap" + evil
	fake := codaspec.Start(t, codatest.Options{Workspace: work})
	p := newProgram(t, "CODABRIDGE_CODA_TOKEN="+codaCanary, "CODABRIDGE_CODA_URL="+fake.URL(), "CODABRIDGE_TUNNEL=none")
	p.start("serve")
	p.await("the names", func(s app.State) bool { return s.Index.Docs > 0 && s.Coda.Account != "" })
	local := p.awaitPhase(app.PhaseLocal).LocalURL
	chat := newAssistant(t, &http.Client{}, local+"/mcp")
	chat.clientID, chat.redirect = registerLoopback(t, local)
	chat.connect(func(code string) { p.must("approve", code) })
	if resp, err := http.Get(local + "/a%E2%80%AE%C2%9Bb"); err != nil || resp.StatusCode != 404 {
		t.Errorf("%v %v", resp, err)
	}
	for _, c := range []struct {
		args  []string
		shows string
	}{
		{[]string{"index", "status"}, "Roadmap ]0;owned"},
		{[]string{"status"}, "Ada ]0;owned"},
		{[]string{"search", "roadmap"}, "Roadmap"},
		{[]string{"connections"}, "read only"},
		{[]string{"doctor"}, "Ada ]0;owned"},
		{[]string{"status", "--json"}, "Ada"},
		{[]string{"doctor", "--json"}, "Ada"},
		{[]string{"connections"}, "read only"},
		{[]string{"logs"}, `/a\u202e b`},
		{[]string{"logs", "--json"}, `/a\u202e\u009bb`},
		{[]string{"approve", evil}, "No request"},
		{[]string{"deny", evil}, "No request"},
		{[]string{"login", evil}, "codabridge"},
		{[]string{evil}, "codabridge"},
		{[]string{"doctor", "--explain", evil}, "codabridge"},
		{[]string{"index", "exclude", evil}, "codabridge"},
		{[]string{"--listen", evil, "serve"}, "codabridge"},
	} {
		out, _ := p.run(c.args...)
		if len(c.args) > 1 && c.args[len(c.args)-1] == "--json" && c.args[0] != "logs" && !json.Valid([]byte(out)) {
			t.Errorf("%v is no JSON: %s", c.args, out)
		}
		if strings.ContainsAny(out, "\x1b\x07\r\u009b\u202e") || !strings.Contains(out, c.shows) {
			t.Errorf("%v: %q", c.args, out)
		}
	}
	var out bytes.Buffer
	index := app.IndexState{Enabled: true, Work: evil, Trouble: evil, Notice: evil,
		Documents: []app.IndexDocument{{ID: evil, Name: evil, Problem: evil}}}
	err := printIndex(&out, index)
	if err != nil || strings.ContainsAny(out.String(), "\x1b\x07\r\u009b\u202e") || strings.Count(out.String(), "evil") != 6 {
		t.Errorf("%v %q", err, &out)
	}
}
