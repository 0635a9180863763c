package main

import (
	"net"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"codabridge/app"
	"codabridge/server/coda/codatest"
)

// wiredSettings says for each field of the settings how it is seen to work.
var wiredSettings = map[string]wired{
	"Listen":           {listenHTTP, takenPort("CODABRIDGE_LISTEN")},
	"OwnerListen":      {ownerListenHTTP, takenPort("CODABRIDGE_OWNER_LISTEN")},
	"DataDir":          {dataDirHTTP, dataDirStdio},
	"CodaURL":          {codaURLHTTP, codaURLStdio},
	"Tunnel":           {tunnelHTTP, stillWorks("CODABRIDGE_TUNNEL=ngrok")},
	"PublicURL":        {publicURLHTTP, stillWorks("CODABRIDGE_PUBLIC_URL=https://bridge.example.org")},
	"NgrokURL":         {ngrokURLHTTP, stillWorks("CODABRIDGE_NGROK_URL=https://" + ownDomain)},
	"ReadOnly":         {readOnlyHTTP, readOnlyStdio},
	"LocalHosts":       {localHostsHTTP, stillWorks("CODABRIDGE_LOCAL_HOSTS=host.docker.internal")},
	"Documents":        {documentsHTTP, documentsStdio},
	"Toolset":          {toolsetHTTP, toolsetStdio},
	"Tools":            {toolsHTTP, toolsStdio},
	"Admin":            {adminHTTP, adminStdio},
	"Structured":       {structuredHTTP, structuredStdio},
	"Index":            {indexHTTP, indexStdio},
	"IndexPaused":      {indexPausedHTTP, indexPausedStdio},
	"IndexExclude":     {indexExcludeHTTP, indexExcludeStdio},
	"Changes":          {changesHTTP, changesStdio},
	"BlindWrites":      {blindHTTP, blindStdio},
	"NotificationsOff": {notificationsOffHTTP, stillWorks("CODABRIDGE_NOTIFICATIONS_OFF=all")},
	"Updates":          {updatesHTTP, stillWorks("CODABRIDGE_UPDATES=on")},
	"AskAlways":        {askAlwaysHTTP, askAlwaysStdio},
	"AccessTTL":        {accessTTLHTTP, stillWorks("CODABRIDGE_ACCESS_TTL=60")},
	"NgrokConnectURL":  {edgeHTTP, stillWorks("CODABRIDGE_TUNNEL=ngrok")},
	"NgrokCAFile":      {edgeHTTP, stillWorks("CODABRIDGE_TUNNEL=ngrok")},
	"Demo":             {demoHTTP, demoStdio},
}

func listenHTTP(t *testing.T) {
	w := twoDocs(t)
	p := newProgram(t, append(w.secrets(), "CODABRIDGE_TUNNEL=none", "CODABRIDGE_LISTEN=127.0.0.2:0")...)
	p.args = []string{"--owner-listen", "127.0.0.1:0"}
	p.start("serve")
	local := p.awaitPhase(app.PhaseLocal).LocalURL
	if !strings.HasPrefix(local, "http://127.0.0.2:") || !p.local(local).sees("search") {
		t.Errorf("it listens at %s", local)
	}
}

func ownerListenHTTP(t *testing.T) {
	w := twoDocs(t)
	p := newProgram(t, append(w.secrets(), "CODABRIDGE_TUNNEL=none", "CODABRIDGE_OWNER_LISTEN=127.0.0.3:0")...)
	p.args = []string{"--listen", "127.0.0.1:0"}
	p.start("serve")
	owner := p.awaitPhase(app.PhaseLocal).OwnerURL
	resp, err := http.Get(owner + "/health")
	if err != nil || resp.StatusCode != http.StatusOK || !strings.HasPrefix(owner, "http://127.0.0.3:") {
		t.Errorf("the owner's page is at %s: %v", owner, err)
	}
}

// takenPort: stdio opens no door, so an address that is taken is no trouble.
func takenPort(env string) func(*testing.T) {
	return func(t *testing.T) {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		stillWorks(env + "=" + l.Addr().String())(t)
	}
}

