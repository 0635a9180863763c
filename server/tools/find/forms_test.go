package find

import "testing"

func TestIDsHaveTheirForm(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		what string
		form Form
		id   string
		fits bool
	}{
		{"a doc", DocID, "AbC-d_5", true}, {"a short name", DocID, "Plan1", false}, {"a name with a blank", DocID, "Launch plan", false},
		{"a long one", DocID, "a234567890123456789012345678901234567890", true}, {"a longer one", DocID, "a2345678901234567890123456789012345678901", false},
		{"a page", PageID, "canvas-x", true}, {"a section", PageID, "section-1_2", true}, {"a prefix alone", PageID, "canvas-", false},
		{"a row", RowID, "i-abc", true}, {"a row with a line", RowID, "i-abc\n", false}, {"another alphabet", RowID, "i-ä", false},
		{"a table", TableID, "grid-a", true}, {"a view", TableID, "table-b", true}, {"capitals", TableID, "Grid-a", false}, {"within", RowID, "xi-a", false},
	} {
		if c.form.Fits(c.id) != c.fits {
			t.Errorf("%s: %q", c.what, c.id)
		}
	}
}
