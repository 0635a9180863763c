package codatest

import (
	"fmt"
	"strings"
)

func (b *builder) crm() *Doc {
	d := b.doc("Customer CRM", "customer-crm", "Sales", "handshake", 1)
	accounts := b.table(d, "Accounts", col("Account", "text"), col("Town", "text"), col("Segment", "select", options("Single shop", "Small chain", "Chain")),
		col("Owner", "person"), col("Stands", "number"), col("Revenue per year", "currency"), col("Website", "link"), col("Since", "date"),
		col("Health", "scale", upTo(5)), col("Uses Atlas", "checkbox"), col("Logo", "image"))
	contacts := b.table(d, "Contacts", col("Name", "text"), col("Account", "lookup", relation("Accounts")), col("Role", "select", options("Owner", "Workshop lead", "Front desk", "Bookkeeping")),
		col("E-mail", "email"), col("Phone", "text"), col("Newsletter", "checkbox"))
	var refs, persons []Ref
	for i := range 220 {
		town := pick(b, towns)
		name := fmt.Sprintf("%s %s", town, pick(b, shopWords))
		if i%3 == 0 {
			name = pick(b, lastNames) + " " + pick(b, shopWords)
		}
		site := strings.ToLower(slug(name)) + ".example"
		stands := b.between(1, 9)
		refs = append(refs, accounts.add(name, town, accounts.Columns[2].Options[min(stands/4, 2)], pick(b, people()[8:14]), float64(stands),
			float64(stands*b.between(90, 210)*12), Link{site, "https://" + site}, b.day(-b.between(20, 1500)), float64(b.between(1, 5)),
			i < 40, Image{"logo.png", "https://images.example/logos/" + makeID(name) + ".png"}))
		for range b.between(1, 3) {
			who := b.name()
			persons = append(persons, contacts.add(who, refs[i], pick(b, contacts.Columns[2].Options), mailOf(who, site),
				fmt.Sprintf("+%d %d %06d", pick(b, []int{31, 32, 45, 49, 33, 353, 46, 47}), b.between(10, 99), b.between(100000, 999999)), b.chance(60)))
		}
	}
	deals := b.table(d, "Deals", col("Deal", "text"), col("Account", "lookup", relation("Accounts")), col("Stage", "select", options("Lead", "Demo", "Trial", "Contract", "Won", "Lost")),
		col("Amount", "currency"), col("Chance", "percent"), col("Close date", "date"), col("Owner", "person"), col("Next step", "text"), col("Weighted", "currency", formula("Amount*Chance")))
	b.deals(deals, accounts, refs)
	deals.view(d, "Open deals", "default", func(r *Row) bool { return valueAt(r, 2) != "Won" && valueAt(r, 2) != "Lost" })
	activities := b.table(d, "Activities", col("Summary", "text"), col("Kind", "select", options("Call", "Visit", "Mail", "Demo")), col("When", "dateTime"),
		col("Account", "lookup", relation("Accounts")), col("Contacts", "lookup", many, relation("Contacts")), col("By", "person"), col("Minutes", "number"))
	for range 900 {
		activities.add(pick(b, []string{"Asked about winter storage", "Wants a date for Atlas", "Walked through the day view", "Sent the import sheet", "Price question, explained the tiers",
			"Unhappy about the printer", "Reference call with another shop", "Renewal talk", "Showed the portal", "No answer, try on Thursday"}),
			pick(b, activities.Columns[1].Options), b.moment(-b.between(0, 240), b.between(8, 17), 5*b.between(0, 11)), pick(b, refs),
			some(b, persons, b.between(1, 2)), pick(b, people()[8:14]), float64(5*b.between(1, 12)))
	}
	return d
}

