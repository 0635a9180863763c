package main

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"syscall"
	"testing"

	"codabridge/app"
	"codabridge/tunnel/tunneltest"
)

// TestTheMainJob is the whole of it: one public URL, one yes, then search,
// read and edit; and ChatGPT stays connected over a restart.
func TestTheMainJob(t *testing.T) {
	t.Parallel()
	w := newHarness(t)
	p, s := online(t, w)
	chat := newAssistant(t, w.edge.Client(), s.PublicURL)
	chat.connect(func(code string) { p.must("approve", "--write", code) })

	found := chat.call("search", map[string]any{"query": "roadmap"})["results"].([]any)
	if len(found) == 0 {
		t.Fatal("the search found nothing")
	}
	first := found[0].(map[string]any)
	text := chat.call("fetch", map[string]any{"id": first["id"]})["text"].(string)
	if len(text) < 40 {
		t.Errorf("fetch of %v gave %q", first, text)
	}
	page := somePage(chat)
	chat.call("coda_append_to_page", map[string]any{"document": page.doc, "page": page.id, "content": "Appended by the assistant."})
	if md := chat.call("coda_get_page", map[string]any{"document": page.doc, "page": page.id}); !strings.Contains(asText(md), "Appended by the assistant.") {
		t.Errorf("the page does not show what was appended: %v", md)
	}

	requests := w.edge.Requests()
	p.stop(syscall.SIGTERM)
	p.start("serve")
	if again := p.awaitPhase(app.PhaseOnline); again.PublicURL != s.PublicURL || len(again.Connections) != 1 {
		t.Errorf("after a restart: %+v", again)
	}
	if w.edge.Requests() != requests {
		t.Error("the program asks its own public URL, which counts against the owner's quota")
	}
	if !chat.sees("coda_create_rows") {
		t.Error("the connection did not survive the restart")
	}
	if status, v := chat.refresh(); status != 200 {
		t.Errorf("refresh after a restart: %d %v", status, v)
	}
	p.stop(syscall.SIGKILL)
	p.start("serve")
	p.awaitPhase(app.PhaseOnline)
	if !chat.sees("search") {
		t.Error("the refreshed token did not survive kill -9")
	}

	log := p.must("logs", "-n", "0")
	for _, want := range []string{"oauth: approved", "tunnel: online", "server: refused  status=401"} {
		if !strings.Contains(log, want) {
			t.Errorf("the log lacks %q:\n%s", want, log)
		}
	}
	if strings.Contains(log, "code_challenge") || strings.Contains(log, "cba_") {
		t.Errorf("the log holds a query or a token:\n%s", log)
	}

	id := strings.Fields(strings.Split(p.must("connections"), "\n")[1])[0]
	p.must("revoke", id)
	if status, _ := chat.rpc("tools/list", nil); status != 401 {
		t.Errorf("after revoke: status %d", status)
	}
	if status, v := chat.refresh(); status != 400 || v["error"] != "invalid_grant" {
		t.Errorf("refresh after revoke: %d %v", status, v)
	}
}

type pageRef struct{ doc, id string }

// somePage finds a page that can be edited, by the tools alone.
func somePage(chat *assistant) pageRef {
	chat.t.Helper()
	docs := chat.call("coda_list_documents", nil)["documents"].([]any)
	for _, d := range docs {
		doc := d.(map[string]any)["id"].(string)
		for _, p := range chat.call("coda_list_pages", map[string]any{"document": doc})["pages"].([]any) {
			page := p.(map[string]any)
			if kind, ok := page["type"]; !ok || kind == "canvas" || kind == "" {
				return pageRef{doc, page["id"].(string)}
			}
		}
	}
	chat.t.Fatal("no page")
	return pageRef{}
}

func asText(v map[string]any) string {
	var b strings.Builder
	for _, x := range v {
		if s, ok := x.(string); ok {
			b.WriteString(s)
		}
	}
	return b.String()
}

