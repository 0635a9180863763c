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

// TestAFilterThatFindsNothingSaysHowItCompares: a model takes an empty answer
// for a proof that there is nothing.
func TestAFilterThatFindsNothingSaysHowItCompares(t *testing.T) {
	t.Parallel()
	r := newHarness(t)
	filter := func(column string, equals any) filtered {
		var got filtered
		r.call("coda_list_rows", object{"document": planDoc, "table": "Tasks", "filter": object{"column": column, "equals": equals}}).ok(&got)
		return got
	}
	for column, c := range map[string]struct {
		equals any
		say    string
	}{
		"Name":   {"launch the rocket", "case"},
		"Due":    {"20 November", "zone"},
		"Cost":   {"$7", "currency"},
		"Points": {77, "fractions"},
		"Owner":  {"Nobody", "people"},
		"Status": {"In progress", "whole value"},
	} {
		if got := filter(column, c.equals); len(got.Rows) != 0 || !strings.Contains(got.Note, c.say) ||
			!strings.Contains(got.Note, `"`+column+`"`) || !strings.Contains(got.Note, "not prove") {
			t.Errorf("%s: %d rows, %q", column, len(got.Rows), got.Note)
		}
	}
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
