//go:build !race

package query

import (
	"strings"
	"testing"
	"time"
)

// idsOf are the numbers of the rows that fulfil a where.
func idsOf(t *testing.T, where, rows string) (ids, notes string) {
	t.Helper()
	a, err := ask(t, `{"where":`+where+`,"select":["Task"]}`, rows)
	if err != nil {
		t.Errorf("%s: %v", where, err)
	}
	var list []string
	for _, r := range a.Rows {
		list = append(list, strings.TrimPrefix(r[0].(string), "i-"))
	}
	return strings.Join(list, " "), strings.Join(a.Notes, " ")
}

// TestConditionsInOtherWords: what a model that thinks of another query language
// writes, where only one thing can be meant.
func TestConditionsInOtherWords(t *testing.T) {
	for where, want := range map[string]string{
		`[{"field":"Status","op":"eq","value":"Done"}]`:                                                               "2",
		`[{"Column":"Status","Operator":"IS_NOT","Value":"Done"}]`:                                                    "1 3 4",
		`[{"Status":"Done"}]`:                                                                                         "2",
		`{"Status":"In progress","Paid":false}`:                                                                       "1 4",
		`[{"and":[{"column":"Tags","value":"launch"},{"or":[{"Status":"Done"},{"Paid":false}]}]}]`:                    "1 4",
		`[{"column":"Status","is":"isNot","value":"Done"}]`:                                                           "1 3 4",
		`[{"column":"Status","is":"is none of","values":["Done","In progress"]}]`:                                     "3",
		`[{"column":"Task","is":"startsWith","value":"sign"}]`:                                                        "1 4",
		`[{"column":"Task","is":"does not contain","value":"sign"}]`:                                                  "2 3",
		`[{"column":"Task","is":"doesn't contain","value":"sign"}]`:                                                   "2 3",
		`[{"column":"Hours","is":"greater than or equal to","value":3}]`:                                              "1 4",
		`[{"column":"Hours","is":"≥","value":3}]`:                                                                     "1 4",
		`[{"column":"Hours","is":"less_than","value":"12.5"}]`:                                                        "1",
		`[{"column":"Due","is":"isEmpty"}]`:                                                                           "3",
		`[{"column":"Due","is":"is null"}]`:                                                                           "3",
		`[{"column":"Due","is":"is not null"}]`:                                                                       "1 2 4",
		`[{"column":"Paid","is":"is true"}]`:                                                                          "2",
		`[{"column":"Paid","is":"unchecked"}]`:                                                                        "1 3 4",
		`[{"column":"Amount","is":"between","value":[1300,0.15]}]`:                                                    "2 4",
		`[{"column":"Amount","is":"between","value":{"from":0.15,"to":1300}}]`:                                        "2 4",
		`[{"column":"Due","is":"between","value":["2026-11-18","2026-10-31"]}]`:                                       "1 4",
		`[{"column":"Due","is":"between","value":["2026-11","2026-10"]}]`:                                             "1 4",
		`[{"column":"Due","is":"between","value":"last 30 days"}]`:                                                    "1 4",
		`[{"column":"Due","is":"within","value":"the last two weeks"}]`:                                               "1",
		`[{"column":"Due","is":"by","value":"18 November 2026"}]`:                                                     "1 4",
		`[{"column":"Due","is":"=","value":"2026-11-18T00:00:00.000-07:00"}]`:                                         "1",
		`[{"column":"Due","is":"=","value":"2026-11-18T23:30:00-07:00"}]`:                                             "1",
		`[{"column":"Due","is":"=","value":"in November 2026"}]`:                                                      "1",
		`[{"column":"Due","is":"=","value":"11/18/2026"}]`:                                                            "1",
		`[{"column":"Due","is":"=","value":"18.11.2026"}]`:                                                            "1",
		`[{"column":"Due","is":"in","value":["2026-11-18","December 2026"]}]`:                                         "1 2",
		`[{"column":"Started","is":"=","value":"2026-11-18 23:30"}]`:                                                  "1",
		`[{"column":"Started","is":"<","value":"now"}]`:                                                               "1 2 4",
		`[{"column":"Effort","is":">","value":"2 hours and 15 minutes"}]`:                                             "1 2",
		`[{"column":"Assignee","is":"=","value":"@me"}]`:                                                              "1 4",
		`[{"column":"Share","is":"<","value":"40 %"}]`:                                                                "1 4",
		`[{"column":"Task","is":"=","value":"` + "ｓｉｇｎ" + ` ` + "\u200b" + `off"}]`:                                   "1",
		`[{"column":"Status","is":"in","value":"Done, not started"}]`:                                                 "2 3",
		`[{"column":"Status","is":"not in","value":"Done,Not started"}]`:                                              "1 4",
		`[{"column":"Due","is":"in","value":"2026-11, December 2026"}]`:                                               "1 2",
		`[{"column":"Due","is":"between","value":"2026-11-01, 2026-12-01"}]`:                                          "1 2",
		`[{"column":"Due","is":"between","value":"2026-11-01 to 2026-11-30"}]`:                                        "1",
		`[{"column":"Due","is":"between","value":"from oct 1, 2026 until nov 30, 2026"}]`:                             "1 4",
		`[{"column":"Amount","is":"between","value":"0.15 and 1300"}]`:                                                "2 4",
		`[{"column":"Amount","is":"between","value":"From USD 0.15 TO 1,300 USD"}]`:                                   "2 4",
		`[{"column":"Hours","is":"between","value":"1 - 5"}]`:                                                         "1",
		`[{"column":"Hours","is":"in","value":"3, 12.5"}]`:                                                            "1 4",
		`[{"column":"Assignee","is":"in","value":"Ben Ode, ana@example.com"}]`:                                        "1 2 4",
		`[{"column":"Task","is":"in","value":"sign off, load test"}]`:                                                 "1 2",
		`[{"column":"Vendor","is":"in","value":"Acme Corp (i-b), O'Neill"}]`:                                          "2 4",
		`[{"any":[{"column":"Assignee","is":"is empty"},{"column":"Due","is":"on or after","value":"dec 1, 2026"}]}]`: "2 3",
	} {
		if got, _ := idsOf(t, where, testRows); got != want {
			t.Errorf("%s gives rows %q, want %q", where, got, want)
		}
	}
}

