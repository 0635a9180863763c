//go:build conformance

package conformance

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
)

// goClient builds the Go client, which is a module of its own, once.
var goClient = sync.OnceValues(func() (string, error) {
	into := filepath.Join(scratch, "gosdk")
	build := exec.Command("go", "build", "-trimpath", "-o", into, ".")
	build.Dir = "gosdk"
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build the Go client: %w\n%s", err, out)
	}
	return into, nil
})

// byProxy leads a program that is not Node's to the edge: its proxy knows the
// bridge's https name and this computer, and refuses all else.
func (h *house) byProxy() []string {
	ca := h.edge.WriteCA(h.dir)
	return []string{"HTTPS_PROXY=" + h.edge.ProxyURL(), "NO_PROXY=127.0.0.1,localhost", "SSL_CERT_FILE=" + ca, "CODEX_CA_CERTIFICATE=" + ca}
}

// The official Go client takes the newest version by itself, speaks an older
// one when it is told to, and signs in without help.
func TestGoClient(t *testing.T) {
	t.Parallel()
	program, err := goClient()
	if err != nil {
		t.Fatal(err)
	}
	h := open(t)
	g := h.judge(t, h.issuer())
	for _, c := range []struct{ way, path string }{
		{"modern", "/mcp"}, {"modern", ""}, {"legacy", "/mcp"}, {"sse", "/sse"}, {"sign-in", "/mcp"},
	} {
		t.Run(c.way+" at "+c.path, func(t *testing.T) {
			run := client{name: "gosdk", program: program, args: []string{h.issuer() + c.path, c.way}, env: h.byProxy()}
			if c.way != "sign-in" {
				run.env = append(run.env, "ACCESS_TOKEN="+g.access)
			}
			h.must(t, run)
		})
	}
}
