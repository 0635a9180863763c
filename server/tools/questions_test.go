//go:build !race

package tools_test

import (
	"database/sql"
	"encoding/json"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	_ "modernc.org/sqlite"

	"codabridge/server/coda/codatest"
)

// questions are what the owner of the sample workspace asks, the call that a
// good model makes of it, and the same in SQL, whose answer is the right one.
// Without sort the order is free.
var questions = []struct{ asked, doc, table, call, right string }{
	{"What is overdue on the launch plan, and whose is it?", "Product Roadmap", "Tasks",
		`{"where":[{"column":"Tags","is":"=","value":"launch"},{"column":"Status","is":"!=","value":"Done"},{"column":"Due date","is":"<","value":"today"}],"select":["Task","Assignee","Due date"],"sort":[{"column":"Due date"}]}`,
		`SELECT Task, Assignee, "Due date" FROM Tasks WHERE Tags LIKE '%"launch"%' AND Status <> 'Done' AND "Due date" < '2026-11-20' ORDER BY "Due date"`},
	{"Who has how many open tasks?", "Product Roadmap", "Tasks",
		`{"where":[{"column":"Done","is":"=","value":false}],"group_by":["Assignee"],"aggregate":[{"op":"count"}],"sort":[{"column":"count","descending":true},{"column":"Assignee"}]}`,
		`SELECT Assignee, count(*) FROM Tasks WHERE NOT Done GROUP BY Assignee ORDER BY 2 DESC, 1`},
	{"Which deals over 20,000 have no next step?", "Customer CRM", "Deals",
		`{"where":[{"column":"Next step","is":"empty"},{"column":"Amount","is":">","value":"20,000"},{"column":"Stage","is":"!=","value":"Lost"}],"select":["Deal","Amount"]}`,
		`SELECT Deal, Amount FROM Deals WHERE "Next step" IS NULL AND Amount > 20000 AND Stage <> 'Lost'`},
	{"What does each project still need, in days, urgent and high work only?", "Product Roadmap", "Tasks",
		`{"where":[{"column":"Priority","is":"in","value":["Urgent","High"]},{"column":"Status","is":"!=","value":"Done"}],"group_by":["Project"],"aggregate":[{"op":"sum","column":"Estimate (days)"}]}`,
		`SELECT Project, sum("Estimate (days)") FROM Tasks WHERE Priority IN ('Urgent','High') AND Status <> 'Done' GROUP BY 1`},
	{"Which milestones should have been reached this year, and were not?", "Product Roadmap", "Milestones",
		`{"where":[{"column":"Date","is":"=","value":"2026"},{"column":"Reached","is":"=","value":"no"},{"column":"Date","is":"<","value":"today"}],"aggregate":[{"op":"count"}]}`,
		`SELECT count(*) FROM Milestones WHERE Date LIKE '2026-%' AND NOT Reached AND Date < '2026-11-20'`},
	{"How does the pipeline stand, by stage?", "Customer CRM", "Deals",
		`{"where":[{"column":"Stage","is":"not in","value":["Won","Lost"]}],"group_by":["Stage"],"aggregate":[{"op":"count"},{"op":"sum","column":"Amount"},{"op":"max","column":"Amount"}]}`,
		`SELECT Stage, count(*), sum(Amount), max(Amount) FROM Deals WHERE Stage NOT IN ('Won','Lost') GROUP BY 1`},
	{"What is the average deal, by month of closing?", "Customer CRM", "Deals",
		`{"group_by":[{"column":"Close date","by":"month"}],"aggregate":[{"op":"average","column":"Amount"}],"sort":[{"column":"Close date"}]}`,
		`SELECT substr("Close date", 1, 7), avg(Amount) FROM Deals GROUP BY 1 ORDER BY 1`},
	{"Who won how much, who more than twice?", "Customer CRM", "Deals",
		`{"where":[{"column":"Stage","is":"=","value":"won"}],"group_by":["Owner"],"aggregate":["count",{"op":"sum","column":"Amount"}],"having":[{"column":"count","is":">","value":2}]}`,
		`SELECT Owner, count(*), sum(Amount) FROM Deals WHERE Stage = 'Won' GROUP BY 1 HAVING count(*) > 2`},
	{"Which customers had no contact for 30 days?", "Customer CRM", "Activities",
		`{"group_by":["Account"],"aggregate":[{"op":"max","column":"When"}],"having":[{"op":"max","column":"When","is":"<","value":"30 days ago"}],"limit":500}`,
		`SELECT Account, max("When") FROM Activities GROUP BY 1 HAVING max("When") < '2026-10-21'`},
	{"How many minutes did we talk, by week and kind, in the last four weeks?", "Customer CRM", "Activities",
		`{"where":[{"column":"When","is":"=","value":"last 4 weeks"}],"group_by":[{"column":"When","by":"week"},"Kind"],"aggregate":[{"op":"sum","column":"Minutes"}]}`,
		`SELECT strftime('%G-W%V', "When"), Kind, sum(Minutes) FROM Activities WHERE "When" >= '2026-10-23' AND "When" < '2026-11-21' GROUP BY 1, 2`},
	{"What are the three largest expenses?", "Budget 2026", "Expenses",
		`{"select":["What","Amount"],"sort":[{"column":"Amount","descending":true},{"column":"What"}],"limit":3}`,
		`SELECT What, Amount FROM Expenses ORDER BY Amount DESC, What LIMIT 3`},
	{"How much did we spend in the third quarter, by supplier?", "Budget 2026", "Expenses",
		`{"where":[{"column":"Date","is":"=","value":"2026-Q3"}],"group_by":["Supplier"],"aggregate":[{"op":"sum","column":"Amount"}]}`,
		`SELECT Supplier, sum(Amount) FROM Expenses WHERE Date BETWEEN '2026-07-01' AND '2026-09-30' GROUP BY 1`},
	{"What share of the spending has each line, without a receipt?", "Budget 2026", "Expenses",
		`{"where":[{"column":"Receipt","is":"!=","value":true}],"group_by":["Line"],"aggregate":[{"op":"share","column":"Amount"}]}`,
		`SELECT Line, round(sum(Amount) / (SELECT sum(Amount) FROM Expenses WHERE NOT Receipt), 4) FROM Expenses WHERE NOT Receipt GROUP BY 1`},
	{"How many open tickets are there, by severity and area?", "Support Playbook", "Tickets",
		`{"where":[{"column":"State","is":"!=","value":"Solved"}],"group_by":["Severity","Area"],"aggregate":[{"op":"count"}]}`,
		`SELECT Severity, Area, count(*) FROM Tickets WHERE State <> 'Solved' GROUP BY 1, 2`},
	{"How long does the first answer take, half of the time, in the last 90 days?", "Support Playbook", "Tickets",
		`{"where":[{"column":"Opened","is":"=","value":"last 90 days"}],"aggregate":[{"op":"median","column":"First answer (min)"},{"op":"distinct","column":"Shop"}]}`,
		`WITH t AS (SELECT * FROM Tickets WHERE Opened >= '2026-08-22' AND Opened < '2026-11-21'), x AS (SELECT "First answer (min)" AS m FROM t WHERE m IS NOT NULL)
			SELECT (SELECT avg(m) FROM (SELECT m FROM x ORDER BY m LIMIT 2 - (SELECT count(*) FROM x) % 2 OFFSET ((SELECT count(*) FROM x) - 1) / 2)), (SELECT count(DISTINCT Shop) FROM t)`},
	{"Who is in Engineering, and where do they live?", "Team Handbook", "People",
		`{"where":[{"column":"Team","is":"=","value":"engineering"}],"select":["Name","Lives in"],"sort":["Name"]}`,
		`SELECT Name, "Lives in" FROM People WHERE Team = 'Engineering' ORDER BY Name`},
	{"Where do our candidates come from, and how good are they?", "Hiring", "Candidates",
		`{"where":[{"column":"Stage","is":"!=","value":"No"}],"group_by":["Source"],"aggregate":[{"op":"count"},{"op":"average","column":"Rating"}]}`,
		`SELECT Source, count(*), avg(Rating) FROM Candidates WHERE Stage <> 'No' GROUP BY 1`},
	{"What came to me from meetings since August, and is it done?", "Meeting Notes", "Action items",
		`{"where":[{"column":"Owner","is":"=","value":"me"},{"column":"Due","is":">=","value":"last 3 months"}],"select":["Action","Due","Done"]}`,
		`SELECT Action, Due, Done FROM "Action items" WHERE Owner = 'Robin Vale' AND Due >= '2026-08-20'`},
	{"Which quick dishes are good?", "Recipe Box", "Recipes",
		`{"where":[{"column":"Minutes","is":"<=","value":45},{"column":"Rating","is":">=","value":3}],"select":["Dish","Minutes","Rating"]}`,
		`SELECT Dish, Minutes, Rating FROM Recipes WHERE Minutes <= 45 AND Rating >= 3`},
	{"What does the trip cost, booked and not?", "Trip to Portugal", "Itinerary",
		`{"group_by":["Booked"],"aggregate":[{"op":"sum","column":"Price"}]}`,
		`SELECT Booked, sum(Price) FROM Itinerary GROUP BY 1`},
	{"Which different towns have customers that use Atlas?", "Customer CRM", "Accounts",
		`{"where":[{"column":"Uses Atlas","is":"=","value":"yes"}],"select":["Town"],"distinct":true}`,
		`SELECT DISTINCT Town FROM Accounts WHERE "Uses Atlas"`},
	{"Which posts cost more than 500 or are only an idea?", "Marketing Calendar", "Posts",
		`{"where":[{"any":[{"column":"Cost","is":"greater than","value":"$500"},{"all":[{"column":"State","is":"is","value":"Idea"},{"column":"Channel","is":"contains","value":"blog"}]}]}],"select":["Title"]}`,
		`SELECT Title FROM Posts WHERE Cost > 500 OR State = 'Idea' AND Channel LIKE '%"Blog"%'`},
}

