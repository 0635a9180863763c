package index

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// TestSegmentsFollowEveryChange: rows and pages are written, changed, removed,
// excluded and let in again, and the index is sealed in between or not: the same
// is found.
func TestSegmentsFollowEveryChange(t *testing.T) {
	t.Parallel()
	var found [2][]string
	for i, sealed := range []bool{false, true} {
		db := newIndex(t)
		for n, change := range changesOf(t, db) {
			change()
			if sealed {
				if err := db.Seal(t.Context(), 0); err != nil {
					t.Fatal(err)
				}
			}
			for _, line := range wordsFound(t, db) {
				found[i] = append(found[i], fmt.Sprint("after change ", n, ": ", line))
			}
		}
		var staged, segments, gone int
		err := db.file.Read().QueryRow(`SELECT (SELECT count(*) FROM staged), count(*), ifnull(sum(dead), 0) FROM segments`).Scan(&staged, &segments, &gone)
		if err != nil || sealed != (segments > 0) || sealed && (staged > 0 || segments > 2*(mergeOf-1) || gone == 0) {
			t.Errorf("sealed %v: %d staged, %d segments with %d gone: %v", sealed, staged, segments, gone, err)
		}
		if err := db.Disown(t.Context()); err != nil {
			t.Fatal(err)
		}
		err = db.file.Read().QueryRow(`SELECT (SELECT count(*) FROM staged) + (SELECT count(*) FROM blocks) + (SELECT count(*) FROM positions) + count(*) FROM segments`).Scan(&staged)
		if err != nil || staged != 0 {
			t.Errorf("%d left of what was removed: %v", staged, err)
		}
	}
	if len(found[0]) != len(found[1]) {
		t.Fatal("not as much was looked for")
	}
	for n := range found[0] {
		if found[0][n] != found[1][n] {
			t.Errorf("staged: %.400s\nsealed: %.400s", found[0][n], found[1][n])
		}
	}
}

// changesOf are changes of an account of two docs, each with a table and pages.
func changesOf(t *testing.T, db *DB) []func() {
	ctx, now := context.Background(), time.Unix(1, 0)
	must := func(results ...any) {
		t.Helper()
		if err, _ := results[len(results)-1].(error); err != nil {
			t.Fatal(err)
		}
	}
	docs := []Doc{{ID: "a", Name: "Alpha", Version: "1", Words: "alpha"}, {ID: "b", Name: "Beta", Version: "1", Words: "beta"}}
	things := func(doc int64, pages ...string) func() {
		all := []Thing{{Kind: Tables, Ref: "grid", Title: "List", Words: "list"}}
		for _, p := range pages {
			all = append(all, Thing{Kind: Pages, Ref: p, Title: p, Words: strings.ToLower(p), Version: "1"})
		}
		return func() { must(db.SyncThings(ctx, doc, "1", all, now)) }
	}
	text := func(doc int64, place int, body string) func() {
		return func() {
			waiting, err := db.WaitingPages(ctx, doc)
			must(err)
			p := waiting[place]
			must(db.PutText(ctx, p.ID, Text{Body: body, TitleWords: strings.ToLower(p.Title), HeadWords: "head line", BodyWords: body, Version: "0"}))
		}
	}
	rows := func(doc, gen int64, from, to int, full bool, each string) func() {
		return func() {
			tables, err := db.WaitingTables(ctx, doc)
			must(err)
			if len(tables) == 0 {
				return
			}
			tables[0].Gen = gen
			var all []Row
			for i := from; i < to; i++ {
				body := fmt.Sprintf("%s number %d %s", each, i, strings.Repeat("often ", i%20))
				all = append(all, Row{Ref: fmt.Sprint("i-", i), Title: fmt.Sprint("row ", i%7), Body: body,
					TitleWords: fmt.Sprint("row ", i%7), BodyWords: strings.TrimSpace(body), Also: "\ue001" + each})
			}
			must(db.BeginRows(ctx, tables[0], Text{TitleWords: "list", HeadWords: "name status"}, "", now))
			must(db.PutRows(ctx, tables[0].ID, gen, all, ""))
			must(db.EndRows(ctx, tables[0], full, now))
		}
	}
	return []func(){
		func() { must(db.SyncDocs(ctx, docs, nil, now)) },
		things(1, "Home", "Plan", "Other"), things(2, "Home", "Notes"),
		text(1, 0, "walrus plan often"), text(1, 1, "plan of the walrus"), text(2, 1, "notes of an otter"),
		rows(1, 1, 0, 300, true, "walrus"), rows(2, 1, 0, 100, true, "otter"),
		things(1, "Home", "Plan", "Other"), rows(1, 2, 50, 400, true, "walrus"), // some go, some are new
		things(1, "Home", "Plan", "Other"), rows(1, 3, 60, 90, false, "badger"), // some change
		things(1, "Home", "Renamed"), text(1, 0, "walrus again"),
		func() { must(db.Exclude(ctx, []string{"b"})) },
		func() { must(db.Exclude(ctx, nil)) },
		things(2, "Home", "Notes"), rows(2, 4, 0, 40, true, "otter"),
		func() { must(db.RefuseThing(ctx, 1<<32|2, Text{TitleWords: "home"}, "no", now)) },
		func() { must(db.SyncDocs(ctx, docs[:1], nil, now)) },
	}
}

// wordsFound tells what matches of several kinds find.
func wordsFound(t *testing.T, db *DB) []string {
	word := func(w string) []Term { return []Term{{Words: []string{w}}} }
	var out []string
	err := db.View(t.Context(), "me", func(v *View) error {
		for name, m := range map[string]Match{
			"word": {All: [][]Term{word("walrus")}}, "both": {All: [][]Term{word("walrus"), word("often")}},
			"either": {All: [][]Term{word("otter"), word("badger")}, Any: true}, "title": {All: [][]Term{word("home")}, Titles: true},
			"column": {All: [][]Term{word("status")}, Heads: true}, "beginning": {All: [][]Term{{{Words: []string{"wal"}, Prefix: true}}}},
			"phrase": {All: [][]Term{{{Words: []string{"number", "7"}}}}}, "begun": {All: [][]Term{{{Words: []string{"number", "7"}, Prefix: true}}}},
			"across": {All: [][]Term{{{Words: []string{"6", "walrus"}}}}}, "not": {All: [][]Term{word("number")}, None: word("often")},
			"beside": {All: [][]Term{word("\ue001badger")}}, "repeated": {All: [][]Term{{{Words: []string{"often", "often", "often"}}}}},
		} {
			for _, rows := range []bool{false, true} {
				if m.Heads && rows {
					continue // rows have none
				}
				for _, s := range []Scope{{}, {Docs: []string{"a"}}, {NotDocs: []string{"a"}}} {
					ids, _, err := v.Matching(m, s, rows, 1000)
					if err != nil {
						return err
					}
					out = append(out, fmt.Sprint(name, rows, s, ids))
				}
			}
			things, rows, err := v.Count(m.All[0], Scope{}, 150)
			if err != nil {
				return err
			}
			out = append(out, fmt.Sprint(name, things, rows))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(out)
	return out
}
