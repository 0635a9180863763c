package main

import (
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"codabridge/app"
	"codabridge/app/desktop/desktest"
	"codabridge/server/coda/codatest"
	"codabridge/tunnel/tunneltest"
)

// sick are installations that are broken by themselves or by what they use.
var sick = map[string]illness{
	"a token that Coda does not know must not look like a network fault": {
		env:     func(w *harness) []string { return w.with("no-such-token") },
		breakIt: func(p *patient) { p.online() },
		want:    []string{"Coda token: failed: does not know this token"}},
	"a token of type MCP is told to be the wrong kind": {
		env:     func(w *harness) []string { return w.with(codatest.TokenMCP) },
		breakIt: func(p *patient) { p.online() },
		want:    []string{"Coda token: failed: not one of type MCP"}},
	"a token for one doc works, but not for searching": {
		env:     func(w *harness) []string { return w.with(codatest.TokenOneDoc) },
		breakIt: func(p *patient) { p.online() },
		want:    []string{"Coda token: warning: limited to one doc"}},
	"a token for reading works, but not for writing": {
		env:     func(w *harness) []string { return w.with(codatest.TokenReadOnly) },
		breakIt: func(p *patient) { p.online() },
		want:    []string{"Coda token: warning: restricted, most likely to reading"}},
	"Coda that is down is not a bad token": {
		breakIt: func(p *patient) { p.online(); p.w.coda.Close() },
		want:    []string{"Coda host: failed: cannot be reached"}},
	"Coda in trouble is nobody's fault here": {
		breakIt: func(p *patient) {
			p.online()
			p.w.coda.Set(func(k *codatest.Knobs) { k.Fail, k.FailStatus = -1, 503 })
		},
		want: []string{"Coda host: failed: in trouble (status 503)"}},
	"a slow Coda is named before ChatGPT gives up on it": {
		breakIt: func(p *patient) {
			p.w.coda.Set(func(k *codatest.Knobs) { k.Delay = 2100 * time.Millisecond })
		},
		want: []string{"instance: warning: not running", "Coda host: warning: answers slowly"}},
	"an account that is refused for hours is no wrong token": {
		breakIt: func(p *patient) {
			p.online()
			p.w.coda.Set(func(k *codatest.Knobs) { k.Refuse = -1 })
		},
		want: []string{"Coda token: failed: 429, too many requests"}},
	"a network that wants a sign-in catches the questions to Coda": {
		breakIt: func(p *patient) {
			p.online()
			p.w.coda.Set(func(k *codatest.Knobs) { k.Redirect = "http://captive.example" })
		},
		want: []string{"Coda host: failed: wants a sign-in"}},
	"a locked keyring is not an empty one": {
		env: func(w *harness) []string { return w.env },
		breakIt: func(p *patient) {
			bus := desktest.StartBus(p.t)
			keyring := desktest.StartKeyring(p.t, bus, p.t.TempDir(), "pw")
			p.env = append(p.env, "DBUS_SESSION_BUS_ADDRESS="+bus.Addr)
			if out, code := p.feed(codaCanary+"\n", "login", "coda"); code != 0 {
				p.t.Fatalf("login: %s", out)
			}
			keyring.Lock(p.t)
			p.serve(app.PhaseSetup)
			p.await("the word about the keyring", func(s app.State) bool { return !strings.HasPrefix(s.Sentence, "Waiting") })
		},
		want: []string{"keyring: failed: locked"}},
	"a server without D-Bus has no keyring": {
		env:  func(w *harness) []string { return append(w.env, "NGROK_AUTHTOKEN="+ngrokCanary) },
		want: []string{"instance: warning: not running", "keyring: failed: there is no desktop session"}},
	"no token at all is said with where to get one": {
		env: func(w *harness) []string { return append(w.env, "NGROK_AUTHTOKEN="+ngrokCanary) },
		breakIt: func(p *patient) {
			bus := desktest.StartBus(p.t)
			desktest.StartKeyring(p.t, bus, p.t.TempDir(), "pw")
			p.env = append(p.env, "DBUS_SESSION_BUS_ADDRESS="+bus.Addr)
		},
		want: []string{"instance: warning: not running", "Coda token: failed: There is no Coda token yet"}},
	"a port that another program has": {
		breakIt: func(p *patient) {
			l, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				p.t.Fatal(err)
			}
			p.t.Cleanup(func() { l.Close() })
			p.args = []string{"--listen", l.Addr().String()}
		},
		want: []string{"instance: warning: not running", "ports: failed: taken by another program"}},
	"a port that another codabridge has": {
		breakIt: func(p *patient) {
			other := &patient{program: newProgram(p.t, p.w.secrets()...), w: p.w}
			s := other.serve(app.PhaseLocal, "--tunnel", "none")
			p.args = []string{"--listen", strings.TrimPrefix(s.LocalURL, "http://")}
		},
		want: []string{"instance: warning: not running", "ports: failed: another codabridge, one with another data folder"}},
	"an edge that is down": {
		breakIt: func(p *patient) { p.online(); p.w.edge.Kill() },
		want:    []string{"ngrok network: failed: cannot be reached"}},
	"a network that opens the encrypted connection": {
		breakIt: func(p *patient) {
			other := tunneltest.Start(p.t)
			p.env = append(p.env, "CODABRIDGE_NGROK_CA_FILE="+other.WriteCA(p.t.TempDir()))
			p.serve(app.PhaseConnecting)
		},
		want: []string{"ngrok network: failed: opens the encrypted connection"}},
	"a firewall that answers in ngrok's place": {
		breakIt: func(p *patient) {
			p.env = append(p.env, "CODABRIDGE_NGROK_CONNECT_URL="+p.w.edge.FrontAddr())
			p.serve(app.PhaseConnecting)
		},
		want: []string{"ngrok network: failed: does not speak ngrok's protocol"}},
	"an authtoken that ngrok refuses": {
		env: func(w *harness) []string {
			return append(w.env, "CODABRIDGE_CODA_TOKEN="+codaCanary, "NGROK_AUTHTOKEN=2badAuthtoken")
		},
		breakIt: func(p *patient) { p.serve(app.PhaseFailed) },
		want:    []string{"ngrok session: failed: did not accept the authtoken (ERR_NGROK_105)"}},
	"an authtoken that ngrok refuses, before the first start": {
		env: func(w *harness) []string {
			return append(w.env, "CODABRIDGE_CODA_TOKEN="+codaCanary, "NGROK_AUTHTOKEN=2badAuthtoken")
		},
		want: []string{"instance: warning: not running", "ngrok session: failed: did not accept the authtoken"}},
	"an address that is online elsewhere": {
		breakIt: func(p *patient) {
			p.w.edge.TakeEndpoint(-1)
			p.start("serve")
			p.await("the refusal", func(s app.State) bool { return s.Tunnel.Code == "ERR_NGROK_334" })
		},
		want: []string{"ngrok session: failed: Another program already serves this address"}},
	"a free account whose agents are all taken": {
		breakIt: func(p *patient) { p.w.edge.RefuseSignIns("ERR_NGROK_108", -1); p.serve(app.PhaseFailed) },
		want:    []string{"ngrok session: failed: as many agents as its plan allows"}},
	"a bridge that its owner stopped is not broken": {
		breakIt: func(p *patient) { p.online(); p.owner("/stop"); p.awaitPhase(app.PhaseOff) },
		want:    []string{"instance: warning: its owner has stopped the bridge"}},
	"a database that is damaged": {
		breakIt: func(p *patient) { p.put("state.db", "this is no database") },
		want:    []string{"instance: warning: not running", "database: failed: damaged"}},
	"a database that is damaged in its middle": {
		breakIt: func(p *patient) {
			p.online()
			p.stop(syscall.SIGTERM)
			f, err := os.OpenFile(filepath.Join(p.dir, "state.db"), os.O_WRONLY, 0)
			if err != nil {
				p.t.Fatal(err)
			}
			defer f.Close()
			if _, err := f.WriteAt([]byte(strings.Repeat("rust", 3000)), 4096); err != nil {
				p.t.Fatal(err)
			}
		},
		want: []string{"instance: warning: not running", "database: failed: damaged"}},
	"a search index that cannot be kept": {
		breakIt: func(p *patient) {
			if err := os.MkdirAll(filepath.Join(p.dir, "index.db"), 0o700); err != nil {
				p.t.Fatal(err)
			}
			p.online()
			p.await("the trouble", func(s app.State) bool { return s.Index.Trouble != "" })
		},
		want: []string{"index: warning: cannot be"}},
	"a data folder that is open to others": {
		breakIt: func(p *patient) { p.online(); p.mode(0o755) },
		want:    []string{"data folder: warning: open to other users"}},
	"a data folder that cannot be written": {
		breakIt: func(p *patient) { p.online(); p.mode(0o500) },
		want:    []string{"data folder: failed: cannot be written"}},
	"a setting with a slip in its name": {
		breakIt: func(p *patient) { p.put("config.json", `{"lisen": "127.0.0.1:1"}`) },
		want:    []string{`settings: failed: there is no setting "lisen"`}},
	"a clock that is an hour off": {
		breakIt: func(p *patient) { p.datedCoda(-time.Hour); p.online() },
		want:    []string{"clock: failed: 60 minutes ahead of Coda's"}},
	"a clock that is some minutes off": {
		breakIt: func(p *patient) { p.datedCoda(3 * time.Minute); p.online() },
		want:    []string{"clock: warning: 3 minutes behind Coda's"}},
	"a public URL that is another one than at the last start": {
		breakIt: func(p *patient) {
			p.online()
			p.stop(syscall.SIGTERM)
			p.moveTo("other-name.ngrok-free.dev")
			p.online()
		},
		want: []string{"public URL: warning: calm-otter-7.ngrok-free.dev before"}},
	"a connection that was made at an address of long ago": {
		breakIt: func(p *patient) {
			chat := newAssistant(p.t, p.w.edge.Client(), p.online().PublicURL+"/mcp")
			chat.connect(func(code string) { p.must("approve", code) })
			p.stop(syscall.SIGTERM)
			p.moveTo("other-name.ngrok-free.dev")
			p.online()
			p.stop(syscall.SIGTERM)
			p.online()
		},
		want: []string{"public URL: warning: a connection was made at https://calm-otter-7.ngrok-free.dev"}},
	"search that fails though the token is fine": {
		breakIt: func(p *patient) {
			p.online()
			p.await("the crawler's list", func(s app.State) bool { return s.Index.Docs > 0 }) // or it meets the same
			p.w.coda.Set(func(k *codatest.Knobs) { k.Fail, k.FailStatus, k.FailOperation = -1, 400, "listDocs" })
		},
		want: []string{"search: failed: The tool coda_list_documents failed"}},
	"reading that fails though search is fine": {
		breakIt: func(p *patient) {
			p.online()
			p.w.coda.Set(func(k *codatest.Knobs) { k.Fail, k.FailStatus, k.FailOperation = -1, 400, "getDoc" })
		},
		want: []string{"fetch: failed: The tool fetch failed"}},
	"a public URL that was asked for and is not there": {
		breakIt: func(p *patient) {
			p.env = append(p.env, "CODABRIDGE_TUNNEL=none")
			p.args = []string{"--public"}
			p.serve(app.PhaseLocal)
		},
		want: []string{"address: failed: the tunnel is off"}},
	"an address at which nothing answers": {
		breakIt: func(p *patient) {
			p.online()
			gone := httptest.NewServer(http.NotFoundHandler())
			gone.Close()
			p.args = []string{"--url", gone.URL}
		},
		want: []string{"address: failed: codabridge itself runs"}},
	"a public URL at which ngrok answers in our place": {
		breakIt: func(p *patient) {
			p.online()
			empty := tunneltest.Start(p.t)
			p.through(empty)
		},
		want: []string{"address: failed: Nothing serves this address at the moment"}},
}
