package tools_test

import (
	"bytes"
	"encoding/json"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"codabridge/server/caller"
	"codabridge/server/golden"
)

// TestSchemas keeps the list as reviewed: a change of a name, a schema or a
// hint makes clients ask for a refresh, so it must show in a diff.
func TestSchemas(t *testing.T) {
	t.Parallel()
	r := newHarness(t)
	for _, d := range r.listTools() {
		golden.Check(t, filepath.Join("testdata", "tools", d.Name+".json"), pretty(t, d))
	}
}

func pretty(t *testing.T, v any) []byte {
	t.Helper()
	b, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	return append(b, '\n')
}

// TestEveryTool walks the rules that clients have about tools.
func TestEveryTool(t *testing.T) {
	t.Parallel()
	r := newHarness(t)
	var names []string
	for _, d := range r.listTools() {
		names = append(names, d.Name)
		checkTool(t, d)
		if d.Annotations["openWorldHint"] != false {
			t.Errorf("%s reaches only the owner's account, so openWorldHint must be false", d.Name)
		}
	}
	if !slices.Equal(names, r.tools.Names()) || names[0] != "search" || names[1] != "fetch" {
		t.Errorf("the order of tools/list is not ours: %v", names)
	}
}

var toolName = regexp.MustCompile(`^[a-z][a-z0-9_]{0,47}$`)

func checkTool(t *testing.T, d listedTool) {
	t.Helper()
	if !toolName.MatchString(d.Name) || d.Title == "" || d.Description == "" || len(d.Description) > 1000 {
		t.Errorf("%s: name, title or description is out of bounds (%d characters)", d.Name, len(d.Description))
	}
	for _, hint := range []string{"readOnlyHint", "destructiveHint", "idempotentHint", "openWorldHint"} {
		if _, ok := d.Annotations[hint].(bool); !ok {
			t.Errorf("%s: %s is not given", d.Name, hint)
		}
	}
	checkSchema(t, d.Name+" input", d.InputSchema)
	if (d.Name == "search" || d.Name == "fetch" || d.Name == "coda_show_table") != (len(d.OutputSchema) > 0) {
		t.Errorf("%s: only search, fetch and the table for people answer in two forms, outputSchema is %s", d.Name, d.OutputSchema)
	}
	if len(d.OutputSchema) > 0 {
		checkSchema(t, d.Name+" output", d.OutputSchema)
	}
	scope := "coda.read"
	if d.Annotations["readOnlyHint"] == false {
		scope = "coda.write"
	}
	if want := `[{"scopes":["` + scope + `"],"type":"oauth2"}]`; mustJSON(d.Meta["securitySchemes"]) != want {
		t.Errorf("%s: securitySchemes are %s, want %s", d.Name, mustJSON(d.Meta["securitySchemes"]), want)
	}
}

// checkSchema refuses what some clients refuse along with the whole list.
func checkSchema(t *testing.T, what string, raw json.RawMessage) {
	t.Helper()
	var s map[string]any
	if err := json.Unmarshal(raw, &s); err != nil {
		t.Fatalf("%s: %v", what, err)
	}
	for _, word := range []string{"anyOf", "oneOf", "allOf", "not", "$ref"} {
		if _, there := s[word]; there {
			t.Errorf("%s has %s at its top", what, word)
		}
	}
	if s["type"] != "object" || s["additionalProperties"] != false {
		t.Errorf("%s is not a closed object", what)
	}
	if bytes.Contains(raw, []byte(`"type":[`)) || bytes.Contains(raw, []byte("null")) {
		t.Errorf("%s has a list of types or null", what)
	}
}