// TestNumbersInOtherWords: groups, numbers and orders as other languages write
// them, and the names that a question gives.
func TestNumbersInOtherWords(t *testing.T) {
	for question, want := range map[string]string{
		`{"aggregate":["sum(Hours)","COUNT(*)","count(distinct Status)","avg of Hours"]}`:                                                                          `["sum of Hours","count","distinct of Status","average of Hours"] [[15.5,4,3,7.75]]`,
		`{"aggregate":[{"sum":"Hours"},{"function":"mean","field":"Hours"}]}`:                                                                                      `["sum of Hours","average of Hours"] [[15.5,7.75]]`,
		`{"group_by":[{"field":"Due","unit":"Months"}]}`:                                                                                                           `["Due by month","count"] [["2026-10",1],["2026-11",1],["2026-12",1],["",1]]`,
		`{"group_by":["month(Due)"],"aggregate":["count"],"sort":["count desc","Due"]}`:                                                                            `["Due by month","count"] [["2026-10",1],["2026-11",1],["2026-12",1],["",1]]`,
		`{"group_by":["Due by quarter"]}`:                                                                                                                          `["Due by quarter","count"] [["2026-Q4",3],["",1]]`,
		`{"group_by":["Status","status"],"select":["Status"]}`:                                                                                                     `["Status","count"] [["Not started",1],["In progress",2],["Done",1]]`,
		`{"group_by":["Status"],"aggregate":[{"op":"sum","column":"Hours","as":"total"}],"sort":[{"column":"total","direction":"desc"}]}`:                          `["Status","total"] [["In progress",15.5],["Not started",0],["Done",0]]`,
		`{"group_by":["Status"],"aggregate":[{"op":"sum","column":"Hours","as":"total"}],"having":[{"column":"sum of Hours","is":">","value":1}]}`:                 `["Status","total"] [["In progress",15.5]]`,
		`{"group_by":["Status"],"having":[{"op":"avg","column":"c-12","is":">","value":1}]}`:                                                                       `["Status","count","average of Hours"] [["In progress",2,7.75]]`,
		`{"group_by":["Status"],"aggregate":[{"op":"sum","column":"Hours"}],"having":[{"column":"sum Hours","is":">","value":1}],"sort":[{"column":"sum_Hours"}]}`: `["Status","sum of Hours"] [["In progress",15.5]]`,
		`{"group_by":["Status"],"having":[{"column":"count","op":">","value":1}]}`:                                                                                 `["Status","count"] [["In progress",2]]`,
		`{"group_by":["Status"],"sort":[{"op":"sum","column":"Hours","descending":true}],"limit":1}`:                                                               `["Status","count","sum of Hours"] [["In progress",2,15.5]]`,
		`{"group_by":["sta-tus"],"aggregate":["sum(Hours)"],"where":{"Paid":false},"sort":[{"column":"sumOfHours","descending":true}],"limit":1}`:                  `["Status","sum of Hours"] [["In progress",15.5]]`,
		`{"group_by":["Status"],"having":[{"op":"sum","field":"Hours","is":">","value":1}]}`:                                                                       `["Status","count","sum of Hours"] [["In progress",2,15.5]]`,
		`{"group_by":["Status"],"having":[{"op":"sum of Hours","is":">","value":1}]}`:                                                                              `["Status","count","sum of Hours"] [["In progress",2,15.5]]`,
		`{"group_by":["Status"],"aggregate":["sum(Hours)"],"having":[{"Field":"sum(Hours)","op":">","value":1}]}`:                                                  `["Status","sum of Hours"] [["In progress",15.5]]`,
		`{"group_by":["Status"],"sort":[{"op":"sum","by":"Hours","order":"desc"}],"limit":1}`:                                                                      `["Status","count","sum of Hours"] [["In progress",2,15.5]]`,
		`{"select":["row","Task"],"sort":["-Amount"],"limit":1}`:                                                                                                   `["row","Task"] [["i-4","Sign lease"]]`,
		`{"select":["Task"],"sort":[{"column":"Amount","ascending":false}],"limit":1}`:                                                                             `["row","Task"] [["i-4","Sign lease"]]`,
		`{"select":["Task"],"sort":[{"column":"Amount","descending":"true"}],"limit":1}`:                                                                           `["row","Task"] [["i-4","Sign lease"]]`,
		`{"aggregate":[{"op":"sum","column":"Effort"},{"op":"average","column":"Effort"},{"op":"max","column":"Effort"}]}`:                                         `["sum of Effort","average of Effort","max of Effort"] [["1 day 3 hrs","9 hrs","1 day"]]`,
		`{"group_by":["Paid"],"aggregate":[{"op":"sum","column":"Effort"}],"having":[{"op":"sum","column":"Effort","is":">","value":"4 hours"}]}`:                  `["Paid","sum of Effort"] [[true,"1 day"]]`,
		`{"group_by":["Status"],"aggregate":["share"],"having":[{"column":"share","is":">=","value":"50%"}]}`:                                                      `["Status","share"] [["In progress",0.5]]`,
		`{"where":[{"Task":"none"}],"aggregate":[{"op":"sum","column":"Amount"},{"op":"sum","column":"Effort"}]}`:                                                  `["sum of Amount","sum of Effort"] [[0,"0 mins"]]`,
	} {
		a, err := ask(t, question, testRows)
		if err != nil {
			t.Errorf("%s: %v", question, err)
			continue
		}
		if limit := limitOf(t, question); len(a.Rows) > limit {
			a.Rows = a.Rows[:limit]
		}
		if got := jsonOf(t, a.Columns) + " " + jsonOf(t, a.Rows); got != want {
			t.Errorf("%s\n got %s\nwant %s", question, got, want)
		}
	}
}

