package codatest_test

import (
	"encoding/json"
	"strings"
	"testing"

	"codabridge/server/coda/codatest"
)

// around is a doc with everything that is not a page or a table.
func around() codatest.Workspace {
	w := small()
	d := w.Docs[0]
	d.Formulas = []*codatest.Formula{{ID: "f-one", Name: "Total", Value: 12.0}, {ID: "f-two", Name: "Names", Value: []any{"a", "b"}}}
	d.Controls = []*codatest.Control{{ID: "ctrl-one", Name: "Team", Kind: "select", Value: "Red"}}
	d.Rules = []string{"grid-auto-1"}
	return w
}

// TestWhatIsAroundTheContents plays each operation on folders, sharing,
// publishing, formulas, controls, automations and analytics; every answer is
// held against the description by do.
func TestWhatIsAroundTheContents(t *testing.T) {
	t.Parallel()
	c := call(t, codatest.Options{Workspace: around()})
	_, made := c.do("POST", "/docs", `{"title":"New","initialPage":{"name":"First","pageContent":{"type":"canvas","canvasContent":{"format":"markdown","content":"Hello"}}}}`, nil)
	doc := "/docs/" + made["id"].(string)
	_, folder := c.do("POST", "/folders", `{"name":"Box","workspaceId":"ws-fernhill001","description":"d"}`, nil)
	box := "/folders/" + folder["id"].(string)
	for _, k := range []struct {
		method, path, body string
		status             int
		holds              string // in the answer
	}{
		{"GET", doc, "", 200, "New"},
		{"PATCH", doc, `{"title":"Renamed"}`, 200, ""},
		{"GET", doc, "", 200, "Renamed"},
		{"POST", "/docs", `{"sourceDoc":"docA","title":"Copy"}`, 201, "Copy"},
		{"DELETE", doc, "", 202, ""},
		{"GET", doc, "", 404, ""},
		{"GET", "/folders?limit=100", "", 200, "Box"},
		{"PATCH", box, `{"name":"Crate"}`, 200, "Crate"},
		{"GET", box, "", 200, "Crate"},
		{"GET", box + "/children", "", 200, "items"},
		{"DELETE", box, "", 200, ""},
		{"GET", box, "", 404, ""},
		{"GET", "/docs/docA/formulas", "", 200, "Total"},
		{"GET", "/docs/docA/formulas/f-two", "", 200, "Names"},
		{"GET", "/docs/docA/controls", "", 200, "Team"},
		{"GET", "/docs/docA/controls/Team", "", 200, "Red"},
		{"POST", "/docs/docA/hooks/automation/grid-auto-1", `{"a":1}`, 202, "mutate:"},
		{"POST", "/docs/docA/hooks/automation/grid-auto-2", `{"a":1}`, 404, ""},
		{"GET", "/docs/docA/acl/metadata", "", 200, "canShare"},
		{"POST", "/docs/docA/acl/permissions", `{"access":"comment","principal":{"type":"email","email":"a@b.example"},"suppressEmail":true}`, 200, ""},
		{"GET", "/docs/docA/acl/permissions", "", 200, "a@b.example"},
		{"DELETE", "/docs/docA/acl/permissions/nobody", "", 404, ""},
		{"GET", "/docs/docA/acl/principals/search?query=mina", "", 200, "mina.okafor"},
		{"GET", "/docs/docA/acl/settings", "", 200, "allowCopying"},
		{"PATCH", "/docs/docA/acl/settings", `{"allowCopying":false}`, 200, "allowCopying"},
		{"GET", "/categories", "", 200, "Marketing"},
		{"PUT", "/docs/docA/publish", `{"slug":"plan","mode":"view","categoryNames":["Sales"]}`, 202, "mutate:"},
		{"GET", "/docs/docA", "", 200, "@fernhill/plan"},
		{"DELETE", "/docs/docA/publish", "", 200, ""},
		{"DELETE", "/docs/docA/publish", "", 404, ""},
		{"GET", "/analytics/docs?docIds=docA", "", 200, "totalSessions"},
		{"GET", "/analytics/docs/docA/pages", "", 200, "averageSecondsViewed"},
		{"GET", "/analytics/docs/summary", "", 200, "totalSessions"},
		{"GET", "/analytics/updated", "", 200, "docAnalyticsLastUpdated"},
		{"GET", "/workspaces/ws-fernhill001/users", "", 200, "registeredAt"},
		{"GET", "/workspaces/ws-fernhill001/roles", "", 200, "activeAdminCount"},
		{"GET", "/packs", "", 200, "items"},
		{"GET", "/docs/docA/tables/grid-1/columns/c-n", "", 200, "parent"},
		{"DELETE", "/docs/docA/tables/grid-1/rows/i-1", "", 202, "i-1"},
		{"GET", "/docs/docA/tables/grid-1/rows/i-1", "", 404, ""},
	} {
		status, out := c.do(k.method, k.path, k.body, nil)
		if status != k.status || !strings.Contains(text(out), k.holds) {
			t.Errorf("%s %s: %d %v", k.method, k.path, status, out)
		}
	}
}

func TestContentIsDeletedByElement(t *testing.T) {
	t.Parallel()
	c := call(t, codatest.Options{Workspace: codatest.Workspace{Docs: []*codatest.Doc{{ID: "docA", Name: "A", Pages: []*codatest.Page{
		{ID: "canvas-1", Name: "One", Body: "first\n\nsecond\n\nthird"}, {ID: "canvas-2", Name: "Two"}}}}}})
	page := "/docs/docA/pages/canvas-1"
	lines := c.all(page + "/content")
	c.do("DELETE", page+"/content", `{"elementIds":["`+lines[1]["id"].(string)+`"]}`, nil)
	if left := c.all(page + "/content"); len(left) != 2 || left[0]["id"] != lines[0]["id"] {
		t.Errorf("left: %v", left)
	}
	if status, _ := c.do("DELETE", page+"/content", `{"elementIds":["cl-nope"]}`, nil); status != 400 {
		t.Errorf("an unknown element: %d", status)
	}
	c.do("DELETE", page+"/content", `{}`, nil)
	if left := c.all(page + "/content"); len(left) != 1 || left[0]["id"] != lines[0]["id"] {
		t.Errorf("of a cleared page is left: %v", left)
	}
	c.do("DELETE", page, "", nil)
	if left := c.all("/docs/docA/pages"); len(left) != 1 {
		t.Errorf("pages: %v", left)
	}
}

func text(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		return err.Error()
	}
	return string(b)
}
