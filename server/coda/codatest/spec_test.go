package codatest_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"codabridge/server/coda/codatest"
	"codabridge/server/coda/codatest/codaspec"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// caller speaks to the fake without our client.
type caller struct {
	t *testing.T
	s *codatest.Server
	h *http.Client
}

func call(t *testing.T, opt codatest.Options) caller {
	c := caller{t, codaspec.Start(t, opt), &http.Client{Transport: &http.Transport{}}}
	c.h.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	t.Cleanup(c.h.CloseIdleConnections)
	return c
}

type headers map[string]string

// do makes one request and checks its answer against the API description.
func (c caller) do(method, path, body string, h headers) (int, map[string]any) {
	c.t.Helper()
	req, err := http.NewRequest(method, c.s.URL()+path, strings.NewReader(body))
	if err != nil {
		c.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+codatest.Token)
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	for k, v := range h {
		req.Header.Set(k, v)
	}
	resp, err := c.h.Do(req)
	if err != nil {
		c.t.Fatal(err)
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	if resp.StatusCode < 300 {
		if err := codaspec.Response(req, []byte(body), resp.StatusCode, resp.Header, answer); err != nil {
			c.t.Errorf("%.600v", err)
		}
	}
	var out map[string]any
	if err := json.NewDecoder(bytes.NewReader(answer)).Decode(&out); err != nil {
		c.t.Fatalf("%s %s: %d: no JSON: %v", method, path, resp.StatusCode, err)
	}
	return resp.StatusCode, out
}

// all walks a list to its end.
func (c caller) all(path string) []map[string]any {
	c.t.Helper()
	var out []map[string]any
	query := "?limit=100"
	for {
		status, page := c.do("GET", path+query, "", nil)
		if status != 200 {
			c.t.Fatalf("%s: %d %v", path, status, page)
		}
		for _, it := range page["items"].([]any) {
			out = append(out, it.(map[string]any))
		}
		next, ok := page["nextPageToken"].(string)
		if !ok {
			return out
		}
		query = "?pageToken=" + url.QueryEscape(next)
	}
}

func TestEveryAnswerFitsTheDescription(t *testing.T) {
	t.Parallel()
	c := call(t, codatest.Options{})
	c.do("GET", "/whoami", "", nil)
	for _, d := range c.all("/docs") {
		doc := "/docs/" + d["id"].(string)
		c.do("GET", doc, "", nil)
		for i, p := range c.all(doc + "/pages") {
			page := doc + "/pages/" + p["id"].(string)
			c.do("GET", page, "", nil)
			c.do("GET", "/resolveBrowserLink?url="+url.QueryEscape(p["browserLink"].(string)), "", nil)
			if p["contentType"] == "canvas" {
				c.do("GET", page+"/content?limit=500", "", nil)
			}
			if i > 0 || p["contentType"] != "canvas" {
				continue
			}
			_, begun := c.do("POST", page+"/export", `{"outputFormat":"markdown"}`, nil)
			c.do("GET", page+"/export/"+begun["id"].(string), "", nil)
		}
		for _, table := range c.all(doc + "/tables") {
			c.table(doc + "/tables/" + table["id"].(string))
		}
	}
}

func (c caller) table(path string) {
	c.t.Helper()
	c.do("GET", path, "", nil)
	c.all(path + "/columns")
	for _, format := range []string{"simple", "simpleWithArrays", "rich"} {
		status, rows := c.do("GET", path+"/rows?limit=3&valueFormat="+format, "", nil)
		if status != 200 || len(rows["items"].([]any)) == 0 {
			c.t.Errorf("%s: %d, %d rows", path, status, len(rows["items"].([]any)))
			continue
		}
		row := rows["items"].([]any)[0].(map[string]any)
		c.do("GET", path+"/rows/"+row["id"].(string)+"?useColumnNames=true", "", nil)
		c.do("GET", "/resolveBrowserLink?url="+url.QueryEscape(row["browserLink"].(string)), "", nil)
	}
}

// small is a workspace in which everything has a short name.
func small() codatest.Workspace {
	return codatest.Workspace{Docs: []*codatest.Doc{{ID: "docA", Name: "Plan",
		Pages: []*codatest.Page{{ID: "canvas-1", Name: "Home", Body: "# Hello\n\n- [x] one\n- two\n\n{{Things}}\n"},
			{ID: "canvas-2", Name: "Film", Kind: "embed"}},
		Tables: []*codatest.Table{{ID: "grid-1", Name: "Things", Columns: []*codatest.Column{{ID: "c-n", Name: "Name"}, {ID: "c-c", Name: "Count", Type: "number"},
			{ID: "c-f", Name: "Sum", Type: "number", Calculated: true}, {ID: "c-b", Name: "Go", Type: "button", Label: "Go"}},
			Rows: []*codatest.Row{{ID: "i-1", Values: []any{"bolt", 3.0, 0.0}}, {ID: "i-2", Values: []any{"nut", 4.0, 0.0}}, {ID: "i-3", Values: []any{"nut", 5.0, 0.0}}}}},
	}, {ID: "docB", Name: "Other"}}}
}

func TestWritesShowOnlyWhenTheyAreDone(t *testing.T) {
	t.Parallel()
	c := call(t, codatest.Options{Workspace: small(), Knobs: codatest.Knobs{MutationPolls: 2, MutationNotFound: 1, MutationWarning: "Row 1 was odd."}})
	status, out := c.do("POST", "/docs/docA/tables/grid-1/rows", `{"rows":[{"cells":[{"column":"Name","value":"washer"},{"column":"c-c","value":"7"}]}]}`, nil)
	if status != 202 || len(out["addedRowIds"].([]any)) != 1 {
		t.Fatalf("%d %v", status, out)
	}
	added := "/docs/docA/tables/grid-1/rows/" + out["addedRowIds"].([]any)[0].(string)
	state := "/mutationStatus/" + out["requestId"].(string)
	if s, _ := c.do("GET", state, "", nil); s != 404 {
		t.Errorf("the first poll is %d", s)
	}
	for range 2 {
		if s, m := c.do("GET", state, "", nil); s != 200 || m["completed"] != false {
			t.Errorf("early: %d %v", s, m)
		}
		if s, _ := c.do("GET", added, "", nil); s != 404 {
			t.Errorf("the row is there before its write is done: %d", s)
		}
	}
	if s, m := c.do("GET", state, "", nil); s != 200 || m["completed"] != true || m["warning"] != "Row 1 was odd." {
		t.Errorf("done: %d %v", s, m)
	}
	s, row := c.do("GET", added, "", nil)
	if values, _ := row["values"].(map[string]any); s != 200 || values["c-n"] != "washer" || values["c-c"] != 7.0 {
		t.Errorf("%d %v", s, row)
	}
}

func TestEveryWriteChangesWhatIsReadBack(t *testing.T) {
	t.Parallel()
	c := call(t, codatest.Options{Workspace: small()})
	rows := "/docs/docA/tables/grid-1/rows"
	c.do("PUT", rows+"/i-1", `{"row":{"cells":[{"column":"c-n","value":"screw"}]}}`, nil)
	c.do("POST", rows, `{"rows":[{"cells":[{"column":"c-n","value":"nut"},{"column":"c-c","value":9}]}],"keyColumns":["Name"]}`, nil)
	c.do("DELETE", rows, `{"rowIds":["i-3"]}`, nil)
	c.do("POST", rows+"/i-1/buttons/Go", "", nil)
	got := map[string]any{}
	for _, r := range c.all(rows) {
		got[r["id"].(string)] = r["values"].(map[string]any)["c-n"].(string)
	}
	if len(got) != 2 || got["i-1"] != "screw" || got["i-2"] != "nut" {
		t.Errorf("rows: %v", got)
	}
	page := "/docs/docA/pages/canvas-1"
	lines := c.all(page + "/content")
	second := lines[1]["id"].(string)
	c.do("PUT", page, `{"contentUpdate":{"insertionMode":"append","canvasContent":{"format":"markdown","content":"## New\n\n> quoted"}}}`, nil)
	c.do("PUT", page, `{"name":"Start","contentUpdate":{"insertionMode":"replace","elementId":"`+second+`","canvasContent":{"format":"html","content":"<p>swapped</p>"}}}`, nil)
	var text []string
	for _, l := range c.all(page + "/content") {
		item := l["itemContent"].(map[string]any)
		text = append(text, item["style"].(string)+":"+item["content"].(string))
	}
	if want := "h1:Hello|paragraph:swapped|bulletedList:two|h2:New|blockQuote:quoted"; strings.Join(text, "|") != want {
		t.Errorf("page: %s", strings.Join(text, "|"))
	}
	_, made := c.do("POST", "/docs/docA/pages", `{"name":"Sub","parentPageId":"canvas-1","pageContent":{"type":"canvas","canvasContent":{"format":"markdown","content":"hi"}}}`, nil)
	if s, sub := c.do("GET", "/docs/docA/pages/"+made["id"].(string), "", nil); s != 200 || sub["parent"].(map[string]any)["name"] != "Start" {
		t.Errorf("%d %v", s, sub)
	}
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	big := strings.Repeat("x", 90<<10)
	token := func(s string) headers { return headers{"Authorization": "Bearer " + s} }
	rows := "/docs/docA/tables/grid-1/rows"
	for _, k := range []struct {
		name, method, path, body string
		h                        headers
		knobs                    codatest.Knobs
		status                   int
		message                  string
	}{
		{"an unknown token is 401", "GET", "/whoami", "", token("nobody"), codatest.Knobs{}, 401, ""},
		{"a token for the MCP server is 401 here", "GET", "/whoami", "", token(codatest.TokenMCP), codatest.Knobs{}, 401, ""},
		{"a token for one doc may say who it is", "GET", "/whoami", "", token(codatest.TokenOneDoc), codatest.Knobs{}, 200, ""},
		{"a token for one doc may not list docs", "GET", "/docs", "", token(codatest.TokenOneDoc), codatest.Knobs{}, 403, ""},
		{"a token for one doc reads its doc", "GET", "/docs/docA/pages", "", token(codatest.TokenOneDoc), codatest.Knobs{}, 200, ""},
		{"a token for one doc reads no other", "GET", "/docs/docB/pages", "", token(codatest.TokenOneDoc), codatest.Knobs{}, 403, ""},
		{"a read-only token cannot begin an export", "POST", "/docs/docA/pages/Home/export", `{"outputFormat":"html"}`, token(codatest.TokenReadOnly), codatest.Knobs{}, 403, ""},
		{"a row over 85 KB is named with its size", "POST", rows, `{"rows":[{"cells":[{"column":"c-n","value":"ok"}]},{"cells":[{"column":"c-n","value":"` + big + `"}]}]}`, nil, codatest.Knobs{}, 400, "Row edit of size 90 KB exceeds maximum size of 85 KB."},
		{"a calculated column refuses the batch", "POST", rows, `{"rows":[{"cells":[{"column":"c-f","value":1}]}]}`, nil, codatest.Knobs{}, 400, ""},
		{"an export of an embed page is refused", "POST", "/docs/docA/pages/canvas-2/export", `{"outputFormat":"html"}`, nil, codatest.Knobs{}, 400, ""},
		{"a doc version other than latest is refused", "GET", rows, "", headers{"X-Coda-Doc-Version": "7"}, codatest.Knobs{}, 400, ""},
		{"latest is refused while something is pending", "GET", rows, "", headers{"X-Coda-Doc-Version": "latest"}, codatest.Knobs{NotUpToDate: true}, 400, "Doc is not yet up to date."},
		{"a made-up page token is refused", "GET", rows + "?pageToken=abc", "", nil, codatest.Knobs{}, 400, "Invalid pageToken."},
		{"natural order needs the visible rows", "GET", rows + "?sortBy=natural&visibleOnly=false", "", nil, codatest.Knobs{}, 400, ""},
		{"a large listing times out at the gateway", "GET", rows + "?limit=200", "", nil, codatest.Knobs{RowsTimeout: 100}, 504, ""},
		{"a missing page is 404 in the service's words", "GET", "/docs/docA/pages/nope", "", nil, codatest.Knobs{}, 404, "Could not find a page with the specified ID or name."},
		{"a foreign link cannot be resolved", "GET", "/resolveBrowserLink?url=https%3A%2F%2Fexample.com%2Fd%2F_dX", "", nil, codatest.Knobs{}, 400, ""},
		{"an old link is resolved", "GET", "/resolveBrowserLink?url=https%3A%2F%2Fcoda.io%2Fd%2FPlan_ddocA", "", nil, codatest.Knobs{}, 200, ""},
	} {
		t.Run(k.name, func(t *testing.T) {
			t.Parallel()
			c := call(t, codatest.Options{Workspace: small(), Knobs: k.knobs})
			status, out := c.do(k.method, k.path, k.body, k.h)
			if status != k.status || (k.message != "" && out["message"] != k.message) {
				t.Errorf("got %d %v", status, out)
			}
			if n := len(c.all(rows)); k.method == "POST" && n != 3 {
				t.Errorf("a refused batch left %d rows", n)
			}
		})
	}
}

func TestAPageTokenIgnoresEverythingBesideIt(t *testing.T) {
	t.Parallel()
	c := call(t, codatest.Options{Workspace: small(), Knobs: codatest.Knobs{ClampRows: 2},
		Check: func(*http.Request, []byte) error { return nil }}) // the second request is wrong on purpose
	rows := "/docs/docA/tables/grid-1/rows"
	_, first := c.do("GET", rows+"?limit=50", "", nil)
	if len(first["items"].([]any)) != 2 {
		t.Fatalf("the limit was not clamped: %v", first["items"])
	}
	req, _ := http.NewRequest("GET", c.s.URL()+rows+"?limit=1&valueFormat=rich&pageToken="+first["nextPageToken"].(string), nil)
	req.Header.Set("Authorization", "Bearer "+codatest.Token)
	resp, err := c.h.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, _ := io.ReadAll(resp.Body)
	if !bytes.Contains(b, []byte(`"c-n":"nut"`)) || bytes.Contains(b, []byte("```")) || bytes.Contains(b, []byte("nextPageToken")) {
		t.Errorf("second page: %s", b)
	}
}

func TestSyncTokenTellsChangesButNoDeletions(t *testing.T) {
	t.Parallel()
	c := call(t, codatest.Options{Workspace: small()})
	rows := "/docs/docA/tables/grid-1/rows"
	_, all := c.do("GET", rows, "", nil)
	token := all["nextSyncToken"].(string)
	c.do("PUT", rows+"/i-2", `{"row":{"cells":[{"column":"c-c","value":40}]}}`, nil)
	c.do("DELETE", rows, `{"rowIds":["i-1"]}`, nil)
	_, changed := c.do("GET", rows+"?syncToken="+token, "", nil)
	items := changed["items"].([]any)
	if len(items) != 1 || items[0].(map[string]any)["id"] != "i-2" {
		t.Errorf("changed: %v", items)
	}
}

func TestAWriteThatNobodyPollsIsDoneAfterItsTime(t *testing.T) {
	t.Parallel()
	c := call(t, codatest.Options{Workspace: small(), Knobs: codatest.Knobs{MutationPolls: 1000, MutationAfter: 1}})
	c.do("DELETE", "/docs/docA/tables/grid-1/rows", `{"rowIds":["i-1"]}`, nil)
	if n := len(c.all("/docs/docA/tables/grid-1/rows")); n != 2 {
		t.Errorf("%d rows", n)
	}
}
