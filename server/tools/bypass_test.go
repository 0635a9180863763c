package tools_test

import (
	"net/http"
	"strings"
	"testing"

	"codabridge/server/caller"
)

// TestNoFormOfArgumentsMakesAWriteARead: coda_api_call reads and writes, and
// those who may only read are offered it.
func TestNoFormOfArgumentsMakesAWriteARead(t *testing.T) {
	t.Parallel()
	readOnly := false
	r := newHarness(t, full, func(s *settings) { s.tools.ReadOnly = func() bool { return readOnly } })
	row := `"docId":"` + planDoc + `","tableIdOrName":"` + tasksTable + `","rowIdOrName":"i-paint"`
	for what, args := range map[string]object{
		"a number too large for a float":  {"operation": "updateRow", "arguments": `{` + row + `,"row":{"cells":[{"column":"c-points","value":7}],"x":1e400}}`},
		"one too small for a float":       {"operation": "updateRow", "arguments": `{` + row + `,"row":{"cells":[{"column":"c-points","value":-1e400}]}}`},
		"a large number in a payload":     {"operation": "triggerWebhookAutomation", "arguments": `{"docId":"` + planDoc + `","ruleId":"grid-auto-weekly","payload":{"x":[1e999]}}`},
		"an operation with spaces around": {"operation": " deleteRow\n", "arguments": "{" + row + "}"},
		"a document by number":            {"operation": "deleteDoc", "arguments": object{"docId": 1}},
	} {
		t.Run(what, func(t *testing.T) {
			r.asCaller(caller.Caller{ID: "grant-2", Name: "Reader"})
			r.call("coda_api_call", args).fails("may only read")
			r.asCaller(caller.Caller{ID: "grant-1", Reach: caller.Reach{Write: true}})
			readOnly = true
			r.call("coda_api_call", args).fails("Read-only")
			readOnly = false
		})
	}
	for _, q := range r.fake.Requests() {
		t.Errorf("%s %s reached Coda", q.Method, q.Path)
	}
}

// TestWhatIsAnsweredIsHeldToTheAllowList, however the question read.
func TestWhatIsAnsweredIsHeldToTheAllowList(t *testing.T) {
	t.Parallel()
	path, body := "/resolveBrowserLink", `{"resource":{"type":"page","id":"canvas-secret0001","name":"Secrets","href":"https://coda.io/apis/v1/docs/`+otherDoc+`/pages/canvas-secret0001"}}`
	r := newHarness(t, full, func(s *settings) {
		s.tools.Documents = func() []string { return []string{planDoc} }
		s.coda.HTTP.Transport = withoutLists{&http.Transport{DisableKeepAlives: true}, &path, &body}
	})
	link := "https://coda.io/d/_d" + planDoc + "/Secrets_su0001"
	for tool, args := range map[string]object{
		"coda_api_call":     {"operation": "resolveBrowserLink", "arguments": object{"url": link}},
		"coda_resolve_link": {"link": link},
		"coda_get_page":     {"page": link},
	} {
		if a := r.call(tool, args); !a.isError || !strings.Contains(a.text, "not among those the owner allows") ||
			strings.Contains(a.text, "Secrets\"") || strings.Contains(a.text, otherDoc) {
			t.Errorf("%s: %s", tool, a.text)
		}
	}
	path, body = "/analytics/docs", `{"items":[{"doc":{"id":"`+otherDoc+`","title":"Private diary"},"metrics":[{"date":"2026-11-20","views":3}]},`+
		`{"doc":{"id":"`+planDoc+`","title":"Launch plan"},"metrics":[{"date":"2026-11-20","views":4}]}]}`
	if a := r.call("coda_get_analytics", object{"of": "documents", "cursor": "of-an-earlier-question"}); strings.Contains(a.text, "Private") || !strings.Contains(a.text, "Launch plan") {
		t.Errorf("%s", a.text)
	}
}
