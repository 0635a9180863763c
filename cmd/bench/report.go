package main

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"runtime"
	"slices"
	"strings"
	"text/tabwriter"
	"time"
)

// row is one line of the table.
type row struct {
	what, ours, target string
	// bare is the reference and ratio ours over it; both may be empty.
	bare, ratio string
	ok          bool
	// missed is what was measured of what the target asks, where that is not ours.
	missed string
	// how says what was done; rows in a row that have it in common share it.
	// detail adds to it what is this row's own. why, for a miss, is the reason
	// as far as known.
	how, detail, why string
}

// report is what was measured.
type report struct {
	rows []row
	// absent are rows that could not be measured here, with the reason.
	absent []string
	took   time.Duration
}

func (r *report) add(all ...row) { r.rows = append(r.rows, all...) }

// print writes the table, how each row was made, and every miss again.
func (r *report) print(out io.Writer) error {
	var b strings.Builder
	fmt.Fprintf(&b, "codabridge bench, %s/%s, %d CPUs, %s, took %.0f s\n"+
		"Medians. Coda and ngrok are fakes on this computer, so no network is in any number.\n\n",
		runtime.GOOS, runtime.GOARCH, runtime.NumCPU(), runtime.Version(), r.took.Seconds())
	t := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "#\tWHAT\tOURS\tTARGET\tBARE\tOURS/BARE\t")
	for i, row := range r.rows {
		fmt.Fprintf(t, "%d\t%s\t%s\t%s\t%s\t%s\t%s\n", i+1, row.what, row.ours, row.target,
			cmp.Or(row.bare, "-"), cmp.Or(row.ratio, "-"), mark(row.ok))
	}
	_ = t.Flush()
	r.writeHow(&b)
	_, err := io.WriteString(out, b.String())
	return err
}

func (r *report) writeHow(b *strings.Builder) {
	fmt.Fprintln(b, "\nHow:")
	for i := 0; i < len(r.rows); {
		first, text := i, r.rows[i].how
		for ; i < len(r.rows) && r.rows[i].how == r.rows[first].how; i++ {
			text += " " + r.rows[i].detail
		}
		label := fmt.Sprint(first + 1)
		if i > first+1 {
			label += fmt.Sprintf("-%d", i)
		}
		paragraph(b, label, text)
	}
	r.explainMisses(b)
	for i, text := range r.absent {
		if i == 0 {
			fmt.Fprintln(b, "\nNot measured:")
		}
		paragraph(b, "", text)
	}
}

func (r *report) explainMisses(b *strings.Builder) {
	misses := 0
	for i, row := range r.rows {
		if row.ok {
			continue
		}
		misses++
		if misses == 1 {
			fmt.Fprintln(b, "\nMisses:")
		}
		paragraph(b, fmt.Sprint(i+1), fmt.Sprintf("%s: %s, wanted %s. %s", row.what, cmp.Or(row.missed, row.ours), row.target, cmp.Or(row.why, "The reason is not known yet.")))
	}
	if misses == 0 {
		fmt.Fprintln(b, "\nNo misses.")
	}
}

// paragraph wraps a text at 100 characters, indented below its number.
func paragraph(b *strings.Builder, label, text string) {
	indent := strings.Repeat(" ", 7)
	line := fmt.Sprintf("%5s  ", label)
	for word := range strings.FieldsSeq(text) {
		if len(line)+len(word) > 100 {
			fmt.Fprintln(b, strings.TrimRight(line, " "))
			line = indent
		}
		line += word + " "
	}
	fmt.Fprintln(b, strings.TrimRight(line, " "))
}

func mark(ok bool) string {
	if ok {
		return "ok"
	}
	return "MISS"
}

// median is the middle value, or the mean of the two in the middle.
func median[T ~int64 | ~float64](values []T) T {
	v := slices.Sorted(slices.Values(values))
	n := len(v)
	if n == 0 {
		return 0
	}
	return (v[(n-1)/2] + v[n/2]) / 2
}

// percentile is the value that p of 100 are not above.
func percentile(values []time.Duration, p int) time.Duration {
	v := slices.Sorted(slices.Values(values))
	if len(v) == 0 {
		return 0
	}
	return v[min(len(v)*p/100, len(v)-1)]
}

// ms writes a time in milliseconds with about three digits.
func ms(d time.Duration) string {
	v := float64(d) / float64(time.Millisecond)
	switch {
	case v < 1:
		return fmt.Sprintf("%.3f ms", v)
	case v < 10:
		return fmt.Sprintf("%.2f ms", v)
	case v < 100:
		return fmt.Sprintf("%.1f ms", v)
	}
	return fmt.Sprintf("%.0f ms", v)
}

func mib(bytes float64) string { return fmt.Sprintf("%.1f MiB", bytes/(1<<20)) }

// amount writes a number of bytes with commas.
func amount(n int) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s + " B"
}

func times[T ~int64 | ~float64 | ~int](ours, bare T) string {
	return fmt.Sprintf("%.2f", float64(ours)/float64(bare))
}

// errShort says that something came back other than measured for.
var errShort = errors.New("the answer is not what this row is about")
