//go:build !race

package index

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"
)

// TestTwoListingsOfOneTableLoseNoRow: what was written through codabridge is read
// beside the crawler, which may be listing the same table.
func TestTwoListingsOfOneTableLoseNoRow(t *testing.T) {
	t.Parallel()
	ctx, now := t.Context(), time.Unix(1, 0)
	for _, order := range []string{"aabbaabb", "aabaabbb", "abababab", "aababbab", "baabbaba", "aaabbbba", "aabbbbaa"} {
		db := inSegments(t)
		if err := db.SyncThings(ctx, 1, "2", []Thing{{Kind: Tables, Ref: "grid", Title: "List", Words: "list"}}, now); err != nil {
			t.Fatal(err)
		}
		all := map[rune]*slowListing{'a': {db: db}, 'b': {db: db}}
		for _, who := range order {
			if err := all[who].step(ctx, now); err != nil {
				t.Fatalf("%s: %v", order, err)
			}
		}
		n, err := db.CountRows(ctx, 1<<32|1)
		if err != nil || n != 40 {
			t.Errorf("%s: %d rows of 40: %v", order, n, err)
		}
	}
}

// slowListing begins, stores two halves of a table, and ends.
type slowListing struct {
	db    *DB
	at    int
	ended bool
	table Table
}

func (l *slowListing) step(ctx context.Context, now time.Time) (err error) {
	if l.ended {
		return nil
	}
	l.at++
	switch l.at {
	case 1:
		var tables []Table
		tables, err = l.db.WaitingTables(ctx, 1)
		if err != nil || len(tables) == 0 {
			l.ended = true
			return err
		}
		l.table = tables[0]
		l.table.Gen++
		err = l.db.BeginRows(ctx, l.table, Text{TitleWords: "list"}, "", now)
	case 2, 3:
		var rows []Row
		for i := (l.at - 2) * 20; i < (l.at-1)*20; i++ {
			rows = append(rows, Row{Ref: fmt.Sprint("i-", i), Title: "row", Body: "walrus", TitleWords: "row", BodyWords: "walrus"})
		}
		_, err = l.db.PutRows(ctx, l.table.ID, l.table.Gen, rows, "")
	case 4:
		_, err = l.db.EndRows(ctx, l.table, true, now)
	}
	if errors.Is(err, ErrSuperseded) {
		l.ended, err = true, nil
	}
	return err
}
