//go:build unix

package index_test

import (
	"fmt"
	"os"
	"testing"

	"codabridge/server/index"
)

// growing are accounts of five sizes, each with its share of pages.
var growing = []account{{10, 60, 40, 2_000, 36}, accounts[0], accounts[1], {500, 12_000, 2_000, 600_000, 36}, accounts[2]}

// BenchmarkSearchGrows is how the cost of a search grows with the account: the
// queries of BenchmarkSearch, by their kind, alone. The two largest accounts take
// many minutes to make and only run with CODABRIDGE_BENCH_LARGE set.
func BenchmarkSearchGrows(b *testing.B) {
	for i, a := range growing {
		if i > 2 && os.Getenv("CODABRIDGE_BENCH_LARGE") == "" {
			continue
		}
		b.Run(fmt.Sprintf("%drows", a.rows), func(b *testing.B) {
			overAccount(b, a, func(x *index.Index, path string, queries []string) {
				cpu := processor()
				percentiles(b, "alone", measure(b, x, queries))
				b.ReportMetric(float64((processor()-cpu).Microseconds())/1000/float64(len(queries)), "CPU-ms/query")
				for k, name := range []string{"rare", "rare+common", "common", "common+common", "phrase", "begun"} {
					var of []string
					for n := k; n < len(queries); n += 6 {
						of = append(of, queries[n])
					}
					cpu := processor()
					measure(b, x, of)
					b.ReportMetric(float64((processor()-cpu).Microseconds())/1000/float64(len(of)), "CPU-ms/"+name)
				}
				b.ReportMetric(resident(), "RSS-MiB")
			})
		})
	}
}
