//go:build !race

package index_test

import (
	"fmt"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// TestSearchHoldsOneLongTextAtATime: many large pages must neither fill the
// memory nor take long, and several searches must wait for each other.
func TestSearchHoldsOneLongTextAtATime(t *testing.T) {
	f := newFilled(t, "Library")
	var pages [][2]string
	for i := range 40 {
		pages = append(pages, [2]string{fmt.Sprint("Volume ", i), book(1_000_000, "a walrus sleeps")})
	}
	f.pages(0, pages...)
	pages = nil
	f.search("walrus sleeps")
	runtime.GC()
	var before, now runtime.MemStats
	runtime.ReadMemStats(&before)
	var most atomic.Uint64
	stop, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		for {
			select {
			case <-stop:
				return
			case <-time.After(time.Millisecond):
				runtime.ReadMemStats(&now)
				most.Store(max(most.Load(), now.HeapInuse))
			}
		}
	}()
	start := time.Now()
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			if a := f.search("walrus sleeps"); len(a.Hits) != 20 || a.More != 20 || !strings.Contains(a.Hits[0].Text, "**walrus** **sleeps**") {
				t.Errorf("%d hits, %d more: %+v", len(a.Hits), a.More, a.Hits[0])
			}
		})
	}
	all.Wait()
	took := time.Since(start)
	close(stop)
	<-done
	grew := (int64(most.Load()) - int64(before.HeapInuse)) >> 20
	t.Logf("4 searches over 40 pages of 1 MB: %s, %d MiB more", took, grew)
	if grew > 40 {
		t.Errorf("the heap grew by %d MiB for pages of 40 MB", grew)
	}
}
