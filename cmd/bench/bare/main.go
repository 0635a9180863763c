// Command bare is the least that a server of the same MCP library can be: one
// tool that makes one request of the given address and answers with what came,
// without a check, a cache, a limit or a record. The bench sets it beside
// codabridge, to tell what of a call's cost is the library's.
//
//	bare stdio       over standard input and output
//	bare http        over loopback HTTP; the first line it prints is its address
package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"time"

	"github.com/mark3labs/mcp-go/mcp"
	"github.com/mark3labs/mcp-go/server"
)

func main() {
	s := server.NewMCPServer("bare", "1", server.WithToolCapabilities(false))
	get := mcp.NewTool("get", mcp.WithString("link", mcp.Required()))
	upstream := &http.Client{Transport: &http.Transport{}}
	s.AddTool(get, func(ctx context.Context, call mcp.CallToolRequest) (*mcp.CallToolResult, error) {
		text, err := read(ctx, upstream, call.GetString("link", ""))
		if err != nil {
			return nil, err
		}
		return mcp.NewToolResultText(text), nil
	})
	var err error
	if len(os.Args) > 1 && os.Args[1] == "http" {
		err = serve(s)
	} else {
		err = server.ServeStdio(s)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "bare:", err)
		os.Exit(1)
	}
}

func read(ctx context.Context, c *http.Client, link string) (string, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, link, nil)
	if err != nil {
		return "", err
	}
	req.Header.Set("Authorization", "Bearer "+os.Getenv("BARE_TOKEN"))
	resp, err := c.Do(req)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	return string(text), err
}

// serve answers over HTTP until it is killed.
func serve(s *server.MCPServer) error {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Printf("http://%s/mcp\n", l.Addr())
	h := server.NewStreamableHTTPServer(s, server.WithStateLess(true), server.WithDisableStreaming(true))
	return (&http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second}).Serve(l)
}
