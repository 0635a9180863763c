//go:build unix

package index_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"codabridge/server/index"
	store "codabridge/server/store/index"
)

// BenchmarkDisk measures how much room accounts take, once what was needed to
// make them is given back: for each byte of titles, texts and values, of which an
// id, a link or a time is none. What an empty index takes is told beside it.
func BenchmarkDisk(b *testing.B) {
	for _, a := range []account{growing[0], growing[1], growing[2], {10, 0, 40, 20_000, 6}} {
		b.Run(a.String(), func(b *testing.B) {
			for range b.N {
				path, text := accountAt(b, a)
				info, err := os.Stat(path)
				if err != nil {
					b.Fatal(err)
				}
				b.ReportMetric(float64(info.Size())/float64(text), "disk-bytes/text-byte")
				b.ReportMetric(float64(emptyIndex(b))/float64(text), "empty-bytes/text-byte")
				b.ReportMetric(float64(text)/(1<<20), "MiB-of-text")
			}
			b.ReportMetric(0, "ns/op")
		})
	}
}

// emptyIndex is how large an index is that holds nothing.
func emptyIndex(b *testing.B) int64 {
	path := filepath.Join(b.TempDir(), "empty.db")
	db, _, err := store.Open(path)
	if err == nil {
		err = db.Close()
	}
	info, failed := os.Stat(path)
	if err := errors.Join(err, failed); err != nil {
		b.Fatal(err)
	}
	return info.Size()
}

// BenchmarkDiskOfProse measures how much room texts of people take, as pages and
// as rows: those of the folder that CODABRIDGE_BENCH_PROSE names, such as
// /usr/share/doc, up to 30 MB.
func BenchmarkDiskOfProse(b *testing.B) {
	dir := os.Getenv("CODABRIDGE_BENCH_PROSE")
	if dir == "" {
		b.Skip("CODABRIDGE_BENCH_PROSE names no folder")
	}
	texts := proseIn(b, dir, 30<<20)
	for _, kind := range []string{"pages", "rows"} {
		b.Run(kind, func(b *testing.B) {
			for range b.N {
				f := newFilled(b, "Prose")
				size := f.prose(texts, kind == "rows")
				f.must(f.db.Seal(context.Background(), 0))
				f.must(f.db.Compact(context.Background()))
				b.ReportMetric(float64(size)/(1<<20), "MiB-of-text")
				b.ReportMetric(float64(f.db.Size())/float64(size), "disk-bytes/text-byte")
			}
			b.ReportMetric(0, "ns/op")
		})
	}
}

// proseIn reads the texts of a folder.
func proseIn(b *testing.B, dir string, most int) (texts [][2]string) {
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() || most < 0 {
			return err
		}
		raw, err := os.ReadFile(path)
		if err != nil || len(raw) > 200<<10 || !utf8.Valid(raw) || bytes.IndexByte(raw, 0) >= 0 {
			return err
		}
		most -= len(raw)
		texts = append(texts, [2]string{filepath.Base(path), string(raw)})
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
	return texts
}

// prose writes texts as pages, or each paragraph as a row, and gives their bytes.
func (f *filled) prose(texts [][2]string, asRows bool) (size int) {
	f.Helper()
	if !asRows {
		for _, t := range texts {
			size += len(t[0]) + len(t[1])
		}
		f.pages(0, texts...)
		return size
	}
	ctx, d := context.Background(), f.all[0]
	f.must(f.db.SyncThings(ctx, d.Num, "1", []store.Thing{{Kind: store.Tables, Ref: "grid", Title: "List", Words: "list"}}, time.Now()))
	tables, err := f.db.WaitingTables(ctx, d.Num)
	f.must(err)
	var rows []store.Row
	for i, t := range texts {
		for line := bufio.NewScanner(strings.NewReader(t[1])); line.Scan(); {
			body := strings.TrimSpace(line.Text())
			if len(body) < 20 {
				continue
			}
			size += len(body) + len(t[0])
			rows = append(rows, store.Row{Ref: fmt.Sprintf("i-%d-%d", i, len(rows)), Title: t[0], Body: body,
				TitleWords: index.Words(t[0]), BodyWords: index.Words(body), Also: index.Also(t[0], body), Updated: time.Now()})
		}
		if len(rows) > 500 || i+1 == len(texts) {
			f.must(f.db.PutRows(ctx, tables[0].ID, 1, rows, ""))
			rows = nil
		}
	}
	return size
}
