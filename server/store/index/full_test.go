package index

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
)

// TestAFullDiskLosesNothingOfTheIndex: what was stored is still found, the
// error says what it is, and writing goes on when there is room again.
func TestAFullDiskLosesNothingOfTheIndex(t *testing.T) {
	t.Parallel()
	ctx, now := context.Background(), time.Now()
	db := newIndex(t)
	docs := []Doc{{ID: "d1", Name: "Garden", Version: "1", Words: "garden"}}
	if err := db.SyncDocs(ctx, docs, nil, now); err != nil {
		t.Fatal(err)
	}
	page := []Thing{{Kind: Pages, Ref: "p1", Title: "Beds", Words: "beds", Version: "1"}}
	if err := db.SyncThings(ctx, 1, "1", page, now); err != nil {
		t.Fatal(err)
	}
	pages(t, db, 1) // never less than there are
	text := Text{Body: strings.Repeat("radish ", 200_000), TitleWords: "beds", BodyWords: "radish", Version: "1"}
	if _, err := db.PutText(ctx, 1<<32|1, text); !errors.Is(err, ErrDiskFull) {
		t.Fatalf("%v, want ErrDiskFull", err)
	}
	find := func(word string) (n int) {
		err := db.View(ctx, "me", func(v *View) error {
			ids, err := v.Things(Match{All: [][]Term{{{Words: []string{word}}}}}, Scope{}, 10)
			n = len(ids)
			return err
		})
		if err != nil {
			t.Error(err)
		}
		return n
	}
	if find("beds") != 1 || find("radish") != 0 {
		t.Error("a failed write left something behind, or took something away")
	}
	pages(t, db, 1_000_000)
	if _, err := db.PutText(ctx, 1<<32|1, text); err != nil || find("radish") != 1 {
		t.Errorf("with room again: %v", err)
	}
}

// pages sets how large the file may grow.
func pages(t *testing.T, db *DB, most int) {
	t.Helper()
	err := db.file.Alone(t.Context(), "set", func(ctx context.Context, c *sql.Conn) error {
		_, err := c.ExecContext(ctx, fmt.Sprintf(`PRAGMA max_page_count=%d`, most))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestASearchThatPanicsTakesNoReaderAlong: more of them than there are
// connections for reading, and the next search still gets one.
func TestASearchThatPanicsTakesNoReaderAlong(t *testing.T) {
	t.Parallel()
	db := newIndex(t)
	if err := db.SyncDocs(t.Context(), []Doc{{ID: "d1", Name: "Garden", Version: "1", Words: "garden"}}, nil, time.Now()); err != nil {
		t.Fatal(err)
	}
	for range 10 {
		func() {
			defer func() { _ = recover() }()
			_ = db.View(t.Context(), "me", func(v *View) error {
				return v.Load([]int64{1 << 32}, false, func(Hit) { panic("in the middle of reading") })
			})
			t.Error("the panic was swallowed")
		}()
	}
	if at, err := db.Docs(t.Context()); err != nil || len(at) != 1 {
		t.Errorf("after ten panics: %v, %v", at, err)
	}
	if err := db.SetMeta(t.Context(), "k", "v"); err != nil {
		t.Error(err)
	}
}
