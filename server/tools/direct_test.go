package tools_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"codabridge/server/caller"
	"codabridge/server/jsonrpc"
	"codabridge/server/tools"
)

// Parts that the calls of TestDirectAnswersAreTheLibrarys are made of.
var (
	directIDs = []string{`1`, `-7`, `"a b"`, `""`, `"x\"y"`, `"<é>"`, `1.0`, `1e2`, `9007199254740993`, `123456789012345`}

	directMetas = []string{``, `{}`, `{"progressToken":7}`, `{"io.modelcontextprotocol/protocolVersion":"2025-06-18","x":{"y":[1]}}`, `[]`, `null`, `3`,
		`{"io.modelcontextprotocol/protocolVersion":"2026-07-28"}`,
		`{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{}}`,
		`{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":[],"progressToken":"p"}`,
		`{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{"roots":3}}`,
		`{"io.modelcontextprotocol/protocolVersion":"2030-01-01","io.modelcontextprotocol/clientCapabilities":{}}`,
		`{"io.modelcontextprotocol/protocolVersion":3,"io.modelcontextprotocol/clientCapabilities":{}}`}

	directCalls = []string{
		`"name":"coda_get_row","arguments":{"document":"` + planDoc + `","table":"Tasks","row":"i-launch"}`,
		`"arguments":{"document":"` + planDoc + `","table":"Tasks","limit":100},"name":"coda_list_rows"`,
		`"name":"coda_list_documents"`, `"name":"coda_list_documents","arguments":null`, `"name":"coda_list_documents","arguments":[]`,
		`"name":"coda_list_documents","arguments":"{\"limit\":1}"`, `"name":"search","arguments":{"query":"launch <b>&\u2028"}`,
		`"name":"coda_get_row","arguments":{"document":"` + planDoc + `","table":"Tasks","row":"no\u0000thing <&> \u2028"}`,
		`"name":"coda_get_row","arguments":{}`, `"name":"coda_get_row","arguments":{"row":7,"row":8}`,
		`"name":"coda_update_row","arguments":{"document":"` + planDoc + `","table":"Tasks","row":"i-launch","values":{"Name":"x"}}`,
		`"name":"coda_nope","arguments":{}`, `"name":""`, `"name":7`, `"n\u0061me":"coda_list_documents"`, `"name":"coda_list_documents","task":{"ttl":1}`,
	}

	directHeads = []http.Header{{}, {"Mcp-Protocol-Version": {"2025-06-18"}}, {"Mcp-Protocol-Version": {"2026-07-28"}}, {"Mcp-Protocol-Version": {"1999-01-01"}},
		{"Mcp-Protocol-Version": {"2026-07-28"}, "Mcp-Method": {"tools/call"}, "Mcp-Name": {"coda_get_row"}},
		{"Mcp-Protocol-Version": {"2026-07-28"}, "Mcp-Method": {"tools/call"}, "Mcp-Name": {"coda_update_row"}},
		{"Mcp-Protocol-Version": {"2026-07-28"}, "Mcp-Method": {"tools/call"}, "Mcp-Name": {"search"}},
		{"Mcp-Protocol-Version": {"2026-07-28"}, "Mcp-Method": {"tools/list"}, "Mcp-Name": {"coda_get_row"}},
		{"Mcp-Protocol-Version": {"2026-07-28"}, "Mcp-Method": {"tools/call"}, "Mcp-Name": {"coda_get_row"}, "Last-Event-Id": {"1"}},
		{"Mcp-Session-Id": {"s"}}}
)

// eachDirect makes the messages of all parts.
func eachDirect(ids []string, visit func(text string)) {
	for _, id := range ids {
		for _, meta := range directMetas {
			for _, call := range directCalls {
				if meta != "" {
					call += `,"_meta":` + meta
				}
				visit(fmt.Sprintf(`{"jsonrpc":"2.0","id":%s,"method":"tools/call","params":{%s}}`, id, call))
			}
		}
	}
}

