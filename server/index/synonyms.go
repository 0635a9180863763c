package index

import (
	"slices"
	"strings"
	"sync"

	store "codabridge/server/store/index"
)

// synonyms are everyday words for one thing, as people ask for what somebody
// else has written. What has only another word of a group comes last.
var synonyms = sync.OnceValue(func() map[string][]string {
	out := map[string][]string{}
	for line := range strings.Lines(`vacation, time off, pto, annual leave, holiday, holidays, leave
		sick leave, sick day, sick days, illness
		parental leave, maternity, paternity
		salary, pay, wage, wages, compensation, payroll
		raise, pay rise, salary increase
		customer, customers, client, clients
		employee, employees, staff, team member, team members, colleague, colleagues
		hire, hires, hiring, recruit, recruiting, recruitment
		candidate, candidates, applicant, applicants
		fire, layoff, layoffs, redundancy, termination
		onboarding, new hire, new hires, first day
		offboarding, leaver, leavers
		meeting notes, minutes, notes
		agenda, schedule
		calendar, schedule
		bug, bugs, defect, defects
		outage, outages, downtime, incident, incidents
		invoice, invoices, bill, bills
		buy, purchase, purchases, procurement
		cost, costs, expense, expenses, spend, spending
		price, prices, pricing, fee, fees
		revenue, income, turnover
		refund, refunds, reimbursement, reimbursements, reimburse
		deadline, deadlines, due date, due
		owner, assignee, responsible, in charge
		phone, telephone, mobile, phone number
		photo, photos, picture, pictures, image, images
		birthday, birthdays, date of birth, dob, born
		password, passwords, passcode, credentials
		login, log in, sign in, signin
		sign up, signup, registration, register
		goal, goals, objective, objectives, target, targets
		kpi, kpis, metric, metrics
		hr, human resources
		ceo, chief executive
		faq, frequently asked questions
		remote work, work from home, working from home, wfh, home office
		contract, contracts, agreement, agreements
		supplier, suppliers, vendor, vendors
		competitor, competitors, rival, rivals, competition
		shipping, delivery, shipment, dispatch
		todo, to do, task, tasks
		travel, trip, trips, journey
		hotel, accommodation, lodging
		apartment, flat
		car, vehicle
		doctor, physician
		lawyer, attorney, solicitor
		film, movie
		uk, united kingdom, great britain
		usa, united states
		eu, european union`) {
		group := strings.Split(strings.TrimSpace(line), ", ")
		for _, w := range group {
			for _, o := range group {
				if o != w && !slices.Contains(out[w], o) {
					out[w] = append(out[w], o)
				}
			}
		}
	}
	return out
})

// sameAs are the words for what n words say: of a single one also by its stem,
// so that purchasing is buying as purchase is.
func sameAs(said string, n int) []string {
	if same := synonyms()[said]; n > 1 || len(same) > 0 {
		return same
	}
	for _, stem := range append(stems(said), families()[said]...) {
		if same := synonyms()[stem]; len(same) > 0 {
			return append([]string{stem}, same...)
		}
	}
	return nil
}

// longestSynonym is how many words the longest has.
const longestSynonym = 3

// withSynonyms lets each word, and words that stand side by side, be met by
// another for the same thing.
func withSynonyms(clauses []clause) []clause {
	for i := range clauses {
		for n := 1; n <= longestSynonym && i+n <= len(clauses); n++ {
			some := clauses[i : i+n]
			if slices.ContainsFunc(some, func(c clause) bool { return c.exact || c.symbol || c.dense || c.joined }) {
				break
			}
			var said []string
			for _, c := range some {
				said = append(said, c.words...)
			}
			for _, o := range sameAs(strings.Join(said, " "), n) {
				for k := range some {
					some[k].loose = append(some[k].loose, store.Term{Words: strings.Fields(o)})
				}
			}
		}
	}
	return clauses
}

// families are words of which one is made of the other in a way that no rule
// tells.
var families = sync.OnceValue(func() map[string][]string {
	out := map[string][]string{}
	for line := range strings.Lines(`decide decides decided decision decisions
		pay pays paid payment payments
		apply applies applied application applications
		approve approves approved approval approvals
		propose proposes proposed proposal proposals
		renew renews renewed renewal renewals
		refer refers referred referral referrals
		choose chose chosen choice choices
		know known knowledge
		grow grew grown growth
		lose lost loss losses
		sell sells sold sale sales
		buy bought buyer
		build built building builds
		meet met meeting meetings
		send sent
		write wrote written
		speak spoke spoken speech
		respond responds response responses
		describe describes description
		subscribe subscribes subscribed subscription subscriptions
		receive received receipt receipts
		success succeed succeeds succeeded successful
		fail fails failed failure failures
		strategy strategic
		analytics analytical
		price prices priced pricing
		budget budgets budgeting budgeted
		risk risks risky
		legal legally law
		finance finances financial
		compete competes competitor competition competitive
		integrate integration integrations
		expire expires expired expiry expiration
		maintain maintains maintained maintenance
		deliver delivers delivered delivery deliveries
		launch launches launched launching`) {
		all := strings.Fields(line)
		for _, w := range all {
			for _, o := range all {
				if o != w && !strings.HasPrefix(o, w) {
					out[w] = append(out[w], o)
				}
			}
		}
	}
	return out
})

// related are other forms of an English word that do not begin with it: of
// escalation escalate, of pricing prices, and the other way round.
func related(w string) []string {
	out := slices.Clone(families()[w])
	add := func(root string, endings ...string) {
		for _, e := range endings {
			if form := root + e; form != w && len(root) >= 4 && !slices.Contains(out, form) {
				out = append(out, form)
			}
		}
	}
	for _, ending := range []string{"ations", "ation", "ating"} {
		if root, ok := strings.CutSuffix(w, ending); ok {
			add(root+"at", "e", "es", "ed", "ion", "ing")
			return out
		}
	}
	for _, ending := range []string{"ions", "ion"} {
		if root, ok := strings.CutSuffix(w, ending); ok {
			add(root, "e", "", "ed", "ing")
			return out
		}
	}
	for _, ending := range []string{"ments", "ment"} {
		if root, ok := strings.CutSuffix(w, ending); ok {
			add(root, "")
			return out
		}
	}
	if root, ok := strings.CutSuffix(w, "ing"); ok {
		add(root, "es", "ed", "s")
		return out
	}
	if root, ok := strings.CutSuffix(w, "e"); ok {
		add(root, "ing", "ion", "ions")
	}
	if root, ok := strings.CutSuffix(w, "y"); ok && len(w) > 5 {
		add(root, "ied")
	}
	return out
}
