package server

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers/legacy"

	"codabridge/server/coda/codatest"
	"codabridge/server/oauth"
)

// document fetches the description as a stranger does, and validates it.
func (h *harness) document(origin, path string) (*openapi3.T, []byte) {
	h.t.Helper()
	rec := httptest.NewRecorder()
	h.handler.ServeHTTP(rec, httptest.NewRequest("GET", origin+path, nil))
	doc, err := openapi3.NewLoader().LoadFromData(rec.Body.Bytes())
	if err != nil || rec.Code != 200 {
		h.t.Fatalf("%s: %d %v\n%s", path, rec.Code, err, rec.Body)
	}
	if err := doc.Validate(h.t.Context()); err != nil {
		h.t.Errorf("%s: %v", path, err)
	}
	return doc, rec.Body.Bytes()
}

// TestOperationsDoWhatTheyAreSaidTo: each is called with what its own schema
// takes, and request and answer are held against the description.
func TestOperationsDoWhatTheyAreSaidTo(t *testing.T) {
	h := newHarness(t)
	doc, _ := h.document("http://127.0.0.1:8085", "/openapi.json")
	router, err := legacy.NewRouter(doc)
	if err != nil {
		t.Fatal(err)
	}
	key, _ := h.key(oauth.Key{Name: "a script", Scopes: []string{oauth.ScopeRead, oauth.ScopeWrite}})
	in := func(pairs string) string { return `{"document":"Product Roadmap"` + pairs + `}` }
	good := map[string]string{
		"search": `{"query":"roadmap"}`, "fetch": "", "coda_list_documents": `{"query":"roadmap"}`, "coda_get_document": in(""), "coda_list_pages": in(""),
		"coda_list_tables": in(""), "coda_recent_changes": `{"since":"2020-01-01"}`,
	}
	called := 0
	for path, item := range doc.Paths.Map() {
		body, known := good[item.Post.OperationID]
		if body == "" {
			if known || item.Post.Extensions["x-openai-isConsequential"] == true {
				body = `{"nonsense":1}` // refused, and described as that
			} else {
				body = in("")
			}
		}
		req := httptest.NewRequest("POST", "http://127.0.0.1:8085"+path, strings.NewReader(body))
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("X-API-Key", key)
		route, params, err := router.FindRoute(req)
		if err != nil {
			t.Fatal(path, err)
		}
		asked := &openapi3filter.RequestValidationInput{Request: req, PathParams: params, Route: route,
			Options: &openapi3filter.Options{AuthenticationFunc: openapi3filter.NoopAuthenticationFunc}}
		if err := openapi3filter.ValidateRequest(t.Context(), asked); err != nil && known && good[item.Post.OperationID] != "" {
			t.Errorf("%s: its own description refuses %s: %v", path, body, err)
		}
		rec := httptest.NewRecorder()
		req.Body = http.NoBody
		req = httptest.NewRequest("POST", "http://127.0.0.1:8085"+path, strings.NewReader(body))
		req.Header.Set("X-API-Key", key)
		h.handler.ServeHTTP(rec, req)
		if known && good[item.Post.OperationID] != "" && rec.Code != 200 {
			t.Errorf("%s %s: %d %s", path, body, rec.Code, rec.Body)
		}
		answer := &openapi3filter.ResponseValidationInput{RequestValidationInput: asked, Status: rec.Code, Header: rec.Header()}
		answer.SetBodyBytes(rec.Body.Bytes())
		if err := openapi3filter.ValidateResponse(t.Context(), answer); err != nil {
			t.Errorf("%s: %d is not as described: %v\n%.300s", path, rec.Code, err, rec.Body)
		}
		called++
	}
	if called < 10 {
		t.Errorf("%d operations were called", called)
	}
}

