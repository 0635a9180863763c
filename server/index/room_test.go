package index_test

import (
	"fmt"
	"os"
	"testing"

	"codabridge/server/coda/codatest"
)

// TestACrawlLeavesNoRoomUnused: what it needed meanwhile is given back when it
// ends, and its log is not left long.
func TestACrawlLeavesNoRoomUnused(t *testing.T) {
	t.Parallel()
	w := small()
	for i := range 40 {
		w.Docs[0].Pages = append(w.Docs[0].Pages, &codatest.Page{ID: fmt.Sprint("canvas-long-", i), Name: "Long", Body: book(20_000, "walrus"), Updated: w.Docs[0].Updated})
	}
	b := newHarness(t, w)
	b.start()
	s := b.crawled()
	log, err := os.Stat(b.opt.Path + "-wal")
	if err != nil || log.Size() > 64<<10 {
		t.Errorf("the log is left: %+v %v", log, err)
	}
	if text := int64(40 * 20_000); s.Bytes > 2*text {
		t.Errorf("%d bytes for %d of text", s.Bytes, text)
	}
	b.finds("what was there before", "radishes", "page:garden0001/canvas-beds")
}
