//go:build !race

package query

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestConditions(t *testing.T) {
	for where, want := range map[string]string{
		`[]`: "1 2 3 4",
		`[{"column":"Status","is":"=","value":"done"}]`:                                                                             "2",
		`[{"column":"c-3","is":"!=","value":"Done"}]`:                                                                               "1 3 4",
		`[{"column":"task","is":"contains","value":"SIGN"}]`:                                                                        "1 4",
		`[{"column":"Task","is":"starts","value":"sign o"}]`:                                                                        "1",
		`[{"column":"Status","is":"in","value":["Done","Not started"]}]`:                                                            "2 3",
		`[{"column":"Assignee","is":"=","value":"me"}]`:                                                                             "1 4",
		`[{"column":"Assignee","is":"=","value":"BEN@example.com"}]`:                                                                "2 4",
		`[{"column":"Assignee","is":"=","value":"Ben Ode <ben@example.com>"}]`:                                                      "2 4",
		`[{"column":"Assignee","is":"!=","value":"me"}]`:                                                                            "2 3",
		`[{"column":"Assignee","is":"empty"}]`:                                                                                      "3",
		`[{"column":"Assignee","is":"not empty"}]`:                                                                                  "1 2 4",
		`[{"column":"Due","is":"<","value":"today"}]`:                                                                               "1 4",
		`[{"column":"Due","is":"=","value":"2026-11-18"}]`:                                                                          "1",
		`[{"column":"Due","is":"=","value":"2026-10"}]`:                                                                             "4",
		`[{"column":"Due","is":"=","value":"Q4 2026"}]`:                                                                             "1 2 4",
		`[{"column":"Due","is":"=","value":"last 30 days"}]`:                                                                        "1 4",
		`[{"column":"Due","is":"=","value":"last 10 days"}]`:                                                                        "1",
		`[{"column":"Due","is":"=","value":"next week"}]`:                                                                           "2",
		`[{"column":"Due","is":"between","value":["2026-10-31","2026-11-18"]}]`:                                                     "1 4",
		`[{"column":"Due","is":">","value":"2026-11-18"}]`:                                                                          "2",
		`[{"column":"Due","is":">=","value":"2026-11-18"}]`:                                                                         "1 2",
		`[{"column":"Due","is":"empty"}]`:                                                                                           "3",
		`[{"column":"Started","is":"=","value":"2026-11-19"}]`:                                                                      "1 2", // 23:30Z is the next day in Berlin
		`[{"column":"Started","is":">","value":"2026-11-19T01:00"}]`:                                                                "2",
		`[{"column":"Amount","is":">","value":"$1,000"}]`:                                                                           "4",
		`[{"column":"Amount","is":"between","value":[0.1,0.2]}]`:                                                                    "1 2",
		`[{"column":"Share","is":">=","value":"35%"}]`:                                                                              "1 2",
		`[{"column":"Share","is":"=","value":0}]`:                                                                                   "4",
		`[{"column":"Paid","is":"=","value":false}]`:                                                                                "1 3 4",
		`[{"column":"Paid","is":"not empty"}]`:                                                                                      "2",
		`[{"column":"Tags","is":"=","value":"launch"}]`:                                                                             "1 4",
		`[{"column":"Tags","is":"!=","value":"launch"}]`:                                                                            "2 3",
		`[{"column":"Effort","is":">","value":"2 hours"}]`:                                                                          "1 2",
		`[{"column":"Effort","is":"<=","value":"30 min"}]`:                                                                          "4",
		`[{"column":"Vendor","is":"=","value":"o'neill"}]`:                                                                          "2",
		`[{"column":"Vendor","is":"=","value":"i-b"}]`:                                                                              "4",
		`[{"column":"Vendor","is":"=","value":"Acme Corp (i-b)"}]`:                                                                  "4",
		`[{"column":"Vendor","is":"=","value":"Acme Corp"}]`:                                                                        "1 4",
		`[{"column":"Hours","is":">","value":3}]`:                                                                                   "4",
		`[{"any":[{"column":"Status","value":"Done"},{"all":[{"column":"Tags","value":"docs"},{"column":"Paid","value":false}]}]}]`: "1 2",
		`{"column":"Status","is":"not in","value":["Done","In progress"]}`:                                                          "3",
	} {
		a, err := ask(t, `{"where":`+where+`,"select":["Task"]}`, testRows)
		if err != nil {
			t.Errorf("%s: %v", where, err)
			continue
		}
		var ids []string
		for _, r := range a.Rows {
			ids = append(ids, strings.TrimPrefix(r[0].(string), "i-"))
		}
		if got := strings.Join(ids, " "); got != want {
			t.Errorf("%s gives rows %q, want %q", where, got, want)
		}
	}
}

