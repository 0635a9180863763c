//go:build !race

package tools_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"codabridge/server/coda/codatest"
	"codabridge/server/index"
)

// TestAMomentHasOneForm in whatever answer, and each form that an answer ever had
// finds it: by the clock of its document where no zone is named.
func TestAMomentHasOneForm(t *testing.T) {
	t.Parallel()
	visits := &codatest.Table{ID: "grid-visits0001", Name: "Visits", Columns: []*codatest.Column{
		{ID: "c-what000001", Name: "What", Type: "text", Display: true}, {ID: "c-when000001", Name: "When", Type: "dateTime"}}}
	for i, at := range []string{"2026-08-27T11:45", "2026-08-27T18:45", "2026-08-28T11:45"} {
		visits.Rows = append(visits.Rows, &codatest.Row{ID: fmt.Sprint("i-visit", i), Values: []any{fmt.Sprint("Visit ", i), at}})
	}
	r, _, _ := indexed(t, func(s index.Status) bool { return complete(s) }, func(s *settings) {
		s.fake.Workspace = workspace()
		s.fake.Workspace.Docs[0].Tables = append(s.fake.Workspace.Docs[0].Tables, visits)
		s.tools.Now = func() time.Time { return time.Now().In(time.FixedZone("owner", 2*3600)) } // another than the document's
	})
	const form = "2026-08-27T11:45-07:00"
	place := object{"document": planDoc, "table": "Visits"}
	with := func(more object) object {
		out := object{}
		for _, o := range []object{place, more} {
			for k, v := range o {
				out[k] = v
			}
		}
		return out
	}
	for tool, args := range map[string]object{
		"coda_list_rows": with(object{"limit": 1}), "coda_query_rows": with(object{"limit": 1}), "coda_get_row": with(object{"row": "i-visit0"}),
		"fetch": {"id": "row:" + planDoc + "/grid-visits0001/i-visit0"}, "coda_get_table": place, "search": {"query": `"Visit 0"`},
	} {
		if a := r.call(tool, args); !strings.Contains(a.text, form) || strings.Contains(a.text, "11:45:00") {
			t.Errorf("%s gives %s", tool, a.text)
		}
	}
	said := []string{form, "2026-08-27T11:45:00-07:00", "2026-08-27T18:45Z", "2026-08-27T18:45:00Z", "2026-08-27 11:45", "2026-08-27T11:45",
		"2026-08-27 11:45:00", "2026-08-27T11:45:00.000-07:00", "2026-08-27t20:45+02:00"}
	for _, said := range said {
		where := object{"column": "When", "is": "=", "value": said}
		for what, a := range map[string]answer{
			"filter": r.call("coda_list_rows", with(object{"filter": object{"column": "When", "equals": said}})),
			"where":  r.call("coda_query_rows", with(object{"where": []object{where}})),
		} {
			if a.isError || !strings.Contains(a.text, "i-visit0") || strings.Contains(a.text, "i-visit1") || strings.Contains(a.text, "i-visit2") {
				t.Errorf("%s of %s: %s", what, said, a.text)
			}
		}
		if strings.Contains(said, "11:45") {
			if a := r.call("search", object{"query": said}); !strings.Contains(strings.SplitN(a.text, "Visit 1", 2)[0], "Visit 0") {
				t.Errorf("search for %s: %s", said, a.text)
			}
		}
	}
	for _, said := range said {
		if a := r.call("coda_update_row", with(object{"row": "i-visit2", "values": object{"When": said}})); a.isError {
			t.Errorf("writing %s: %s", said, a.text)
		}
		a := r.call("coda_query_rows", with(object{"where": []object{{"column": "When", "is": "=", "value": form}}, "sort": []string{"What"}}))
		if !strings.Contains(a.text, "i-visit2") {
			t.Errorf("%s is written as another moment: %s", said, a.text)
		}
	}
}