func TestToolsListStaysSmall(t *testing.T) {
	t.Parallel()
	r := newHarness(t)
	_, b, err := r.post(t.Context(), object{"jsonrpc": "2.0", "id": 1, "method": "tools/list"}, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("tools/list is %d bytes", len(b))
	if len(b) >= 14000 {
		t.Errorf("tools/list is %d bytes; every model pays for it in every conversation", len(b))
	}
	_, again, err := r.post(t.Context(), object{"jsonrpc": "2.0", "id": 1, "method": "tools/list"}, nil)
	if err != nil || !bytes.Equal(b, again) {
		t.Error("two lists differ, so no client can cache them")
	}
}

func TestReadersDoNotSeeWriteTools(t *testing.T) {
	t.Parallel()
	readOnly := false
	r := newHarness(t, func(s *settings) {
		s.tools.ReadOnly = func() bool { return readOnly }
	})
	all := len(r.listTools())
	r.asCaller(caller.Caller{ID: "grant-2", Name: "Reader"})
	few := r.listTools()
	if len(few) != all-7 {
		t.Errorf("a reader sees %d of %d tools, want 7 fewer", len(few), all)
	}
	for _, d := range few {
		if d.Annotations["readOnlyHint"] != true {
			t.Errorf("a reader sees %s", d.Name)
		}
	}
	r.asCaller(caller.Caller{ID: "grant-1", Reach: caller.Reach{Write: true}})
	readOnly = true
	if n := len(r.listTools()); n != all-7 {
		t.Errorf("with Read-only on a writer sees %d tools", n)
	}
}

// TestBothEras plays the first messages of clients of both protocol eras.
func TestBothEras(t *testing.T) {
	t.Parallel()
	r := newHarness(t)
	meta := object{"io.modelcontextprotocol/protocolVersion": "2026-07-28",
		"io.modelcontextprotocol/clientInfo":         object{"name": "t", "version": "1"},
		"io.modelcontextprotocol/clientCapabilities": object{}}
	for _, c := range []struct {
		what   string
		body   object
		header map[string]string
		want   string
	}{
		{"ChatGPT's discover before anything else", object{"jsonrpc": "2.0", "id": "openai-mcp-discover", "method": "server/discover", "params": object{"_meta": meta}},
			map[string]string{"Mcp-Protocol-Version": "2026-07-28", "Mcp-Method": "server/discover"}, `"2026-07-28"`},
		{"a modern call", object{"jsonrpc": "2.0", "id": 2, "method": "tools/call", "params": object{"_meta": meta, "name": "search", "arguments": object{"query": "launch"}}},
			map[string]string{"Mcp-Protocol-Version": "2026-07-28", "Mcp-Method": "tools/call", "Mcp-Name": "search"}, `"doc:` + planDoc},
		{"a legacy handshake", object{"jsonrpc": "2.0", "id": 3, "method": "initialize", "params": object{"protocolVersion": "2025-11-25", "capabilities": object{}, "clientInfo": object{"name": "t", "version": "1"}}},
			nil, `"instructions":"Search, read`},
		{"a legacy call without a session", object{"jsonrpc": "2.0", "id": 4, "method": "tools/call", "params": object{"name": "fetch", "arguments": object{"id": "doc:" + planDoc}}},
			nil, `"title":"Launch plan"`},
		{"an unknown tool is the protocol's error, not a result", object{"jsonrpc": "2.0", "id": 5, "method": "tools/call", "params": object{"name": "coda_delete_everything"}},
			nil, `-32602`},
	} {
		_, b, err := r.post(t.Context(), c.body, c.header)
		if err != nil || !bytes.Contains(b, []byte(c.want)) {
			t.Errorf("%s: %s (%v), want %s", c.what, b, err, c.want)
		}
	}
}

func TestInstructionsSayTheEssentialsFirst(t *testing.T) {
	t.Parallel()
	r := newHarness(t)
	_, b, err := r.post(t.Context(), object{"jsonrpc": "2.0", "id": 3, "method": "initialize", "params": object{"protocolVersion": "2025-06-18", "capabilities": object{}, "clientInfo": object{"name": "t", "version": "1"}}}, nil)
	var m struct {
		Result struct {
			Instructions string
			ServerInfo   struct{ Name, Title string }
		}
	}
	if err == nil {
		err = json.Unmarshal(b, &m)
	}
	if err != nil || m.Result.ServerInfo.Title == "" {
		t.Fatalf("%v %s", err, b)
	}
	first := m.Result.Instructions[:512]
	for _, w := range []string{"search", "coda_get_page", "coda_list_rows", "next_cursor", "never instructions"} {
		if !strings.Contains(first, w) {
			t.Errorf("the first 512 characters do not say %q: %s", w, first)
		}
	}
	if !strings.Contains(m.Result.Instructions, "comments") {
		t.Error("the instructions do not say what Coda's API cannot do")
	}
}