// TestWhatIsNotUnderstoodIsRefused: a field that was left out in silence sorted
// the wrong way round, and grouped by days what was asked by months.
func TestWhatIsNotUnderstoodIsRefused(t *testing.T) {
	for question, want := range map[string]string{
		`{"sort":[{"column":"Due","way":"desc"}]}`:                                                            `an entry of sort has "column" and "descending", not "way"`,
		`{"sort":[{"column":"Due","direction":"sideways"}]}`:                                                  `"descending" is true or false`,
		`{"sort":[{"column":"Due","descending":true,"ascending":true}]}`:                                      `give "descending" alone`,
		`{"sort":[{"op":"sum","column":"Hours"}]}`:                                                            `sort by an aggregate is for groups`,
		`{"group_by":[{"column":"Due","every":"month"}]}`:                                                     `an entry of group_by has "column" and "by", not "every"`,
		`{"aggregate":[{"op":"count","where":{"Paid":true}}]}`:                                                `an entry of aggregate has "op", "column" and "as", not "where"`,
		`{"aggregate":[{"op":"sum","column":"Hours","as":"x"},{"op":"count","as":"X"}]}`:                      `two numbers are called "X"`,
		`{"group_by":["Status"],"aggregate":[{"op":"count","as":"status"}]}`:                                  `the answer has a column "status" already`,
		`{"group_by":["week"]}`:                                                                               `"week" is a unit of time: give the column of dates too, such as {"column":"Due","by":"week"}`,
		`{"distinct":true,"aggregate":["count"]}`:                                                             `{"op":"distinct","column":…}`,
		`{"where":[{"column":"Status","is":"=","op":"!=","value":"Done"}]}`:                                   `"is" twice`,
		`{"group_by":["Status"],"having":[{"op":"sum","column":"Hours","field":"Hours","is":">","value":1}]}`: `the column of "sum" is given twice`,
		`{"where":[{"column":"Status","is":"!=","value":["Done","In progress"]}]}`:                            `use "not in"`,
		`{"where":[{"column":"Task","is":"contains","value":["a","b"]}]}`:                                     `one condition each in {"any"`,
		`{"where":[{"column":"Hours","is":"<","value":"50%"}]}`:                                               `"Hours" is a number, and "50%" cannot be compared`,
		`{"where":["Status = Done"]}`:                                                                         `not the text "Status = Done"`,
		`{"where":[{"not":{"column":"Status","value":"Done"}}]}`:                                              `say the opposite by "!="`,
		`{"where":[{"column":"Task","is":"contains","value":"` + "\u200b\u2060" + `"}]}`:                      `use "empty"`,
		`{"where":[{"column":"Due","is":"=","value":"11/12/2026"}]}`:                                          `may be 2026-11-12 or 2026-12-11`,
		`{"where":[{"column":"Due","is":">","value":"last 30 days"}]}`:                                        `For within use "="`,
		`{"where":[{"column":"Due","is":"before","value":"next 7 days"}]}`:                                    `For within use "="`,
		`{"where":[{"column":"Due","is":"=","value":"2026-11-31"}]}`:                                          `is no date`,
		`{"where":[{"column":"Due","is":"=","value":"31 November"}]}`:                                         `is no date`,
		`{"where":[{"column":"Share","is":">","value":-50}]}`:                                                 `0.35 or "35%"`,
		`{"group_by":["Status"],"having":[{"op":"share","is":">","value":50}]}`:                               `0.35 or "35%"`,
		`{"group_by":["Status"],"having":[{"op":"sum","column":"Task","is":">","value":1}]}`:                  `sum needs numbers`,
	} {
		if _, err := ask(t, question, `[]`); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.90s gives %v, want …%s…", question, err, want)
		}
	}
}