func dataDirHTTP(t *testing.T) {
	w := twoDocs(t)
	p := newProgram(t, append(w.secrets(), "CODABRIDGE_TUNNEL=none")...)
	before := p.dir
	p.dir = filepath.Join(t.TempDir(), "other")
	writeConfig(t, p, `{"read_only": true}`)
	p.start("serve", "--data-dir", p.dir)
	if s := p.awaitPhase(app.PhaseLocal); !s.ReadOnly {
		t.Error("the settings of the folder are not in force")
	}
	if !exists(t, p.dir, "state.db") || exists(t, before) {
		t.Error("the database is not in the folder, or another folder was made")
	}
}

func dataDirStdio(t *testing.T) {
	p := newProgram(t, twoDocs(t).secrets()...)
	p.dir = filepath.Join(t.TempDir(), "other")
	s := p.piping(map[string]any{"toolset": "custom", "tools": []string{"coda_get_row"}}, "--data-dir", p.dir)
	if !s.sees("coda_get_row") || s.sees("search") {
		t.Error("the settings of the folder are not in force")
	}
	s.end()
}

func codaURLHTTP(t *testing.T) {
	w := twoDocs(t)
	p, s := serving(t, w)
	if out := p.local(s.LocalURL).said("coda_list_documents", nil); !strings.Contains(out, alpha) || w.coda.Count("listDocs") == 0 {
		t.Error(out)
	}
}

func codaURLStdio(t *testing.T) {
	w := twoDocs(t)
	s := piping(t, &harness{coda: w.coda, env: nil}, map[string]any{"coda_url": w.coda.URL()})
	if out := s.said("coda_list_documents", nil); !strings.Contains(out, alpha) || w.coda.Count("listDocs") == 0 {
		t.Error(out)
	}
	s.end()
}

func tunnelHTTP(t *testing.T) {
	w := twoDocs(t)
	p, _ := serving(t, w)
	p.must("status")
	if n := len(w.edge.SignIns()); n != 0 {
		t.Errorf("with none it connected %d times", n)
	}
	p = newProgram(t, w.secrets()...)
	writeConfig(t, p, `{"tunnel": "ngrok"}`)
	p.start("serve")
	if s := p.awaitPhase(app.PhaseOnline); s.PublicURL != w.edge.URL() {
		t.Errorf("with ngrok its URL is %q", s.PublicURL)
	}
}

func publicURLHTTP(t *testing.T) {
	w := twoDocs(t)
	p := newProgram(t, append(w.secrets(), "CODABRIDGE_PUBLIC_URL=https://bridge.example.org")...)
	p.start("serve")
	s := p.awaitPhase(app.PhaseOnline)
	if got := challengeOf(t, s.LocalURL, "bridge.example.org"); s.PublicURL != "https://bridge.example.org" || !strings.Contains(got, `resource_metadata="https://bridge.example.org/`) {
		t.Errorf("%s: %s", s.PublicURL, got)
	}
	if n := len(w.edge.SignIns()); n != 0 {
		t.Errorf("it opened a tunnel of ngrok as well, %d times", n)
	}
}

// ownDomain is one that the owner has reserved at ngrok.
const ownDomain = "my-bridge.ngrok.app"

func ngrokURLHTTP(t *testing.T) {
	w := twoDocs(t, ownDomain)
	p := newProgram(t, append(w.secrets(), "CODABRIDGE_NGROK_URL=https://"+ownDomain)...)
	p.start("serve")
	if s := p.awaitPhase(app.PhaseOnline); s.PublicURL != "https://"+ownDomain || !slices.Contains(w.edge.Binds(), ownDomain) {
		t.Errorf("it asked for %v and got %s", w.edge.Binds(), s.PublicURL)
	}
}

// edgeHTTP: without the address it would call the real service, and without
// the certificate it would not trust this edge.
func edgeHTTP(t *testing.T) {
	w := twoDocs(t)
	p := newProgram(t, w.secrets()...)
	p.start("serve")
	if s := p.awaitPhase(app.PhaseOnline); s.PublicURL != w.edge.URL() || w.edge.Sessions() != 1 {
		t.Errorf("%s, %d sessions", s.PublicURL, w.edge.Sessions())
	}
}

