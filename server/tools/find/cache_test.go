package find

import (
	"context"
	"testing"
	"testing/synctest"
	"time"
)

// TestAFetchThatPanicsLeavesNothingTaken: those who wait for it are told, the
// older answer stands again, and the next one asks anew.
func TestAFetchThatPanicsLeavesNothingTaken(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := NewCache[string](time.Now, 10)
		ctx := context.Background()
		c.Put("old", "before")
		time.Sleep(time.Hour)
		for _, key := range []string{"new", "old"} {
			begun, goOn, waited := make(chan struct{}), make(chan struct{}), make(chan error)
			go func() {
				defer func() { _ = recover() }()
				_, _ = c.Get(ctx, key, time.Minute, func(context.Context) (string, error) { close(begun); <-goOn; panic("a fault of ours") })
			}()
			<-begun
			go func() {
				_, err := c.Get(ctx, key, time.Minute, func(context.Context) (string, error) { return "asked twice", nil })
				waited <- err
			}()
			synctest.Wait()
			close(goOn)
			if err := <-waited; err == nil {
				t.Errorf("%s: who waited was told nothing", key)
			}
			if value, _, ok := c.Peek(key); ok != (key == "old") || ok && value != "before" {
				t.Errorf("%s: %q stands, %v", key, value, ok)
			}
			if got, err := c.Get(ctx, key, time.Minute, func(context.Context) (string, error) { return "again", nil }); got != "again" || err != nil {
				t.Errorf("%s: asked anew: %q, %v", key, got, err)
			}
		}
	})
}