// TestAReadingThatCouldBeAnotherIsSaid.
func TestAReadingThatCouldBeAnotherIsSaid(t *testing.T) {
	for where, want := range map[string]string{
		`[{"column":"Due","value":"Q4"}]`:                `"Q4" is read as 2026-10-01 to 2026-12-31.`,
		`[{"column":"Due","value":"November"}]`:          `"November" is read as 2026-11-01 to 2026-11-30.`,
		`[{"column":"Due","is":"<","value":"next fri"}]`: `"next fri" is read as 2026-12-04.`,
		`[{"column":"Vendor","value":"acme corp"}]`:      `Several in "Vendor" are called "acme corp", such as i-a and i-b, and all of them count; give "acme corp (i-a)" to ask for one.`,
		`[{"column":"Vendor","value":"i-a"}]`:            ``,
		`[{"column":"Assignee","value":"Ana Kim"}]`:      ``,
		`[{"column":"Due","value":"2026-Q4"}]`:           ``,
	} {
		if _, notes := idsOf(t, where, testRows); notes != want {
			t.Errorf("%s says %q, want %q", where, notes, want)
		}
	}
	if _, err := CompileFilter(map[string]any{"column": "Due", "value": "Q4"}, table, testEnv); err == nil || !strings.Contains(err.Error(), "2026-10-01 to 2026-12-31") {
		t.Errorf("a filter that cannot say it: %v", err)
	}
}

