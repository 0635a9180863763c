package owner

import (
	"slices"
	"strings"
	"testing"

	"codabridge/assets"
	"codabridge/server/door"
	"codabridge/server/state"
)

// TestEveryViewHasItsParts: a place for each of its sections, its script, and a
// name that links may bear.
func TestEveryViewHasItsParts(t *testing.T) {
	var ids []string
	for _, v := range views {
		ids = append(ids, v.ID)
		html, err := door.Render("view-"+v.ID, nil)
		if err != nil {
			t.Errorf("the view %s: %v", v.ID, err)
		}
		for _, s := range v.sections {
			if strings.Count(html, `<div id="s-`+s+`"></div>`) != 1 {
				t.Errorf("the view %s wants one place for its section %s", v.ID, s)
			}
		}
	}
	if !slices.Equal(ids, state.Views) {
		t.Errorf("the views are %v, links may name %v", ids, state.Views)
	}
	for _, name := range scripts() {
		if _, err := assets.Files.ReadFile("static/" + name); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
