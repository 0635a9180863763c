package tools_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"codabridge/server/caller"
	"codabridge/server/coda/codatest"
	"codabridge/server/jsonrpc"
)

// ask is one stdio run: the input whole, and the lines of the output by id.
func ask(t *testing.T, r *harness, input string) map[string]json.RawMessage {
	t.Helper()
	var out bytes.Buffer
	ctx, cancel := context.WithTimeout(t.Context(), patient)
	defer cancel()
	if err := r.tools.ServeStdio(ctx, strings.NewReader(input), local(&out)); err != nil {
		t.Fatal(err)
	}
	if ctx.Err() != nil {
		t.Fatal("stdio did not end with its input")
	}
	answers := map[string]json.RawMessage{}
	for line := range strings.Lines(out.String()) {
		var m struct {
			ID     any
			Method string
		}
		if err := json.Unmarshal([]byte(line), &m); err != nil {
			t.Fatalf("a line is no JSON: %q", line)
		}
		if m.Method != "" {
			continue // the server's own word, such as that a subscription began
		}
		answers[mustJSON(m.ID)] = json.RawMessage(line)
	}
	return answers
}

func TestStdioAnswersAPipedConversation(t *testing.T) {
	t.Parallel()
	r := newHarness(t)
	r.fake.Set(func(k *codatest.Knobs) { k.Delay = 30 * time.Millisecond })
	modern := `"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientInfo":{"name":"t","version":"1"},"io.modelcontextprotocol/clientCapabilities":{}}`
	got := ask(t, r, strings.Join([]string{
		`{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-06-18","capabilities":{},"clientInfo":{"name":"t","version":"1"}}}`,
		`{"jsonrpc":"2.0","method":"notifications/initialized"}`,
		``,
		`{"jsonrpc":"2.0","id":2,"method":"tools/list"}`,
		`this is no JSON`,
		`{"jsonrpc":"2.0","id":3,"method":"tools/call","params":{"name":"search","arguments":{"query":"launch"}}}`,
		`{"jsonrpc":"2.0","id":4,"method":"server/discover","params":{` + modern + `}}`,
		`{"jsonrpc":"2.0","id":5,"method":"subscriptions/listen","params":{` + modern + `,"notifications":{}}}`,
		`{"jsonrpc":"2.0","id":6,"method":"tools/call","params":{` + modern + `,"name":"coda_update_row","arguments":{"document":"` + planDoc + `","table":"Tasks","row":"i-paint","values":{"Points":1}}}}`,
	}, "\n")) // the last line has no newline
	for id, want := range map[string]string{"1": `"protocolVersion":"2025-06-18"`, "2": `coda_create_rows`, "null": `-32700`,
		"3": `doc:` + planDoc, "4": `2026-07-28`, "6": `applied`} {
		if !strings.Contains(string(got[id]), want) {
			t.Errorf("answer %s is %s, want %s in it", id, got[id], want)
		}
	}
	for _, id := range []string{"1", "4"} { // no page of ours is to be had here; a picture comes along
		if who := string(got[id]); !strings.Contains(who, `"title":"codabridge: Coda documents"`) || !strings.Contains(who, `"src":"data:image/png;base64,iVBOR`) {
			t.Errorf("answer %s does not say who answers: %s", id, who)
		}
	}
	if c := r.lastCall().Caller; c.ID != "stdio:t" || c.Name != "t" || !c.Reach.Write {
		t.Errorf("the caller is %+v", c)
	}
}

// TestStdioGivesIdsBackAsTheyWere: one above 2^53 was rounded, so its client
// waited for ever; a resource that is not there is named in the error's data.
func TestStdioGivesIdsBackAsTheyWere(t *testing.T) {
	t.Parallel()
	r := newHarness(t)
	var out bytes.Buffer
	in := strings.NewReader(`{"jsonrpc":"2.0","id":9007199254740993,"method":"tools/call","params":{"name":"coda_list_documents","arguments":{}}}
{"jsonrpc":"2.0","id":null,"method":"ping"}
{"jsonrpc":"2.0","id":"coda","method":"resources/read","params":{"uri":"coda://no/such"}}`)
	if err := r.tools.ServeStdio(t.Context(), in, local(&out)); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`"id":9007199254740993,"result":{`, `"id":"coda","error":{"code":-32002,`, `"data":{"uri":"coda://no/such"}`, `"id":null,"error":{"code":-32600,`} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%s is not in %s", want, &out)
		}
	}
}

func TestStdioTakesLongLines(t *testing.T) {
	t.Parallel()
	r := newHarness(t)
	long := strings.Repeat("x", 300<<10)
	got := ask(t, r, `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"search","arguments":{"query":"`+long+`"}}}`+"\n"+
		strings.Repeat("y", 9<<20)+"\n"+`{"jsonrpc":"2.0","id":2,"method":"ping"}`+"\n")
	if !strings.Contains(string(got["1"]), "results") || !strings.Contains(string(got["null"]), "8 MB") || got["2"] == nil {
		t.Errorf("%.300s %s %s", got["1"], got["null"], got["2"])
	}
}

