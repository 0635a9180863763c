package server

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"codabridge/server/coda/codatest"
	"codabridge/server/oauth"
)

// key makes an access key.
func (h *harness) key(k oauth.Key) (key, id string) {
	h.t.Helper()
	if k.Scopes == nil {
		k.Scopes = []string{oauth.ScopeRead}
	}
	key, c, err := h.oauth.AddKey(context.Background(), k)
	if err != nil {
		h.t.Fatal(err)
	}
	return key, c.ID
}

// calls asks for the docs there are with what a header says, and gives the
// status and the answer.
func (h *harness) calls(target string, header ...string) (int, string) {
	h.t.Helper()
	if strings.HasPrefix(target, "/") {
		target = h.publicURL() + target
	}
	req := httptest.NewRequest("POST", target, strings.NewReader(listDocuments(1)))
	req.Header.Set("Content-Type", "application/json")
	for i := 0; i < len(header); i += 2 {
		req.Header.Add(header[i], header[i+1])
	}
	rec := httptest.NewRecorder()
	h.handler.ServeHTTP(rec, req)
	if rec.Code == 401 && (rec.Header().Get("Content-Type") != "application/json" || rec.Header().Get("WWW-Authenticate") == "") {
		h.t.Errorf("a 401 without its challenge: %v", rec.Header())
	}
	return rec.Code, rec.Body.String()
}

// TestAnAccessKeyIsOneMoreWayIn: in either header, at each of our names, with
// what it may and no more; and of what was sent nothing is kept in clear.
func TestAnAccessKeyIsOneMoreWayIn(t *testing.T) {
	h := newHarness(t)
	reader, _ := h.key(oauth.Key{Name: "n8n"})
	writer, _ := h.key(oauth.Key{Name: "script", Scopes: []string{oauth.ScopeRead, oauth.ScopeWrite}})
	for _, header := range [][]string{{"Authorization", "Bearer " + reader}, {"Authorization", "bearer  " + reader},
		{"X-API-Key", reader}, {"x-api-key", " " + reader + " "}, {"Authorization", "", "X-Api-Key", reader}} {
		for _, origin := range []string{h.public, "http://127.0.0.1:8085", "http://localhost:8085"} {
			if status, body := h.calls(origin+"/mcp", header...); status != 200 || !strings.Contains(body, "Product Roadmap") {
				t.Errorf("%q at %s: %d %s", header[0], origin, status, body)
			}
		}
	}
	h.setPublicURL("https://another.ngrok-free.dev")
	if status, _ := h.calls("https://another.ngrok-free.dev/mcp", "X-API-Key", reader); status != 200 {
		t.Errorf("after the public URL changed: %d", status)
	}
	h.setPublicURL(h.public)
	list := func(key string) string {
		_, body := h.ask("POST", "/mcp", `{"jsonrpc":"2.0","id":1,"method":"tools/list"}`, "X-API-Key", key)
		return string(body)
	}
	if strings.Contains(list(reader), "coda_create_rows") || !strings.Contains(list(writer), "coda_create_rows") {
		t.Error("a key sees other tools than it may use")
	}
	h.readOnly.Store(true)
	if strings.Contains(list(writer), "coda_create_rows") {
		t.Error("Read-only does not bind a key")
	}
	files, _ := filepath.Glob(h.path + "*")
	for _, name := range files {
		b, err := os.ReadFile(name)
		if err != nil || bytes.Contains(b, []byte(reader)) || bytes.Contains(b, []byte(reader[4:])) {
			t.Errorf("%s holds a key in clear, or cannot be read: %v", filepath.Base(name), err)
		}
	}
	if strings.Contains(h.log.String(), reader) || strings.Contains(h.log.String(), writer) {
		t.Error("the log holds a key")
	}
}

