//go:build !race

package tools_test

import (
	"fmt"
	"strings"
	"testing"
)

// TestABadQuestionIsRefusedInASentence that says what is allowed, however the
// question is wrong and however large it is.
func TestABadQuestionIsRefusedInASentence(t *testing.T) {
	t.Parallel()
	r := newHarness(t, stock(20))
	long := strings.Repeat("x", 10_000)
	deep := func(n int, open string) string {
		return strings.Repeat(`{"`+open+`":[`, n) + `{"column":"Count","is":">","value":1}` + strings.Repeat("]}", n)
	}
	many := func(n int, s string) string { return "[" + strings.TrimSuffix(strings.Repeat(s+",", n), ",") + "]" }
	for question, say := range map[string]string{
		`{"where":[{"column":"` + long + `","is":"=","value":1}]}`:                                                                 "longer than any name",
		`{"where":[{"column":"Count","is":"` + long + `","value":1}]}`:                                                             "is cannot be",
		`{"where":[{"column":"Count","is":">","value":"` + long + `"}]}`:                                                           "Give a number",
		`{"where":[{"column":"Counted","is":">","value":"` + long + `"}]}`:                                                         "is no date",
		`{"where":[{"column":"Kind","is":"=","value":"` + long + `"}]}`:                                                            "The options are",
		`{"where":[{"column":"Sold out","is":"=","value":"` + long + `"}]}`:                                                        "true or false",
		`{"select":["` + long + `"]}`:                                                                                              "longer than any name",
		`{"sort":[{"column":"` + long + `"}]}`:                                                                                     "longer than any name",
		`{"sort":["` + long + `"]}`:                                                                                                "longer than any name",
		`{"group_by":[{"column":"` + long + `"}]}`:                                                                                 "longer than any name",
		`{"group_by":[{"column":"Counted","by":"` + long + `"}]}`:                                                                  `"by" is one of`,
		`{"aggregate":[{"op":"` + long + `","column":"Count"}]}`:                                                                   "op is one of",
		`{"aggregate":[{"op":"sum","column":"` + long + `"}]}`:                                                                     "longer than any name",
		`{"group_by":["Kind"],"having":[{"column":"` + long + `","is":">","value":1}]}`:                                            "longer than any name",
		`{"group_by":["Kind"],"having":[{"op":"` + long + `","is":">","value":1}]}`:                                                "op is one of",
		`{"cursor":"` + long + `"}`:                                                                                                "Ask again without cursor",
		`{"where":[` + deep(100, "any") + `]}`:                                                                                     "nested too deeply",
		`{"where":[` + deep(100, "all") + `]}`:                                                                                     "nested too deeply",
		`{"where":[` + deep(3000, "all") + `]}`:                                                                                    "nested too deeply",
		`{"group_by":["Kind"],"having":[` + deep(100, "any") + `]}`:                                                                "nested too deeply",
		`{"group_by":` + many(50, `"Kind"`) + `}`:                                                                                  "at most 2 columns",
		`{"aggregate":` + many(50, `{"op":"sum","column":"Count"}`) + `}`:                                                          "at most 12",
		`{"sort":` + many(50, `{"column":"Count"}`) + `}`:                                                                          "at most 6",
		`{"where":` + many(1000, `{"column":"Count","is":">","value":1}`) + `}`:                                                    "at most 60",
		`{"where":[{"any":` + many(1000, `{"column":"Count","is":">","value":1}`) + `}]}`:                                          "at most 60",
		`{"where":[{"column":"Count","is":"in","value":` + many(1000, `1`) + `}]}`:                                                 "1 to 500",
		`{"where":[{"column":"Count","is":"in","value":[]}]}`:                                                                      "1 to 500",
		`{"where":[{"column":"Count","is":"matches","value":".*"}]}`:                                                               "It is one of",
		`{"where":[{"column":"Count","is":"regex","value":"(a+)+$"}]}`:                                                             "It is one of",
		`{"where":[{"column":"Count","is":">","value":"^[0-9]+$"}]}`:                                                               "Give a number",
		`{"where":[{"column":"Co.*t","is":"=","value":1}]}`:                                                                        `Count`,
		`{"where":[{"column":"Count","is":">","value":{"gt":1}}]}`:                                                                 `needs "value"`,
		`{"where":[{"column":"Count","is":">","value":null}]}`:                                                                     `needs "value"`,
		`{"where":[{"column":["Count"],"is":">","value":1}]}`:                                                                      "as text",
		`{"where":[{"not":[{"column":"Count","is":">","value":1}]}]}`:                                                              `not "not"`,
		`{"where":[{"any":[],"column":"Count"}]}`:                                                                                  "",
		`{"where":[{"any":{"column":"Count","is":">","value":1}}]}`:                                                                "list of conditions",
		`{"where":[{"column":"Count","is":"between","value":"1 or 2"}]}`:                                                           "two values",
		`{"where":[{"column":"Item","is":"between","value":["a","b"]}]}`:                                                           "It takes",
		`{"group_by":["Kind"],"having":[{"column":"median of Count","is":">","value":1}]}`:                                         "count",
		`{"select":["Item"],"group_by":["Kind"]}`:                                                                                  "leave it out",
		`{"aggregate":[{"op":"sum","column":"Counted"}]}`:                                                                          "needs numbers",
		`{"group_by":["Kind"],"aggregate":["count",{"op":"min","column":"Share"},{"op":"max","column":"Share"}],"sort":["Share"]}`: "say which",
	} {
		a := r.call("coda_query_rows", stockAsk(question))
		if say == "" && !a.isError {
			continue
		}
		if !a.isError || !strings.Contains(a.text, say) || len(a.text) > 900 || strings.Contains(strings.TrimSpace(a.text), "\n") {
			t.Errorf("%.120s\ngives %d characters: %.900s", question, len(a.text), a.text)
		}
	}
}

// TestTextThatLooksLikeAPatternIsText, and a thousand words are only a text
// that no cell has.
func TestTextThatLooksLikeAPatternIsText(t *testing.T) {
	t.Parallel()
	patterns := []string{".*", "(a+)+$", "[", `\`, "%", "_", "*", "' OR 1=1 --", `"`, "$(rm)", "{{x}}", "null"}
	r := newHarness(t, ledger(30), func(s *settings) {
		rows := s.fake.Workspace.Docs[0].Tables[len(s.fake.Workspace.Docs[0].Tables)-1].Rows
		for i, p := range patterns {
			rows[i].Values[0] = "so: " + p
		}
	})
	for _, p := range patterns {
		for _, is := range []string{"=", "contains", "starts"} {
			value := map[string]string{"=": "so: " + p, "contains": p, "starts": "so: " + p}[is]
			var got told
			args := ledgerAsk(`{"select":["What"]}`)
			args["where"] = []object{{"column": "What", "is": is, "value": value}}
			r.call("coda_query_rows", args).ok(&got)
			if len(got.Rows) == 0 || is == "=" && len(got.Rows) != 1 || !strings.Contains(fmt.Sprint(got.Rows), "so: "+p) {
				t.Errorf("%s %q: %v", is, value, got.Rows)
			}
		}
	}
	var got told
	args := ledgerAsk(`{"select":["What"]}`)
	args["where"] = []object{{"column": "What", "is": "contains", "value": strings.Repeat("word ", 1000)}}
	a := r.call("coda_query_rows", args)
	a.ok(&got)
	if len(got.Rows) > 0 || len(a.text) > 1500 {
		t.Errorf("%d rows, %d characters: %.1500s", len(got.Rows), len(a.text), a.text)
	}
}