func TestStdioEndsWithItsContextAndABrokenOutput(t *testing.T) {
	t.Parallel()
	r := newHarness(t)
	in, feed := io.Pipe()
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- r.tools.ServeStdio(ctx, in, local(io.Discard)) }()
	cancel()
	if err := <-ended; err != nil {
		t.Errorf("the end of ctx is no error: %v", err)
	}
	_ = feed.Close()

	in, feed = io.Pipe()
	gone, out := io.Pipe()
	_ = gone.Close()
	go func() { ended <- r.tools.ServeStdio(t.Context(), in, local(out)) }()
	if _, err := io.WriteString(feed, `{"jsonrpc":"2.0","id":2,"method":"ping"}`+"\n"); err != nil {
		t.Fatal(err)
	}
	if err := <-ended; err == nil {
		t.Error("nobody reads the answers, and that is not said")
	}
	_ = feed.Close()
}

func TestStdioHidesWritesWhileReadOnly(t *testing.T) {
	t.Parallel()
	r := newHarness(t, func(s *settings) { s.tools.ReadOnly = func() bool { return true } })
	got := ask(t, r, `{"jsonrpc":"2.0","id":2,"method":"tools/list"}`+"\n")
	if strings.Contains(string(got["2"]), "coda_update_row") || !strings.Contains(string(got["2"]), "coda_get_row") {
		t.Errorf("%s", got["2"])
	}
}

// openSSE serves the older transport, with the tunnel's name as Host and an
// origin that the caller has allowed, and opens a stream.
func openSSE(t *testing.T, r *harness) (base string, events *bufio.Scanner, closeAll func()) {
	t.Helper()
	sse := r.tools.SSE()
	client := caller.Caller{ID: "grant-9", Name: "Old client"}
	mux := http.NewServeMux()
	mux.Handle("GET /sse", http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		w.Header().Set("Access-Control-Allow-Origin", "https://claude.ai")
		sse.Stream().ServeHTTP(w, req.WithContext(caller.With(req.Context(), client)))
	}))
	mux.Handle("POST /messages", http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		ctx := caller.With(req.Context(), client)
		body, err := io.ReadAll(req.Body)
		on, open := sse.Conversation(ctx, req.URL.Query().Get("sessionId"))
		messages, _, malformed := jsonrpc.Read(body, on.Version())
		if err != nil || !open || malformed != nil {
			t.Errorf("%v %v %v", err, open, malformed)
			return
		}
		w.WriteHeader(http.StatusAccepted)
		on.Send(on.Answer(ctx, messages[0]))
	}))
	srv := httptest.NewServer(mux)
	t.Cleanup(srv.Close)
	t.Cleanup(sse.Close)
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, srv.URL+"/sse", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Host = "abc.ngrok-free.dev"
	resp, err := r.http.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = resp.Body.Close() })
	if got := resp.Header.Get("Access-Control-Allow-Origin"); got != "https://claude.ai" {
		t.Errorf("the library put its own origin %q over ours", got)
	}
	events = bufio.NewScanner(resp.Body)
	events.Buffer(nil, 1<<20)
	return srv.URL, events, sse.Close
}

// TestSSE plays a client of the older transport.
func TestSSE(t *testing.T) {
	t.Parallel()
	r := newHarness(t)
	base, events, closeAll := openSSE(t, r)
	endpoint := nextData(t, events)
	if !strings.HasPrefix(endpoint, "/messages?sessionId=") {
		t.Fatalf("the endpoint is %q, want a relative one", endpoint)
	}
	for _, c := range []struct{ body, want string }{
		{`{"jsonrpc":"2.0","id":1,"method":"tools/list"}`, `"coda_get_page"`},
		{`{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"fetch","arguments":{"id":"doc:` + planDoc + `"}}}`, `Launch plan`},
		{`{"jsonrpc":"2.0","id":3,"method":"tools/call","params":{"name":"coda_append_to_page","arguments":{"document":"x","page":"y","content":"z"}}}`, `may only read`},
	} {
		ack, err := r.http.Post(base+endpoint, "application/json", strings.NewReader(c.body))
		if err != nil || ack.StatusCode != http.StatusAccepted {
			t.Fatalf("%v %v", ack, err)
		}
		_ = ack.Body.Close()
		if got := nextData(t, events); !strings.Contains(got, c.want) {
			t.Errorf("%s was answered %s", c.body, got)
		}
	}
	if c := r.lastCall().Caller; c.ID != "grant-9" {
		t.Errorf("the caller of a message is %+v", c)
	}
	closeAll()
	for events.Scan() { // the stream ends
	}
}

func nextData(t *testing.T, events *bufio.Scanner) string {
	t.Helper()
	for events.Scan() {
		if data, ok := strings.CutPrefix(events.Text(), "data: "); ok {
			return strings.TrimSpace(data)
		}
	}
	t.Fatalf("the stream ended: %v", events.Err())
	return ""
}
