//go:build !race

package query

import (
	"strings"
	"testing"
)

// TestWhatNoRowHasIsSaidOfAllRows: a condition that the others spare a row is held
// against it all the same before it is said that no row has it, and what is asked
// for beside something that rows have is named, too.
func TestWhatNoRowHasIsSaidOfAllRows(t *testing.T) {
	t.Parallel()
	for where, want := range map[string]string{
		// There are rows of each, and none of both.
		`[{"column":"Status","is":"=","value":"Done"},{"column":"Vendor","is":"=","value":"Acme Corp"}]`: "",
		`[{"column":"Vendor","is":"=","value":"Acme Corp"},{"column":"Status","is":"=","value":"Done"}]`: "",
		`[{"any":[{"column":"Paid","is":"=","value":true},{"column":"Task","is":"starts","value":"sign"}]},
			{"column":"Status","is":"=","value":"Not started"},{"column":"Assignee","is":"contains","value":"ben"}]`: "",
		// None of the last, wherever it stands.
		`[{"column":"Hours","is":">","value":1000},{"column":"Assignee","is":"=","value":"Ana"}]`: `No row has "Assignee" = "Ana". Near it are: "Ana Kim".`,
		`[{"column":"Assignee","is":"=","value":"Ana"},{"column":"Hours","is":">","value":1000}]`: `No row has "Assignee" = "Ana". Near it are: "Ana Kim".`,
		// Some of several.
		`[{"column":"Assignee","is":"in","value":["Ana Kim","Ben"]}]`:              `No row has "Assignee" = "Ben". Near it are: "Ben Ode".`,
		`[{"column":"Assignee","is":"in","value":["Ana","Ben","ben"]}]`:            `No row has "Assignee" = "Ana" or "Ben". Near it are: "Ana Kim", "Ben Ode".`,
		`[{"column":"Assignee","is":"in","value":["Ana Kim","ben@example.com"]}]`:  "",
		`[{"column":"Vendor","is":"in","value":["Acme Corp","O'Neil"]}]`:           `No row has "Vendor" = "O'Neil". Near it are: "O’Neill".`,
		`[{"column":"Vendor","is":"in","value":["Acme Corp (i-a)","Acme (i-z)"]}]`: `No row has "Vendor" = "Acme (i-z)". Near it are: "Acme Corp".`,
		`[{"any":[{"column":"Assignee","is":"=","value":"Ana Kim"},{"column":"Vendor","is":"=","value":"Beta"}]}]`: `No row has "Vendor" = "Beta".` +
			` Its values are: "Acme Corp", "O’Neill".`,
	} {
		for _, more := range []string{"", `,"aggregate":[{"op":"count"}]`} {
			a, err := ask(t, `{"where":`+where+more+`}`, testRows)
			if err != nil {
				t.Fatal(err)
			}
			var said []string
			for _, note := range a.Notes {
				if strings.HasPrefix(note, "No row has") {
					said = append(said, note)
				}
			}
			if got := strings.Join(said, " "); got != want {
				t.Errorf("%s%s:\n%s\nwant:\n%s", where, more, got, want)
			}
		}
	}
	if a, err := ask(t, `{"where":[{"column":"Assignee","is":"in","value":["Ana Kim","Cleo"]}],"limit":1}`, testRows); err != nil || !a.More || len(a.Notes) > 0 {
		t.Errorf("%v: said of rows that may not have been read: %q", err, a.Notes)
	}
}

// TestAnOptionIsMeantAsNamesAre: whatever its accents, its dashes, and the picture
// before it.
func TestAnOptionIsMeantAsNamesAre(t *testing.T) {
	t.Parallel()
	column := []Column{{ID: "c-1", Name: "State", Type: "select", Options: []string{"✅ Done", "À faire – tôt", "résumé", "resumé", "Open"}}}
	for value, want := range map[string]string{"done": "✅ Done", "✅ done": "✅ Done", "a faire - tot": "À faire – tôt", "RÉSUMÉ": "résumé", "open": "Open",
		"resume": "", "❌ Done": "", "ope": ""} {
		q, err := Compile(Spec{Where: []any{map[string]any{"column": "State", "is": "=", "value": value}}}, column, testEnv)
		if (err != nil) != (want == "") {
			t.Errorf("%s: %v", value, err)
		}
		if err != nil {
			continue
		}
		for _, o := range column[0].Options {
			before := q.count
			if err := q.Add("i-1", map[string]any{"c-1": o}); err != nil || (q.count > before) != (o == want) {
				t.Errorf("%s finds %s: %v, %v", value, o, q.count > before, err)
			}
		}
	}
}