func toolsetHTTP(t *testing.T) {
	p, s := serving(t, twoDocs(t), "CODABRIDGE_TOOLSET=full")
	if chat := p.local(s.LocalURL); !chat.sees("coda_delete_document") || !strings.Contains(chat.said("coda_list_folders", nil), "folders") {
		t.Error("the full set is not offered")
	}
}

func toolsetStdio(t *testing.T) {
	s := piping(t, twoDocs(t), map[string]any{"toolset": "full"})
	if !s.sees("coda_delete_document") || s.sees("coda_list_workspace_members") {
		t.Error("the full set is not offered")
	}
	s.end()
}

func toolsHTTP(t *testing.T) {
	p, s := serving(t, twoDocs(t), "CODABRIDGE_TOOLSET=custom", "CODABRIDGE_TOOLS=coda_get_row")
	chat := p.local(s.LocalURL)
	if out := chat.said("search", map[string]any{"query": "x"}); !chat.sees("coda_get_row") || chat.sees("search") || !strings.Contains(out, "does not offer") {
		t.Errorf("the tools are not those that were chosen: %s", out)
	}
}

func toolsStdio(t *testing.T) {
	s := piping(t, twoDocs(t), map[string]any{"toolset": "custom", "tools": []string{"coda_get_row"}})
	if out := s.said("search", map[string]any{"query": "x"}); !s.sees("coda_get_row") || s.sees("search") || !strings.Contains(out, "does not offer") {
		t.Errorf("the tools are not those that were chosen: %s", out)
	}
	s.end()
}

func adminHTTP(t *testing.T) {
	p, s := serving(t, twoDocs(t), "CODABRIDGE_TOOLSET=full", "CODABRIDGE_ADMIN=true")
	if !p.local(s.LocalURL).sees("coda_list_workspace_members") {
		t.Error("what administrators need is not offered")
	}
}

func adminStdio(t *testing.T) {
	s := piping(t, twoDocs(t), map[string]any{"toolset": "full", "admin": true})
	if !s.sees("coda_list_workspace_members") {
		t.Error("what administrators need is not offered")
	}
	s.end()
}

// structuredHTTP: some clients read structuredContent alone, others both.
func structuredHTTP(t *testing.T) {
	plain, s := serving(t, twoDocs(t))
	if out := plain.local(s.LocalURL).said("coda_list_documents", nil); strings.Contains(out, "structuredContent") {
		t.Errorf("an answer goes twice without the setting: %s", out)
	}
	p, s := serving(t, twoDocs(t), "CODABRIDGE_STRUCTURED=true")
	if out := p.local(s.LocalURL).said("coda_list_documents", nil); !strings.Contains(out, `"structuredContent":{"documents"`) {
		t.Errorf("no structured answer: %s", out)
	}
}

func structuredStdio(t *testing.T) {
	s := piping(t, twoDocs(t), map[string]any{"structured": true})
	if out := s.said("coda_list_documents", nil); !strings.Contains(out, `"structuredContent":{"documents"`) {
		t.Errorf("no structured answer: %s", out)
	}
	s.end()
	s = piping(t, twoDocs(t), nil, "--structured")
	if out := flat(s.ask(`{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{` + modernMeta + `}}`)); strings.Count(out, `"outputSchema"`) < 10 {
		t.Errorf("no schemas of answers: %s", out)
	}
	s.end()
}

func accessTTLHTTP(t *testing.T) {
	p, s := serving(t, twoDocs(t), "CODABRIDGE_ACCESS_TTL=1234")
	if chat := p.local(s.LocalURL); chat.tokens["expires_in"] != 1234.0 {
		t.Errorf("a token lives %v seconds", chat.tokens["expires_in"])
	}
}

func demoHTTP(t *testing.T) {
	w := twoDocs(t)
	p := newProgram(t)
	p.start("demo", "--no-tray")
	chat := p.local(p.awaitPhase(app.PhaseLocal).LocalURL)
	if out := chat.said("coda_list_documents", nil); !strings.Contains(out, codatest.Sample().Docs[0].Name) || w.coda.Count("") != 0 {
		t.Error(out)
	}
}

func demoStdio(t *testing.T) {
	s := startStdio(newProgram(t), "--demo")
	if out := s.said("coda_list_documents", nil); !strings.Contains(out, codatest.Sample().Docs[0].Name) {
		t.Error(out)
	}
	s.end()
}
