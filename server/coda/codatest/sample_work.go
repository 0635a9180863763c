package codatest

import "fmt"

// task words, each fitting any project.
var (
	taskVerbs  = []string{"Write", "Review", "Test", "Fix", "Measure", "Document", "Design", "Translate", "Demo", "Clean up"}
	taskThings = []string{"empty states", "error messages", "onboarding mail", "data migration", "settings page", "load test",
		"keyboard shortcuts", "audit log", "permission check", "help article", "status page", "import of old data",
		"time zones", "phone layout", "retry logic", "price rounding", "feature flag", "accessibility of forms"}
	taskStates = []string{"Not started", "In progress", "Blocked", "In review", "Done"}
)

// launchTasks are written by hand, since the pages of the project speak of
// them; due is in days from today.
var launchTasks = []struct {
	title, who, state, priority string
	due                         int
}{
	{"Sign off refund flow with payment provider", "Tomas", "Blocked", "Urgent", -9},
	{"Load test at ten times wave one", "Dev", "Not started", "High", -6},
	{"Proofread Dutch translation", "Sofie", "In progress", "High", -4},
	{"Proofread Danish translation", "Sofie", "Not started", "Normal", -2},
	{"Check slot calculation at the six largest shops", "Priya", "In review", "High", -1},
	{"Print counter cards for 200 shops", "Amara", "In progress", "Normal", 5},
	{"Legal review of portal terms", "Ines", "In review", "High", 3},
	{"Train support on portal log", "Maeve", "In progress", "Normal", 7},
	{"Set up on-call for launch week", "Dev", "Not started", "Normal", 10},
	{"Rehearse rollback", "Tomas", "Not started", "High", 12},
	{"Invite wave two shops", "Hanna", "Not started", "Normal", 14},
	{"Draft announcement to shops", "Amara", "In review", "Normal", 4},
	{"Publish pricing page", "Leo", "Not started", "Low", 18},
	{"Brief the customer council", "Mina", "Not started", "Normal", 21},
	{"Plan wave three", "Mina", "Not started", "Low", 40},
	{"Write support macros for the portal", "Maeve", "Done", "Normal", -30},
	{"Record three short films", "Leo", "Done", "Normal", -24},
	{"Prepare call-us mode", "Tomas", "Done", "High", -38},
	{"Add portal to status page", "Dev", "Done", "Low", -20},
	{"Update help centre screenshots", "Pavel", "Done", "Low", -15},
}

// roadmap is the first doc: the one that a token for one doc reaches.
func (b *builder) roadmap() *Doc {
	d := b.doc("Product Roadmap", "product-roadmap", "Product", "compass", 0)
	projects, refs := b.projects(d)
	tasks := b.tasks(d, projects, refs)
	today := b.day(0)
	tasks.view(d, "Overdue tasks", "default", func(r *Row) bool {
		due, _ := valueAt(r, 5).(string)
		return valueAt(r, 3) != "Done" && due != "" && due < today
	})
	tasks.view(d, "Atlas launch tasks", "card", func(r *Row) bool {
		tags, _ := valueAt(r, 7).([]any)
		return valueAt(r, 1) == refs[0] && len(tags) == 1 && tags[0] == "launch"
	})
	b.milestones(d, refs)
	d.Formulas = []*Formula{{Name: "Open tasks", Value: 31.0}, {Name: "Next milestone", Value: "Wave two"}}
	d.Controls = []*Control{{Name: "Team", Kind: "select", Value: "Portal"}, {Name: "Only mine", Kind: "checkbox", Value: false}}
	d.Rules = []string{"grid-auto-weekly01"}
	return d
}

var projectNames = []string{"Atlas", "Beacon", "Cedar", "Delta", "Ember", "Fjord", "Grove", "Heron"}

