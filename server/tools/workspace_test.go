package tools_test

import (
	"fmt"
	"strings"

	"codabridge/server/coda/codatest"
)

// Ids of the small workspace of these tests.
const (
	planDoc  = "LaunchPl01"
	menuDoc  = "CafeMenu02"
	otherDoc = "PrivateX03"

	overviewPage = "canvas-overview01"
	longPage     = "canvas-long000001"
	embedPage    = "canvas-embed00001"

	tasksTable = "grid-tasks00001"
	goalsTable = "grid-goals00001"
	wideTable  = "grid-wide000001"
	openView   = "table-open00001"
	hiddenMark = "visible\u200b\u202e\U000E0041\u0007 text"
)

// workspace is small and holds what tools trip over.
func workspace() codatest.Workspace {
	return codatest.Workspace{Docs: []*codatest.Doc{planDocument(),
		{ID: menuDoc, Name: "Café menu", Pages: []*codatest.Page{{Name: "Crème brûlée", Body: "Burn the sugar."}}},
		{ID: otherDoc, Name: "Private diary", Pages: []*codatest.Page{{ID: "canvas-secret0001", Name: "Secrets", Body: "Nobody may read this."}},
			Tables: []*codatest.Table{{ID: "grid-secret00001", Name: "Secret table", Columns: []*codatest.Column{{Name: "Name", Display: true}}, Rows: []*codatest.Row{{ID: "i-secret", Values: []any{"x"}}}}}},
		{ID: "TwinDoc004", Name: "Twin"}, {ID: "TwinDoc005", Name: "Twin"},
	}}
}

func planDocument() *codatest.Doc {
	return &codatest.Doc{ID: planDoc, Name: "Launch plan", Pages: []*codatest.Page{
		{ID: overviewPage, Name: "Overview", Body: "# Goals\n\nShip in **May** with " + hiddenMark + ".\n\n- one\n- two\n  - deeper\n\n1. first\n2. second\n\n> quoted\n\n- [x] done",
			Children: []*codatest.Page{{ID: "canvas-risks00001", Name: "Risks", Body: "Rain."}}},
		{Name: "Notes", Body: "a"}, {Name: "Notes", Body: "b"},
		{ID: longPage, Name: "Long read", Body: strings.Repeat("A line of the long page with \"quotes\" and é.\n\n", 1500)},
		{ID: embedPage, Name: "Board", Kind: "embed"},
	}, Tables: []*codatest.Table{tasks(), goals(), wide(),
		{ID: openView, Name: "Open tasks", ViewOf: tasksTable}},
		Formulas: []*codatest.Formula{{ID: "f-total", Name: "Total points", Value: 8.0}},
		Controls: []*codatest.Control{{ID: "ctrl-team", Name: "Team", Kind: "select", Value: "Red"}},
		Rules:    []string{"grid-auto-weekly"}}
}

func tasks() *codatest.Table {
	return &codatest.Table{ID: tasksTable, Name: "Tasks", Page: overviewPage, Columns: []*codatest.Column{
		{ID: "c-name", Name: "Name", Display: true},
		{ID: "c-status", Name: "Status", Type: "select", Options: []string{"Open", "In progress", "Done"}},
		{ID: "c-owner", Name: "Owner", Type: "person"},
		{ID: "c-due", Name: "Due", Type: "date"},
		{ID: "c-done", Name: "Done", Type: "checkbox"},
		{ID: "c-points", Name: "Points", Type: "number"},
		{ID: "c-goal", Name: "Goal", Type: "lookup", Table: goalsTable},
		{ID: "c-cost", Name: "Cost", Type: "currency"},
		{ID: "c-link", Name: "Link", Type: "link"},
		{ID: "c-total", Name: "Total", Type: "number", Calculated: true, Formula: "Points*2"},
		{ID: "c-go", Name: "Go", Type: "button", Label: "Go"},
	}, Rows: []*codatest.Row{
		{ID: "i-launch", Values: []any{"Launch", "Open", codatest.Person{Name: "Mina Okafor", Email: "mina.okafor@fernhill.example"}, "2026-11-20", false, 3.0, codatest.Ref("i-goal1"), 1200.5, codatest.Link{Name: "Site", URL: "https://fernhill.example"}, 6.0}},
		{ID: "i-paint", Values: []any{"Paint | it", "Done", nil, "2026-10-01", true, 5.0, codatest.Ref("i-goal2"), nil, nil, 10.0}},
		{ID: "i-twin1", Values: []any{"Twin", "Open"}},
		{ID: "i-twin2", Values: []any{"Twin", "Open"}},
	}}
}

func goals() *codatest.Table {
	return &codatest.Table{ID: goalsTable, Name: "Goals", Columns: []*codatest.Column{{ID: "c-goalname", Name: "Goal", Display: true}},
		Rows: []*codatest.Row{{ID: "i-goal1", Values: []any{"Grow"}}, {ID: "i-goal2", Values: []any{"Rest"}}}}
}

// wide is twelve columns of ordinary values, a hundred rows and more.
func wide() *codatest.Table {
	t := &codatest.Table{ID: wideTable, Name: "Wide"}
	types := []string{"text", "select", "person", "date", "checkbox", "number", "currency", "text", "percent", "text", "number", "text"}
	for i, kind := range types {
		c := &codatest.Column{ID: fmt.Sprintf("c-wide%02d", i), Name: fmt.Sprintf("Column %d", i+1), Type: kind, Display: i == 0}
		if kind == "select" {
			c.Options = []string{"Open", "Done"}
		}
		t.Columns = append(t.Columns, c)
	}
	for i := range 250 {
		t.Rows = append(t.Rows, &codatest.Row{ID: fmt.Sprintf("i-wide%06d", i), Values: []any{
			fmt.Sprintf("Task number %d", i), "Open", codatest.Person{Name: "Mina Okafor", Email: "mina.okafor@fernhill.example"}, "2026-11-20", i%2 == 0,
			float64(i), float64(i) * 12.5, "some words here", 0.25, "north", 42.0, "a longer remark on it"}})
	}
	return t
}