// TestDirectAnswersAreTheLibrarys: what is answered without the library has its
// bytes, over HTTP with any headers; and what has its form is answered so.
func TestDirectAnswersAreTheLibrarys(t *testing.T) {
	t.Parallel()
	for _, structured := range []bool{false, true} {
		r := newHarness(t, full, func(s *settings) {
			s.tools.Structured, s.tools.Now = structured, atRest()
			s.tools.Challenge = func(context.Context, string) string { return `Bearer <error>="x"` }
		})
		ctx := caller.With(t.Context(), caller.Caller{ID: "grant-1", Name: "reader"}) // may not write, so nothing changes
		way, direct, all := r.tools.Streamable(), 0, 0
		eachDirect(directIDs[:2], func(text string) {
			m, ok := plainly(t, text)
			for _, head := range directHeads {
				if !ok {
					return
				}
				all++
				got, ok := way.Direct(ctx, head, m)
				if !ok {
					continue
				}
				direct++
				if want := byLibrary(ctx, way, head, m); string(got) != want {
					t.Fatalf("%s\n with %v is answered\n%s\nand by the library\n%s", text, head, got, want)
				}
			}
		})
		if direct < 100 {
			t.Errorf("%d of %d were answered directly", direct, all)
		}
	}
}

// atRest is a clock that stands, for answers that say how old they are.
func atRest() func() time.Time {
	now := time.Now()
	return func() time.Time { return now }
}

func plainly(t *testing.T, text string) (jsonrpc.Message, bool) {
	t.Helper()
	messages, _, err := jsonrpc.Read([]byte(text), "2025-06-18")
	if err != nil {
		return jsonrpc.Message{}, false
	}
	return messages[0], true
}

func byLibrary(ctx context.Context, way *tools.Streamable, head http.Header, m jsonrpc.Message) string {
	req := httptest.NewRequestWithContext(ctx, http.MethodPost, "/mcp", bytes.NewReader(m.Body))
	req.Header = head.Clone()
	req.Header.Set("Content-Type", "application/json")
	said := httptest.NewRecorder()
	way.ServeHTTP(said, req)
	if said.Code != http.StatusOK {
		return fmt.Sprint(said.Code, said.Body)
	}
	return string(m.Complete(bytes.TrimSpace(said.Body.Bytes())))
}

// TestDirectLinesAreTheLibrarys: the same of standard input, where the message in
// another spelling goes by the library.
func TestDirectLinesAreTheLibrarys(t *testing.T) {
	t.Parallel()
	r := newHarness(t, full, func(s *settings) { s.tools.Now = atRest() })
	var plain, spelled []string
	eachDirect(directIDs, func(text string) {
		if m, ok := plainly(t, text); ok && m.Call != nil && !strings.Contains(text, "coda_update_row") {
			plain, spelled = append(plain, text), append(spelled, strings.Replace(text, "tools/call", `tools\/call`, 1))
		}
	})
	got, want := r.lines(plain), r.lines(spelled)
	if len(got) != len(plain) || len(plain) < 100 {
		t.Fatalf("%d answers to %d lines", len(got), len(plain))
	}
	for line, answer := range got {
		if answer != want[line] {
			t.Fatalf("%s\nis answered\n%s\nand by the library\n%s", plain[line-1], answer, want[line])
		}
	}
}

// lines are the answers to lines of standard input, by the numbers of those.
func (r *harness) lines(all []string) map[int]string {
	r.Helper()
	to := &numbered{said: map[int]string{}}
	talk := tools.Talk{Caller: caller.Local("test", caller.Reach{Write: true}), To: to}
	if err := r.tools.ServeStdio(r.Context(), strings.NewReader(strings.Join(all, "\n")+"\n"), talk); err != nil {
		r.Fatal(err)
	}
	return to.said
}

// numbered keeps answers by their lines; the conversation calls it one at a time.
type numbered struct{ said map[int]string }

func (*numbered) Taken() {}

func (n *numbered) Answer(line int, message []byte) error {
	n.said[line] = string(message)
	if !json.Valid(message) {
		return fmt.Errorf("no JSON: %q", message)
	}
	return nil
}
