//go:build !race

package tools_test

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"sort"
	"strings"
	"time"

	"codabridge/server/coda/codatest"
)

const (
	roadmapDoc = "Product Roadmap"
	crmDoc     = "Customer CRM"
	budgetDoc  = "Budget 2026"
	notesDoc   = "Meeting Notes"
)

// openTask is the condition for tasks that are not done.
var openTask = object{"column": "Status", "is": "!=", "value": "Done"}

// beingRead is said of the writes before, for as long as the index is at them.
var beingRead = regexp.MustCompile(` ?What was written to [^;]+ is not in the index yet; it is being read\.`)

// requestsOfADay are asked in one conversation, but for the one that says
// otherwise: what the model has read it still knows.
var requestsOfADay = []request{
	{"What do I have?", func(q *rehearsal) {
		answer := q.ask("coda_list_documents", object{})
		for _, d := range q.truth.Docs {
			q.must(answer, `"name":"`+d.Name+`"`)
		}
	}},
	{"What is overdue on the launch plan, and whose is it?", func(q *rehearsal) {
		found := q.ask("search", object{"query": "overdue launch tasks type:table"})
		q.known["launch"] = strings.Split(q.hit(found, "table", "Atlas launch tasks"), "/")[1]
		q.ask("coda_get_table", object{"document": roadmapDoc, "table": q.known["launch"], "sample": 0})
		answer := q.ask("coda_query_rows", object{"document": roadmapDoc, "table": q.known["launch"], "where": []object{openTask, {"column": "Due date", "is": "<", "value": "today"}},
			"select": []string{"Task", "Assignee", "Due date"}, "sort": []object{{"column": "Due date"}}})
		var want [][]any
		q.each(roadmapDoc, "Tasks", func(id string, v map[string]any) {
			if tags, _ := v["Tags"].([]any); len(tags) == 1 && tags[0] == "launch" && v["Status"] != "Done" && v["Due date"].(string) < q.day(0) {
				want = append(want, []any{id, v["Task"], personOf(v["Assignee"]), v["Due date"]})
			}
		})
		sort.SliceStable(want, func(i, k int) bool { return want[i][3].(string) < want[k][3].(string) })
		if got := q.rows(answer); spoken(got) != spoken(want) || len(want) != 5 {
			q.Errorf("overdue:\n%s\nwant:\n%s", spoken(got), spoken(want))
		}
		q.known["task"] = fmt.Sprint(want[0][0])
	}},
	{"Open tasks by person", func(q *rehearsal) {
		answer := q.ask("coda_query_rows", object{"document": roadmapDoc, "table": "Tasks", "where": []object{openTask}, "group_by": []object{{"column": "Assignee"}}, "aggregate": []object{{"op": "count"}}})
		count := map[string]int{}
		q.each(roadmapDoc, "Tasks", func(_ string, v map[string]any) {
			if v["Status"] != "Done" {
				count[personOf(v["Assignee"])]++
			}
		})
		q.counts(answer, count)
	}},
	{"The pipeline by stage", func(q *rehearsal) {
		q.ask("coda_get_document", object{"document": crmDoc})
		q.ask("coda_get_table", object{"document": crmDoc, "table": "Deals", "sample": 0})
		answer := q.ask("coda_query_rows", object{"document": crmDoc, "table": "Open deals", "group_by": []object{{"column": "Stage"}},
			"aggregate": []object{{"op": "count"}, {"op": "sum", "column": "Amount"}}})
		count, sum := map[string]int{}, map[string]float64{}
		q.each(crmDoc, "Deals", func(_ string, v map[string]any) {
			if stage := v["Stage"].(string); stage != "Won" && stage != "Lost" {
				count[stage]++
				sum[stage] += v["Amount"].(float64)
			}
		})
		q.counts(answer, count)
		for stage, amount := range sum {
			q.must(answer, fmt.Sprintf(`["%s",%d,"%.0f USD"]`, stage, count[stage], amount))
		}
	}},
	{"Customers without contact for 30 days", func(q *rehearsal) {
		q.ask("coda_get_table", object{"document": crmDoc, "table": "Activities", "sample": 0})
		answer := q.ask("coda_query_rows", object{"document": crmDoc, "table": "Activities", "group_by": []object{{"column": "Account"}},
			"aggregate": []object{{"op": "max", "column": "When"}}, "having": []object{{"column": "max of When", "is": "<", "value": "30 days ago"}}, "limit": 500})
		last := map[string]string{}
		q.each(crmDoc, "Activities", func(_ string, v map[string]any) {
			account := string(v["Account"].(codatest.Ref))
			last[account] = max(last[account], v["When"].(string))
		})
		quiet := 0
		for _, when := range last {
			if when < q.day(-30) {
				quiet++
			}
		}
		if got := q.rows(answer); len(got) != quiet || quiet == 0 {
			q.Errorf("%d customers without contact, want %d", len(got), quiet)
		}
		// Who was never spoken to is in no activity: there would be more accounts.
		ever := q.ask("coda_query_rows", object{"document": crmDoc, "table": "Activities", "aggregate": []object{{"op": "distinct", "column": "Account"}}})
		all := q.ask("coda_query_rows", object{"document": crmDoc, "table": "Accounts", "aggregate": []object{{"op": "count"}}})
		q.must(ever, fmt.Sprintf("[[%d]]", len(last)))
		q.must(all, fmt.Sprintf("[[%d]]", len(last)))
	}},
	{"The latest meeting, and what was decided", func(q *rehearsal) {
		pages := q.ask("coda_list_pages", object{"document": notesDoc})
		q.must(pages, "Product review 17 November 2026")
		answer := q.ask("coda_get_page", object{"document": notesDoc, "page": "Product review 17 November 2026"})
		q.must(answer, "wave two starts when the refund flow is signed off", "photos are sent over wifi only")
	}},
	{"The vacation policy", func(q *rehearsal) {
		found := q.ask("search", object{"query": "time off vacation days"})
		answer := q.ask("fetch", object{"id": q.hit(found, "page", "Time off")})
		q.must(answer, "28 days", "two weeks in one piece")
		if strings.Count(answer, "\n|") > 8 {
			q.Errorf("the table on the page is given whole: %s", answer)
		}
	}},
	{"Every place that discusses pricing", func(q *rehearsal) {
		found := q.ask("search", object{"query": "pricing"})
		pages := q.ask("search", object{"query": "price type:page"})
		q.must(found+pages, "Publish pricing page", "Support Playbook", "Marketing Calendar", "Customer CRM")
	}},
	{"The three largest expenses, and the sum by category", func(q *rehearsal) {
		q.ask("coda_get_table", object{"document": budgetDoc, "table": "Expenses", "sample": 0})
		top := q.ask("coda_query_rows", object{"document": budgetDoc, "table": "Expenses", "select": []string{"What", "Amount", "Date"},
			"sort": []object{{"column": "Amount", "descending": true}}, "limit": 3})
		answer := q.ask("coda_query_rows", object{"document": budgetDoc, "table": "Expenses", "group_by": []object{{"column": "Line"}}, "aggregate": []object{{"op": "sum", "column": "Amount"}}})
		cents, lines := []int{}, map[string]int{}
		q.each(budgetDoc, "Expenses", func(_ string, v map[string]any) {
			c := int(v["Amount"].(float64)*100 + 0.5)
			cents = append(cents, c)
			lines[string(v["Line"].(codatest.Ref))] += c
		})
		slices.Sort(cents)
		for i, row := range q.rows(top) {
			if want := amount(cents[len(cents)-1-i]); row[2] != want+" USD" {
				q.Errorf("expense %d: %v, want %s", i+1, row, want)
			}
		}
		q.each(budgetDoc, "Budget lines", func(id string, v map[string]any) {
			q.must(answer, fmt.Sprintf(`"%s USD"`, amount(lines[id])), v["Line"].(string))
		})
	}},
	{"Who handles escalations?", func(q *rehearsal) {
		found := q.ask("search", object{"query": "escalate"})
		q.must(q.ask("fetch", object{"id": q.hit(found, "page", "When to escalate")}), "Ines", "Robin", "Noor")
	}},
	{"Mark the most overdue task done", func(q *rehearsal) {
		answer := q.ask("coda_update_row", object{"document": roadmapDoc, "table": "Tasks", "row": q.known["task"],
			"values": []object{{"column": "Status", "value": "Done"}, {"column": "Done", "value": "true"}}})
		q.must(answer, `"status":"applied"`, `"was":{"Done":false,"Status":"Blocked"}`, `"url":"https://`)
	}},
	{"(a new chat) Change that back", func(q *rehearsal) {
		changes := q.ask("coda_recent_changes", object{"since": "today", "limit": 5})
		var got recentWithWas
		err := json.Unmarshal([]byte(changes), &got)
		if err != nil || len(got.Changes) == 0 || !strings.HasSuffix(got.Changes[0].ID, q.known["task"]) || got.Changes[0].By != "ChatGPT" {
			q.Fatalf("the newest change is not that of a moment ago: %v %s", err, changes)
		}
		q.ask("coda_update_row", object{"row": got.Changes[0].ID, "values": got.Changes[0].Was})
		row := q.truthNow(roadmapDoc, "Tasks", q.known["task"])
		if row["Status"] != "Blocked" || row["Done"] != false {
			q.Errorf("put back: %v", row)
		}
	}},
	{"Add a task for me, due next Friday", func(q *rehearsal) {
		answer := q.ask("coda_create_rows", object{"document": roadmapDoc, "table": "Tasks", "rows": []object{{"cells": []object{{"column": "Task", "value": "Call the printer"},
			{"column": "Assignee", "value": "me"}, {"column": "Due date", "value": q.day(7)}, {"column": "Status", "value": "Not started"}}}}})
		var got struct {
			Row_ids []string
			URL     string
		}
		if err := json.Unmarshal([]byte(answer), &got); err != nil || len(got.Row_ids) != 1 || !strings.HasPrefix(got.URL, "https://") {
			q.Fatalf("%v %s", err, answer)
		}
		q.known["new"] = got.Row_ids[0]
		if row := q.truthNow(roadmapDoc, "Tasks", got.Row_ids[0]); row["Assignee"] != "Robin Vale <robin.vale@fernhill.example>" || row["Due date"] != "2026-11-27" {
			q.Errorf("%v", row)
		}
	}},
	{"Append last week's decisions to the notes", func(q *rehearsal) {
		decisions := "## Decisions of last week\n\n- Same quiet hours for all shops."
		page := q.ask("coda_get_page", object{"document": notesDoc, "page": "Product review 10 November 2026"})
		q.must(page, "Same hours for all")
		answer := q.ask("coda_append_to_page", object{"document": notesDoc, "page": "Product review 17 November 2026", "content": decisions})
		q.must(answer, `"status":"applied"`, "To take it back: coda_edit_page")
		q.known["decisions"] = decisions
	}},
	{"Remove that paragraph again", func(q *rehearsal) {
		answer := q.ask("coda_edit_page", object{"document": notesDoc, "page": "Product review 17 November 2026", "mode": "delete", "element": q.known["decisions"]})
		q.must(answer, `"status":"applied"`, "Decisions of last week", "Same quiet hours")
		var now struct{ Text string }
		q.call("coda_get_page", object{"document": notesDoc, "page": "Product review 17 November 2026"}).ok(&now)
		if strings.Contains(now.Text, "last week") || !strings.Contains(now.Text, "Lucia shows import numbers") {
			q.Errorf("left: %s", now.Text)
		}
	}},
	{"Make a page with three bullets", func(q *rehearsal) {
		answer := q.ask("coda_create_page", object{"document": notesDoc, "name": "Ideas", "content": "- one\n- two\n- three"})
		q.must(answer, `"status":"applied"`, `"url":"https://`)
	}},
	{"What changed in the last 7 days?", func(q *rehearsal) {
		answer := q.ask("coda_recent_changes", object{"since": "7 days"})
		var got recently
		if err := json.Unmarshal([]byte(answer), &got); err != nil {
			q.Fatal(err)
		}
		rows := 0
		for _, d := range q.truth.Docs {
			for _, t := range d.Tables {
				n := 0
				for _, r := range t.Rows {
					if !r.Updated.Before(q.today.Truncate(24*time.Hour).AddDate(0, 0, -7)) {
						n++
					}
				}
				rows += n
				// The two rows of a moment ago may be in the index by now.
				if told := got.Counts[t.Name+" · "+d.Name]; n > 30 && (told < n || told > n+2) {
					q.Errorf("%s: %d rows changed, told are %d", t.Name, n, got.Counts[t.Name+" · "+d.Name])
				}
			}
		}
		if got.More < rows-len(got.Changes) || !strings.Contains(got.Note, "oldest") {
			q.Errorf("%d rows changed: %s", rows, answer)
		}
	}},
	{"The roadmap against the pipeline", func(q *rehearsal) {
		projects := q.ask("coda_list_rows", object{"document": roadmapDoc, "table": "Projects", "columns": []string{"Project", "Status", "Progress", "Target date"}})
		q.must(projects, `"Atlas","At risk",68`, `"Delta","Off track",57`)
		deals := q.ask("coda_query_rows", object{"document": crmDoc, "table": "Open deals", "where": []object{{"column": "Deal", "is": "contains", "value": "portal"}},
			"aggregate": []object{{"op": "count"}, {"op": "sum", "column": "Amount"}}})
		count, sum := 0, 0.0
		q.each(crmDoc, "Deals", func(_ string, v map[string]any) {
			if stage := v["Stage"]; stage != "Won" && stage != "Lost" && strings.Contains(v["Deal"].(string), "portal") {
				count++
				sum += v["Amount"].(float64)
			}
		})
		q.must(deals, fmt.Sprintf(`[[%d,"%.0f USD"]]`, count, sum))
	}},
	{"A link to the row of the new task", func(q *rehearsal) {
		answer := q.ask("coda_get_row", object{"document": roadmapDoc, "table": "Tasks", "row": q.known["new"]})
		q.must(answer, `"url":"https://docs.superhuman.com/d/`, "Call the printer")
	}},
	{"Something that is not there", func(q *rehearsal) {
		answer := q.ask("search", object{"query": "zeppelin insurance contract"})
		var got deepFound
		err := json.Unmarshal([]byte(answer), &got)
		sure := len(got.Results) == 0 || strings.Contains(got.Note, "No place has all")
		few := len(beingRead.ReplaceAllString(answer, "")) <= 1500
		if err != nil || !sure || !few || !strings.Contains(got.Note, "100 %") || !strings.Contains(got.Note, "“zeppelin” is in no doc") {
			q.Errorf("it is not said in few words that there is none: %d bytes, %s", len(answer), answer)
		}
	}},
	{"The average deal by month", func(q *rehearsal) {
		answer := q.ask("coda_query_rows", object{"document": crmDoc, "table": "Deals", "where": []object{{"column": "Stage", "is": "=", "value": "Won"}},
			"group_by": []object{{"column": "Close date", "by": "month"}}, "aggregate": []object{{"op": "average", "column": "Amount"}, {"op": "count"}}})
		count := map[string]int{}
		q.each(crmDoc, "Deals", func(_ string, v map[string]any) {
			if v["Stage"] == "Won" {
				count[v["Close date"].(string)[:7]]++
			}
		})
		if got := q.rows(answer); len(got) != len(count) {
			q.Errorf("%d months, want %d: %s", len(got), len(count), answer)
		}
		for month, n := range count {
			counted := func(r []any) bool { return r[0] == month && r[2] == float64(n) }
			if !slices.ContainsFunc(q.rows(answer), counted) {
				q.Errorf("%s: want %d deals: %s", month, n, answer)
			}
		}
	}},
	{"Tasks without an owner or a date", func(q *rehearsal) {
		answer := q.ask("coda_query_rows", object{"document": roadmapDoc, "table": "Tasks", "where": []object{{"any": []object{{"column": "Assignee", "is": "empty"}, {"column": "Due date", "is": "empty"}}}}, "aggregate": []object{{"op": "count"}}})
		none := 0
		q.each(roadmapDoc, "Tasks", func(_ string, v map[string]any) {
			if personOf(v["Assignee"]) == "" || v["Due date"] == "" || v["Due date"] == nil {
				none++
			}
		})
		q.must(answer, fmt.Sprintf("[[%d]]", none), `"rows_read":421`)
	}},
	{"Rename the page", func(q *rehearsal) {
		answer := q.ask("coda_update_page", object{"document": notesDoc, "page": "Ideas", "name": "Ideas for spring"})
		q.must(answer, `"status":"applied"`, `page \"Ideas\"`)
		q.call("coda_get_page", object{"document": notesDoc, "page": "Ideas for spring"}).ok(nil)
	}},
	{"Delete the task again", func(q *rehearsal) {
		answer := q.ask("coda_delete_rows", object{"document": roadmapDoc, "table": "Tasks", "rows": []string{q.known["new"]}})
		q.must(answer, `"status":"applied"`, "Call the printer", "robin.vale@fernhill.example")
		q.call("coda_get_row", object{"document": roadmapDoc, "table": "Tasks", "row": q.known["new"]}).fails("404")
	}},
}
