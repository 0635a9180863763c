//go:build conformance

package conformance

import (
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"
)

var keyForm = regexp.MustCompile(`cbk_[A-Za-z0-9_-]{43}`)

// Redocly finds nothing to say about the OpenAPI document in either form, and a
// client that is generated from it calls every operation.
func TestOpenAPI(t *testing.T) {
	t.Parallel()
	needNode(t)
	for _, set := range []string{"core", "full"} {
		t.Run(set, func(t *testing.T) {
			t.Parallel()
			h := open(t, "CODABRIDGE_TOOLSET="+set)
			s, err := h.status()
			if err != nil {
				t.Fatal(err)
			}
			for _, name := range []string{"openapi.json", "openapi.yaml"} {
				file := filepath.Join(h.dir, name)
				save(t, h.web(s.LocalURL), s.LocalURL+"/"+name, file)
				lint := exec.Command(node, filepath.Join(tools, "node_modules", "@redocly", "cli", "bin", "cli.js"), "lint", "--max-problems", "100", file)
				lint.Env = append(os.Environ(), "REDOCLY_TELEMETRY=off", "REDOCLY_SUPPRESS_UPDATE_NOTICE=true")
				out, err := lint.CombinedOutput()
				if err != nil || regexp.MustCompile(`(?i)[1-9][0-9]* (warning|error)`).Match(out) {
					t.Errorf("%s: %v\n%s", name, err, out)
				}
			}
			said, err := h.command("keys", "add", "a generated client")
			key := keyForm.FindString(said)
			if err != nil || key == "" {
				t.Fatal(err, said)
			}
			run := script("openapi", s.LocalURL)
			run.env = []string{"CODABRIDGE_KEY=" + key}
			h.must(t, run)
		})
	}
}

// save keeps what stands at an address as a file.
func save(t *testing.T, web *http.Client, link, file string) {
	t.Helper()
	res, err := web.Get(link)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s %v", link, res.Status, err)
	}
	if err := os.WriteFile(file, body, 0o600); err != nil {
		t.Fatal(err)
	}
}
