package tools_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.uber.org/goleak"

	"codabridge/server/caller"
	"codabridge/server/coda"
	"codabridge/server/coda/codatest"
	"codabridge/server/coda/codatest/codaspec"
	"codabridge/server/jsonrpc"
	"codabridge/server/tools"
	"codabridge/server/tools/changes"
)

// patient is longer than any machine needs: only what hangs meets it.
const patient = 2 * time.Minute

func TestMain(m *testing.M) {
	if childRan() {
		return
	}
	goleak.VerifyTestMain(m)
}

// harness is the tools behind real HTTP, in front of the real client and a fake
// Coda behind real HTTP.
type harness struct {
	testing.TB
	fake    *codatest.Server
	tools   *tools.Tools
	url     string
	http    *http.Client
	journal *changes.Journal // nil where none is kept
	client  *coda.Client

	mu     sync.Mutex // guards what follows
	caller caller.Caller
	calls  []tools.Call
	faults []error
}

type settings struct {
	tools tools.Options
	coda  coda.Options
	fake  codatest.Options

	changes *changes.Options // nil keeps no record

	excluded []string // docs that the index leaves out
}

func newHarness(t testing.TB, change ...func(*settings)) *harness {
	t.Helper()
	r := &harness{TB: t, caller: caller.Caller{ID: "grant-1", Name: "ChatGPT", Reach: caller.Reach{Write: true}},
		http: &http.Client{Transport: &http.Transport{}}}
	s := settings{fake: codatest.Options{Workspace: workspace()}}
	s.tools.Deadline, s.tools.SearchBudget = patient, patient
	s.coda = coda.Options{
		Token:  func() (string, error) { return codatest.Token, nil },
		Limits: coda.NoLimits(), HTTP: &http.Client{Transport: &http.Transport{}},
		Sleep: func(ctx context.Context, _ time.Duration) error { return ctx.Err() },
	}
	log := &logBook{}
	s.tools.Log = slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	s.coda.Log = s.tools.Log
	t.Cleanup(func() {
		if text := log.String(); strings.Contains(text, codatest.Token) || strings.Contains(text, codatest.TokenReadOnly) {
			t.Errorf("a Coda token is in the log: %s", text)
		}
	})
	s.tools.OnCall = func(c tools.Call) { r.mu.Lock(); r.calls = append(r.calls, c); r.mu.Unlock() }
	s.tools.OnCodaError = func(err error) { r.mu.Lock(); r.faults = append(r.faults, err); r.mu.Unlock() }
	for _, c := range change {
		c(&s)
	}
	r.fake = codaspec.Start(t, s.fake)
	s.coda.Base = r.fake.URL
	t.Cleanup(s.coda.HTTP.CloseIdleConnections)
	s.tools.Coda = coda.New(s.coda)
	r.client = s.tools.Coda
	if s.changes != nil {
		s.changes.Coda = s.tools.Coda
		s.tools.Changes = changes.New(*s.changes)
		t.Cleanup(func() { _ = s.tools.Changes.Close() })
		r.journal = s.tools.Changes
	}
	r.tools = tools.New(s.tools)
	handler := r.tools.Streamable()
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		r.mu.Lock()
		c := r.caller
		r.mu.Unlock()
		if req.Method == http.MethodPost { // as the door does
			body, _ := io.ReadAll(req.Body)
			messages, _, err := jsonrpc.Read(body, "2025-11-25")
			if err != nil {
				_, _ = w.Write(jsonrpc.ProblemOf(err))
				return
			}
			if answer, ok := handler.Direct(caller.With(req.Context(), c), req.Header, messages[0]); ok {
				w.Header().Set("Content-Type", "application/json")
				_, _ = w.Write(append(answer, '\n'))
				return
			}
			req.Body, req.ContentLength = io.NopCloser(bytes.NewReader(messages[0].Body)), int64(len(messages[0].Body))
		}
		handler.ServeHTTP(w, req.WithContext(caller.With(req.Context(), c)))
	}))
	t.Cleanup(srv.Close)
	t.Cleanup(r.http.CloseIdleConnections)
	r.url = srv.URL
	return r
}

// asCaller changes who calls from now on.
func (r *harness) asCaller(c caller.Caller) { r.mu.Lock(); r.caller = c; r.mu.Unlock() }

func (r *harness) lastCall() tools.Call {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.calls) == 0 {
		return tools.Call{}
	}
	return r.calls[len(r.calls)-1]
}

// post sends one JSON-RPC message and gives the answer's bytes.
func (r *harness) post(ctx context.Context, body any, header map[string]string) (int, []byte, error) {
	b, err := json.Marshal(body)
	if err != nil {
		return 0, nil, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, r.url, bytes.NewReader(b))
	if err != nil {
		return 0, nil, err
	}
	req.Header.Set("Content-Type", "application/json")
	for k, v := range header {
		req.Header.Set(k, v)
	}
	resp, err := r.http.Do(req)
	if err != nil {
		return 0, nil, err
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	if bytes.Contains(answer, []byte(codatest.Token)) {
		r.Errorf("the Coda token is in an answer: %s", answer)
	}
	return resp.StatusCode, answer, err
}

// outputSchema is the schema that tools/list promises to those who ask for
// structured answers.
func (r *harness) outputSchema(tool string) *jsonschema.Schema {
	r.Helper()
	all, err := promised()
	if err != nil {
		r.Fatal(err)
	}
	if all[tool] == nil {
		r.Fatalf("%s promises no shape of its answer", tool)
	}
	return all[tool]
}

// promised are the output schemas of all tools.
var promised = sync.OnceValues(func() (map[string]*jsonschema.Schema, error) {
	all := tools.New(tools.Options{Structured: true,
		Toolset: func() tools.Toolset { return tools.Toolset{Name: tools.FullTools, Admin: true} }})
	ask := httptest.NewRequest("POST", "/", strings.NewReader(`{"jsonrpc":"2.0","id":1,"method":"tools/list"}`))
	ask = ask.WithContext(caller.With(ask.Context(), caller.Caller{Reach: caller.Reach{Write: true}}))
	ask.Header.Set("Content-Type", "application/json")
	ask.Header.Set("Accept", "application/json, text/event-stream")
	said := httptest.NewRecorder()
	all.Streamable().ServeHTTP(said, ask)
	var m struct{ Result struct{ Tools []listedTool } }
	if err := json.Unmarshal(said.Body.Bytes(), &m); err != nil {
		return nil, fmt.Errorf("%w: %s", err, said.Body)
	}
	schemas := map[string]*jsonschema.Schema{}
	for _, d := range m.Result.Tools {
		doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(d.OutputSchema))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", d.Name, err)
		}
		c := jsonschema.NewCompiler()
		if err := c.AddResource(d.Name, doc); err != nil {
			return nil, err
		}
		schemas[d.Name] = c.MustCompile(d.Name)
	}
	return schemas, nil
})

type listedTool struct {
	Name, Title, Description  string
	InputSchema, OutputSchema json.RawMessage
	Annotations               map[string]any
	Meta                      map[string]any `json:"_meta"`
}

func (r *harness) listTools() []listedTool {
	r.Helper()
	_, b, err := r.post(context.Background(), object{"jsonrpc": "2.0", "id": 1, "method": "tools/list"}, nil)
	var m struct{ Result struct{ Tools []listedTool } }
	if err == nil {
		err = json.Unmarshal(b, &m)
	}
	if err != nil {
		r.Fatal(err)
	}
	return m.Result.Tools
}
