package index_test

import (
	"context"
	"testing"

	"codabridge/server/index"
)

// TestAnAnswerTellsWhichIndexItIsOf: one whose rest is asked for after a change may
// have moved.
func TestAnAnswerTellsWhichIndexItIsOf(t *testing.T) {
	t.Parallel()
	f := newFilled(t, "Zoo")
	f.rows(0, "otter", "otter one", "otter two", "otter three")
	ask := func(skip int) uint32 {
		a, err := f.x.Search(context.Background(), index.Ask{Query: "otter", Limit: 1, Skip: skip})
		f.must(err)
		return a.Mark
	}
	first := ask(0)
	if again := ask(1); first == 0 || again != first {
		t.Errorf("the first results are of %x, the next of %x", first, again)
	}
	f.must(f.db.Seal(context.Background(), 0))
	sealed := ask(1)
	f.pages(0, [2]string{"Pond", "an otter swims"})
	if changed := ask(1); sealed == first || changed == sealed {
		t.Errorf("%x, sealed %x, changed %x", first, sealed, changed)
	}
}
