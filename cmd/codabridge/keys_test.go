package main

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"os/exec"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"codabridge/app"
)

// keyCalls calls a tool with an access key, as a script does.
func keyCalls(t *testing.T, origin, key, tool, args string) (int, string) {
	t.Helper()
	return keyPosts(t, origin+"/mcp", key, `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"`+tool+`","arguments":`+args+`}}`)
}

// keyActs calls an action with it.
func keyActs(t *testing.T, origin, key, tool, args string) (int, string) {
	t.Helper()
	return keyPosts(t, origin+"/actions/"+tool, key, args)
}

func keyPosts(t *testing.T, address, key, body string) (int, string) {
	t.Helper()
	req, err := http.NewRequest("POST", address, strings.NewReader(body))
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
	answer, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(answer)
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
	for _, bad := range [][]string{{"keys", "add", "my SCRIPT"}, {"keys", "add", "x", "--docs", "Gamma"}, {"keys", "revoke", "nobody"}} {
		if _, code := p.run(bad...); code != 1 {
			t.Errorf("%v ended with %d", bad, code)
		}
	}
	for _, bad := range [][]string{{"keys", "add"}, {"keys"}, {"keys", "add", "x", "--days", "two"}, {"keys", "add", "x", "--days", "0"}, {"keys", "lose"},
		{"keys", "add", "x", "--docs", ""}, {"keys", "add", "x", "--docs", "Alpha", "--docs", " , "}} {
		if out, code := p.run(bad...); code != 2 || strings.Contains(out, "strconv") {
			t.Errorf("%v ended with %d: %s", bad, code, out)
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

// TestWhatAsksFromTheStart: a key and a sign-in that were allowed to write what
// the owner says yes to write nothing without, from their first call on and after
// a restart, and the lists say so.
func TestWhatAsksFromTheStart(t *testing.T) {
	t.Parallel()
	w := twoDocs(t)
	p, s := serving(t, w)
	key := regexp.MustCompile(`cbk_\S+`).FindString(p.must("keys", "add", "Careful", "--ask"))
	chat := newAssistant(t, &http.Client{}, s.LocalURL+"/mcp")
	chat.clientID, chat.redirect = registerLoopback(t, s.LocalURL)
	chat.connect(func(code string) { p.must("approve", code, "--ask") })
	both := map[string]func() string{
		"key": func() string {
			_, body := keyCalls(t, s.LocalURL, key, "coda_create_rows", mustJSON(t, oneRow))
			return body
		},
		"sign-in": func() string { return chat.said("coda_create_rows", oneRow) },
	}
	for range 2 {
		for name, say := range both {
			out := make(chan string, 1)
			go func() { out <- say() }()
			p.await("a change that waits", func(s app.State) bool { return s.Changes.Waiting == 1 })
			var all []app.PendingChange
			if err := json.Unmarshal([]byte(p.must("pending", "--json")), &all); err != nil || len(all) != 1 {
				t.Fatalf("%s: %+v %v", name, all, err)
			}
			p.must("refuse-change", all[0].ID)
			if said := <-out; !strings.Contains(said, "the owner said no") || w.coda.Count("upsertRows") != 0 {
				t.Errorf("%s: %s", name, said)
			}
		}
		for _, args := range [][]string{{"keys", "list"}, {"connections"}} {
			if list := p.must(args...); !strings.Contains(list, "write what you say yes to") {
				t.Errorf("%v: %s", args, list)
			}
		}
		p.stop(syscall.SIGTERM)
		p.start("serve")
		s = p.awaitPhase(app.PhaseLocal)
		delete(both, "sign-in") // its address had the port of the first start
	}
	if _, exit := p.run("keys", "add", "Other", "--policy", "sometimes"); exit != 2 {
		t.Errorf("an unknown flag ended with %d", exit)
	}
}
