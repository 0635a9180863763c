package main

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"os/exec"
	"strings"
	"testing"

	"codabridge/app"
)

// keyCalls calls a tool with an access key, as a script does.
func keyCalls(t *testing.T, origin, key, tool, args string) (int, string) {
	t.Helper()
	req, err := http.NewRequest("POST", origin+"/mcp", strings.NewReader(`{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"`+tool+`","arguments":`+args+`}}`))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("X-API-Key", key)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(body)
}

// keySwitch: made by a command for one doc, a key reads that doc alone, also
// after a restart, until it is revoked. It is printed once and nowhere else.
func keySwitch(t *testing.T) {
	w := twoDocs(t)
	p, s := serving(t, w)
	cmd := exec.Command(built, "keys", "add", "My script", "--write", "--docs", "Alpha", "--days", "2")
	cmd.Env = p.env
	var out, said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &said
	if err := cmd.Run(); err != nil {
		t.Fatal(err, said.String())
	}
	key := strings.TrimSuffix(out.String(), "\n")
	if !strings.HasPrefix(key, "cbk_") || strings.Contains(said.String(), key) || !strings.Contains(said.String(), "read and write one doc") {
		t.Fatalf("it printed %q and said %q", out.String(), said.String())
	}
	if status, body := keyCalls(t, s.LocalURL, key, "coda_list_documents", "{}"); status != 200 || !strings.Contains(body, alpha) || strings.Contains(body, beta) {
		t.Errorf("it lists %d %s", status, body)
	}
	if _, body := keyCalls(t, s.LocalURL, key, "coda_list_tables", `{"document":"`+beta+`"}`); !strings.Contains(body, "owner allows only some documents") {
		t.Errorf("another doc: %s", body)
	}
	var keys []app.ConnectionState
	if err := json.Unmarshal([]byte(p.must("keys", "list", "--json")), &keys); err != nil || len(keys) != 1 || keys[0].Client != "My script" ||
		keys[0].Ends == nil || keys[0].LastUsed == nil || len(keys[0].Documents) != 1 || !keys[0].CanWrite() {
		t.Errorf("listed: %+v %v", keys, err)
	}
	for _, args := range [][]string{{"keys", "list"}, {"connections"}} {
		if list := p.must(args...); !strings.Contains(list, "My script") || strings.Contains(list, key) {
			t.Errorf("%v: %s", args, list)
		}
	}
	for _, bad := range [][]string{{"keys", "add", "my SCRIPT"}, {"keys", "add", "x", "--docs", "Gamma"}, {"keys", "add", "x", "--days", "0"}, {"keys", "revoke", "nobody"}} {
		if _, code := p.run(bad...); code != 1 {
			t.Errorf("%v ended with %d", bad, code)
		}
	}
	for _, bad := range [][]string{{"keys", "add"}, {"keys"}, {"keys", "add", "x", "--days", "two"}, {"keys", "lose"}} {
		if _, code := p.run(bad...); code != 2 {
			t.Errorf("%v ended with %d", bad, code)
		}
	}
	p.must("keys", "revoke", "my script")
	if status, _ := keyCalls(t, s.LocalURL, key, "coda_list_documents", "{}"); status != http.StatusUnauthorized {
		t.Errorf("revoked, it gets %d", status)
	}
	if strings.Contains(p.out.String(), key) {
		t.Error("the program's own output holds the key")
	}
}
