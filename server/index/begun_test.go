package index

import "testing"

// TestMarksHideNoWord: each clause is met as often with marks as without, also in
// texts whose words are known already.
func TestMarksHideNoWord(t *testing.T) {
	t.Parallel()
	texts := [][]token{
		tokens("Planning of plans: a planner planned the plan, plans plan and e-mail or email"),
		tokens("On 2026-03-12 and 2026-12-03 the pri price, prices and pricing of escalations; escalate 12.03.2026"),
		tokens("status: blocked status blocked by blockers 東京展示会 the plan by"), tokens(""),
	}
	met := 0
	for _, text := range []string{"plans price status", "pri plan block", "e-mail escalation planned", "12.03.2026 status:blocked planning",
		`"the plan" prices "status blocked" email`, "12 march 2026 plan", "東京展示会 plan pri", "pri plan st", "pri plan b"} {
		q := parse(text)
		for i := range q.clauses {
			if c := &q.clauses[i]; len(c.words) == 1 && !c.exact && !c.dense {
				c.other = otherForms(c.words[0])
			}
		}
		q.number()
		for _, in := range append(texts, texts...) {
			plain := append([]token(nil), in...)
			q.mark(in)
			for i := range q.clauses {
				c := q.clauses[i]
				marked := c.hits(in)
				c.bit = 0
				if want := c.hits(plain); marked != want {
					t.Errorf("%q: %q is met %v times in %v, want %v", text, c.words, marked, plain, want)
				} else if want > 0 {
					met++
				}
			}
			for i := range len(q.clauses) - 1 {
				a, b := q.clauses[i], q.clauses[i+1]
				marked := beside(&a, &b, in)
				a.bit, b.bit = 0, 0
				if want := beside(&a, &b, plain); marked != want {
					t.Errorf("%q: %q beside %q is %v, want %v", text, a.words, b.words, marked, want)
				}
			}
		}
		if q.begun == nil {
			t.Errorf("%q was not marked", text)
		}
	}
	if met < 40 {
		t.Errorf("%d are met", met)
	}
}
