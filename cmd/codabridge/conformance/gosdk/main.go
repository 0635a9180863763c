// Command gosdk is MCP's official Go client as a judge of the bridge: gosdk
// URL WAY, with WAY one of modern, legacy, sse, sign-in. It connects, lists
// the tools, searches and reads what it found.
//
// # Decisions
//
// It is a module of its own, so that the program's go.mod names nothing that
// only a judge needs.
//
// It finds the edge by the proxy and the certificates that its environment
// names (HTTPS_PROXY, SSL_CERT_FILE), as any Go program would; nothing in the
// client is bent for the test. The access token comes in ACCESS_TOKEN, but for
// sign-in, where the client registers and asks for one by itself.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/modelcontextprotocol/go-sdk/mcp"
)

func main() {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if err := judge(ctx, os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, "gosdk:", err)
		os.Exit(1)
	}
	fmt.Println("fine")
}

// judge runs one way of connecting to its end.
func judge(ctx context.Context, url, way string) error {
	session, want, err := connect(ctx, url, way)
	if err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	if got := session.InitializeResult(); got.ProtocolVersion != want || got.ServerInfo == nil || got.ServerInfo.Name == "" {
		return fmt.Errorf("the client speaks %s with %+v, want %s and a name", got.ProtocolVersion, got.ServerInfo, want)
	}
	if err := work(ctx, session); err != nil {
		return err
	}
	return session.Close()
}

// connect also says which protocol version must come of it. Only the way
// called legacy asks for a version; the others leave that to the client.
func connect(ctx context.Context, url, way string) (*mcp.ClientSession, string, error) {
	client := mcp.NewClient(&mcp.Implementation{Name: "gosdk", Version: "1"}, nil)
	bearer := &http.Client{Transport: withToken(os.Getenv("ACCESS_TOKEN"))}
	var transport mcp.Transport = &mcp.StreamableClientTransport{Endpoint: url, HTTPClient: bearer}
	want, asks := "2026-07-28", ""
	switch way {
	case "modern":
	case "legacy":
		want, asks = "2025-11-25", "2025-11-25"
	case "sse": // the older transport has the older versions only
		want = "2025-11-25"
		transport = &mcp.SSEClientTransport{Endpoint: url, HTTPClient: bearer}
	case "sign-in":
		owner, err := newOwner()
		if err != nil {
			return nil, "", err
		}
		transport = &mcp.StreamableClientTransport{Endpoint: url, OAuthHandler: owner}
	default:
		return nil, "", fmt.Errorf("there is no way %q", way)
	}
	session, err := client.Connect(ctx, transport, &mcp.ClientSessionOptions{ProtocolVersion: asks})
	return session, want, err
}

// withToken sends an access token with every request.
type withToken string

func (t withToken) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Set("Authorization", "Bearer "+string(t))
	return http.DefaultTransport.RoundTrip(r)
}

// work lists, searches and reads.
func work(ctx context.Context, s *mcp.ClientSession) error {
	names := map[string]bool{}
	for tool, err := range s.Tools(ctx, nil) {
		if err != nil {
			return fmt.Errorf("list the tools: %w", err)
		}
		both := tool.Name == "search" || tool.Name == "fetch"
		if tool.Title == "" || tool.InputSchema == nil || both != (tool.OutputSchema != nil) || tool.Annotations == nil {
			return fmt.Errorf("%s is not declared in full", tool.Name)
		}
		names[tool.Name] = true
	}
	if len(names) < 13 || !names["search"] || !names["fetch"] {
		return fmt.Errorf("only these tools: %v", names)
	}
	var found struct {
		Results []struct{ ID, Title, URL string }
	}
	if err := call(ctx, s, "search", map[string]any{"query": "roadmap"}, &found); err != nil {
		return err
	}
	if len(found.Results) == 0 {
		return errors.New("search found nothing")
	}
	var page struct{ ID, Title, Text, URL string }
	if err := call(ctx, s, "fetch", map[string]any{"id": found.Results[0].ID}, &page); err != nil {
		return err
	}
	if page.ID != found.Results[0].ID || page.Title == "" || page.Text == "" || !strings.HasPrefix(page.URL, "https://") {
		return fmt.Errorf("fetch: %+v", page)
	}
	return nil
}

// call calls a tool and reads its structured answer; the text must say the
// same.
func call(ctx context.Context, s *mcp.ClientSession, name string, args, into any) error {
	res, err := s.CallTool(ctx, &mcp.CallToolParams{Name: name, Arguments: args})
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	if len(res.Content) != 1 {
		return fmt.Errorf("%s: %d pieces of content", name, len(res.Content))
	}
	text, ok := res.Content[0].(*mcp.TextContent)
	if !ok || res.IsError {
		return fmt.Errorf("%s: %+v", name, res.Content[0])
	}
	if both := name == "search" || name == "fetch"; both || res.StructuredContent != nil {
		structured, err := json.Marshal(res.StructuredContent)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		var a, b any
		if json.Unmarshal(structured, &a) != nil || json.Unmarshal([]byte(text.Text), &b) != nil || fmt.Sprint(a) != fmt.Sprint(b) {
			return fmt.Errorf("%s: the text differs from the structured content", name)
		}
	}
	return json.Unmarshal([]byte(text.Text), into)
}