func TestNumbersOfGroups(t *testing.T) {
	for question, want := range map[string]string{
		`{"aggregate":[{"op":"sum","column":"Amount"},{"op":"count"},{"op":"average","column":"Amount"}]}`: `["sum of Amount","count","average of Amount"] [["1200.6 USD",4,"400.2 USD"]]`,
		`{"group_by":["Status"]}`:                       `["Status","count"] [["Not started",1],["In progress",2],["Done",1]]`,
		`{"group_by":["Status"],"aggregate":["share"]}`: `["Status","share"] [["Not started",0.25],["In progress",0.5],["Done",0.25]]`,
		`{"group_by":["Tags"],"aggregate":["count"],"sort":[{"column":"count","descending":true}],"limit":1}`:                                          `["Tags","count"] [["launch",2]]`,
		`{"group_by":[{"column":"Due","by":"month"}]}`:                                                                                                 `["Due by month","count"] [["2026-10",1],["2026-11",1],["2026-12",1],["",1]]`,
		`{"group_by":[{"column":"Started","by":"quarter"}],"aggregate":[{"op":"median","column":"Amount"}]}`:                                           `["Started by quarter","median of Amount"] [["2026-Q4","0.2 USD"],["",""]]`,
		`{"group_by":["Assignee"],"having":[{"column":"count","is":">","value":1}]}`:                                                                   `["Assignee","count"] [["Ana Kim",2],["Ben Ode",2]]`,
		`{"group_by":["Assignee"],"having":[{"op":"sum","column":"Amount","is":">","value":1200.35}],"aggregate":[{"op":"sum","column":"Amount"}]}`:    `["Assignee","sum of Amount"] [["Ana Kim","1200.4 USD"],["Ben Ode","1200.5 USD"]]`,
		`{"aggregate":[{"op":"min","column":"Due"},{"op":"max","column":"Due"},{"op":"distinct","column":"Vendor"},{"op":"count","column":"Vendor"}]}`: `["min of Due","max of Due","distinct of Vendor","count of Vendor"] [["2026-10-31","2026-12-01",3,3]]`,
		`{"aggregate":[{"op":"sum","column":"Hours"}]}`:                                                                                                `["sum of Hours"] [[15.5]]`,
		`{"where":[{"column":"Task","value":"nothing"}],"aggregate":[{"op":"sum","column":"Hours"},{"op":"max","column":"Hours"}]}`:                    `["sum of Hours","max of Hours"] [[0,""]]`,
		`{"select":["Status"],"distinct":true,"sort":["Status"]}`:                                                                                      `["Status"] [["Not started"],["In progress"],["Done"]]`,
		`{"select":["Task","Due"],"sort":[{"column":"Due","descending":true}],"limit":2}`:                                                              `["row","Task","Due"] [["i-2","Load test","2026-12-01"],["i-1","Sign off","2026-11-18"]]`,
	} {
		a, err := ask(t, question, testRows)
		if err != nil {
			t.Errorf("%s: %v", question, err)
			continue
		}
		if got := jsonOf(t, a.Columns) + " " + jsonOf(t, a.Rows); got != want {
			t.Errorf("%s\n got %s\nwant %s", question, got, want)
		}
	}
}

