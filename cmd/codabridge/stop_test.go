package main

import (
	"bufio"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"

	"codabridge/app"
	store "codabridge/server/store/state"
)

// TestItEndsInOrderWhateverGoesOn: whoever stops it, a service manager or the
// end of a session, finds it over in time with exit code 0 (p.stop says so),
// and able to start again.
func TestItEndsInOrderWhateverGoesOn(t *testing.T) {
	t.Parallel()
	for name, busy := range map[string]func(*stopping){
		"while it connects again":              whileReconnecting,
		"with many streams open":               withStreams,
		"with a slow call of a tool":           withASlowCall,
		"with a slow call on this computer":    withASlowLocalCall,
		"with a slow call on an older stream":  withASlowStreamCall,
		"with the owner's page open":           withTheOwnersPage,
		"with a sign-in tab that waits":        withASignIn,
		"while the index reads a slow service": whileIndexing,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newHarness(t)
			stall := newStall(t, w.coda.Handler())
			p := newProgram(t, append(w.secrets(), "CODABRIDGE_CODA_URL="+stall.url)...)
			p.start("serve")
			chat := newAssistant(t, w.edge.Client(), p.awaitPhase(app.PhaseOnline).PublicURL)
			chat.connect(func(code string) { p.must("approve", "--write", code) })
			busy(&stopping{t, w, p, chat, stall})
			p.stop(syscall.SIGTERM)
			if log := p.must("logs", "-n", "0"); !strings.Contains(log, "app: ended") {
				t.Errorf("it did not come to its end:\n%s", log)
			}
			if strings.Contains(name, "slow call") {
				noted(t, p)
			}
		})
	}
}

// stopping is a program that is going to be stopped, and all around it.
type stopping struct {
	t       *testing.T
	harness *harness
	p       *program
	chat    *assistant
	stall   *stall
}

func whileReconnecting(s *stopping) {
	s.harness.edge.Kill()
	s.p.awaitPhase(app.PhaseReconnecting)
}

// withStreams opens quiet streams through the tunnel and on this computer.
func withStreams(s *stopping) {
	local := newAssistant(s.t, &http.Client{}, s.p.awaitPhase(app.PhaseOnline).LocalURL)
	local.clientID, local.redirect = registerLoopback(s.t, local.url)
	local.connect(func(code string) { s.p.must("approve", code) })
	for i := range 48 {
		from := []*assistant{s.chat, local}[i%2]
		req := from.request(s.t, "GET", strings.TrimSuffix(from.url, "/")+[]string{"/sse", "/mcp"}[i/2%2], "")
		req.Header.Set("Accept", "text/event-stream")
		req.Header.Del("Mcp-Protocol-Version") // the newest has no such streams
		resp, err := from.http.Do(req)
		if err != nil {
			s.t.Fatal(err)
		}
		s.t.Cleanup(func() { resp.Body.Close() })
		if _, err := io.ReadFull(resp.Body, make([]byte, 2)); err != nil || resp.StatusCode != 200 {
			s.t.Fatalf("%s: %s, %v", req.URL, resp.Status, err)
		}
	}
}

func withASlowCall(s *stopping) {
	s.stall.begin("query=plan")
	req := s.chat.request(s.t, "POST", s.chat.url, `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"coda_list_documents","arguments":{"query":"plan"},`+modernMeta+`}}`)
	go cutOff(s.chat, req)
	<-s.stall.held
}

func withASlowLocalCall(s *stopping) {
	local := newAssistant(s.t, &http.Client{}, s.p.awaitPhase(app.PhaseOnline).LocalURL)
	local.clientID, local.redirect = registerLoopback(s.t, local.url)
	local.connect(func(code string) { s.p.must("approve", code) })
	s.chat = local
	withASlowCall(s)
}

// withASlowStreamCall makes a call whose answer is awaited on a stream: the request
// that brings it has ended when the program is stopped.
func withASlowStreamCall(s *stopping) {
	origin := strings.TrimSuffix(strings.TrimSuffix(s.chat.url, "/"), "/mcp")
	open := s.chat.request(s.t, "GET", origin+"/sse", "")
	open.Header.Set("Accept", "text/event-stream")
	open.Header.Del("Mcp-Protocol-Version")
	stream, err := s.chat.http.Do(open)
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { stream.Body.Close() })
	place := ""
	for lines := bufio.NewScanner(stream.Body); place == "" && lines.Scan(); {
		place, _ = strings.CutPrefix(lines.Text(), "data: ")
		if !strings.HasPrefix(place, "/messages") {
			place = ""
		}
	}
	s.stall.begin("query=plan")
	call := s.chat.request(s.t, "POST", origin+place,
		`{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"coda_list_documents","arguments":{"query":"plan"}}}`)
	call.Header.Del("Mcp-Protocol-Version")
	resp, err := s.chat.http.Do(call)
	if err != nil {
		s.t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusAccepted {
		s.t.Fatalf("%s: %s", place, resp.Status)
	}
	<-s.stall.held
}