func (b *builder) deals(t, accounts sheet, refs []Ref) {
	chance := map[string]float64{"Lead": 0.1, "Demo": 0.25, "Trial": 0.5, "Contract": 0.8, "Won": 1, "Lost": 0}
	for range 260 {
		i := b.rand.IntN(len(refs))
		stage := pick(b, t.Columns[2].Options)
		amount := float64(b.between(12, 240) * 100)
		close, step := b.between(1, 90), pick(b, []string{"Send offer", "Book a demo", "Ask for old data", "Call the owner", "Wait for the accountant"})
		if stage == "Won" || stage == "Lost" {
			close, step = -b.between(1, 200), ""
		}
		t.add(fmt.Sprintf("%s: %s", accounts.Rows[i].Values[0], pick(b, []string{"Sprocket for one year", "portal upgrade", "two more stands", "switch from paper", "second shop"})),
			refs[i], stage, amount, chance[stage], b.day(close), pick(b, people()[8:14]), step, amount*chance[stage])
	}
}

func (b *builder) support() *Doc {
	d := b.doc("Support Playbook", "support-playbook", "Support", "headset", 3)
	t := b.table(d, "Tickets", col("Subject", "text"), col("Shop", "text"), col("State", "select", options("New", "Open", "Waiting for shop", "Solved")),
		col("Severity", "select", options("S1", "S2", "S3")), col("Area", "select", options("Booking", "Portal", "Invoice", "Printer", "App", "Login")),
		col("Agent", "person"), col("Opened", "dateTime"), col("First answer (min)", "number"), col("Satisfied", "scale", upTo(5)))
	subjects := map[string][]string{
		"Booking": {"Calendar is empty since this morning", "Booked twice on one stand", "Mechanic missing in day view"},
		"Portal":  {"Booking stuck in review", "Customer sees the wrong opening hours", "Deposit paid but not shown"},
		"Invoice": {"One cent too much", "Wrong VAT for e-bikes", "Address of the old shop on invoices"},
		"Printer": {"Labels come out upside down", "It is the printer again", "Receipt cut off on the right"},
		"App":     {"Photos do not upload", "Not synced since yesterday", "Scanner reads the wrong number"},
		"Login":   {"New mechanic cannot log in", "Code never arrives", "Locked out after holiday"},
	}
	for range 650 {
		area := pick(b, t.Columns[4].Options)
		at := -b.between(0, 90)
		state := "Solved"
		if at > -8 {
			state = pick(b, t.Columns[2].Options)
		}
		severity := "S3"
		if b.chance(30) {
			severity = pick(b, []string{"S1", "S2", "S2", "S2"})
		}
		t.add(pick(b, subjects[area]), pick(b, towns)+" "+pick(b, shopWords), state, severity, area, pick(b, people()[13:20]),
			b.moment(at, b.between(7, 18), b.between(0, 59)), float64(b.between(3, 400)), float64(b.between(1, 5)))
	}
	t.view(d, "Urgent tickets", "default", func(r *Row) bool { return valueAt(r, 2) != "Solved" && valueAt(r, 3) != "S3" })
	return d
}

func (b *builder) marketing() *Doc {
	d := b.doc("Marketing Calendar", "marketing-calendar", "Marketing", "megaphone", 6)
	t := b.table(d, "Posts", col("Title", "text"), col("Channel", "select", many, options("Newsletter", "Blog", "Video", "Trade fair", "Social")),
		col("Date", "date"), col("Owner", "person"), col("State", "select", options("Idea", "Draft", "Ready", "Published")), col("Cost", "currency"), col("Link", "link"))
	for i := range 96 {
		at := -180 + 3*i
		state := "Published"
		if at > 0 {
			state = pick(b, []string{"Idea", "Draft", "Ready"})
		}
		title := fmt.Sprintf("%s in %s", pick(b, []string{"A morning at the workshop", "How a shop lost its phone queue", "Winter storage done right", "Meet the mechanics", "Eight tips for the season start"}), pick(b, towns))
		t.add(title, some(b, t.Columns[1].Options, b.between(1, 2)), b.day(at), pick(b, people()[15:20]), state, float64(b.between(0, 18)*50),
			Link{title, "https://fernhill.example/stories/" + strings.ToLower(slug(title))})
	}
	return d
}