func TestMistakesAreSaid(t *testing.T) {
	deep := strings.Repeat(`{"all":[`, 100) + `{"column":"Task","value":"x"}` + strings.Repeat(`]}`, 100)
	many := strings.TrimSuffix(strings.Repeat(`{"column":"Task","value":"x"},`, 61), ",")
	for question, want := range map[string]string{
		`{"where":[{"column":"Asignee","value":"x"}]}`:              `where: there is no column "Asignee". The columns are: "Assignee"`,
		`{"where":[{"column":"Status","value":"Finished"}]}`:        `"Status" has no option "Finished"`,
		`{"where":[{"column":"Status","is":">","value":"Done"}]}`:   `"Status" is text and cannot be compared by ">". It takes: =`,
		`{"where":[{"column":"Due","is":"before","value":"soon"}]}`: `"soon" is no date. Give a date such as`,
		`{"where":[{"column":"Hours","is":"like","value":"3"}]}`:    `is cannot be "like". It is one of: =, !=`,
		`{"where":[{"column":"Hours","is":"=","value":"three"}]}`:   `"Hours" is a number, and "three" cannot be compared`,
		`{"where":[{"column":"Share","is":"=","value":35}]}`:        `0.35 or "35%"`,
		`{"where":[{"column":"Hours","is":"=","value":""}]}`:        `For cells without a value use "empty"`,
		`{"where":[{"column":"Hours","is":"between","value":[1]}]}`: `two values`,
		`{"where":[{"column":"Task","is":"=","value":["a","b"]}]}`:  `use "in"`,
		`{"where":[{"column":"Task","equals":"a"}]}`:                `not "equals"`,
		`{"where":["Task"]}`:                                                               `each condition is an object`,
		`{"where":[` + deep + `]}`:                                                         `nested too deeply`,
		`{"where":[` + many + `]}`:                                                         `too many conditions`,
		`{"aggregate":[{"op":"sum","column":"Status"}]}`:                                   `sum needs numbers, and "Status" is text`,
		`{"aggregate":[{"op":"product","column":"Hours"}]}`:                                `op is one of count, distinct, sum`,
		`{"aggregate":["sum"]}`:                                                            `sum needs a column`,
		`{"group_by":["Task","Due","Paid"]}`:                                               `at most 2 columns`,
		`{"group_by":[{"column":"Task","by":"month"}]}`:                                    `"Task" is text; "by" is for dates`,
		`{"group_by":[{"column":"Due","by":"decade"}]}`:                                    `"by" is one of day, week`,
		`{"group_by":["Status"],"select":["Task"]}`:                                        `leave it out`,
		`{"having":[{"column":"count","is":">","value":1}]}`:                               `having chooses among groups`,
		`{"group_by":["Status"],"having":[{"column":"sum of Amount","is":">","value":1}]}`: `having: there is no column "sum of Amount". The columns are: `,
		`{"select":["Statis"]}`:                                                            `select: there is no column "Statis". The columns are: "Status"`,
		`{"sort":["Statis"]}`:                                                              `sort: there is no column "Statis". The`,
		`{"group_by":["Statis"]}`:                                                          `group_by: there is no column "Statis". The`,
		`{"aggregate":[{"op":"sum","column":"Amuont"}]}`:                                   `aggregate: there is no column "Amuont". The columns are: "Amount"`,
		`{"sort":[{"column":"Due","descending":"yes"}]}`:                                   `"descending" is true or false`,
	} {
		if _, err := ask(t, question, `[]`); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.90s gives %v, want …%s…", question, err, want)
		}
	}
}

func TestNotesKeepNumbersHonest(t *testing.T) {
	a, err := ask(t, `{"aggregate":[{"op":"sum","column":"Hours"}]}`, testRows)
	if err != nil || !strings.Contains(strings.Join(a.Notes, " "), `1 cell of "Hours" holds something else than a number`) {
		t.Errorf("a text among numbers is not told: %v %v", a.Notes, err)
	}
	a, err = ask(t, `{"where":[{"column":"Assignee","value":"Anna Kim"}]}`, testRows)
	if err != nil || !strings.Contains(strings.Join(a.Notes, " "), `Near it are: "Ana Kim"`) {
		t.Errorf("near names are not told: %v %v", a.Notes, err)
	}
	a, err = ask(t, `{"where":[{"column":"Assignee","value":"Zzqqxx"}]}`, testRows)
	if notes := strings.Join(a.Notes, " "); err != nil || !strings.Contains(notes, `Its values are: "Ana Kim"`) || strings.Contains(notes, "Near it") {
		t.Errorf("where nothing is near: %v %v", a.Notes, err)
	}
	a, err = ask(t, `{"where":[{"column":"Task","is":"contains","value":"\u0000\u200b"}]}`, testRows)
	if notes := strings.Join(a.Notes, " "); err != nil || !strings.Contains(notes, `contains "\u0000\u200b"`) {
		t.Errorf("what cannot be seen: %v %v", a.Notes, err)
	}
	euro := strings.Replace(testRows, `"currency":"USD","amount":0.2`, `"currency":"EUR","amount":0.2`, 1)
	a, err = ask(t, `{"aggregate":[{"op":"sum","column":"Amount"},{"op":"average","column":"Amount"}]}`, euro)
	if got := jsonOf(t, a.Rows); err != nil || got != `[["0.2 EUR + 1200.4 USD","0.2 EUR, 600.2 USD"]]` || !strings.Contains(strings.Join(a.Notes, " "), "several currencies") {
		t.Errorf("two currencies give %s %v %v", got, a.Notes, err)
	}
}