func TestTheOwnerMayAllowLess(t *testing.T) {
	t.Parallel()
	w := newHarness(t)
	p, s := online(t, w)
	chat := newAssistant(t, w.edge.Client(), s.PublicURL+"/mcp")
	chat.connect(func(code string) { p.must("approve", code) })
	if chat.tokens["scope"] != "coda.read" {
		t.Errorf("the reply says the scope is %v", chat.tokens["scope"])
	}
	if chat.sees("coda_create_rows") {
		t.Error("a read-only connection sees a tool that writes")
	}
	_, v := chat.rpc("tools/call", map[string]any{"name": "coda_append_to_page", "arguments": map[string]any{"document": "x", "page": "y", "content": "z"}})
	if w.coda.Count("updatePage") != 0 {
		t.Error("a read-only connection wrote")
	}
	if !strings.Contains(strings.ToLower(flat(v)), "read") {
		t.Errorf("the refusal does not say why: %v", v)
	}
}

func TestNoMeansNo(t *testing.T) {
	t.Parallel()
	w := newHarness(t)
	p := newProgram(t, w.secrets()...)
	p.start("serve")
	chat := newAssistant(t, w.edge.Client(), p.awaitPhase(app.PhaseOnline).PublicURL)
	chat.discover()
	code := chat.ask()
	waiting := p.await("a waiting request", func(s app.State) bool { return len(s.Waiting) == 1 }).Waiting[0]
	if waiting.RedirectHost != "chatgpt.com" || waiting.Client != "ChatGPT" {
		t.Errorf("waiting: %+v", waiting)
	}
	if out := p.must("status", "--json"); strings.Contains(out, code) {
		t.Error("status shows the code, which only the owner's browser may show")
	}
	p.must("deny", code)
	if q := chat.outcome(); q.Get("error") != "access_denied" {
		t.Errorf("the client was told %v", q)
	}
	if out, exit := p.run("approve", code); exit != 1 || !strings.Contains(out, "No request waits") {
		t.Errorf("approve after deny: exit %d: %s", exit, out)
	}
}

func TestABadAuthtokenFailsAtOnceAndIsNeverShown(t *testing.T) {
	t.Parallel()
	w := newHarness(t)
	bad := "2badAuthtokenThatIsRefused"
	p := newProgram(t, append(w.env, "CODABRIDGE_CODA_TOKEN="+codaCanary, "NGROK_AUTHTOKEN="+bad)...)
	p.start("serve")
	s := p.awaitPhase(app.PhaseFailed)
	if s.Tunnel.Code != "ERR_NGROK_105" || s.HelpURL == "" {
		t.Errorf("failed with %+v", s)
	}
	if out := p.out.String() + p.must("status"); strings.Contains(out, bad) {
		t.Errorf("the authtoken shows: %s", out)
	}
	resp, err := http.Get(s.LocalURL + "/health")
	if err != nil || resp.StatusCode != 200 {
		t.Errorf("a failed tunnel stopped the local server: %v", err)
	}
}

func TestARefusedCodaTokenIsSaidWhereTheOwnerLooks(t *testing.T) {
	t.Parallel()
	w := newHarness(t)
	p := newProgram(t, append(w.env, "CODABRIDGE_CODA_TOKEN=revoked-token", "NGROK_AUTHTOKEN="+ngrokCanary)...)
	p.start("serve")
	s := p.await("the problem", func(s app.State) bool { return s.Coda.Problem != "" })
	if !strings.Contains(s.Coda.Problem, "token") || strings.Contains(s.Coda.Problem, "revoked-token") {
		t.Errorf("problem: %q", s.Coda.Problem)
	}
}

