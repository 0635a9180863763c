package index

import (
	"context"
	"math"
)

// Words cuts a text as the crawler does, for benchmarks that fill a database
// without a crawler.
var Words = words

// Also gives the words by which texts are found beside their own, likewise.
var Also = also

// SearchFew reads hardly anything but what sketches promise most of, in an
// index of any size.
func (x *Index) SearchFew(ctx context.Context, a Ask) (Answer, error) {
	a.few = 1
	return x.Search(ctx, a)
}

// SearchAll reads and weighs all that fits, instead of what sketches promise
// most of.
func (x *Index) SearchAll(ctx context.Context, a Ask) (Answer, error) {
	a.few = math.MaxInt32
	return x.Search(ctx, a)
}
