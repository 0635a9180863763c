//go:build conformance && soak

package conformance

import (
	"bufio"
	"context"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

const (
	loadLasts = 60 * time.Second
	idleLasts = 20 * time.Second // after the load, for memory to go back
)

// A minute of what several assistants and some strangers ask at once, through
// the edge: nobody gets a wrong answer, and the memory it took goes back.
func TestSoakLoad(t *testing.T) {
	h := open(t)
	g := h.judge(t, h.issuer())
	h.handshake(t, h.issuer(), g.access)
	before := h.memory(t)
	wrong := h.k6(t, g)
	after := h.memory(t)
	time.Sleep(idleLasts)
	idle := h.memory(t)
	t.Logf("load: memory %s before, %s after, %s when idle for %v", before, after, idle, idleLasts)
	if wrong > 0 {
		t.Errorf("%d answers were wrong\nThe bridge said:\n%s", wrong, h.log())
	}
	if h.edge.URL() != h.issuer() || h.edge.Sessions() != 1 {
		t.Errorf("%d sessions at the edge after the load", h.edge.Sessions())
	}
}

// k6 runs load.js and returns how many answers were wrong.
func (h *house) k6(t *testing.T, g *grant) int {
	t.Helper()
	program, err := filepath.Abs("../../../.tools/k6-1.8.1")
	if err != nil {
		t.Fatal(err)
	}
	at, err := url.Parse(g.issuer)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), loadLasts+2*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, program, "run", "--quiet", "--no-usage-report", "--no-color", "--address", "", "load.js")
	cmd.Env = append(h.ownEnv(), "SSL_CERT_FILE="+h.edge.WriteCA(h.dir), "ORIGIN="+g.issuer, "TOKEN="+g.access,
		"NAME="+at.Hostname(), "ADDRESS="+h.edge.FrontAddr(), fmt.Sprintf("SECONDS=%d", int(loadLasts.Seconds())))
	var warned strings.Builder
	cmd.Stderr = &warned
	out, err := cmd.Output()
	h.note(string(out) + warned.String())
	if err != nil {
		t.Fatalf("k6: %v\n%s%s", err, out, short(warned.String()))
	}
	wrong := 0
	for line := range strings.Lines(string(out)) {
		t.Logf("load: %s", strings.TrimRight(line, "\n"))
		if f := strings.Fields(line); len(f) >= 6 {
			n, err := strconv.Atoi(f[len(f)-1])
			if err == nil {
				wrong += n
			}
		}
	}
	if wrong > 0 {
		t.Logf("%s", tailOf(warned.String(), 3000))
	}
	return wrong
}

func tailOf(s string, n int) string {
	if len(s) > n {
		return "…" + s[len(s)-n:]
	}
	return s
}

// memory is what the system counts as the bridge's.
func (h *house) memory(t *testing.T) string {
	t.Helper()
	f, err := os.Open(fmt.Sprintf("/proc/%d/status", h.bridge.cmd.Process.Pid))
	if err != nil {
		return "(only Linux tells)"
	}
	defer func() { _ = f.Close() }()
	for s := bufio.NewScanner(f); s.Scan(); {
		if kib, ok := strings.CutPrefix(s.Text(), "VmRSS:"); ok {
			n, err := strconv.Atoi(strings.TrimSpace(strings.TrimSuffix(kib, "kB")))
			if err != nil {
				t.Fatal(err)
			}
			return fmt.Sprintf("%.1f MiB", float64(n)/1024)
		}
	}
	return "(unknown)"
}
