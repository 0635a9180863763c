package turns_test

import (
	"sync"
	"testing"
	"testing/synctest"

	"codabridge/server/turns"
)

// TestOneReadsWhileTheOthersWork: messages are taken one at a time and in their
// order, work goes on beside it, and Take does not wait for work.
func TestOneReadsWhileTheOthersWork(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const all = 40
		var reading sync.Mutex
		taken, free, done := 0, make(chan struct{}), make(chan int, all)
		turns.Take(func() (func(), bool) {
			if !reading.TryLock() {
				t.Error("two read at once")
			}
			defer reading.Unlock()
			taken++
			number := taken
			if number%4 == 0 {
				return nil, true // nothing to do about it
			}
			return func() { <-free; done <- number }, number < all-1
		})
		synctest.Wait()
		if taken != all-1 || len(done) > 0 {
			t.Errorf("%d taken and %d done while all work is held", taken, len(done))
		}
		close(free)
		synctest.Wait()
		if len(done) != all-1-taken/4 {
			t.Errorf("%d done of %d", len(done), taken)
		}
	})
}

// TestWhatComesOneByOneNeedsFewGoroutines: who has done its work reads again.
func TestWhatComesOneByOneNeedsFewGoroutines(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		in, done := make(chan bool), make(chan struct{})
		over := make(chan struct{})
		go func() {
			defer close(over)
			turns.Take(func() (func(), bool) {
				more := <-in
				return func() { done <- struct{}{} }, more
			})
		}()
		for range 100 {
			in <- true
			<-done
		}
		in <- false
		<-done
		<-over
	})
}
