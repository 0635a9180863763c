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
	found, err := indexFigures(ctx, "^Benchmark(Search|FirstIndex)$/^5000pages_200000rows$")
	if err != nil {
		return err
	}
	for _, need := range []string{"alone-p50-ms", "crawling-p50-ms", "minutes-at-half-limit"} {
		if _, ok := found[need]; !ok {
			return fmt.Errorf("no %s in the output of the index room's benchmarks: %w", need, errShort)
		}
	}
	how := "300 queries over a generated account of 5,000 pages and 200,000 rows: a third rare words, a third common ones, a third phrases, beginnings of words and words left out. The words are as unevenly spread as those of a language."
	for _, way := range []struct{ name, what string }{{"alone", "content search"}, {"crawling", "the same during a crawl"}} {
		p50, p95, p99 := found[way.name+"-p50-ms"], found[way.name+"-p95-ms"], found[way.name+"-p99-ms"]
		b.report.add(row{what: way.what + ", p50", ours: fmt.Sprintf("%.1f ms", p50), target: "< 8 ms", ok: p50 < 8, how: how,
			detail: fmt.Sprintf("%s: p95 %.0f ms, p99 %.0f ms; %.1f ms of processor a query.", way.what, p95, p99, found["CPU-ms/query"]),
			why:    "Every place of a common word is counted."})
	}
	minutes := found["minutes-at-half-limit"]
	b.report.add(row{what: "first index of that account", ours: fmt.Sprintf("%.1f min", minutes), target: "< 20 min", ok: minutes < 20,
		how: fmt.Sprintf("A crawl of the same account behind the fake Coda makes %.0f requests, counted; the minutes are those at half of Coda's limit, 50 reads in 6 s. After five docs have changed, the next round makes %.0f. On the disk the index takes %.2f bytes for each byte of text; the process holds %.0f MiB.",
			found["requests"], found["requests-after-5-changes"], found["disk-bytes/text-byte"], found["RSS-MiB"]),
		why: "Each page takes a request of its own."})
	if err := b.disk(ctx); err != nil {
		return err
	}
	return b.agreement(ctx)
}

// disk says how much room accounts take, small ones and such with short rows too.
func (b *bench) disk(ctx context.Context) error {
	for _, a := range []struct{ what, account string }{
		{"index on the disk, 20,000 rows", "600pages_20000rows"}, {"the same, 2,000 rows", "60pages_2000rows"},
		{"the same, 20,000 rows of one line", "0pages_20000rows_of_6words"},
	} {
		found, err := indexFigures(ctx, "^BenchmarkDisk$/^"+a.account+"$")
		if err != nil {
			return err
		}
		size, ok := found["disk-bytes/text-byte"]
		if !ok {
			return fmt.Errorf("no size in the output of the benchmark of %s: %w", a.account, errShort)
		}
		b.report.add(row{what: a.what, ours: fmt.Sprintf("%.2f bytes a byte of text", size), target: "< 3", ok: size < 3,
			how: fmt.Sprintf("%.1f MiB of titles, texts and values; ids, links and times are not counted as text, but stored too. An empty index takes %.2f of it.",
				found["MiB-of-text"], found["empty-bytes/text-byte"])})
	}
	return nil
}

// agreement says whether the ten best hits are those that reading and weighing
// everything finds; that takes minutes in a larger account.
func (b *bench) agreement(ctx context.Context) error {
	found, err := indexFigures(ctx, "^BenchmarkAgreement$/^600pages_20000rows$")
	if err != nil {
		return err
	}
	least := 1.0
	for _, kind := range []string{"rare", "rare+common", "common", "common+common", "phrase", "begun", "natural"} {
		share, ok := found[kind]
		if !ok {
			return fmt.Errorf("no %s in the output of the benchmark of agreement: %w", kind, errShort)
		}
		least = min(least, share)
	}
	b.report.add(row{what: "the ten best of a search are the ten best", ours: fmt.Sprintf("%.3f", least), target: ">= 0.98", ok: least >= 0.98,
		how: "The share of the ten best hits that weighing every place finds too, over 300 generated and 100 natural queries and 20,000 rows; the worst kind of query."})
	return nil
}

// indexFigures runs benchmarks of the index room.
func indexFigures(ctx context.Context, pattern string) (map[string]float64, error) {
	out, err := exec.CommandContext(ctx, "go", "test", "-run", "^$", "-bench", pattern, "-benchtime", "1x", "-timeout", "20m", "./server/index").Output()
	if err != nil {
		var exit *exec.ExitError
		if errors.As(err, &exit) {
			err = fmt.Errorf("%w: %s %s", err, exit.Stderr, out)
		}
		return nil, fmt.Errorf("go test: %w", err)
	}
	return figures(string(out)), nil
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
