package index

import (
	"context"
)

// Words cuts a text as the crawler does, for benchmarks that fill a database
// without a crawler.
var Words = words

// Also gives the words by which texts are found beside their own, likewise.
var Also = also

// SearchAll reads and weighs all that fits, instead of what promises
// most.
func (x *Index) SearchAll(ctx context.Context, a Ask) (Answer, error) {
	a.exhaustive = true
	return x.Search(ctx, a)
}

// SearchFew keeps few places by what they may weigh, as a search of a large
// account does.
func (x *Index) SearchFew(ctx context.Context, a Ask) (Answer, error) {
	a.kept = 32
	return x.Search(ctx, a)
}

// Others are the words that count as one for less.
func Others(w string) []string { return append(stems(w), related(w)...) }
