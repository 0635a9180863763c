//go:build conformance

// Package conformance lets the official clients and suites judge the built
// program: MCP's TypeScript clients of both generations, its Go client, the
// Inspector, mcp-remote, Codex, the conformance suite, and strict OAuth
// clients, each through the tunnel with TLS.
//
// # Decisions
//
// Only the two far ends are fakes: Coda and ngrok's edge. Between them stands
// the program as it is shipped, started as a child, and the judges are the
// packages that their makers publish, in the exact versions of package.json
// and gosdk/go.mod.
// Every test has a house of its own (a Coda, an edge, a data folder, a
// bridge), so one may restart its bridge while another waits for it.
//
// The clients run on the Node that package.json brings. Distributions ship
// older ones.
//
// A client that wants a browser prints the address, and the test opens it: by
// plain HTTP, or where the page itself is the point, with Chromium. The owner
// says yes through "codabridge approve" with the code that the page shows.
//
// The soak (tag soak, "make soak") uses the same houses: faults on the ways to
// both far ends, and a minute of load. Its figures are printed and not judged,
// because they are the machine's too; what is judged is that every call ends
// well or with a sentence, and that the bridge comes back by itself.
//
// Windows is wine (wine_test.go): the program as it is built for it, in a house
// like the others, with a drive C of its own for each test.
//
// At its end each house looks for the owner's tokens and for every token the
// bridge gave out, in all that was printed and all that was stored.
package conformance

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

var (
	binary string // the program as it is built for users
	tools  string // folder with node_modules
	node   string // Node 22

	scratch string // a folder for what the tests build
)

func TestMain(m *testing.M) { os.Exit(run(m)) }

func run(m *testing.M) int {
	dir, err := os.MkdirTemp("", "codabridge-conformance-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer func() { _ = os.RemoveAll(dir) }()
	scratch = dir
	binary = os.Getenv("CODABRIDGE_BINARY")
	if binary == "" {
		binary = filepath.Join(dir, "codabridge")
		build := exec.Command("go", "build", "-trimpath", "-o", binary, "..")
		build.Env = append(os.Environ(), "CGO_ENABLED=0")
		if out, err := build.CombinedOutput(); err != nil {
			fmt.Fprintf(os.Stderr, "build the program: %v\n%s", err, out)
			return 1
		}
	}
	if err := findNode(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return m.Run()
}

// findNode looks for the installed packages and puts our scripts next to
// them, because Node looks for a package from the script's folder upwards.
func findNode() error {
	var err error
	tools, err = filepath.Abs("../../../.tools/node")
	if err != nil {
		return err
	}
	found, _ := filepath.Glob(filepath.Join(tools, "node_modules", "node-linux-*", "bin", "node"))
	if len(found) == 0 {
		return nil // needNode says so, test by test
	}
	node = found[0]
	scripts, _ := filepath.Glob("*.mjs")
	into := filepath.Join(tools, "scripts")
	if err := os.MkdirAll(into, 0o755); err != nil {
		return err
	}
	for _, s := range scripts {
		text, err := os.ReadFile(s)
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(into, filepath.Base(s)), text, 0o644); err != nil {
			return err
		}
	}
	return nil
}

func needNode(t *testing.T) {
	t.Helper()
	if node == "" {
		t.Skip("needs node: make conformance")
	}
}