func TestAChangedPublicURLIsSaid(t *testing.T) {
	t.Parallel()
	w := newHarness(t)
	p := newProgram(t, w.secrets()...)
	p.start("serve")
	before := p.awaitPhase(app.PhaseOnline).PublicURL
	p.stop(syscall.SIGTERM)
	other := tunneltest.Start(t, tunneltest.Options{Authtokens: []string{ngrokCanary}, Domain: "other-name.ngrok-free.dev"})
	p.env = append(p.env, "CODABRIDGE_NGROK_CONNECT_URL="+other.ConnectURL(), "CODABRIDGE_NGROK_CA_FILE="+other.WriteCA(t.TempDir()))
	p.start("serve")
	s := p.awaitPhase(app.PhaseOnline)
	if !strings.Contains(s.Warning, before) || !strings.Contains(s.Warning, s.PublicURL) {
		t.Errorf("warning: %q", s.Warning)
	}
}

func TestTheEdgeMayGoAndComeBack(t *testing.T) {
	t.Parallel()
	w := newHarness(t)
	p := newProgram(t, w.secrets()...)
	p.start("serve")
	before := p.awaitPhase(app.PhaseOnline).PublicURL
	w.edge.Kill()
	if s := p.awaitPhase(app.PhaseReconnecting); s.Sentence == "" {
		t.Error("no sentence while reconnecting")
	}
	if err := w.edge.Revive(); err != nil {
		t.Fatal(err)
	}
	if s := p.awaitPhase(app.PhaseOnline); s.PublicURL != before {
		t.Errorf("the URL became %s", s.PublicURL)
	}
}

func TestBringYourOwnURL(t *testing.T) {
	t.Parallel()
	w := newHarness(t)
	p := newProgram(t, append(w.env[:1:1], "CODABRIDGE_CODA_TOKEN="+codaCanary)...)
	var target *url.URL
	proxy := httptest.NewTLSServer(&httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(target)
		r.Out.Host = r.In.Host
		r.SetXForwarded()
	}})
	t.Cleanup(proxy.Close)
	p.start("serve", "--public-url", proxy.URL)
	s := p.awaitPhase(app.PhaseOnline)
	target, _ = url.Parse(s.LocalURL)
	chat := newAssistant(t, proxy.Client(), proxy.URL+"/mcp")
	chat.http.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	chat.connect(func(code string) { p.must("approve", code) })
	if !chat.sees("search") {
		t.Error("no tools through the owner's own proxy")
	}
}

func TestWithoutATunnelItServesThisComputer(t *testing.T) {
	t.Parallel()
	w := newHarness(t)
	p := newProgram(t, append(w.env[:1:1], "CODABRIDGE_CODA_TOKEN="+codaCanary, "CODABRIDGE_TUNNEL=none")...)
	p.start("serve")
	s := p.awaitPhase(app.PhaseLocal)
	if s.PublicURL != "" {
		t.Errorf("public URL %q", s.PublicURL)
	}
	chat := newAssistant(t, &http.Client{}, s.LocalURL+"/mcp")
	chat.clientID, chat.redirect = registerLoopback(t, s.LocalURL)
	chat.connect(func(code string) { p.must("approve", code) })
	if !chat.sees("search") {
		t.Error("no tools")
	}
}

// registerLoopback registers a program of this computer as a client.
func registerLoopback(t *testing.T, origin string) (id, redirect string) {
	t.Helper()
	redirect = "http://127.0.0.1:33999/callback"
	resp, err := http.Post(origin+"/register", "application/json", strings.NewReader(`{"client_name":"A tool","redirect_uris":["`+redirect+`"],"token_endpoint_auth_method":"none"}`))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	v := decode(t, resp.Body)
	if resp.StatusCode != 201 {
		t.Fatalf("register: %s %v", resp.Status, v)
	}
	return v["client_id"].(string), redirect
}

// flat gives a decoded answer as text.
func flat(v map[string]any) string {
	b, _ := json.Marshal(v)
	return string(b)
}

func decode(t *testing.T, r io.Reader) (v map[string]any) {
	t.Helper()
	if err := json.NewDecoder(r).Decode(&v); err != nil {
		t.Fatal(err)
	}
	return v
}
