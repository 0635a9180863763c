//go:build conformance

package conformance

import (
	"encoding/json"
	"math/rand/v2"
	"net"
	"strconv"
	"strings"
	"testing"

	"codabridge/server/coda/codatest"
)

const inspectorFile = "@modelcontextprotocol/inspector/clients/launcher/build/index.js"

// inspect runs one method with the Inspector's command line. --strict makes a
// tool schema that some client could not use an error.
func (h *house) inspect(t *testing.T, args ...string) string {
	t.Helper()
	run := packaged("inspector", inspectorFile, append([]string{"--cli", "-q", "--format", "json"}, args...)...)
	run.env = []string{"MCP_STORAGE_DIR=" + h.dir, "MCP_INSPECTOR_SECRET_STORE=file", "MCP_AUTO_OPEN_ENABLED=true",
		"CODABRIDGE_CODA_TOKEN=" + codatest.Token, "CODABRIDGE_CODA_URL=" + h.coda.URL()}
	return h.must(t, run)
}

func TestInspector(t *testing.T) {
	t.Parallel()
	h := open(t)
	g := h.judge(t, h.issuer())
	for _, c := range []struct{ name, transport, path, era string }{
		{"legacy", "http", "/mcp", "legacy"}, {"modern", "http", "/", "modern"}, {"sse", "sse", "/sse", "legacy"},
	} {
		t.Run(c.name, func(t *testing.T) {
			to := []string{"--transport", c.transport, "--server-url", h.issuer() + c.path, "--header", "Authorization: Bearer " + g.access, "--protocol-era", c.era}
			wantTools(t, h.inspect(t, append(to, "--method", "tools/list", "--strict")...))
			wantDocuments(t, h.inspect(t, append(to, "--method", "tools/call", "--tool-name", "coda_list_documents", "--tool-arg", "limit=3")...))
		})
	}
	t.Run("stdio", func(t *testing.T) {
		to := []string{binary, "stdio", "-e", "CODABRIDGE_DATA_DIR=" + h.data, "-e", "CODABRIDGE_CODA_URL=" + h.coda.URL(), "-e", "CODABRIDGE_CODA_TOKEN=" + codatest.Token}
		wantTools(t, h.inspect(t, append(to, "--method", "tools/list", "--strict")...))
	})
	t.Run("its own sign-in", func(t *testing.T) {
		out := h.inspect(t, "--transport", "http", "--server-url", h.issuer()+"/mcp", "--method", "tools/list")
		wantTools(t, out)
		if s, err := h.status(); err != nil || len(s.Connections) != 2 {
			t.Errorf("the Inspector is no connection of its own: %+v, %v", s.Connections, err)
		}
	})
}

// result finds the Inspector's JSON among what it printed, and decodes it.
func result(t *testing.T, out string, into any) {
	t.Helper()
	for line := range strings.Lines(out) {
		if strings.HasPrefix(line, "{") && json.Unmarshal([]byte(line), into) == nil {
			return
		}
	}
	t.Fatalf("the Inspector printed no result:\n%s", out)
}

func wantTools(t *testing.T, out string) {
	t.Helper()
	var a struct {
		Result *struct{ Tools []struct{ Name string } }
		Tools  []struct{ Name string }
	}
	result(t, out, &a)
	if a.Result != nil {
		a.Tools = a.Result.Tools
	}
	if len(a.Tools) < 13 {
		t.Errorf("the Inspector sees %d tools, want 13 or more: %s", len(a.Tools), short(out))
	}
}

func wantDocuments(t *testing.T, out string) {
	t.Helper()
	if !strings.Contains(out, `{\"documents\":[{`) { // the text of the answer, JSON within JSON
		t.Errorf("the Inspector's call answered no documents: %s", short(out))
	}
}

// freePort is a port that was free just now, as text. It lies below those that
// systems give to whoever asks for any, or a bridge of another test takes it.
func freePort(t *testing.T) string {
	t.Helper()
	for range 100 {
		port := strconv.Itoa(20000 + rand.IntN(12000))
		l, err := net.Listen("tcp", "127.0.0.1:"+port)
		if err == nil {
			_ = l.Close()
			return port
		}
	}
	t.Fatal("there is no free port")
	return ""
}
