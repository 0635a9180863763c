package alike

import (
	"slices"
	"testing"
)

// TestTheStrictestWayThatFitsDecides: two names that differ by case alone are
// told apart by it, and one that is written otherwise is found all the same.
func TestTheStrictestWayThatFitsDecides(t *testing.T) {
	t.Parallel()
	names := []string{"Due", "due", "Café", "Cafe", "Owner’s  share", "Pri\u200bce", "Status"}
	for ref, want := range map[string][]string{
		"Due": {"Due"}, "DUE": {"Due", "due"}, "café": {"Café"}, "CAFE": {"Cafe"}, "owner's share": {"Owner’s  share"},
		"price": {"Pri\u200bce"}, "ｓｔａｔｕｓ": {"Status"}, "": nil, " \u200b": nil, "nothing": nil,
	} {
		if got := Of(ref, names, func(s string) string { return s }); !slices.Equal(got, want) {
			t.Errorf("%q is %q, want %q", ref, got, want)
		}
	}
}

// TestPicturesInANameNeedNotBeSaid where one name is meant; whoever gives another
// picture means another name.
func TestPicturesInANameNeedNotBeSaid(t *testing.T) {
	t.Parallel()
	names := []string{"🎨 Studio", "Invoices 💶", "✅ Done", "❌ Not done", "👩🏽‍💻 Team — core", "🇩🇪 Berlin", "🏠", "Red ❤️", "Blue 💙", "Red ♥", "C++", "A-", "20 °C"}
	for ref, want := range map[string][]string{
		"studio": {"🎨 Studio"}, "INVOICES": {"Invoices 💶"}, "done": {"✅ Done"}, "not  done": {"❌ Not done"}, "Team - core": {"👩🏽‍💻 Team — core"}, "berlin": {"🇩🇪 Berlin"},
		"❌ Done": nil, "❌ Studio": nil, "Red": nil, "Blue": {"Blue 💙"}, "": nil, "🎨": nil, "C": nil, "A": nil, "A+": nil, "20 c": {"20 °C"},
	} {
		if got := Of(ref, names, func(s string) string { return s }); !slices.Equal(got, want) {
			t.Errorf("%q is %q, want %q", ref, got, want)
		}
	}
}

func TestWhatIsNearestComesFirst(t *testing.T) {
	t.Parallel()
	names := []string{"Budget", "Estimate (days)", "Assignee", "Status", "Due date"}
	for ref, want := range map[string]string{"Asignee": "Assignee", "date": "Due date", "statuss": "Status", "estimate": "Estimate (days)"} {
		if got := NearestFirst(ref, names, func(s string) string { return s }); got[0] != want || len(got) != len(names) {
			t.Errorf("near %q: %q", ref, got)
		}
	}
	if n := Slips([]rune("assignee"), []rune("asisgnee")); n != 1 {
		t.Errorf("two letters swapped are %d slips", n)
	}
}

func TestLettersAndDigitsMakeAColumnsName(t *testing.T) {
	t.Parallel()
	names := []string{"Due date", "E-mail", "Net (€)", "Q1", "Q-1", "…"}
	for ref, want := range map[string][]string{
		"due_date": {"Due date"}, "dueDate": {"Due date"}, "email": {"E-mail"}, "net": {"Net (€)"}, "q 1": {"Q1", "Q-1"}, "due": nil, "": nil, "…": nil,
	} {
		if got := OfLetters(ref, names, func(s string) string { return s }); !slices.Equal(got, want) {
			t.Errorf("%q is %q, want %q", ref, got, want)
		}
	}
}