// TestQuestionsHaveTheirRightAnswers: each in one call, and small.
func TestQuestionsHaveTheirRightAnswers(t *testing.T) {
	t.Parallel()
	sample := codatest.Sample()
	now := time.Date(2026, 11, 20, 9, 0, 0, 0, time.FixedZone("", -7*3600)) // where the sample's times are told
	r := newHarness(t, func(s *settings) {
		s.fake.Workspace = codatest.Sample()
		s.tools.Now = func() time.Time { return now }
	})
	bytes, loaded := 0, map[*codatest.Doc]*sql.DB{}
	for _, q := range slices.Concat(questions, worded) {
		at := slices.IndexFunc(sample.Docs, func(d *codatest.Doc) bool { return strings.HasPrefix(d.Name, q.doc) })
		if at < 0 {
			t.Fatalf("there is no doc %s", q.doc)
		}
		args := object{"document": sample.Docs[at].Name, "table": q.table}
		if err := json.Unmarshal([]byte(q.call), &args); err != nil {
			t.Fatal(err)
		}
		var got told
		a := r.call("coda_query_rows", args)
		a.ok(&got)
		bytes += len(a.text)
		if len(got.Columns) > 0 && got.Columns[0] == "row" {
			for i := range got.Rows {
				got.Rows[i] = got.Rows[i][1:]
			}
		}
		have, want := asText(got.Rows), asText(inSQL(t, loaded, sample.Docs[at], q.right))
		if !strings.Contains(q.call, `"sort"`) {
			slices.Sort(have)
			slices.Sort(want)
		}
		if !slices.Equal(have, want) || got.NextCursor != "" && fmt.Sprint(args["limit"]) != fmt.Sprint(len(got.Rows)) {
			t.Errorf("%s\n got %q\nwant %q\n%s", q.asked, have, want, got.Note)
		}
		if len(want) == 0 {
			t.Errorf("%s: the sample has no answer", q.asked)
		}
	}
	t.Logf("%d questions, %d bytes of answers", len(questions)+len(worded), bytes)
}

