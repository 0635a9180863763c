package tools_test

import (
	"strings"
	"testing"

	"codabridge/server/coda/codatest"
)

type filtered struct {
	Rows [][]any
	Note string
}

// TestAFilterFindsWhatIsShown: a value as answers show it finds its rows,
// however Coda stores it, and an empty answer is a proof that there are none.
func TestAFilterFindsWhatIsShown(t *testing.T) {
	t.Parallel()
	r := newHarness(t)
	r.fake.Set(func(k *codatest.Knobs) { k.QueryBy = "type" })
	filter := func(column string, equals any) filtered {
		var got filtered
		r.call("coda_list_rows", object{"document": planDoc, "table": "Tasks", "filter": object{"column": column, "equals": equals}}).ok(&got)
		return got
	}
	for _, c := range []struct {
		column string
		equals any
		rows   []any
	}{
		{"Name", "LAUNCH", []any{"i-launch"}}, {"Name", "Launch", []any{"i-launch"}}, {"Name", "launch the rocket", nil},
		{"Due", "2026-11-20", []any{"i-launch"}}, {"Due", "2026-11-20T00:00:00.000-07:00", []any{"i-launch"}}, {"Due", "2026-11-21", nil},
		{"Due", "", []any{"i-twin1", "i-twin2"}}, {"Owner", "", []any{"i-paint", "i-twin1", "i-twin2"}},
		{"Cost", "1200.5", []any{"i-launch"}}, {"Cost", "$1,200.50", []any{"i-launch"}}, {"Cost", "1200.5 USD", []any{"i-launch"}}, {"Cost", 7, nil},
		{"Points", 5, []any{"i-paint"}}, {"Points", "5", []any{"i-paint"}}, {"Points", 77, nil},
		{"Owner", "Mina Okafor", []any{"i-launch"}}, {"Owner", "mina.okafor@fernhill.example", []any{"i-launch"}},
		{"Owner", "Mina Okafor <mina.okafor@fernhill.example>", []any{"i-launch"}}, {"Owner", "Nobody", nil},
		{"Goal", "Grow", []any{"i-launch"}}, {"Goal", "Grow (i-goal1)", []any{"i-launch"}}, {"Goal", "i-goal1", []any{"i-launch"}},
		{"Done", "true", []any{"i-paint"}}, {"Done", false, []any{"i-launch", "i-twin1", "i-twin2"}}, {"Done", "no", []any{"i-launch", "i-twin1", "i-twin2"}},
		{"Status", "In progress", nil}, {"Status", "dONE", []any{"i-paint"}},
	} {
		got := filter(c.column, c.equals)
		var ids []any
		for _, row := range got.Rows {
			ids = append(ids, row[0])
		}
		if mustJSON(ids) != mustJSON(c.rows) || strings.Contains(got.Note, "looked at: all there are") != (c.rows == nil) {
			t.Errorf("%s %v: %v, %q", c.column, c.equals, ids, got.Note)
		}
	}
	for is, want := range map[string]int{"not empty": 2, "empty": 2} {
		var got filtered
		r.call("coda_list_rows", object{"document": planDoc, "table": "Tasks", "filter": object{"column": "Due", "is": is}}).ok(&got)
		if len(got.Rows) != want {
			t.Errorf("%s: %+v", is, got)
		}
	}
	r.call("coda_list_rows", object{"document": planDoc, "table": "Tasks", "filter": object{"column": "Due", "equals": "20 November"}}).fails("2026-11-18")
	if got := filter("Name", "Launch"); len(got.Rows) != 1 || got.Note != "" {
		t.Errorf("%+v", got)
	}
}

func TestAFilterTakesTheOptionsOfASelect(t *testing.T) {
	t.Parallel()
	fake := &codatest.Workspace{}
	r := newHarness(t, func(s *settings) { fake = &s.fake.Workspace })
	args := object{"document": planDoc, "table": "Tasks", "filter": object{"column": "Status", "equals": "Blocked"}}
	r.call("coda_list_rows", args).fails("Status", "Open, In progress, Done", "Blocked")
	if n := r.fake.Count("listRows"); n != 0 {
		t.Errorf("%d requests for rows of an option that is not there", n)
	}
	var got filtered
	args["filter"] = object{"column": "Status", "equals": "dONE"}
	r.call("coda_list_rows", args).ok(&got)
	if len(got.Rows) != 1 {
		t.Errorf("%+v", got)
	}
	args["filter"] = object{"column": "Status", "equals": ""}
	r.call("coda_list_rows", args).ok(&got)
	args["filter"] = object{"column": "Status", "equals": 3}
	r.call("coda_list_rows", args).fails("Open, In progress, Done")
	r.fake.Set(func(*codatest.Knobs) {
		status := fake.Docs[0].Tables[0].Columns[1]
		status.Options = append(status.Options, "Blocked")
	})
	args["filter"] = object{"column": "Status", "equals": "Blocked"}
	r.call("coda_list_rows", args).ok(&got) // though the columns were read just before
}