// noted wants the call in the activity that the end cut off.
func noted(t *testing.T, p *program) {
	t.Helper()
	db, _, err := store.Open(filepath.Join(p.dir, "state.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	all, err := db.Activity(t.Context(), store.ActivityFilter{}, 10)
	if err != nil || !slices.ContainsFunc(all, func(a store.Activity) bool { return a.Tool == "coda_list_documents" }) {
		t.Errorf("a call that ended with the program was not noted: %+v %v", all, err)
	}
}

func withTheOwnersPage(s *stopping) {
	page := openBrowser(s.t, s.harness.edge, 900, 1000)
	page.open(s.p.link())
	page.wait("its parts", textOf("s-connections"), func(s string) bool { return s != "" })
}

func withASignIn(s *stopping) {
	other := newAssistant(s.t, s.harness.edge.Client(), s.chat.url)
	other.discover()
	other.ask()
	other.tokens = s.chat.tokens
	go cutOff(other, other.request(s.t, "GET", strings.Replace(other.authorizeURL(), "/authorize?", "/authorize/wait?", 1), ""))
	s.p.await("the request", func(st app.State) bool { return len(st.Waiting) == 1 })
}

func whileIndexing(s *stopping) {
	s.stall.begin("")
	s.p.must("index", "rebuild")
	<-s.stall.held
}

// request is one with the token of the connection.
func (a *assistant) request(t *testing.T, method, link, body string) *http.Request {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, link, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for name, value := range map[string]string{
		"Content-Type": "application/json", "Accept": "application/json, text/event-stream", "Mcp-Protocol-Version": "2026-07-28",
		"Mcp-Method": "tools/call", "Mcp-Name": "coda_list_documents", "Authorization": "Bearer " + a.tokens["access_token"].(string),
	} {
		req.Header.Set(name, value)
	}
	return req
}

// cutOff sends a request that the end of the program cuts off.
func cutOff(a *assistant, req *http.Request) {
	if resp, err := a.http.Do(req); err == nil {
		resp.Body.Close()
	}
}

// stall stands before the fake Coda and, once begun, lets nothing be answered.
type stall struct {
	url  string
	of   atomic.Pointer[string]
	held chan struct{} // holds something once a request hangs that is waited for
}

func newStall(t *testing.T, coda http.Handler) *stall {
	s := &stall{held: make(chan struct{}, 1)}
	far := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		of := s.of.Load()
		if of == nil {
			coda.ServeHTTP(w, r)
			return
		}
		if strings.Contains(r.URL.RequestURI(), *of) {
			select {
			case s.held <- struct{}{}:
			default:
			}
		}
		<-r.Context().Done()
	}))
	t.Cleanup(far.Close)
	s.url = far.URL + "/apis/v1"
	return s
}

// begin waits for a request whose address has a part; the index makes others.
func (s *stall) begin(part string) { s.of.Store(&part) }

// TestStdioEndsOnSIGTERMWithACallInHand: the call is told that it is over.
func TestStdioEndsOnSIGTERMWithACallInHand(t *testing.T) {
	t.Parallel()
	w := newHarness(t)
	stall := newStall(t, w.coda.Handler())
	s := startStdio(newProgram(t, append(w.secrets(), "CODABRIDGE_CODA_URL="+stall.url)...))
	s.ask(`{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{` + modernMeta + `}}`)
	stall.begin("query=plan")
	io.WriteString(s.in, `{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"coda_list_documents","arguments":{"query":"plan"},`+modernMeta+"}}\n")
	<-stall.held
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	for s.out.Scan() {
		if !strings.Contains(s.out.Text(), "cancelled") {
			t.Errorf("it said %s", s.out.Text())
		}
	}
	if err := <-s.over; err != nil {
		t.Errorf("it ended with %v\n%s", err, s.errs)
	}
}
