//go:build conformance && soak

package conformance

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// toxiproxy is a running toxiproxy, which stands between the bridge and its
// two far ends.
type toxiproxy struct {
	t   *testing.T
	api string
}

// startToxiproxy starts it on ports of the system's choice and ends it with
// the test.
func startToxiproxy(t *testing.T) *toxiproxy {
	t.Helper()
	program, err := filepath.Abs("../../../.tools/toxiproxy-server-2.5.0")
	if err != nil {
		t.Fatal(err)
	}
	port := freePort(t)
	cmd := exec.Command(program, "-host", "127.0.0.1", "-port", port)
	if err := cmd.Start(); err != nil {
		t.Fatalf("needs toxiproxy: make soak: %v", err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	p := &toxiproxy{t: t, api: "http://127.0.0.1:" + port}
	for limit := time.Now().Add(patience); ; time.Sleep(20 * time.Millisecond) {
		res, err := http.Get(p.api + "/version")
		if err == nil {
			_ = res.Body.Close()
			return p
		}
		if time.Now().After(limit) {
			t.Fatalf("toxiproxy does not answer: %v", err)
		}
	}
}

// before puts a way called name in front of an address and returns where it
// begins.
func (p *toxiproxy) before(name, upstream string) string {
	p.t.Helper()
	var made struct{ Listen string }
	p.ask(http.MethodPost, "/proxies", map[string]any{"name": name, "listen": "127.0.0.1:0", "upstream": upstream, "enabled": true}, &made)
	return made.Listen
}

// fault is one thing that goes wrong on a way. Toxic and attributes are
// toxiproxy's; a toxic called "down" closes the way altogether.
type fault struct {
	toxic      string
	attributes map[string]any
}

// spoil makes f happen on a way, in the direction of the answers, and returns
// what ends it.
func (p *toxiproxy) spoil(way string, f fault) (mend func()) {
	p.t.Helper()
	if f.toxic == "down" {
		p.ask(http.MethodPost, "/proxies/"+way, map[string]any{"enabled": false}, nil)
		return func() { p.ask(http.MethodPost, "/proxies/"+way, map[string]any{"enabled": true}, nil) }
	}
	p.ask(http.MethodPost, "/proxies/"+way+"/toxics", map[string]any{"name": "fault", "type": f.toxic, "stream": "downstream", "attributes": f.attributes}, nil)
	return func() { p.ask(http.MethodDelete, "/proxies/"+way+"/toxics/fault", nil, nil) }
}

func (p *toxiproxy) ask(method, path string, body, into any) {
	p.t.Helper()
	b, err := json.Marshal(body)
	if err != nil {
		p.t.Fatal(err)
	}
	req, err := http.NewRequest(method, p.api+path, bytes.NewReader(b))
	if err != nil {
		p.t.Fatal(err)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		p.t.Fatal(fmt.Errorf("toxiproxy: %w", err))
	}
	defer func() { _ = res.Body.Close() }()
	text, err := io.ReadAll(res.Body)
	if err == nil && into != nil {
		err = json.Unmarshal(text, into)
	}
	if err != nil || res.StatusCode >= 300 {
		p.t.Fatalf("toxiproxy: %s %s: %s: %v", method, path, strings.TrimSpace(string(text)), err)
	}
}
