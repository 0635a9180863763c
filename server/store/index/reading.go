package index

import (
	"database/sql"
	"fmt"
	"slices"

	"codabridge/server/store"
)

// reading is what a view has looked up in the segments so far.
type reading struct {
	kept     *kept
	queries  *queries
	stmts    map[string]*sql.Stmt // of queries, in the view
	segments [2][]*segment
	heads    []segmentHead // of both tiers; nil where they were not read
	byNum    map[int64]*segment
	loaded   [2]bool
	found    map[string]map[int64]listed // words, by segment
	allowed  map[string]func(int64) bool
	staged   [2]int // whether there is anything in no segment: 0 not known, 1 no, 2 yes
	clauses  map[clauseKey]*source
	room     int      // for so many more places of those
	places   []uint32 // memory for those of lists at work
	counter  counter
}

func newReading(db *DB) *reading {
	return &reading{kept: &db.kept, queries: &db.queries, stmts: map[string]*sql.Stmt{}, room: mostRemembered,
		found: map[string]map[int64]listed{}, allowed: map[string]func(int64) bool{}, clauses: map[clauseKey]*source{},
		byNum: map[int64]*segment{}}
}

func tierOf(rows bool) int {
	if rows {
		return 1
	}
	return 0
}

// segments gives those of one tier.
func (v *View) segments(rows bool) ([]*segment, error) {
	r, t := v.read, tierOf(rows)
	if r.loaded[t] {
		return r.segments[t], nil
	}
	if r.heads == nil {
		sums, err := v.hasSums()
		if err == nil {
			r.heads, err = heads(v.ctx, prepared{v}, sums)
			r.heads = append([]segmentHead{}, r.heads...)
		}
		if err != nil {
			return nil, err
		}
	}
	all, err := loadThose(v.ctx, v.tx, r.kept, r.heads, rows, 0, 1<<62)
	if err != nil {
		return nil, err
	}
	r.segments[t], r.loaded[t] = all, true
	for _, g := range all {
		r.byNum[g.num] = g
	}
	return all, nil
}

// hasSums tells whether the file has that table, and asks it until it has.
func (v *View) hasSums() (bool, error) {
	k := v.read.kept
	if k.sums.Load() {
		return true, nil
	}
	there, err := hasSums(v.ctx, v.tx)
	if err == nil && there {
		k.sums.Store(true)
	}
	return there, err
}

// hasStaged tells whether anything of a tier is in no segment yet.
func (v *View) hasStaged(rows bool) (bool, error) {
	t := tierOf(rows)
	if v.read.staged[t] == 0 {
		err := v.row([]any{&v.read.staged[t]}, `SELECT 1 + EXISTS (SELECT 1 FROM `+ftsOf(rows)+`_docsize)`) // no index of staged has the tier
		if err != nil {
			return true, err
		}
	}
	return v.read.staged[t] == 2, nil
}

// allowed tells which docs a scope lets through, by number; nil means all.
func (v *View) allowed(s Scope) (func(doc int64) bool, error) {
	docs, args := s.docs()
	key := docs + fmt.Sprint(args...)
	if f, ok := v.read.allowed[key]; ok {
		return f, nil
	}
	f, err := v.letThrough(s, docs, args)
	if err == nil {
		v.read.allowed[key] = f
	}
	return f, err
}

func (v *View) letThrough(s Scope, docs string, args []any) (func(doc int64) bool, error) {
	query := `SELECT num FROM docs WHERE ` + docs
	if s.Docs == nil {
		query = `SELECT num FROM docs WHERE NOT (` + docs + `)`
	}
	nums, err := store.All(v.ctx, prepared{v}, store.One[int64], query, args...)
	if err != nil || s.Docs == nil && len(nums) == 0 {
		return nil, err
	}
	there := make(map[int64]bool, len(nums))
	for _, n := range nums {
		there[n] = true
	}
	return func(doc int64) bool { return there[doc] == (s.Docs != nil) }, nil
}

// within tells for each run of a segment whether it is in a scope.
func (g *segment) within(s Scope, rows bool, allowed func(int64) bool) (some []bool, any bool) {
	some = make([]bool, len(g.runs))
	for i, r := range g.runs {
		ok := allowed == nil || allowed(r.first>>32)
		if rows && s.Table != 0 {
			ok = ok && r.first>>32 == s.Table>>32 && r.of == s.Table&0xffffffff
		}
		if rows && s.Tables != nil && ok {
			_, ok = slices.BinarySearch(s.Tables, r.first>>32<<32|r.of)
		}
		if !rows && s.Kinds != nil {
			ok = ok && slices.Contains(s.Kinds, int(r.of))
		}
		some[i], any = ok, any || ok
	}
	return some, any
}

// words are all single words of the match that do not go on.
func (m Match) words() []string {
	var out []string
	for _, terms := range m.All {
		for _, t := range terms {
			out = append(out, t.Words...)
		}
	}
	for _, t := range m.None {
		out = append(out, t.Words...)
	}
	return out
}
