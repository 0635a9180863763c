package main

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strconv"
	"strings"
)

// searches runs the benchmarks of the index room, which make the account that
// the targets speak of, and takes their figures over.
func (b *bench) searches(ctx context.Context) error {
	const size = "5000pages_200000rows"
	out, err := exec.CommandContext(ctx, "go", "test", "-run", "^$", "-bench", "^Benchmark(Search|FirstIndex)$/^"+size+"$", "-benchtime", "1x", "-timeout", "20m", "./server/index").Output()
	if err != nil {
		var exit *exec.ExitError
		if errors.As(err, &exit) {
			err = fmt.Errorf("%w: %s %s", err, exit.Stderr, out)
		}
		return fmt.Errorf("go test: %w", err)
	}
	found := figures(string(out))
	for _, need := range []string{"alone-p50-ms", "crawling-p50-ms", "minutes-at-half-limit"} {
		if _, ok := found[need]; !ok {
			return fmt.Errorf("no %s in the output of the index room's benchmarks: %w\n%s", need, errShort, out)
		}
	}
	how := "300 queries over a generated account of 5,000 pages and 200,000 rows: a third rare words, a third common ones, a third phrases, beginnings of words and words left out. The words are as unevenly spread as those of a language."
	for _, way := range []struct{ name, what string }{{"alone", "content search"}, {"crawling", "the same during a crawl"}} {
		p50, p95, p99 := found[way.name+"-p50-ms"], found[way.name+"-p95-ms"], found[way.name+"-p99-ms"]
		b.report.add(row{what: way.what + ", p50", ours: fmt.Sprintf("%.1f ms", p50), target: "< 20 ms", ok: p50 < 20, how: how,
			detail: fmt.Sprintf("%s: p95 %.0f ms, p99 %.0f ms.", way.what, p95, p99),
			why:    "Rows with common words are weighed one by one."})
	}
	minutes := found["minutes-at-half-limit"]
	b.report.add(row{what: "first index of that account", ours: fmt.Sprintf("%.1f min", minutes), target: "< 20 min", ok: minutes < 20,
		how: fmt.Sprintf("A crawl of the same account behind the fake Coda makes %.0f requests, counted; the minutes are those at half of Coda's limit, 50 reads in 6 s. After five docs have changed, the next round makes %.0f. On the disk the index takes %.2f bytes for each byte of text; the process holds %.0f MiB.",
			found["requests"], found["requests-after-5-changes"], found["disk-bytes/text-byte"], found["RSS-MiB"]),
		why: "Each page takes a request of its own."})
	return nil
}

// figures reads the metrics of go test -bench: "value unit" in turns.
func figures(out string) map[string]float64 {
	found := map[string]float64{}
	for line := range strings.Lines(out) {
		fields := strings.Fields(line)
		if len(fields) < 4 || !strings.HasPrefix(fields[0], "Benchmark") {
			continue
		}
		for i := 2; i+1 < len(fields); i += 2 {
			if v, err := strconv.ParseFloat(fields[i], 64); err == nil {
				found[fields[i+1]] = v
			}
		}
	}
	return found
}
