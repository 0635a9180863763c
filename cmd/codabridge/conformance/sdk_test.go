//go:build conformance

package conformance

import (
	"testing"

	"codabridge/server/coda/codatest"
)

// The TypeScript client of the second generation signs in, works, refreshes
// and survives a gentle and a hard restart of the bridge, in each way of
// speaking and at each place that the owner may have typed.
func TestTypeScriptClient2(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ era, path string }{
		{"modern", "/"}, {"auto", "/mcp"}, {"legacy", "/mcp/"}, {"sse", "/sse"},
	} {
		t.Run(c.era, func(t *testing.T) {
			t.Parallel()
			h := open(t)
			h.must(t, script("sdk2", h.issuer()+c.path, c.era))
		})
	}
}

// The first generation does the same, and is the one most clients are built
// with. Its streamable run signs in with Chromium, past ngrok's notice.
func TestTypeScriptClient1(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ way, path string }{{"streamable", ""}, {"sse", "/sse/"}} {
		t.Run(c.way, func(t *testing.T) {
			t.Parallel()
			h := open(t)
			run := script("sdk1", h.issuer()+c.path, c.way)
			if c.way == "streamable" {
				if chromiumPath() == "" {
					t.Skip("needs browser: .ci/setup browser")
				}
				h.edge.Interstitial(true)
				run.browser = visitWithChromium
			}
			h.must(t, run)
		})
	}
	t.Run("stdio", func(t *testing.T) {
		t.Parallel()
		h := open(t)
		run := script("sdk1", "-", "stdio")
		run.env = []string{"CODABRIDGE_CODA_TOKEN=" + codatest.Token, "CODABRIDGE_CODA_URL=" + h.coda.URL()}
		h.must(t, run)
	})
	t.Run("stdio demo", func(t *testing.T) {
		t.Parallel()
		h := open(t)
		h.must(t, script("sdk1", "-", "stdio", "--demo"))
	})
}

// mcp-remote carries the bridge to clients that know stdio only.
func TestMCPRemote(t *testing.T) {
	t.Parallel()
	h := open(t)
	run := script("remote", h.issuer()+"/mcp", "--host", "127.0.0.1")
	run.env = []string{"MCP_REMOTE_CONFIG_DIR=" + h.dir}
	h.must(t, run)
}

// The strict OAuth clients check every answer against the documents.
func TestStrictOAuthClients(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.must(t, script("strict", h.issuer()))
}

// Two vendors' libraries take every tool of the full set, and what they make of
// the schemas works.
func TestVendorsLibraries(t *testing.T) {
	t.Parallel()
	h := open(t)
	h.must(t, script("vendors", "-", "stdio", "--demo", "--toolset", "full", "--index", "off"))
}
