//go:build !race

package server

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"codabridge/server/coda/codatest"
)

// TestTheDescriptionOfOperations keeps to the limits of its readers, says nothing
// that is personal, and is one document in two forms.
func TestTheDescriptionOfOperations(t *testing.T) {
	t.Parallel()
	h, sample := newHarness(t), codatest.Sample()
	for _, full := range []bool{false, true} {
		h.full.Store(full)
		for _, origin := range []string{h.public, "http://127.0.0.1:8085", "http://localhost:8085"} {
			doc, raw := h.document(origin, "/openapi.json")
			if len(doc.Servers) != 1 || doc.Servers[0].URL != origin {
				t.Errorf("asked at %s its server is %+v", origin, doc.Servers)
			}
			if n := doc.Paths.Len(); n > 30 || n < 10 || full && n != 30 {
				t.Errorf("full %v: %d operations", full, n)
			}
			ids := map[string]bool{}
			for path, item := range doc.Paths.Map() {
				o := item.Post
				if o == nil || path != "/actions/"+o.OperationID || ids[o.OperationID] || o.Summary == "" ||
					utf8.RuneCountInString(o.Summary) > 300 || utf8.RuneCountInString(o.Description) > 300 {
					t.Errorf("%s: %+v", path, o)
				}
				ids[o.OperationID] = true
				if o.Extensions["x-openai-isConsequential"] != (o.OperationID != "search" && strings.Contains("coda_create_rows coda_update_row coda_delete_rows coda_create_page "+
					"coda_update_page coda_append_to_page coda_edit_page coda_create_document coda_update_document coda_delete_document coda_delete_page coda_insert_table "+
					"coda_delete_page_elements coda_replace_page coda_upsert_rows coda_push_button coda_trigger_automation", o.OperationID)) {
					t.Errorf("%s: consequential is %v", path, o.Extensions["x-openai-isConsequential"])
				}
			}
			for _, d := range sample.Docs {
				if bytes.Contains(raw, []byte(d.ID)) {
					t.Errorf("it names the doc %s", d.Name)
				}
			}
			inYAML, _ := h.document(origin, "/openapi.yaml")
			one, _ := json.Marshal(doc)
			two, _ := json.Marshal(inYAML)
			if !bytes.Equal(one, two) {
				t.Error("the two forms differ")
			}
		}
	}
	h.readOnly.Store(true)
	if doc, _ := h.document(h.public, "/openapi.json"); doc.Paths.Value("/actions/coda_create_rows") != nil {
		t.Error("Read-only is on, and it offers to write")
	}
}
