package server

import (
	"context"
	"encoding/json"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func FuzzBearer(f *testing.F) {
	h := newHarness(f)
	for _, seed := range []string{"", "Bearer", "Bearer ", "bearer " + h.reader[:10], "Basic YTpi", "Bearer a b", "Bearer\t" + h.reader, "Bearer " + h.reader + ",", "Bearer cba_" + strings.Repeat("x", 43)} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, value string) {
		req := h.request("POST", "/mcp", `{"jsonrpc":"2.0","id":1,"method":"ping"}`)
		req.Header["Authorization"] = []string{value}
		resp := h.do(req)
		scheme, token, _ := strings.Cut(value, " ")
		if !strings.EqualFold(scheme, "Bearer") {
			token = ""
		}
		token = strings.TrimSpace(token)
		if good := token == h.reader || token == h.writer; (resp.StatusCode == 200) != good ||
			(!good && resp.StatusCode != 401 && resp.StatusCode != 429) {
			t.Fatalf("%q: %d", value, resp.StatusCode)
		}
	})
}

func FuzzEnvelope(f *testing.F) {
	h := newHarness(f)
	for _, seed := range []string{"", "[]", "{}", "null", "1", `{"jsonrpc":"2.0","id":1,"method":"ping"}`, `{"jsonrpc":"2.0","id":1,"method":"ping","METHOD":"tools/list"}`,
		`{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1}}`, `{"jsonrpc":"2.0","id":{},"method":"initialize","params":[]}`,
		`[{"jsonrpc":"2.0","id":1,"method":"ping"}]`, "{\"jsonrpc\":\"2.0\",\"id\":\"\xff\",\"method\":\"ping\"}", strings.Repeat("[", 20_000)} {
		f.Add([]byte(seed), "application/json, text/event-stream", "")
		f.Add([]byte(seed), "*/*;q=0", "2026-07-28")
	}
	f.Fuzz(func(t *testing.T, body []byte, accept, version string) {
		for _, path := range []string{"/mcp", "/messages"} {
			req := h.request("POST", path, string(body), "Authorization", "Bearer "+h.reader)
			req.Header["Accept"], req.Header["Mcp-Protocol-Version"] = []string{accept}, []string{version}
			rec := httptest.NewRecorder()
			ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second) // or a subscription goes on for ever
			h.handler.ServeHTTP(rec, req.WithContext(ctx))
			cancel()
			if rec.Code >= 500 || rec.Code/100 == 3 {
				t.Fatalf("%s %q: %d %s", path, body, rec.Code, rec.Body)
			}
			if got := rec.Body.Bytes(); rec.Header().Get("Content-Type") == "application/json" && len(got) > 0 && !json.Valid(got) {
				t.Fatalf("%s %q: %s", path, body, got)
			}
		}
	})
}