func (b *builder) projects(d *Doc) (sheet, []Ref) {
	projects := b.table(d, "Projects",
		col("Project", "text"), col("Owner", "person"), col("Status", "select", options("On track", "At risk", "Off track", "Parked", "Done")),
		col("Team", "person", many), col("Start", "date"), col("Target date", "date"), col("Progress", "slider", upTo(100)),
		col("Budget", "currency"), col("Goal", "text"), col("Confidence", "percent"), col("Open tasks", "number", formula("Tasks.Filter(Project=thisRow AND Status!=\"Done\").Count()")))
	var refs []Ref
	for i, p := range []struct {
		owner, status, goal string
		start, end          int
		progress, budget    float64
	}{
		{"Mina", "At risk", "30 % of bookings made by customers", -160, 45, 68, 184000},
		{"Jonas", "On track", "Missed pick-ups down from 14 % to 7 %", -120, 30, 81, 62000},
		{"Tomas", "On track", "No invoice corrected by hand", -200, 60, 74, 121000},
		{"Priya", "Off track", "Close a job without walking to the counter", -210, 20, 57, 143000},
		{"Lucia", "Parked", "Find anything in under a second", -90, 150, 22, 38000},
		{"Hanna", "On track", "Winter storage without broken calendars", -40, 75, 35, 41000},
		{"Oscar", "On track", "New shops import their data alone", -30, 55, 28, 57000},
		{"Yuki", "Done", "Day view opens in half a second", -260, -35, 100, 29000},
	} {
		refs = append(refs, projects.add(projectNames[i], person(p.owner), p.status,
			some(b, people()[1:18], b.between(2, 4)), b.day(p.start), b.day(p.end),
			p.progress, p.budget, p.goal, float64(b.between(4, 9))/10, 0.0))
	}
	return projects, refs
}

// tasks fills the task table and counts each project's open ones.
func (b *builder) tasks(d *Doc, projects sheet, refs []Ref) sheet {
	tasks := b.table(d, "Tasks",
		col("Task", "text"), col("Project", "lookup", relation("Projects")), col("Assignee", "person"), col("Status", "select", options(taskStates...)),
		col("Priority", "select", options("Urgent", "High", "Normal", "Low")), col("Due date", "date"), col("Estimate (days)", "number"),
		col("Tags", "select", many, options("launch", "backend", "frontend", "docs", "design", "data")), col("Done", "checkbox"),
		col("Notes", "canvas"), col("Mark done", "button", label("Done")))
	open := make([]int, len(refs))
	for i := range 420 {
		project := b.rand.IntN(len(refs))
		title := fmt.Sprintf("%s %s", pick(b, taskVerbs), pick(b, taskThings))
		tags := some(b, []string{"backend", "frontend", "docs", "design", "data"}, b.between(0, 2))
		due, who, priority := b.between(-70, 60), pick(b, people()[1:18]), pick(b, tasks.Columns[4].Options)
		state := pick(b, taskStates)
		if due < -15 && b.chance(85) || projectNames[project] == "Heron" {
			state = "Done"
		}
		if due > 15 && state == "Done" {
			state = "Not started"
		}
		if i < len(launchTasks) {
			l := launchTasks[i]
			project, title, tags, due, who, state, priority = 0, l.title, []any{"launch"}, l.due, person(l.who), l.state, l.priority
		}
		if state != "Done" {
			open[project]++
		}
		tasks.add(title, refs[project], who, state, priority, b.day(due),
			float64(b.between(1, 16))/2, tags, state == "Done", note(b, state), "Done")
	}
	for i, n := range open {
		projects.Rows[i].Values[10] = float64(n)
	}
	return tasks
}

func note(b *builder, state string) any {
	if state == "Blocked" {
		return "Waiting for " + pick(b, people()[1:18]).Name + " since last week."
	}
	if b.chance(20) {
		return "See the notes of the last product review."
	}
	return ""
}

func (b *builder) milestones(d *Doc, projects []Ref) {
	t := b.table(d, "Milestones", col("Milestone", "text"), col("Project", "lookup", relation("Projects")), col("Date", "date"), col("Reached", "checkbox"))
	for i, p := range projects {
		for k, name := range []string{"Prototype", "First shop live", "Wave two", "All shops"} {
			at := -120 + 50*k + 5*i
			t.add(fmt.Sprintf("%s: %s", d.Tables[0].Rows[i].Values[0], name), p, b.day(at), at < 0)
		}
	}
}

