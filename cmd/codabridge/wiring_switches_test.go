package main

import (
	"net/http"
	"strings"
	"syscall"
	"testing"

	"codabridge/app"
	"codabridge/app/control"
	"codabridge/server/owner"
)

// TestEverySwitchIsWired wants a case for each of the owner's actions: what it
// does to a connected client over HTTP and to one over stdio, or why there is
// nothing of that kind to see.
func TestEverySwitchIsWired(t *testing.T) {
	t.Parallel()
	actions := map[string]bool{}
	for _, a := range owner.New(owner.Options{}).Actions() {
		actions[a.Name] = true
		w, tried := wiredSwitches[a.Name]
		if tried == (noSwitches[a.Name] != "") {
			t.Errorf("the action %s: add what it does over HTTP and over stdio to wiredSwitches, or why it is no switch to noSwitches", a.Name)
			continue
		}
		for way, try := range map[string]func(*testing.T){"HTTP": w.http, "stdio": w.stdio} {
			if try != nil {
				t.Run(a.Name+" over "+way, func(t *testing.T) { t.Parallel(); try(t) })
			} else if tried && (way == "HTTP" || w.noStdio == "") {
				t.Errorf("the action %s is not tried over %s", a.Name, way)
			}
		}
	}
	for name := range wiredSwitches {
		if !actions[name] {
			t.Errorf("there is no action %s any more", name)
		}
	}
	for name := range noSwitches {
		if !actions[name] {
			t.Errorf("there is no action %s any more", name)
		}
	}
}

// switched is what one action does at each of the two ways in; noStdio is why
// there is nothing to see at the second.
type switched struct {
	http, stdio func(t *testing.T)
	noStdio     string
}

const (
	noDoor   = "stdio has no door that could be shut or be elsewhere"
	noSignIn = "stdio is started by a program of the owner's and needs no sign-in"
)

var wiredSwitches = map[string]switched{
	"start":           {http: stopAndStart, noStdio: noDoor},
	"stop":            {http: stopAndStart, noStdio: noDoor},
	"pause":           {http: restSwitch, stdio: restSwitchStdio},
	"public-url":      {http: publicURLSwitch, noStdio: noDoor},
	"read-only":       {http: readOnlySwitch, stdio: readOnlySwitchStdio},
	"toolset":         {http: toolsetSwitch, stdio: toolsetSwitchStdio},
	"index/enabled":   {http: indexSwitch, stdio: indexSwitchStdio},
	"index/pause":     {http: pauseSwitch, stdio: pauseSwitchStdio},
	"index/rebuild":   {http: rebuildSwitch, stdio: rebuildSwitchStdio},
	"index/exclude":   {http: excludeSwitch, stdio: excludeSwitchStdio},
	"allow":           {http: policySwitch, stdio: policySwitchStdio},
	"allow/docs":      {http: docsSwitch, stdio: docsSwitchStdio},
	"changes/enabled": {http: recordSwitch, stdio: recordSwitchStdio},
	"changes/blind":   {http: blindSwitch, stdio: blindSwitchStdio},
	"approve":         {http: approveSwitch, noStdio: noSignIn},
	"deny":            {http: denySwitch, noStdio: noSignIn},
	"revoke":          {http: revokeSwitch, noStdio: noSignIn},
	"keys/add":        {http: keySwitch, noStdio: noSignIn},
	"keys/revoke":     {http: keySwitch, noStdio: noSignIn},

	"changes/ask-always": {http: askAlwaysSwitch, stdio: askAlwaysSwitchStdio},
}

