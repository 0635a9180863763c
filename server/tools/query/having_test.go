//go:build !race

package query

import (
	"strings"
	"testing"
)

// TestANumberIsMeantByItsOperation alone where the answer has one such, in having
// and sort.
func TestANumberIsMeantByItsOperation(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"sum": "", "SUM": "", "total": "", "average": "", "avg": "", "count": "", "sum of Amount": "", "sum(Amount)": "",
		"max": `there is no column "max"`, "min": `there is no column "min"`, "median": `there is no column "median"`, "sum of Hours": `there is no column "sum of Hours"`,
	} {
		question := `{"group_by":["Status"],"aggregate":["count",{"op":"sum","column":"Amount"},{"op":"average","column":"Hours"},{"op":"max","column":"Due"},{"op":"max","column":"Amount"}],`
		a, err := ask(t, question+`"having":[{"column":"`+name+`","is":">","value":0}],"sort":[{"column":"`+name+`","descending":true}]}`, testRows)
		if want == "" && (err != nil || len(a.Rows) == 0) || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: %v, %v; want %q", name, a.Rows, err, want)
		}
	}
	named := `{"group_by":["Status"],"aggregate":[{"op":"sum","column":"Amount"},{"op":"count","as":"sum"}],"having":[{"column":"sum","is":"=","value":2}]}`
	if a, err := ask(t, named, testRows); err != nil || len(a.Rows) != 1 || a.Rows[0][0] != "In progress" {
		t.Errorf("a number that the question calls so: %v, %v", a.Rows, err)
	}
}
