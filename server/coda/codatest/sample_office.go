package codatest

import "fmt"

func (b *builder) handbook() *Doc {
	d := b.doc("Team Handbook", "team-handbook", "Company", "book", 12)
	t := b.table(d, "People", col("Name", "text"), col("Person", "person"), col("Role", "text"), col("Team", "select", options("Product", "Engineering", "Sales", "Support", "Marketing", "Office")),
		col("E-mail", "email"), col("Lives in", "text"), col("Birthday", "date"), col("Photo", "image"), col("Manager", "person"))
	roles := []string{"Head of product", "Product lead, Atlas", "Product lead, Beacon", "Principal engineer", "Mobile engineer", "Search engineer", "Finance", "People and office",
		"Head of sales", "Operations engineer", "Account manager", "Account manager", "Account manager", "Support lead", "Support", "Marketing lead", "Marketing", "Support", "Support", "Support", "Engineer", "Designer", "Engineer", "Working student"}
	teams := []string{"Product", "Product", "Product", "Engineering", "Engineering", "Engineering", "Office", "Office", "Sales", "Engineering", "Sales", "Sales", "Sales", "Support",
		"Support", "Marketing", "Marketing", "Support", "Support", "Support", "Engineering", "Product", "Engineering", "Marketing"}
	for i, p := range people() {
		t.add(p.Name, p, roles[i], teams[i], p.Email, pick(b, towns), fmt.Sprintf("19%02d-%02d-%02d", b.between(70, 99), b.between(1, 12), b.between(1, 28)),
			Image{p.Name + ".jpg", "https://images.example/people/" + makeID(p.Name) + ".jpg"}, people()[b.between(0, 3)])
	}
	h := b.table(d, "Holidays", col("Holiday", "text"), col("Date", "date"), col("Where", "select", many, options("Germany", "Netherlands", "Denmark", "Ireland", "Portugal")))
	year := b.now.Year() + 1
	for _, x := range [][2]string{{"New Year", "01-01"}, {"Labour Day", "05-01"}, {"Christmas Day", "12-25"}, {"Second Christmas Day", "12-26"}, {"King's Day", "04-27"}, {"Constitution Day", "06-05"}, {"St Patrick's Day", "03-17"}, {"Day of Portugal", "06-10"}} {
		h.add(x[0], fmt.Sprintf("%d-%s", year, x[1]), some(b, h.Columns[2].Options, b.between(1, 3)))
	}
	return d
}

func (b *builder) hiring() *Doc {
	d := b.doc("Hiring", "hiring", "Company", "search", 4)
	roles := b.table(d, "Open roles", col("Role", "text"), col("Lead", "person"), col("State", "select", options("Open", "On hold", "Filled")), col("Salary up to", "currency"), col("Opened", "date"), col("Remote", "checkbox"))
	var refs []Ref
	for i, n := range []string{"Second support hire", "Senior backend engineer", "Mobile engineer", "Account manager, Nordics", "Product designer", "Bookkeeper, part time", "Working student, marketing"} {
		refs = append(refs, roles.add(n, pick(b, people()[:9]), roles.Columns[2].Options[i%3],
			float64(b.between(38, 96)*1000), b.day(-b.between(5, 120)), i%2 == 0))
	}
	candidates := b.table(d, "Candidates", col("Name", "text"), col("Role", "lookup", relation("Open roles")), col("Stage", "select", options("Applied", "Call", "Work sample", "Conversations", "Offer", "Hired", "No")),
		col("E-mail", "email"), col("Applied", "date"), col("Source", "select", options("Website", "Friend", "Fair", "Job board")), col("Rating", "scale", upTo(5)), col("Next contact", "date"))
	var persons []Ref
	for range 140 {
		n, at := b.name(), -b.between(1, 130)
		persons = append(persons, candidates.add(n, pick(b, refs), pick(b, candidates.Columns[2].Options), mailOf(n, "post.example"), b.day(at),
			pick(b, candidates.Columns[5].Options), float64(b.between(1, 5)), b.day(at+b.between(3, 30))))
	}
	cards := b.table(d, "Scorecards", col("Scorecard", "text"), col("Candidate", "lookup", relation("Candidates")), col("Interviewer", "person"), col("Score", "scale", upTo(5)), col("Comment", "text"), col("Date", "date"))
	for range 180 {
		i := b.rand.IntN(len(persons))
		cards.add(fmt.Sprintf("%s, %s", candidates.Rows[i].Values[0], pick(b, []string{"call", "work sample", "conversation"})),
			persons[i], pick(b, people()[:14]), float64(b.between(1, 5)),
			pick(b, []string{"Asked better questions than we did.", "Good hands, needs more care with data.", "Clear yes.\nWould start on Monday.", "Not for a team of our size.", "Honest about what went wrong."}), b.day(-b.between(1, 120)))
	}
	return d
}

func (b *builder) budget() *Doc {
	d := b.doc("Budget 2026", "budget-2026", "Company", "money", 7)
	lines := b.table(d, "Budget lines", col("Line", "text"), col("Owner", "person"), col("Plan", "currency"), col("Spent", "currency", formula("Expenses.Filter(Line=thisRow).Amount.Sum()")), col("Used", "percent", formula("Spent/Plan")))
	var refs []Ref
	names := []string{"Cloud", "Software", "Travel", "Office", "Legal", "Marketing", "Hardware", "Training", "Events", "Recruiting", "Insurance", "Coffee and cake"}
	plans := []float64{96000, 41000, 52000, 88000, 24000, 74000, 31000, 26400, 18000, 22000, 14500, 5200}
	for i, n := range names {
		refs = append(refs, lines.add(n, pick(b, people()[:9]), plans[i], 0.0, 0.0))
	}
	t := b.table(d, "Expenses", col("What", "text"), col("Line", "lookup", relation("Budget lines")), col("Amount", "currency"), col("Date", "date"), col("Paid by", "person"), col("Receipt", "checkbox"), col("Supplier", "text"))
	spent := make([]float64, len(names))
	for range 480 {
		i := b.rand.IntN(len(names))
		amount := float64(int(plans[i]/42*float64(b.between(30, 170)))) / 100
		spent[i] += amount
		t.add(names[i]+", "+pick(b, []string{"monthly bill", "one-off", "renewal", "team order", "deposit"}), refs[i], amount, b.day(-b.between(1, 320)), pick(b, people()), b.chance(93),
			pick(b, []string{"Nordcloud", "Papier & Co", "Railways", "Bäckerei Lange", "Kanzlei Roth", "Studio Ghent", "Hardware24", "Assura"}))
	}
	b.balance(lines, t, refs, plans, spent)
	return d
}

// balance scales the receipts so that each line is used as the page says.
func (b *builder) balance(lines, receipts sheet, refs []Ref, plans, spent []float64) {
	used := []float64{1.09, 0.85, 0.41, 0.93, 0.97, 0.95, 0.88, 0.61, 0.9, 0.84, 0.89, 1.12}
	for i, ref := range refs {
		cents := 0
		for _, r := range receipts.Rows {
			if r.Values[1] == ref {
				c := int(100 * r.Values[2].(float64) * used[i] * plans[i] / spent[i])
				r.Values[2] = float64(c) / 100
				cents += c
			}
		}
		lines.Rows[i].Values[3], lines.Rows[i].Values[4] = float64(cents)/100, used[i]
	}
}