// TestNamesakesInRowsAreToldApart, and only they.
func TestNamesakesInRowsAreToldApart(t *testing.T) {
	twin := strings.Replace(testRows, `"name":"Ben Ode","email":"ben@example.com"},"c-3":"Done"`, `"name":"ana kim","email":"ana.kim@example.com"},"c-3":"Done"`, 1)
	for question, want := range map[string]string{
		`{"select":["Vendor","Assignee"]}`:            `[["i-1","Acme Corp (i-a)","Ana Kim <ana@example.com>"],["i-2","O’Neill","ana kim <ana.kim@example.com>"],["i-3","",""],["i-4","Acme Corp (i-b)",["Ana Kim <ana@example.com>","Ben Ode"]]]`,
		`{"select":["Vendor"],"distinct":true}`:       `[["Acme Corp (i-a)"],["O’Neill"],[""],["Acme Corp (i-b)"]]`,
		`{"select":["Vendor"],"where":{"Paid":true}}`: `[["i-2","O’Neill"]]`,
	} {
		a, err := ask(t, question, twin)
		if got := jsonOf(t, a.Rows); err != nil || got != want {
			t.Errorf("%s\n got %s\nwant %s (%v)", question, got, want, err)
		}
	}
}

// TestWhatDoesNotFitComesLast of the values, whichever way they are sorted.
func TestWhatDoesNotFitComesLast(t *testing.T) {
	for sort, want := range map[string]string{"Hours": "1 4 2 3", "-Hours": "4 1 2 3", "Due": "4 1 2 3", "-Due": "2 1 4 3"} {
		a, err := ask(t, `{"select":["Task"],"sort":["`+sort+`"]}`, testRows)
		if err != nil {
			t.Fatal(err)
		}
		var ids []string
		for _, r := range a.Rows {
			ids = append(ids, strings.TrimPrefix(r[0].(string), "i-"))
		}
		if got := strings.Join(ids, " "); got != want {
			t.Errorf("by %s: %s, want %s", sort, got, want)
		}
	}
}