// withoutID is what tells a related row from its namesakes, or the zone of a
// moment.
var withoutID = regexp.MustCompile(` \(i-[^)]+\)$|-07:00$`)

// asText makes lines of rows that compare whoever made them.
func asText(rows [][]any) (lines []string) {
	for _, row := range rows {
		var cells []string
		for _, v := range row {
			cells = append(cells, cellAsText(v))
		}
		lines = append(lines, strings.Join(cells, " | "))
	}
	return lines
}

func cellAsText(v any) string {
	switch x := v.(type) {
	case nil:
		return ""
	case bool:
		return map[bool]string{true: "1", false: "0"}[x]
	case int64:
		return strconv.FormatInt(x, 10)
	case float64:
		return strconv.FormatFloat(math.Round(x*1e6)/1e6, 'f', -1, 64)
	case string:
		return withoutID.ReplaceAllString(strings.TrimSuffix(strings.TrimSuffix(x, " USD"), " EUR"), "")
	}
	return fmt.Sprint(v)
}

// inSQL asks a database that holds the tables of a doc.
func inSQL(t *testing.T, loaded map[*codatest.Doc]*sql.DB, d *codatest.Doc, query string) (all [][]any) {
	t.Helper()
	db := loaded[d]
	if db == nil {
		var err error
		db, err = sql.Open("sqlite", ":memory:")
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = db.Close() })
		db.SetMaxOpenConns(1) // each has a memory of its own
		for _, g := range d.Tables {
			fillTable(t, db, d, g)
		}
		loaded[d] = db
	}
	rows, err := db.QueryContext(t.Context(), query)
	if err != nil {
		t.Fatalf("%v in %s", err, query)
	}
	defer func() { _ = rows.Close() }()
	columns, _ := rows.Columns()
	for rows.Next() {
		row, into := make([]any, len(columns)), make([]any, len(columns))
		for i := range row {
			into[i] = &row[i]
		}
		if err := rows.Scan(into...); err != nil {
			t.Fatal(err)
		}
		all = append(all, row)
	}
	return all
}

