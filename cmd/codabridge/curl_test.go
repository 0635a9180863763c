package main

import (
	"encoding/json"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// localHostsHTTP: the door on this computer answers under another name, with
// documents of that name.
func localHostsHTTP(t *testing.T) {
	_, s := serving(t, twoDocs(t), "CODABRIDGE_LOCAL_HOSTS=host.docker.internal, other")
	port := s.LocalURL[strings.LastIndex(s.LocalURL, ":"):]
	for _, name := range []string{"host.docker.internal", "other"} {
		if got := challengeOf(t, s.LocalURL, name+port); !strings.Contains(got, `resource_metadata="http://`+name+port+"/") {
			t.Errorf("%s: %q", name, got)
		}
	}
	if got := challengeOf(t, s.LocalURL, "third"+port); got != "" {
		t.Errorf("a name that was not given: %q", got)
	}
}

// TestTheCommandsOfREADME runs the ready commands for curl word by word. They
// stand on the owner's page too.
func TestTheCommandsOfREADME(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("curl"); err != nil {
		t.Skip("needs curl: .ci/setup core")
	}
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile("../../assets/pages/owner_connections.html")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(readme), "<!-- curl -->\n```sh\n")
	block, _, found := strings.Cut(rest, "```")
	lines := strings.Split(strings.TrimSpace(block), "\n")
	if !found || len(lines) != 5 {
		t.Fatalf("README has %d lines: %q", len(lines), lines)
	}
	p, s := serving(t, newHarness(t)) // the documents of the demo
	dir := t.TempDir()
	setup := strings.Replace(lines[0], "http://127.0.0.1:8085", s.LocalURL, 1) + "\n" + lines[1] + "\n"
	for i, line := range lines[2:] {
		if !strings.Contains(string(page), strings.ReplaceAll(line, "$URL", "{{$.LocalURL}}")) {
			t.Errorf("the page does not show: %s", line)
		}
		script := line
		if i == 0 {
			script = setup + line
		} else {
			script = strings.SplitN(setup, "\n", 2)[0] + "\n" + line
		}
		cmd := exec.Command("sh", "-ec", script)
		cmd.Dir, cmd.Env = dir, append(append([]string{}, p.env...), "PATH="+filepath.Dir(built)+":"+os.Getenv("PATH"))
		out, err := cmd.Output()
		var v map[string]any
		if err != nil || json.Unmarshal(out, &v) != nil || v["error"] != nil || !strings.Contains(string(out), "Product Roadmap") {
			t.Errorf("%s\n%v %s", line, err, out)
		}
	}
	info, err := os.Stat(filepath.Join(dir, "key.txt"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file with the key: %v %v", info, err)
	}
}

// TestHealthOfTheProgram: with a key it says how all parts do, and asks Coda
// once for many questions.
func TestHealthOfTheProgram(t *testing.T) {
	t.Parallel()
	w := twoDocs(t)
	p, s := serving(t, w)
	p.await("a complete index", indexComplete)
	out, code := p.run("keys", "add", "monitor")
	if code != 0 {
		t.Fatal(out)
	}
	key := ""
	for word := range strings.FieldsSeq(out) {
		if strings.HasPrefix(word, "cbk_") {
			key = word
		}
	}
	before := w.coda.Count("whoami")
	var v map[string]any
	for range 5 {
		req, _ := http.NewRequest("GET", s.LocalURL+"/healthz?deep=1", nil)
		req.Header.Set("X-API-Key", key)
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		err = json.NewDecoder(resp.Body).Decode(&v)
		resp.Body.Close()
		if err != nil || resp.StatusCode != http.StatusOK {
			t.Fatal(resp.Status, err)
		}
	}
	if n := w.coda.Count("whoami") - before; n != 1 {
		t.Errorf("Coda was asked %d times", n)
	}
	for name, want := range map[string]any{"status": "ok", "coda": "ok", "tunnel": "local", "connections": 1.0, "oauth_clients": 0.0, "sse_connections": 0.0} {
		if v[name] != want {
			t.Errorf("%s is %v, want %v", name, v[name], want)
		}
	}
	for _, name := range []string{"version", "uptime_seconds", "keyring", "index"} {
		if v[name] == nil {
			t.Errorf("it does not say %s: %v", name, v)
		}
	}
	resp, err := http.Get(s.OwnerURL + "/healthz?deep=1")
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Error("the owner's door:", err)
	}
}
