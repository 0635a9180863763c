package tools_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// withoutLists is a Coda whose answers to some lists hold no list.
type withoutLists struct {
	http.RoundTripper
	path *string // what the address must end in; empty for none
	body *string
}

func (h withoutLists) RoundTrip(q *http.Request) (*http.Response, error) {
	if *h.path == "" || q.Method != http.MethodGet || !strings.HasSuffix(q.URL.Path, *h.path) {
		return h.RoundTripper.RoundTrip(q)
	}
	w := httptest.NewRecorder()
	_, _ = w.WriteString(*h.body)
	return w.Result(), nil
}

// TestAnAnswerWithoutAListIsNoEmptyList: "there are no documents" would be
// believed.
func TestAnAnswerWithoutAListIsNoEmptyList(t *testing.T) {
	t.Parallel()
	var path, body string
	r := newHarness(t, full, func(s *settings) {
		s.coda.HTTP.Transport = withoutLists{&http.Transport{DisableKeepAlives: true}, &path, &body}
	})
	for _, c := range []struct {
		path, tool string
		args       object
	}{
		{"/docs", "coda_list_documents", object{}},
		{"/docs", "coda_get_document", object{"document": "Launch plan"}},
		{"/pages", "coda_list_pages", object{"document": planDoc}},
		{"/pages", "coda_get_document", object{"document": planDoc}},
		{"/tables", "coda_list_tables", object{"document": planDoc}},
		{"/columns", "coda_get_table", object{"document": planDoc, "table": tasksTable}},
		{"/rows", "coda_list_rows", object{"document": planDoc, "table": tasksTable}},
		{"/rows", "coda_get_table", object{"document": planDoc, "table": tasksTable}},
		{"/rows", "coda_get_row", object{"document": planDoc, "table": tasksTable, "row": "Launch"}},
		{"/content", "coda_get_page_lines", object{"document": planDoc, "page": overviewPage}},
		{"/formulas", "coda_list_formulas", object{"document": planDoc}},
		{"/permissions", "coda_get_sharing", object{"document": planDoc}},
		{"/folders", "coda_list_folders", object{}},
	} {
		for _, b := range []string{`{}`, `null`, `{"items":null}`, `{"items":{"a":1}}`, `{"docs":[]}`} {
			path, body = c.path, b
			r.tools.Forget()
			if a := r.call(c.tool, c.args); !a.isError || !strings.Contains(a.text, "makes no sense") {
				t.Errorf("%s, %s at %s: %s", c.tool, b, c.path, a.text)
			}
		}
	}
	path, body = "/folders", `{"items":[]}`
	r.call("coda_list_folders", object{}).ok(nil)
}