// TestSeveralCurrencies are told apart in every number, and an amount in one of
// them asks for that one alone.
func TestSeveralCurrencies(t *testing.T) {
	euro := strings.Replace(testRows, `"currency":"USD","amount":0.2`, `"currency":"EUR","amount":0.2`, 1)
	a, err := ask(t, `{"aggregate":["min(Amount)","max(Amount)","median(Amount)"]}`, euro)
	if got := jsonOf(t, a.Rows); err != nil || got != `[["0.2 EUR, 0.1 USD","0.2 EUR, 1200.3 USD","0.2 EUR, 600.2 USD"]]` {
		t.Errorf("%s %v", got, err)
	}
	for where, want := range map[string]string{
		`[{"column":"Amount","is":">","value":0.15}]`:        `2 4 The amounts of "Amount" are in several currencies, and compared by their number alone.`,
		`[{"column":"Amount","is":">","value":"0.1 EUR"}]`:   `2 `,
		`[{"column":"Amount","is":"<","value":"USD 1,000"}]`: `1 `,
	} {
		if ids, notes := idsOf(t, where, euro); ids+" "+notes != want {
			t.Errorf("%s: %q, want %q", where, ids+" "+notes, want)
		}
	}
}

// TestDaysWhoseClocksAreChanged: a day without a midnight, one with two, and one
// of 23 hours are whole days all the same.
func TestDaysWhoseClocksAreChanged(t *testing.T) {
	for zone, days := range map[string][]string{
		"Africa/Cairo":      {"2023-04-28", "2023-10-27"}, // no 0:00; 24:00 becomes 23:00
		"America/Havana":    {"2023-03-12", "2023-11-05"}, // no 0:00; 0:00 twice
		"Europe/Berlin":     {"2026-03-29", "2026-10-25"},
		"America/Sao_Paulo": {"2018-11-04", "2018-02-18"},
	} {
		place, err := time.LoadLocation(zone)
		if err != nil {
			t.Fatal(err)
		}
		for _, day := range days {
			checkDay(t, zone, place, day)
		}
	}
}

func checkDay(t *testing.T, zone string, place *time.Location, day string) {
	t.Helper()
	noon, _ := time.ParseInLocation("2006-01-02T15", day+"T12", place)
	today, err := readPeriod("today", noon)
	if err != nil {
		t.Fatal(err)
	}
	first, before := today.from, today.from.Add(-time.Minute)
	last := today.to.Add(-time.Minute)
	on := func(at time.Time) string { return at.Format(time.DateOnly) }
	if on(first) != day || on(last) != day || on(before) >= day || on(today.to) <= day {
		t.Errorf("%s %s is %v to %v", zone, day, today.from, today.to)
	}
	yesterday, err := readPeriod("yesterday", noon)
	if since, sinceErr := Since(before.Weekday().String(), noon); err != nil || sinceErr != nil || !since.Equal(yesterday.from) {
		t.Errorf("%s: the day before %s begins %v, and by its name %v", zone, day, yesterday.from, since)
	}
	q, err := Compile(Spec{Where: map[string]any{"column": "Due", "is": "=", "value": day}, Select: []string{"Due"}}, table, Env{Now: noon})
	if err != nil {
		t.Fatal(err)
	}
	if err := q.Add("i-1", map[string]any{"c-4": day + "T00:00:00.000-07:00"}); err != nil {
		t.Fatal(err)
	}
	if got := jsonOf(t, q.Answer(0, 5).Rows); got != `[["i-1","`+day+`"]]` {
		t.Errorf("%s: the day %s is shown as %s", zone, day, got)
	}
	q, err = Compile(Spec{GroupBy: []any{"Started"}}, table, Env{Now: noon})
	if err != nil {
		t.Fatal(err)
	}
	for i, at := range []time.Time{today.from, noon, last} {
		if err := q.Add(string(rune('a'+i)), map[string]any{"c-9": at.UTC().Format(time.RFC3339)}); err != nil {
			t.Fatal(err)
		}
	}
	if got := jsonOf(t, q.Answer(0, 5).Rows); got != `[["`+day+`",3]]` {
		t.Errorf("%s: moments of %s are in groups %s", zone, day, got)
	}
}
