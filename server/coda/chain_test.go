package coda_test

import (
	"fmt"
	"strings"
	"testing"

	"codabridge/server/coda"
)

// TestAListThatNeverEndsIsAnError: taken for complete, what it did not show
// would look deleted.
func TestAListThatNeverEndsIsAnError(t *testing.T) {
	t.Parallel()
	for what, after := range map[string]func(n int) int{
		"the same token again":            func(int) int { return 1 },
		"back to the first":               func(n int) int { return n % 3 },
		"back to one in the middle":       func(n int) int { return min(n, 40+n%7) },
		"a new token each time, for ever": func(n int) int { return n },
	} {
		n := 0
		var failed error
		for _, err := range coda.Each(func(string) (coda.Page[int], error) {
			n++
			return coda.Page[int]{Items: []int{n}, NextPageToken: fmt.Sprint("token", after(n))}, nil
		}) {
			failed = err
		}
		if !coda.IsKind(failed, coda.KindOdd) {
			t.Errorf("%s: %v after %d pages", what, failed, n)
		}
	}
	if all := collect(t, func(token string) (coda.Page[int], error) {
		at := len(token)
		return coda.Page[int]{Items: []int{at}, NextPageToken: strings.Repeat("x", (at+1)%9)}, nil
	}); len(all) != 9 {
		t.Errorf("a list of nine pages: %v", all)
	}
}