// noSwitches change nothing for a client that is connected; each has tests of
// its own.
var noSwitches = map[string]string{
	"coda-token": "set-up", "coda-token/forget": "set-up", "ngrok-token": "set-up", "ngrok-token/import": "set-up",
	"ngrok-token/forget": "set-up", "keyring": "set-up", "tunnel": "set-up: TestThoseOnThisComputerNeedNoTunnel tries it", "connections/find": "it only shows", "index/find": "it only shows", "warning/dismiss": "it only shows less", "doctor": "it only looks",
	"approve/find": "it only shows", "approve/arrive": "it only shows", "approve/arrived": "it only shows",
	"autostart": "about the next login", "quit": "it ends",
	"notifications": "TestEachKindOfNotificationIsSwitchedByItself tries it", "updates": "TestNewerVersionsAreAskedForOnlyWithAYes tries it",
	"updates/check": "it only looks", "news/seen": "it only shows less", "restart": "TestRestartStartsItAnew tries it", "uninstall": "it ends", "programs/connect": "about the settings of other programs", "programs/disconnect": "about the settings of other programs",
	"knock/bring": "it only shows", "knock/allow": "about clients that have not signed in", "knock/ignore": "about clients that have not signed in",
	"allow/choice": "it only shows",
	"try":          "TestTheOwnerTriesWhatAnAssistantGets tries it", "try/tools": "it only shows",
	"changes/pending": "it only shows", "changes/answer": "TestAChangeWaitsForTheOwner tries it",
	"changes/list": "it only shows", "changes/show": "it only shows",
	"changes/undo": "about what was changed, not about who may", "changes/undo-since": "about what was changed, not about who may",
	"hosts/forget":   "about clients that have not signed in",
	"client-ids/add": "about clients that have not signed in", "client-ids/remove": "clients_test.go tries it", "redirects/forget": "clients_test.go tries it",
}

// act does one of the owner's actions, as a command does.
func (p *program) act(name string, fields ...string) {
	p.t.Helper()
	if err := control.NewClient(p.dir).Do(p.t.Context(), name, nil, fields...); err != nil {
		p.t.Fatalf("%s %q: %v", name, fields, err)
	}
}

// stopAndStart: a stopped bridge refuses programs of this computer too, and is
// still stopped after a restart.
func stopAndStart(t *testing.T) {
	w := twoDocs(t)
	p, s := online(t, w)
	here, afar := p.local(s.LocalURL), newAssistant(t, w.edge.Client(), s.PublicURL)
	afar.connect(func(code string) { p.must("approve", code) })
	p.act("stop")
	p.awaitPhase(app.PhaseOff)
	before := w.coda.Count("listDocs")
	refused := func(origin string) {
		t.Helper()
		here.url = origin + "/mcp"
		status, v := here.rpc("tools/call", map[string]any{"name": "coda_list_documents", "arguments": map[string]any{}})
		if status != http.StatusServiceUnavailable || !strings.Contains(flat(v), "stopped") {
			t.Errorf("a stopped bridge answers %d %v", status, v)
		}
	}
	refused(s.LocalURL)
	if w.edge.Online("") || w.coda.Count("listDocs") != before {
		t.Error("its tunnel is up, or Coda was asked")
	}
	p.stop(syscall.SIGTERM)
	p.start("serve")
	refused(p.awaitPhase(app.PhaseOff).LocalURL)
	p.act("start")
	p.awaitPhase(app.PhaseOnline)
	if !afar.sees("search") {
		t.Error("started again, it does not answer")
	}
}