// TestNamesakesAreToldApart where an answer has several of them: two customers
// of one name looked like one that came twice.
func TestNamesakesAreToldApart(t *testing.T) {
	a, err := ask(t, `{"group_by":["Vendor"],"aggregate":["count"]}`, testRows)
	if got := jsonOf(t, a.Rows); err != nil || got != `[["Acme Corp (i-a)",1],["Acme Corp (i-b)",1],["O’Neill",1],["",1]]` {
		t.Errorf("%s %v", got, err)
	}
	a, err = ask(t, `{"where":[{"column":"Vendor","value":"Acme Corp (i-b)"}],"group_by":["Vendor"],"aggregate":["count"]}`, testRows)
	if got := jsonOf(t, a.Rows); err != nil || got != `[["Acme Corp",1]]` {
		t.Errorf("alone it needs no mark: %s %v", got, err)
	}
}

// TestAnAnswersColumnIsCalledAsItsSourceToo, where only one can be meant.
func TestAnAnswersColumnIsCalledAsItsSourceToo(t *testing.T) {
	a, err := ask(t, `{"group_by":[{"column":"Due","by":"year"}],"aggregate":[{"op":"sum","column":"Hours"}],"having":[{"column":"Due","is":"not empty"}],"sort":[{"column":"Hours","descending":true}]}`, testRows)
	if got := jsonOf(t, a.Rows); err != nil || got != `[["2026",15.5]]` {
		t.Errorf("%s %v", got, err)
	}
}

func TestPeriods(t *testing.T) {
	for text, want := range map[string]string{
		"today": "2026-11-27 2026-11-28", "Yesterday": "2026-11-26 2026-11-27", "this week": "2026-11-23 2026-11-30",
		"last week": "2026-11-16 2026-11-23", "next month": "2026-12-01 2027-01-01", "last quarter": "2026-07-01 2026-10-01",
		"this year": "2026-01-01 2027-01-01", "last 30 days": "2026-10-28 2026-11-28", "past 2 weeks": "2026-11-13 2026-11-28",
		"next 7 days": "2026-11-27 2026-12-05", "3 weeks ago": "2026-11-06 2026-11-07", "in 3 days": "2026-11-30 2026-12-01",
		"2026-Q3": "2026-07-01 2026-10-01", "q1 2027": "2027-01-01 2027-04-01", "2026": "2026-01-01 2027-01-01",
		"ytd": "2026-01-01 2026-11-28", "week to date": "2026-11-23 2026-11-28", "a week ago": "2026-11-20 2026-11-21", "the last three days": "2026-11-24 2026-11-28",
		"day before yesterday": "2026-11-25 2026-11-26", "end of the month": "2026-11-30 2026-12-01", "start of last quarter": "2026-07-01 2026-07-02",
		"third quarter of 2026": "2026-07-01 2026-10-01", "H2 2026": "2026-07-01 2027-01-01", "q1": "2026-01-01 2026-04-01", "week 10 of 2026": "2026-03-02 2026-03-09",
		"2026w10": "2026-03-02 2026-03-09", "last friday": "2026-11-20 2026-11-21", "this monday": "2026-11-23 2026-11-24", "next Wednesday": "2026-12-02 2026-12-03",
		"Nov 18th, 2026": "2026-11-18 2026-11-19", "18-Nov-2026": "2026-11-18 2026-11-19", "2026/11/18": "2026-11-18 2026-11-19", "during the past 12 months": "2025-11-27 2026-11-28",
		"2026-11-18 to 2026-11-20": "2026-11-18 2026-11-21", "2026-03..2026-05": "2026-03-01 2026-06-01", "20261118": "2026-11-18 2026-11-19",
		"2026-1-5": "2026-01-05 2026-01-06", "may": "2026-05-01 2026-06-01", "last 24 hours": "2026-11-26 2026-11-27", "29 February 2028": "2028-02-29 2028-03-01",
		"2026-02": "2026-02-01 2026-03-01", "2026-W01": "2025-12-29 2026-01-05", "9 months ago": "2026-02-27 2026-02-28",
	} {
		p, err := readPeriod(text, testEnv.Now)
		if got := p.from.Format(time.DateOnly) + " " + p.to.Format(time.DateOnly); err != nil || got != want {
			t.Errorf("%s is %s, want %s (%v)", text, got, want, err)
		}
	}
	for _, text := range []string{"2026-13", "2026-W54", "32 days", "last 0x1 days", "2026-11-20 to 2026-11-18", "today to", "a to b to c", "20261131", "2026-11-31", "", "next", "friday", "31 november", "2026-Q5", "h3 2026", "29 February 2026", "13/13/2026", "in", "since", "mayor", "10 10 2026", "monday week", "1/2/26", "2026-11-18t"} {
		if p, err := readPeriod(text, testEnv.Now); err == nil {
			t.Errorf("%q is taken for %v", text, p)
		}
	}
	end := time.Date(2026, 3, 31, 0, 0, 0, 0, berlin)
	if got := add("month", end, -1).Format(time.DateOnly); got != "2026-02-28" {
		t.Errorf("a month before March 31st is %s", got)
	}
}

