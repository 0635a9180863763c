//go:build !race

package index_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"codabridge/server/index"
)

// FuzzQuery asks whatever somebody may type, of an index that is half sealed, as
// one who may see one of two docs. Nothing of the other may show.
func FuzzQuery(f *testing.F) {
	const secret = "xylophonist"
	account, _ := plainAccount(f, rand.New(rand.NewPCG(5, 5)), true)
	account.pages(1, [2]string{"Secret " + secret, "The " + secret + " of 2026-03-12 knows +49 30 1234567."})
	for _, q := range []string{`plan -status "open review"`, "doc:plan type:row budget", "xylophonis", "xylophnist", "2026-3-12", "+4930 1234567", "🚀 ½ 水 각", "e-mail v2.10.3",
		`"` + strings.Repeat("a ", 40), "-doc:team in q3", "tsinohpolyx", "\xff\x00NEAR(a b)", "rechnungs nummer statuss"} {
		f.Add(q, uint8(3))
	}
	f.Fuzz(func(t *testing.T, query string, skip uint8) {
		ask := index.Ask{Query: query, Limit: 5, Skip: int(skip), Documents: []string{"doc0000000"}}
		a, err := account.x.Search(context.Background(), ask)
		if err != nil {
			t.Fatalf("%q: %v", query, err)
		}
		if len(a.Hits) > 5 || a.More < 0 || a.Lacking > a.More {
			t.Errorf("%q: %+v", query, a)
		}
		for _, h := range a.Hits {
			if h.DocID != "doc0000000" {
				t.Errorf("%q found %+v", query, h)
			}
		}
		if strings.Contains(fmt.Sprint(a), secret) && !strings.Contains(strings.ToLower(query), secret) {
			t.Errorf("%q is told of what it may not see: %+v", query, a)
		}
		ask.Documents = nil
		if _, err := account.x.SearchAll(context.Background(), ask); err != nil {
			t.Fatalf("%q: %v", query, err)
		}
	})
}
