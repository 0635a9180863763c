//go:build unix

package index_test

import (
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"

	"codabridge/server/index"
)

// TestTheDiskIsFullWhileCrawling crawls in a process whose files may not grow:
// the owner is told, what is stored is found all the while, and with room
// again the crawler goes on to the end.
func TestTheDiskIsFullWhileCrawling(t *testing.T) {
	t.Parallel()
	if os.Getenv("CRAWL_FULL") == "" {
		child := exec.Command(os.Args[0], "-test.run=^TestTheDiskIsFullWhileCrawling$", "-test.v")
		child.Env = append(os.Environ(), "CRAWL_FULL=1")
		if out, err := child.CombinedOutput(); err != nil || strings.Contains(string(out), "no tests to run") {
			t.Fatalf("%v\n%s", err, out)
		}
		return
	}
	w, _, _ := library(t)
	b := newHarness(t, w)
	most := func(bytes uint64) {
		t.Helper()
		var l syscall.Rlimit
		if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &l); err != nil {
			t.Error(err)
		}
		l.Cur = min(bytes, l.Max)
		if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &l); err != nil {
			t.Error(err)
		}
	}
	b.each = func(n int64) {
		if n == 100 { // in the midst of the pages
			log, err := os.Stat(b.opt.Path + "-wal")
			if err != nil {
				t.Error(err)
				return
			}
			most(uint64(log.Size()))
		}
	}
	b.start()
	s := b.until("the owner is told", func(s index.Status) bool { return s.Trouble != "" })
	if !strings.Contains(s.Trouble, "disk is full") || s.Coverage.Complete() || s.Coverage.PagesRead == 0 {
		t.Fatalf("%q after %d of %d pages", s.Trouble, s.Coverage.PagesRead, s.Coverage.Pages)
	}
	for _, title := range []string{w.Docs[0].Name, w.Docs[len(w.Docs)-1].Name} {
		if a := b.search(title); len(a.Hits) == 0 || a.Coverage.Complete() {
			t.Errorf("%q finds %d, said to be complete: %v", title, len(a.Hits), a.Coverage.Complete())
		}
	}
	stored := s.Coverage.PagesRead
	b.x.Poke()
	s = b.until("it has tried again", func(s index.Status) bool { return s.Work == "" && s.Trouble != "" })
	if s.Coverage.PagesRead < stored {
		t.Errorf("%d pages stored, %d before", s.Coverage.PagesRead, stored)
	}
	most(1 << 40)
	b.x.Poke()
	s = b.crawled()
	if s.Trouble != "" {
		t.Error("still said with room again: ", s.Trouble)
	}
	b.finds("a page", "autovacuum", b.search("Postgres tuning notes").Hits[0].ID)
}