// challengeOf is how the door challenges who comes without a token to a name.
func challengeOf(t *testing.T, local, host string) string {
	t.Helper()
	req, err := http.NewRequest(http.MethodPost, local+"/mcp", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	req.Host = host
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	return resp.Header.Get("WWW-Authenticate")
}

func publicURLSwitch(t *testing.T) {
	p, s := serving(t, twoDocs(t))
	challenged := func() string { return challengeOf(t, s.LocalURL, "bridge.example.org") }
	if got := challenged(); strings.Contains(got, "bridge.example.org") {
		t.Errorf("before, it answers for that name: %s", got)
	}
	p.act("public-url", "url", "https://bridge.example.org")
	if got := challenged(); !strings.Contains(got, `resource_metadata="https://bridge.example.org/`) {
		t.Errorf("it does not answer for its name: %q", got)
	}
}

func readOnlySwitch(t *testing.T) {
	w := twoDocs(t)
	p, s := serving(t, w)
	writer := p.local(s.LocalURL)
	reader := newAssistant(t, &http.Client{}, s.LocalURL+"/mcp")
	reader.clientID, reader.redirect = registerLoopback(t, s.LocalURL)
	reader.connect(func(code string) { p.must("approve", code) })
	// Whoever may only read is told how to ask for more.
	if out := reader.said("coda_create_rows", oneRow); !strings.Contains(out, `"mcp/www_authenticate":["Bearer error=\"insufficient_scope\"`) {
		t.Errorf("a reader is not challenged: %s", out)
	}
	p.act("read-only", "on", "true")
	if out := writer.said("coda_create_rows", oneRow); !strings.Contains(out, "the owner has switched Read-only on") || writer.sees("coda_create_rows") {
		t.Errorf("on: %s", out)
	}
	if w.coda.Count("upsertRows") != 0 {
		t.Error("it wrote")
	}
	p.act("read-only", "on", "false")
	if out := writer.said("coda_create_rows", oneRow); strings.Contains(out, `"isError":true`) || w.coda.Count("upsertRows") != 1 {
		t.Errorf("off again: %s", out)
	}
}

func readOnlySwitchStdio(t *testing.T) {
	w := twoDocs(t)
	p, _ := serving(t, w)
	s := startStdio(p)
	p.act("read-only", "on", "true")
	if out := s.said("coda_create_rows", oneRow); !strings.Contains(out, "the owner has switched Read-only on") || w.coda.Count("upsertRows") != 0 {
		t.Errorf("on: %s", out)
	}
	p.act("read-only", "on", "false")
	if out := s.said("coda_create_rows", oneRow); strings.Contains(out, `"isError":true`) || w.coda.Count("upsertRows") != 1 {
		t.Errorf("off again: %s", out)
	}
	s.end()
}

func toolsetSwitch(t *testing.T) {
	p, s := serving(t, twoDocs(t))
	chat := p.local(s.LocalURL)
	p.act("toolset", "toolset", "custom", "tools", "coda_get_row", "tools", "coda_delete_rows")
	if out := chat.said("search", map[string]any{"query": "x"}); !chat.sees("coda_delete_rows") || chat.sees("search") || !strings.Contains(out, "does not offer") {
		t.Errorf("the tools are not those that were chosen: %s", out)
	}
}

func toolsetSwitchStdio(t *testing.T) {
	p, _ := serving(t, twoDocs(t))
	p.act("toolset", "toolset", "custom", "tools", "coda_get_row", "tools", "coda_delete_rows")
	s := startStdio(p)
	if out := s.said("search", map[string]any{"query": "x"}); !s.sees("coda_delete_rows") || s.sees("search") || !strings.Contains(out, "does not offer") {
		t.Errorf("the tools are not those that were chosen: %s", out)
	}
	s.end()
}

func approveSwitch(t *testing.T) {
	p, s := serving(t, twoDocs(t))
	for _, write := range []string{"true", "false"} {
		chat := newAssistant(t, &http.Client{}, s.LocalURL+"/mcp")
		chat.clientID, chat.redirect = registerLoopback(t, s.LocalURL)
		chat.connect(func(code string) { p.act("approve", "code", code, "write", write) })
		if !chat.sees("search") || chat.sees("coda_create_rows") != (write == "true") {
			t.Errorf("approved with write=%s, it sees other tools", write)
		}
	}
}

func denySwitch(t *testing.T) {
	p, s := serving(t, twoDocs(t))
	chat := newAssistant(t, &http.Client{}, s.LocalURL+"/mcp")
	chat.clientID, chat.redirect = registerLoopback(t, s.LocalURL)
	chat.discover()
	p.act("deny", "code", chat.ask())
	if q := chat.outcome(); q.Get("error") != "access_denied" {
		t.Errorf("the client was told %v", q)
	}
}

func revokeSwitch(t *testing.T) {
	p, s := serving(t, twoDocs(t))
	chat := p.local(s.LocalURL)
	p.act("revoke", "id", p.await("the connection", func(s app.State) bool { return len(s.Connections) == 1 }).Connections[0].ID)
	if status, _ := chat.rpc("tools/list", nil); status != http.StatusUnauthorized {
		t.Errorf("after revoke: %d", status)
	}
}
