package tools_test

import (
	"encoding/json"
	"strings"
	"testing"
)

// TestOneToolHasAView, and no other: every call of one mounts a page.
func TestOneToolHasAView(t *testing.T) {
	r := newHarness(t, full)
	views := 0
	for _, d := range r.listTools() {
		ui, _ := json.Marshal(d.Meta["ui"])
		switch {
		case d.Name == "coda_show_table":
			views++
			if string(ui) != `{"resourceUri":"ui://codabridge/table-v1.html","visibility":["model","app"]}` || d.Meta["ui/resourceUri"] != "ui://codabridge/table-v1.html" {
				t.Errorf("it says %s", ui)
			}
		case d.Meta["ui"] != nil:
			t.Errorf("%s has a view", d.Name)
		}
		if strings.Contains(string(d.OutputSchema), "anyOf") {
			t.Errorf("%s: clients cannot have anyOf beside a view", d.Name)
		}
	}
	if views != 1 {
		t.Errorf("%d tools have a view", views)
	}
}
