package index

import (
	"fmt"
	"testing"
	"time"
)

// TestNeighboursThatAreNearCountForASingleList: by what heads alone weigh, with
// how near other words are beside them, in a list of places and in one of bits.
func TestNeighboursThatAreNearCountForASingleList(t *testing.T) {
	t.Parallel()
	db, now := newIndex(t), time.Unix(1, 0)
	ctx := t.Context()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(db.SyncDocs(ctx, []Doc{{ID: "a", Name: "Alpha", Version: "1", Words: "alpha"}}, nil, now))
	must(db.SyncThings(ctx, 1, "1", []Thing{{Kind: Tables, Ref: "grid", Title: "List", Words: "list"}}, now))
	must(db.BeginRows(ctx, Table{ID: 1<<32 | 1, Gen: 1}, Text{TitleWords: "list"}, "", now))
	var rows []Row
	for i := range 2000 {
		body := "walrus"
		if i%40 == 0 {
			body = "walrus newt"
		}
		rows = append(rows, Row{Ref: fmt.Sprint("i-", i), Title: "row", Body: body, TitleWords: "row", BodyWords: body})
	}
	_, err := db.PutRows(ctx, 1<<32|1, 1, rows, "")
	must(err)
	must(db.Seal(ctx, 0))
	for word, all := range map[string]int{"walrus": 2000, "newt": 50} {
		for near, want := range map[Nearness]int{NeverNear: 0, AlwaysNear: all} {
			heads := &HeadWeights{}
			for i := range heads {
				heads[i] = 0.8
			}
			w := &Weights{Of: []*HeadWeights{heads}, Factor: 1, Pair: 0.5, Named: [4]float64{1, 1, 1, 1}, Near: []Nearness{near}}
			sieve := &Sieve{Least: 1, Weights: func(*Spot) *Weights { return w }}
			n := 0
			must(db.View(ctx, "me", func(v *View) error {
				return v.Sealed(Match{All: [][]Term{{{Words: []string{word}}}}}, Scope{}, true, sieve, func(*Spot) { n++ })
			}))
			if n != want || n+sieve.HeldBack[Rows] != all {
				t.Errorf("%s, near %d: %d given and %d held back, want %d of %d", word, near, n, sieve.HeldBack[Rows], want, all)
			}
		}
	}
}