func TestDecimalsOfHostileLength(t *testing.T) {
	for _, s := range []string{strings.Repeat("9", 100000), "1e999999999", "1e-99999", "0x10", "1/3", "Inf", "NaN", "1_000", "--1", "1e", ".",
		"1,5", "1.200,50", "20.000,00 €", "1,2,3", "1 2", "1'2", ",5", "1,,000", "1,000,00"} {
		if n, ok := number(s); ok {
			t.Errorf("%.20s is read as %s", s, plain(n))
		}
	}
	for s, want := range map[string]string{"1,200.50": "1200.5", "-$3": "-3", "EUR 12.10": "12.1", "12.10 EUR": "12.1", "35%": "0.35", "1e3": "1000", "−2": "-2", "1 234": "1234",
		"1'234'567.5": "1234567.5", "1,20,000": "120000", "$-1,200": "-1200", "€ 20": "20", "20 €": "20"} {
		if n, ok := number(s); !ok || string(plain(n)) != want {
			t.Errorf("%s is read as %v, want %s", s, n, want)
		}
	}
}

func TestAnAmountInAnotherCurrencyIsRefused(t *testing.T) {
	dollars := slices.Clone(table)
	dollars[4].Currency, dollars[4].Takes = "USD", func(unit string) bool { return unit == "$" || unit == "USD" }
	for _, spec := range []string{`{"where":[{"column":"Amount","is":">","value":"20 EUR"}]}`, `{"where":[{"column":"Amount","is":"in","value":["$20","€20"]}]}`,
		`{"group_by":["Status"],"aggregate":[{"op":"sum","column":"Amount"}],"having":[{"column":"sum of Amount","is":">","value":"20 €"}]}`} {
		if _, err := Compile(specOf(t, spec), dollars, testEnv); err == nil || !strings.Contains(err.Error(), "an amount such as 1200.5 in USD") {
			t.Errorf("%s: %v", spec, err)
		}
	}
	for _, amount := range []string{"$1,200", "1200 USD", "USD 1200", "1200"} {
		spec := `{"where":[{"column":"Amount","is":">","value":"` + amount + `"}]}`
		if _, err := Compile(specOf(t, spec), dollars, testEnv); err != nil {
			t.Errorf("%s: %v", spec, err)
		}
	}
}

func TestAnswersContinue(t *testing.T) {
	q, err := Compile(specOf(t, `{"group_by":["Status"],"aggregate":["count"]}`), table, testEnv)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 2 {
		if err := q.Add(fmt.Sprint("i-", i), map[string]any{"c-3": "Done"}); err != nil {
			t.Fatal(err)
		}
		if got := jsonOf(t, q.Answer(0, 10).Rows); got != fmt.Sprintf(`[["Done",%d]]`, i+1) {
			t.Errorf("after %d rows the answer is %s", i+1, got)
		}
	}
}