func (b *builder) okrs() *Doc {
	d := b.doc("OKRs 2026", "okrs-2026", "Company", "target", 9)
	objectives := b.table(d, "Objectives", col("Objective", "text"), col("Owner", "person"), col("Grade", "scale", upTo(5)))
	results := b.table(d, "Key results", col("Key result", "text"), col("Objective", "lookup", relation("Objectives")), col("Owner", "person"),
		col("Baseline", "number"), col("Target", "number"), col("Now", "number"), col("Progress", "percent", formula("(Now-Baseline)/(Target-Baseline)")), col("Last check-in", "date"))
	for _, o := range []struct {
		objective, owner string
		results          []string
		numbers          [][3]float64
	}{
		{"Shops let their customers book", "Mina", []string{"Share of self-service bookings (%)", "Shops with the portal switched on", "Bookings abandoned half-way (%)"}, [][3]float64{{4, 30, 17}, {0, 400, 40}, {38, 15, 24}}},
		{"A new shop is at home in a day", "Oscar", []string{"Days to first booking", "Imports done without us (%)"}, [][3]float64{{7.1, 2, 6.4}, {12, 70, 19}}},
		{"Money is boring", "Tomas", []string{"Invoices corrected by hand per month", "Days to close a month", "Failed payments (%)"}, [][3]float64{{212, 0, 71}, {11, 5, 7}, {3.9, 1.5, 2.2}}},
		{"A team that stays", "Noor", []string{"People who would recommend us (of 24)", "Holidays actually taken (%)", "Saturday answers within two hours (%)"}, [][3]float64{{17, 22, 20}, {81, 95, 88}, {34, 90, 52}}},
	} {
		ref := objectives.add(o.objective, person(o.owner), float64(b.between(2, 4)))
		for i, name := range o.results {
			n := o.numbers[i]
			results.add(name, ref, person(o.owner), n[0], n[1], n[2], float64(int(100*(n[2]-n[0])/(n[1]-n[0])))/100, b.day(-b.between(3, 16)))
		}
	}
	return d
}

func (b *builder) meetings() *Doc {
	d := b.doc("Meeting Notes", "meeting-notes", "Company", "pencil", 2)
	t := b.table(d, "Action items", col("Action", "text"), col("Owner", "person"), col("Due", "date"), col("Done", "checkbox"),
		col("Meeting", "select", options("Product review", "Leadership", "Customer council")), col("Written", "dateTime"))
	t.add("Call the payment provider about the refund review, every day at ten", person("Tomas"), b.day(-1), false, "Product review", b.moment(-3, 10, 42))
	t.add("Put a date on the load test", person("Dev"), b.day(-6), false, "Product review", b.moment(-17, 10, 15))
	t.add("Collect three options for the office", person("Noor"), b.day(24), false, "Leadership", b.moment(-4, 9, 20))
	for range 127 {
		at := -b.between(5, 170)
		t.add(fmt.Sprintf("%s %s", pick(b, []string{"Send", "Ask for", "Prepare", "Share", "Decide on", "Check"}),
			pick(b, []string{"the import sheet", "numbers of wave one", "feedback from Ghent", "the new price list", "a date with the council", "the VAT table", "photos for the films", "the support rota"})),
			pick(b, people()[:18]), b.day(at+b.between(3, 14)), b.chance(82), pick(b, t.Columns[4].Options),
			b.moment(at, b.between(9, 16), b.between(0, 59)))
	}
	return d
}

func (b *builder) releases() *Doc {
	d := b.doc("Release Checklist", "release-checklist", "Product", "box", 5)
	t := b.table(d, "Releases", col("Version", "text"), col("Date", "date"), col("Captain", "person"), col("Result", "select", options("Good", "Rolled back", "Planned")),
		col("Errors before", "number"), col("Errors after", "number"), col("Changes", "number"), col("Changelog", "link"))
	for i := range 38 {
		at, result := -7*(37-i)+7, "Good"
		if i == 12 || i == 19 {
			result = "Rolled back"
		}
		if at > 0 {
			result = "Planned"
		}
		version := fmt.Sprintf("5.%d", i)
		t.add(version, b.day(at), pick(b, people()[1:14]), result,
			float64(b.between(8, 30)), float64(b.between(6, 34)), float64(b.between(4, 27)),
			Link{"What is new in " + version, "https://fernhill.example/changes/" + version})
	}
	return d
}
