package state

import (
	"encoding/csv"
	"strings"
	"testing"
	"time"
)

// TestNoNameIsAFormulaInASpreadsheet: names of docs and clients come from
// outside.
func TestNoNameIsAFormulaInASpreadsheet(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "  =1", "\ufeff=1", "\u00a0=1", "＝1", "|calc", "%0A=1",
		`=HYPERLINK("https://evil.test","x")`, "a\n=1", "a\r\n=1"} {
		var b strings.Builder
		err := WriteCSV(&b, func(take func(Call) error) error {
			return take(Call{Time: time.Unix(0, 0), Connection: name, Name: name, Tool: name, Doc: name, DocName: name, Ms: 1.5, Result: "ok"})
		})
		if err != nil {
			t.Fatal(err)
		}
		rows, err := csv.NewReader(strings.NewReader(b.String())).ReadAll()
		if err != nil || len(rows) != 2 || len(rows[1]) != 10 {
			t.Fatalf("%q: %v %v", name, rows, err)
		}
		for _, cell := range rows[1] {
			bare := strings.TrimLeft(cell, " \t\r\n\u00a0\ufeff")
			if strings.ContainsAny(cell, "\r\n\t") || bare != "" && strings.ContainsRune("=+-@|%＝", []rune(bare)[0]) {
				t.Errorf("%q gives the cell %q", name, cell)
			}
		}
		if rows[1][6] != "1.5" || rows[1][9] != "ok" {
			t.Errorf("numbers and results stay: %v", rows[1])
		}
	}
	for _, name := range []string{"Plans", "100 % sure", "a-b", "Q1 = Q2", ""} {
		if got := noFormula(name); got != name {
			t.Errorf("%q became %q", name, got)
		}
	}
}

func TestTheLineOfTheLastCall(t *testing.T) {
	t.Parallel()
	for want, a := range map[string]ActivityState{
		"":                                   {},
		"ChatGPT, just now, 1 call today":    {Client: "ChatGPT", At: time.Now(), CallsToday: 1},
		"ChatGPT, 2 min ago, 14 calls today": {Client: "ChatGPT", At: time.Now().Add(-2*time.Minute - time.Second), CallsToday: 14},
	} {
		if got := a.Line(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
