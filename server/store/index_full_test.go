package store

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestAFullDiskLosesNothingOfTheIndex: what was stored is still found, the
// error says what it is, and writing goes on when there is room again.
func TestAFullDiskLosesNothingOfTheIndex(t *testing.T) {
	t.Parallel()
	ctx, now := context.Background(), time.Now()
	db, notice, err := OpenIndex(filepath.Join(t.TempDir(), "index.db"))
	if err != nil || notice != "" {
		t.Fatal(notice, err)
	}
	defer db.Close()
	if _, err := db.Claim(ctx, "me"); err != nil {
		t.Fatal(err)
	}
	docs := []IndexDoc{{ID: "d1", Name: "Garden", Version: "1", Words: "garden"}}
	if err := db.SyncDocs(ctx, docs, nil, now); err != nil {
		t.Fatal(err)
	}
	page := []IndexThing{{Kind: IndexPages, Ref: "p1", Title: "Beds", Words: "beds", Version: "1"}}
	if err := db.SyncThings(ctx, 1, "1", page, now); err != nil {
		t.Fatal(err)
	}
	if _, err := db.write.Exec(`PRAGMA max_page_count=1`); err != nil {
		t.Fatal(err)
	}
	text := IndexText{Body: strings.Repeat("radish ", 200_000), TitleWords: "beds", BodyWords: "radish", Version: "1"}
	if err := db.PutText(ctx, 1<<32|1, text); !errors.Is(err, ErrDiskFull) {
		t.Fatalf("%v, want ErrDiskFull", err)
	}
	find := func(word string) (n int) {
		err := db.View(ctx, "me", func(v *IndexView) error {
			ids, err := v.Things(IndexMatch{All: [][]IndexTerm{{{Words: []string{word}}}}}, IndexScope{}, 10)
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
	if _, err := db.write.Exec(`PRAGMA max_page_count=1000000`); err != nil {
		t.Fatal(err)
	}
	if err := db.PutText(ctx, 1<<32|1, text); err != nil || find("radish") != 1 {
		t.Errorf("with room again: %v", err)
	}
}
