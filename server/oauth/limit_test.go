//go:build !race

package oauth

import (
	"fmt"
	"testing"
	"time"

	"codabridge/server/clocktest"
)

func TestLimiterForgetsKeysItHasNotSeenLately(t *testing.T) {
	t.Parallel()
	c := clocktest.At(time.Now())
	l := NewLimiter(c.Now, 2, time.Second)
	for i := range 100_000 {
		l.Allow(fmt.Sprint(i))
		if i%1000 == 0 && i > 2000 && l.Allow("steady") {
			t.Fatal("a steady caller was forgotten")
		} else if i == 1000 {
			l.Allow("steady")
			l.Allow("steady")
		}
	}
	if n := len(l.cur) + len(l.old); n > 2*bucketsKept+1 {
		t.Errorf("%d keys kept", n)
	}
	c.Advance(time.Second)
	if !l.Allow("steady") || l.Allow("steady") {
		t.Error("one a second is allowed")
	}
}