// TestAKeyForOneDocReachesNoOther: also where the owner allows a list of docs,
// of which the key's is none.
func TestAKeyForOneDocReachesNoOther(t *testing.T) {
	h := newHarness(t)
	var ids []string
	for _, d := range codatest.Sample().Docs {
		ids = append(ids, d.ID)
	}
	key, _ := h.key(oauth.Key{Name: "one", Documents: ids[:1], Scopes: []string{oauth.ScopeRead, oauth.ScopeWrite}})
	say := func(tool, args string) string {
		_, body := h.ask("POST", "/mcp", fmt.Sprintf(`{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":%q,"arguments":%s}}`, tool, args), "X-API-Key", key)
		return string(body)
	}
	if out := say("coda_list_documents", `{}`); !strings.Contains(out, ids[0]) || strings.Contains(out, ids[1]) {
		t.Errorf("it lists %s", out)
	}
	for _, tool := range []string{"coda_get_document", "coda_list_pages", "coda_list_tables"} {
		if out := say(tool, `{"document":"`+ids[1]+`"}`); !strings.Contains(out, "The owner allows only some documents here") {
			t.Errorf("%s: %s", tool, out)
		}
		if out := say(tool, `{"document":"`+ids[0]+`"}`); strings.Contains(out, `"isError":true`) {
			t.Errorf("%s of its own doc: %s", tool, out)
		}
	}
	h.allowed = []string{ids[2]}
	if out := say("coda_list_documents", `{}`); strings.Contains(out, ids[0]) || strings.Contains(out, ids[2]) {
		t.Errorf("with the owner's list it sees %s", out)
	}
}

// TestARevokedKeyLosesItsStreams, as a connection does, and so does one that
// has ended.
func TestARevokedKeyLosesItsStreams(t *testing.T) {
	h := newHarness(t)
	srv := httptest.NewServer(h.handler)
	defer srv.Close()
	for _, path := range []string{"/mcp", "/sse"} {
		key, id := h.key(oauth.Key{Name: "streams " + path})
		r, body, status := h.stream(srv, path, key)
		if first, err := r.ReadString('\n'); status != 200 || err != nil {
			t.Fatalf("%s: %d %q %v", path, status, first, err)
		}
		if err := h.oauth.RevokeKey(t.Context(), "STREAMS "+path); err != nil {
			t.Fatal(err)
		}
		h.server.GrantsChanged()
		if _, err := io.ReadAll(r); err != nil {
			t.Errorf("%s: the stream did not end: %v", path, err)
		}
		body.Close()
		if status, _ := h.calls("/mcp", "X-API-Key", key); status != 401 {
			t.Errorf("a revoked key: %d", status)
		}
		if err := h.oauth.RevokeKey(t.Context(), id); err == nil {
			t.Error("it was revoked twice")
		}
	}
	key, _ := h.key(oauth.Key{Name: "for a day", Ends: h.clock.Now().Add(24 * time.Hour)})
	r, body, status := h.stream(srv, "/mcp", key)
	defer body.Close()
	h.clock.Advance(24*time.Hour - time.Second)
	if again, _ := h.calls("/mcp", "X-API-Key", key); status != 200 || again != 200 {
		t.Errorf("before its end: %d, %d", status, again)
	}
	h.clock.Advance(time.Second)
	h.server.GrantsChanged()
	if _, err := io.ReadAll(r); err != nil {
		t.Errorf("the stream of a key that ended did not end: %v", err)
	}
	if status, said := h.calls("/mcp", "X-API-Key", key); status != 401 || !strings.Contains(said, "has ended") {
		t.Errorf("after its end: %d %s", status, said)
	}
	h.clock.Advance(24 * time.Hour)
	h.key(oauth.Key{Name: "a change that tidies up"})
	if all, _ := h.oauth.Connections(t.Context()); !strings.Contains(fmt.Sprint(all), "for a day") {
		t.Error("a key that has ended is not listed any more")
	}
}