// TestAnOperationSaysWhatACallOfMCPSays: the same words, in one clear object.
func TestAnOperationSaysWhatACallOfMCPSays(t *testing.T) {
	h := newHarness(t)
	ids := codatest.Sample().Docs
	reader, _ := h.key(oauth.Key{Name: "reader", Documents: []string{ids[0].ID}})
	for name, c := range map[string]struct {
		tool, body string
		status     int
	}{
		"a wrong type":          {"coda_list_documents", `{"limit":"many"}`, 422},
		"an unknown argument":   {"coda_list_documents", `{"limitt":3}`, 422},
		"a missing argument":    {"coda_list_tables", `{}`, 422},
		"another doc":           {"coda_list_tables", `{"document":"` + ids[1].ID + `"}`, 422},
		"writing":               {"coda_create_rows", `{"document":"` + ids[0].ID + `","table":"x","rows":[{"a":"b"}]}`, 403},
		"not offered":           {"coda_delete_document", `{"document":"` + ids[0].ID + `"}`, 403},
		"a number of 41 digits": {"coda_list_documents", `{"limit":` + strings.Repeat("9", 41) + `}`, 422},
	} {
		resp, raw := h.ask("POST", "/actions/"+c.tool, c.body, "X-API-Key", reader)
		var said map[string]string
		_ = json.Unmarshal(raw, &said)
		_, overMCP := h.ask("POST", "/mcp", fmt.Sprintf(`{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":%q,"arguments":%s}}`, c.tool, c.body), "X-API-Key", reader)
		var mcp struct {
			Result struct {
				Content []struct{ Text string }
			}
		}
		_ = json.Unmarshal(overMCP, &mcp)
		if resp.StatusCode != c.status || said["error"] == "" || len(said) != 2 ||
			len(mcp.Result.Content) != 1 || mcp.Result.Content[0].Text != said["error_description"] {
			t.Errorf("%s: %d %s\nover MCP: %s", name, resp.StatusCode, raw, overMCP)
		}
	}
	for name, c := range map[string]struct {
		method, path, body string
		status             int
	}{
		"unknown":            {"POST", "/actions/coda_fly", `{}`, 404},
		"no name":            {"POST", "/actions/", `{}`, 404},
		"a path below":       {"POST", "/actions/search/more", `{}`, 404},
		"a name with dots":   {"POST", "/actions/..%2Fmcp", `{}`, 404},
		"GET":                {"GET", "/actions/search", ``, 405},
		"no JSON":            {"POST", "/actions/search", `query=x`, 400},
		"a list":             {"POST", "/actions/search", `[1]`, 400},
		"a text":             {"POST", "/actions/search", `"x"`, 400},
		"two objects":        {"POST", "/actions/search", `{}{}`, 400},
		"deep":               {"POST", "/actions/search", strings.Repeat("[", 100_000), 400},
		"a body of 5 MiB":    {"POST", "/actions/search", `{"query":"` + strings.Repeat("x", 5<<20) + `"}`, 413},
		"without a key":      {"POST", "/actions/search", `{}`, 401},
		"a document's route": {"POST", "/openapi.json", `{}`, 405},
	} {
		header := []string{"X-API-Key", reader}
		if name == "without a key" {
			header = nil
		}
		resp, raw := h.ask(c.method, c.path, c.body, header...)
		var v struct{ Error, Error_description string }
		if err := json.Unmarshal(raw, &v); resp.StatusCode != c.status || err != nil || v.Error == "" || v.Error_description == "" ||
			bytes.Contains(raw, []byte("jsonrpc")) {
			t.Errorf("%s: %d %.300s", name, resp.StatusCode, raw)
		}
	}
	for name, body := range map[string]string{"nothing": "", "PHP's empty list": "[]", "null": "null", "a byte order mark": "\ufeff{}", "an object": "{}"} {
		if resp, raw := h.ask("POST", "/actions/coda_list_documents", body, "X-API-Key", reader); resp.StatusCode != 200 || !bytes.Contains(raw, []byte(ids[0].ID)) {
			t.Errorf("%s: %d %s", name, resp.StatusCode, raw)
		}
	}
}
