package tools_test

import (
	"strings"
	"testing"
	"time"

	"github.com/mark3labs/mcp-go/client"
	"github.com/mark3labs/mcp-go/client/transport"
	"github.com/mark3labs/mcp-go/mcp"
)

// TestLibraryClient lets a client that we did not write lead the conversation.
func TestLibraryClient(t *testing.T) {
	t.Parallel()
	r := newHarness(t)
	c, err := client.NewStreamableHttpClient(r.url, transport.WithHTTPBasicClient(r.http))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	if err := c.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	hello, err := c.Initialize(t.Context(), mcp.InitializeRequest{Params: mcp.InitializeParams{
		ProtocolVersion: "2025-06-18", ClientInfo: mcp.Implementation{Name: "t", Version: "1"}}})
	if err != nil || hello.ServerInfo.Name != "codabridge" {
		t.Fatalf("%+v %v", hello, err)
	}
	list, err := c.ListTools(t.Context(), mcp.ListToolsRequest{})
	if err != nil || len(list.Tools) != len(r.tools.Names()) {
		t.Fatalf("%d tools, %v", len(list.Tools), err)
	}
	got, err := c.CallTool(t.Context(), mcp.CallToolRequest{Params: mcp.CallToolParams{Name: "coda_get_page", Arguments: object{"document": planDoc, "page": "Risks"}}})
	if err != nil || got.IsError || !strings.Contains(mustJSON(got.Content), "Rain.") {
		t.Errorf("%+v %v", got, err)
	}
}

// TestNamesAreAskedForOnce: a conversation names the same document again and
// again, and its list must not be fetched each time.
func TestNamesAreAskedForOnce(t *testing.T) {
	t.Parallel()
	now := time.Now()
	r := newHarness(t, func(s *settings) { s.tools.Now = func() time.Time { return now } })
	for range 3 {
		r.call("coda_list_rows", object{"document": "Launch plan", "table": "Tasks"}).ok(nil)
	}
	for op, want := range map[string]int{"listDocs": 1, "listTables": 1, "listColumns": 1, "listRows": 3} {
		if n := r.fake.Count(op); n != want {
			t.Errorf("%s was asked %d times, want %d", op, n, want)
		}
	}
	now = now.Add(2 * time.Minute)
	r.call("coda_list_rows", object{"document": "Launch plan", "table": "Tasks"}).ok(nil)
	if n := r.fake.Count("listDocs"); n != 2 {
		t.Errorf("after two minutes the names are still the old ones (%d lists)", n)
	}
	r.tools.Forget()
	r.call("coda_list_rows", object{"document": planDoc, "table": tasksTable}).ok(nil)
	if n := r.fake.Count("getDoc"); n != 1 {
		t.Errorf("a new token was answered from the old one's names (%d)", n)
	}
}