// TestWrongKeysAreRefused: of every wrong shape, with one JSON error that says
// what to do, and limited like wrong tokens.
func TestWrongKeysAreRefused(t *testing.T) {
	h := newHarness(t)
	key, _ := h.key(oauth.Key{Name: "good"})
	for name, c := range map[string]struct {
		target, says string
		header       []string
	}{
		"unknown":                {"/mcp", "access key is unknown", []string{"X-API-Key", "cbk_" + strings.Repeat("A", 43)}},
		"unknown bearer":         {"/mcp", "access key is unknown", []string{"Authorization", "Bearer cbk_" + strings.Repeat("A", 43)}},
		"short":                  {"/mcp", "error_description", []string{"X-API-Key", key[:len(key)-1]}},
		"long":                   {"/mcp", "error_description", []string{"X-API-Key", key + "A"}},
		"in capitals":            {"/mcp", "error_description", []string{"X-API-Key", strings.ToUpper(key)}},
		"empty":                  {"/mcp", "error_description", []string{"X-API-Key", ""}},
		"twice":                  {"/mcp", "error_description", []string{"X-API-Key", key, "X-API-Key", key}},
		"huge":                   {"/mcp", "error_description", []string{"X-API-Key", strings.Repeat("k", 100_000)}},
		"as Basic":               {"/mcp", "error_description", []string{"Authorization", "Basic " + key}},
		"bare":                   {"/mcp", "error_description", []string{"Authorization", key}},
		"a token as a key":       {"/mcp", "error_description", []string{"X-API-Key", h.reader}},
		"beside a wrong token":   {"/mcp", "error_description", []string{"Authorization", "Bearer x", "X-API-Key", key}},
		"in the address":         {"/mcp?key=" + key, "A key in an address is not taken", nil},
		"as access_token":        {"/mcp?access_token=" + key, "A key in an address is not taken", nil},
		"the Coda token":         {"/mcp", "Coda API token", []string{"Authorization", "Bearer " + codatest.Token}},
		"the Coda token, as key": {"/mcp", "Coda API token", []string{"X-API-Key", codatest.Token}},
		"a client's secret":      {"/mcp", "error_description", []string{"X-API-Key", "cbs_" + key[4:]}},
	} {
		status, body := h.calls(c.target, c.header...)
		if status != 401 || !strings.Contains(body, c.says) {
			t.Errorf("%s: %d %s", name, status, body)
		}
		if strings.Contains(body, key[4:]) || strings.Contains(body, codatest.Token) {
			t.Errorf("%s: what was sent comes back: %s", name, body)
		}
	}
	if log := h.log.String(); strings.Contains(log, key) || strings.Contains(log, codatest.Token) {
		t.Error("the log holds what was sent")
	}
	last := 0
	for i := range 400 {
		last, _ = h.calls("/mcp", "X-API-Key", fmt.Sprintf("cbk_%043d", i))
	}
	if status, _ := h.calls("/mcp", "X-API-Key", key); last != 429 || status != 200 {
		t.Errorf("after 400 wrong keys the next gets %d, and a good one %d", last, status)
	}
}

// TestTheOwnerMakesAndRevokesKeys by the page's own forms.
func TestTheOwnerMakesAndRevokesKeys(t *testing.T) {
	h := newHarness(t)
	form := func(pairs ...string) map[string][]string {
		f := map[string][]string{}
		for i := 0; i+1 < len(pairs); i += 2 {
			f[pairs[i]] = append(f[pairs[i]], pairs[i+1])
		}
		return f
	}
	status, body := h.act("/keys/add", form("name", "  Work\u202e \"flow\" ", "write", "true", "days", "30"))
	key := betweenQuotes(body, `"key":"`)
	if status != 200 || !oauth.IsKey(key) || !strings.Contains(body, `"name":"Work flow"`) {
		t.Fatalf("%d %s", status, body)
	}
	if all, _ := h.oauth.Connections(t.Context()); !strings.Contains(fmt.Sprint(all), h.clock.Now().AddDate(0, 0, 30).UTC().Format("2006-01-02 15:04:05")) {
		t.Errorf("its end is not 30 days from now: %v", all)
	}
	for name, bad := range map[string]map[string][]string{
		"no name": form("name", " "), "the same name": form("name", "work FLOW"), "0 days": form("name", "x", "days", "0"), "words": form("name", "x", "days", "ten"),
		"-1": form("name", "x", "days", "-1"), "for longer than ten years": form("name", "x", "days", "99999999999999999999"), "another field": form("name", "x", "key", "cbk_x"),
		"docs that name none": form("name", "x", "docs", " ,\n,"),
	} {
		if status, body := h.act("/keys/add", bad); status != 422 || !strings.Contains(body, "error_description") {
			t.Errorf("%s: %d %s", name, status, body)
		}
	}
	if status, body := h.act("/keys/revoke", form("key", "work flow")); status != 200 {
		t.Errorf("%d %s", status, body)
	}
	if status, _ := h.calls("/mcp", "X-API-Key", key); status != 401 {
		t.Errorf("the revoked key: %d", status)
	}
	if status, body := h.act("/keys/revoke", form("key", "work flow")); status != 422 || !strings.Contains(body, "keys list") {
		t.Errorf("%d %s", status, body)
	}
}

// betweenQuotes is what stands behind a text, up to the next quotation mark.
func betweenQuotes(text, after string) string {
	_, rest, _ := strings.Cut(text, after)
	inside, _, _ := strings.Cut(rest, `"`)
	return inside
}