func fillTable(t *testing.T, db *sql.DB, d *codatest.Doc, g *codatest.Table) {
	t.Helper()
	var names, marks []string
	for _, c := range g.Columns {
		names, marks = append(names, `"`+c.Name+`"`), append(marks, "?")
	}
	if len(names) == 0 {
		return // a view
	}
	if _, err := db.ExecContext(t.Context(), fmt.Sprintf(`CREATE TABLE "%s" (%s)`, g.Name, strings.Join(names, ","))); err != nil {
		t.Fatal(err)
	}
	for _, r := range g.Rows {
		values := make([]any, len(g.Columns))
		for i := range min(len(values), len(r.Values)) {
			values[i] = inDatabase(d, r.Values[i])
		}
		if _, err := db.ExecContext(t.Context(), fmt.Sprintf(`INSERT INTO "%s" VALUES (%s)`, g.Name, strings.Join(marks, ",")), values...); err != nil {
			t.Fatal(err)
		}
	}
}

func inDatabase(d *codatest.Doc, v any) any {
	switch x := v.(type) {
	case string:
		if x == "" {
			return nil
		}
	case codatest.Person:
		return x.Name
	case codatest.Link:
		return x.URL
	case codatest.Image:
		return x.URL
	case codatest.Ref:
		for _, g := range d.Tables {
			for _, r := range g.Rows {
				if r.ID == string(x) {
					return fmt.Sprintf("%s (%s)", r.Values[0], r.ID)
				}
			}
		}
	case []any:
		var parts []any
		for _, e := range x {
			parts = append(parts, inDatabase(d, e))
		}
		b, _ := json.Marshal(parts)
		return string(b)
	}
	return v
}
