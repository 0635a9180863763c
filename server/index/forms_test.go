//go:build !race

package index_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"codabridge/server/index"
)

// TestOtherFormsComeBehind: what is written otherwise is found, on pages and in
// rows, and never before what holds the words themselves.
func TestOtherFormsComeBehind(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ query, exact, other string }{
		{"اجتماع", "خطة اجتماع", "محضر الاجتماع"},
		{"الاجتماع", "محضر الاجتماع", "خطة اجتماع"},
		{"بطاقة", "بطاقة الدخول", "الدفع بالبطاقة"},
		{"مدرسه", "مدرسة", "والمدرسة القديمة"},
		{"ישיבה", "ישיבה קצרה", "הישיבה הבאה"},
		{"הישיבה", "סיכום הישיבה", "ישיבה קצרה"},
		{"תקציב", "תקציב שנתי", "ובתקציב החדש"},
		{"user id", "the user has an id", "call getUserId now"},
		{"timeout", "a timeout of a minute", "set HTTPServerTimeout"},
		{"server timeout", "the server has a timeout", "set HTTPServerTimeout"},
		{"get user by id", "to get the user by id", "GetUserByID"},
		{"nummer", "die Nummer", "Rechnungsnummer"},
		{"nummern", "alle Nummern", "Rechnungsnummern"},
		{"bahnhof", "am Bahnhof", "Hauptbahnhof"},
		{"adres", "het adres", "leveringsadres"},
		{"κέντρο", "το κέντρο", "τηλεφωνικόκέντρο"},
		{"2.10.3", "since 2.10.3", "since v2.10.3"},
		{"v2.10.3", "since v2.10.3", "since 2.10.3"},
		{"1.26.11", "go 1.26.11", "with go1.26.11 only"},
		{"4711", "order 4711", "order PO4711"},
		{"INV-2024-0042", "see INV-2024-0042", "see INV20240042"},
		{"INV20240042", "see INV20240042", "see INV-2024-0042"},
		{"42", "order 42", "order #00042"},
		{"00042", "order 00042", "order 42"},
		{"5551234567", "call 5551234567", "call +1 (555) 123-4567"},
		{"555-123-4567", "call 555 123 4567", "call +15551234567"},
		{"+1 (555) 123-4567", "call +1 (555) 123-4567", "call 555.123.4567"},
		{"030 901234", "ruf 030 901234", "ruf +49 30 90 12 34"},
		{"٤٧١١", "طلب 4711", "طلب PO4711"},
		{"mouse", "a mouse", "three mice"},
		{"mice", "mice", "one mouse"},
		{"child", "a child", "their grandchildren"},
		{"analyses", "two analyses", "the analysis"},
		{"indices", "indices", "the index"},
		{"journaux", "les journaux", "un journal"},
		{"luces", "las luces", "la luz"},
		{"ações", "as ações", "a ação"},
	} {
		long := strings.Repeat("and so it goes on with other things ", 300)
		f := newFilled(t, "Texts", "Rows")
		f.pages(0, [2]string{"In the name: " + c.other, c.other}, [2]string{"Exact", long + c.exact + " " + long}, [2]string{"Neither", long})
		f.rows(1, "x", "row "+c.other, "row "+c.exact, "neither")
		var got []string
		a := f.search(c.query)
		for _, h := range a.Hits {
			got = append(got, h.Title)
		}
		place := func(title string) int { return slices.Index(got, title) }
		others := []int{place("In the name: " + c.other), place("row " + c.other)}
		exact := []int{place("Exact"), place("row " + c.exact)}
		if slices.Contains(append(others, exact...), -1) || slices.Min(others) < slices.Max(exact) || place("Neither") >= 0 || place("neither") >= 0 {
			t.Errorf("%s found %q", c.query, got)
		}
		if p := index.Parse(c.query); !p.Meets("x "+c.other, "") || !p.Meets("x", c.exact) || p.Meets("x", "y") {
			t.Errorf("%s: names do not meet it as texts do", c.query)
		}
		if strings.Contains(a.Odd, "was looked for too") {
			t.Errorf("%s: %s", c.query, a.Odd)
		}
	}
}

// TestOtherFormsOfExactWords: an exact phrase is itself alone, and a word that
// is left out takes no name away in which it is a part.
func TestOtherFormsOfExactWords(t *testing.T) {
	t.Parallel()
	f := newFilled(t, "Texts")
	f.pages(0, [2]string{"One", "call getUserById with the Rechnungsnummer"}, [2]string{"Two", "a report on mice"}, [2]string{"Three", "the 🚀 flies, v2.10.3 ✅"})
	for _, c := range []struct{ query, found string }{
		{`"user by id"`, ""}, {`"mouse"`, ""}, {`"2.10.3"`, ""}, {`"nummer"`, ""},
		{"call -user", "One"}, {"call -nummer", "One"}, {"flies -🚀", ""}, {"flies -🧪", "Three"},
		{"port", ""}, {"tion", ""}, {"🚀 ✅", "Three"}, {"🚀✅", "Three"}, {"🚀 mice", "Two, Three"}, {`"🚀"`, "Three"}, {`"the flies"`, "Three"},
		{"doc:texts 🚀", "Three"}, {"type:page 🚀", "Three"}, {"🚀🧪", "Three"}, {"👩‍🚀", "Three"},
	} {
		if got := titles(f.search(c.query)); got != c.found {
			t.Errorf("%s found %q, want %q", c.query, got, c.found)
		}
	}
	if a := f.search("🚀"); !strings.Contains(a.Hits[0].Text, "**🚀**") {
		t.Errorf("it shows %q", a.Hits[0].Text)
	}
	for query, marked := range map[string]string{"user id": "**getUserById**", "nummer": "**Rechnungsnummer**", "2.10.3": "**v2.10.3**", "mouse": "**mice**"} {
		if a := f.search(query); len(a.Hits) != 1 || !strings.Contains(a.Hits[0].Text, marked) {
			t.Errorf("%s shows %+v", query, a.Hits)
		}
	}
}

// TestNoTextMakesManyForms: whatever stands in a text, what it is found by
// beside its words is bounded by it.
func TestNoTextMakesManyForms(t *testing.T) {
	t.Parallel()
	for what, text := range map[string]string{
		"a number without end":   strings.Repeat("1234567 ", 5000),
		"a number in one":        strings.Repeat("1", 50_000),
		"a name without end":     strings.Repeat("aB", 25_000),
		"turns":                  strings.Repeat("a1", 25_000),
		"marks":                  strings.Repeat("a-", 25_000),
		"a version without end":  "v" + strings.Repeat("1.", 25_000),
		"versions":               strings.Repeat("v1.", 20_000),
		"zeros":                  strings.Repeat("0", 50_000),
		"pictures":               strings.Repeat("🚀", 10_000),
		"zeros and words":        strings.Repeat("007-abc_", 6000),
		"broken letters":         strings.Repeat("\xff\xf0", 20_000),
		"private letters":        strings.Repeat("\ue000user \ue001resu ", 5000),
		"long words":             strings.Repeat("Donaudampfschifffahrtsgesellschaft", 1500),
		"accents without letter": strings.Repeat("\u0301", 20_000),
	} {
		if out := index.Also(text); len(out) > len(text)+512 {
			t.Errorf("%s: %d bytes of %d", what, len(out), len(text))
		}
	}
	if got, want := fmt.Sprintf("%q", index.Also("\ue000user")), `""`; got != want {
		t.Errorf("a private letter of a text passes for a mark: %s", got)
	}
}
