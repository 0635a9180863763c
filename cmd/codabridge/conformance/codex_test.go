//go:build conformance

package conformance

import (
	"path/filepath"
	"testing"
)

// Codex signs in by both kinds of registration and works with the tools.
func TestCodex(t *testing.T) {
	t.Parallel()
	for _, registration := range []string{"dcr", "cimd"} {
		t.Run(registration, func(t *testing.T) {
			t.Parallel()
			h := open(t)
			run := script("codex", h.issuer()+"/mcp", registration)
			run.env = append(h.byProxy(), "CODEX_HOME="+filepath.Join(h.dir, "codex"))
			h.must(t, run)
		})
	}
}
