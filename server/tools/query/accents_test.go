//go:build !race

package query

import "testing"

func TestPartsOfTextsAreFoundWithoutAccents(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		is, value string
		found     bool
	}{{"contains", `"cafe"`, true}, {"contains", `"CAFÉ"`, true}, {"starts", `"the cafe"`, true}, {"not contains", `"cafe"`, false}, {"contains", `"cafes"`, false},
		{"=", `"the cafe munchen"`, false}, {"=", `"the café münchen"`, true}} {
		if found, err := askOne(t, "text", `"The Café München"`, c.is, c.value); err != nil || found != c.found {
			t.Errorf("%s %s: found is %v, %v", c.is, c.value, found, err)
		}
	}
	if found, err := askOne(t, "text", `"The Cafe"`, "contains", `"café"`); err != nil || !found {
		t.Errorf("an accent that the cell lacks: %v, %v", found, err)
	}
}
