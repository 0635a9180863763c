package index

import (
	"cmp"
	"database/sql"
	"math"
	"slices"
	"strings"
)

// Matching gives the ids of what a match finds of one tier, rows or the rest,
// in their order and no more than most; more tells that there are others. Near
// is not looked at in segments.
func (v *View) Matching(m Match, s Scope, rows bool, most int) (ids []int64, more bool, err error) {
	ids, more, err = v.Fresh(m, s, rows, most)
	if err != nil || m.expression() == "" {
		return nil, false, err
	}
	segment, n := int64(0), 0
	_, err = v.sealed(m, s, rows, nil, func(e *evaluation, _ uint32) bool {
		if segment != e.g.num {
			segment, n = e.g.num, 0
		}
		if n <= most { // of each no more, in the order of ids
			ids = append(ids, e.at.ID)
		}
		n++
		return true
	})
	if err != nil {
		return nil, false, err
	}
	slices.Sort(ids)
	if len(ids) > most {
		ids, more = ids[:most], true
	}
	return ids, more, nil
}

// Fresh is Matching for what was written last, which is in no segment yet.
func (v *View) Fresh(m Match, s Scope, rows bool, most int) (ids []int64, more bool, err error) {
	there, err := v.hasStaged(rows)
	match := m.expression()
	if err != nil || match == "" || !there {
		return nil, false, err
	}
	first, last, err := v.bounds(s)
	if err != nil {
		return nil, false, err
	}
	table, join, where, args := ftsOf(rows), "", "", []any{match, first, last}
	inside, nums, err := v.inside(s, "f.rowid")
	if err != nil {
		return nil, false, err
	}
	where, args = where+inside, append(args, nums...)
	if !rows && s.Kinds != nil {
		kinds, list := s.kinds()
		join, where, args = ` JOIN things t ON t.id = f.rowid`, where+kinds, append(args, list...)
	}
	if rows && s.Table != 0 {
		where, args = where+` AND (SELECT tbl FROM rows WHERE id = f.rowid) = ?`, append(args, s.Table)
	}
	if rows && s.Tables != nil {
		where, args = where+` AND (SELECT tbl FROM rows WHERE id = f.rowid) IN (SELECT value FROM json_each(?))`, append(args, asList(s.Tables))
	}
	var list sql.NullString // one text, since each row of an answer costs more than the search for it
	err = v.row([]any{&list}, `SELECT group_concat(id, ' ') FROM (SELECT f.rowid AS id FROM `+table+` f`+join+
		` WHERE f.`+table+` MATCH ? AND f.rowid BETWEEN ? AND ?`+where+` LIMIT ?)`, append(args, int64(most)+1)...)
	if err != nil || !list.Valid {
		return nil, false, err
	}
	ids = numbers(list.String)
	if len(ids) > most {
		ids, more = ids[:most], true
	}
	return ids, more, nil
}

// inside is Scope.filter, and nothing where the scope lets all docs through: to
// look where each place is takes its time.
func (v *View) inside(s Scope, id string) (where string, args []any, err error) {
	some, err := v.allowed(s)
	if err != nil || some == nil {
		return "", nil, err
	}
	where, args = s.filter(id)
	return where, args, nil
}

// numbers reads numbers with single spaces between.
func numbers(list string) []int64 {
	out, n := make([]int64, 0, strings.Count(list, " ")+1), int64(0)
	for i := range len(list) {
		if list[i] == ' ' {
			out, n = append(out, n), 0
			continue
		}
		n = n*10 + int64(list[i]-'0')
	}
	return append(out, n)
}

// Things finds docs, pages and tables, the best by BM25 first; a word of the
// title weighs ten times, one of a heading three times one of the text, and one
// by which it is only found beside its own a third of that.
func (v *View) Things(m Match, s Scope, limit int) ([]int64, error) {
	best, err := v.bestSealed(m, s, limit)
	if err != nil {
		return nil, err
	}
	fresh, err := v.freshThings(m, s, limit)
	if err != nil || len(best) == 0 {
		return fresh, err
	}
	var out []int64 // by turns: how much they weigh is not to be compared
	for i := range max(len(best), len(fresh)) {
		if i < len(best) {
			out = append(out, best[i])
		}
		if i < len(fresh) {
			out = append(out, fresh[i])
		}
	}
	return out[:min(len(out), limit)], nil
}

// bestSealed are the best things of the segments, each weighed by the rarity of
// what it has.
func (v *View) bestSealed(m Match, s Scope, limit int) ([]int64, error) {
	type scored struct {
		id    int64
		score float64
	}
	var all []scored
	var rarity []float64
	err := v.Sealed(m, s, false, nil, func(at *Spot) {
		if rarity == nil {
			rarity = v.rarity(m)
		}
		score, size := 0.0, math.Sqrt(1+float64(at.Length)/150)
		for i, c := range at.Met {
			tf := 10*float64(c.Title) + 3*float64(c.Head) + float64(c.Text)/size
			score += rarity[i] * tf / (tf + 1.5)
		}
		all = append(all, scored{at.ID, score})
		if len(all) > 4096+2*limit {
			slices.SortFunc(all, func(a, b scored) int { return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(a.id, b.id)) })
			all = all[:limit]
		}
	})
	slices.SortFunc(all, func(a, b scored) int { return cmp.Or(cmp.Compare(b.score, a.score), cmp.Compare(a.id, b.id)) })
	var out []int64
	for _, one := range all[:min(len(all), limit)] {
		out = append(out, one.id)
	}
	return out, err
}

// rarity is what each clause of a match says, by how many places of the
// segments have its words.
func (v *View) rarity(m Match) []float64 {
	places := 0
	for _, g := range v.read.segments[0] {
		places += len(g.lengths)
	}
	out := make([]float64, len(m.All))
	for i, terms := range m.All {
		n := 0
		for _, t := range terms {
			for _, g := range v.read.segments[0] {
				n += v.count(g, t.Words[0])
			}
		}
		out[i] = math.Log(1 + float64(places)/float64(n+1))
	}
	return out
}

// freshThings is Things for what is in no segment yet.
func (v *View) freshThings(m Match, s Scope, limit int) ([]int64, error) {
	if there, err := v.hasStaged(false); err != nil || !there {
		return nil, err
	}
	first, last, err := v.bounds(s)
	if err != nil || m.expression() == "" {
		return nil, err
	}
	where, args := s.filter("f.rowid")
	kinds, more := s.kinds()
	args = slices.Concat([]any{m.expression(), first, last}, args, more, []any{limit})
	return v.ids(`SELECT f.rowid FROM things_fts f JOIN things t ON t.id = f.rowid
		WHERE f.things_fts MATCH ? AND f.rowid BETWEEN ? AND ?`+where+kinds+` ORDER BY bm25(things_fts, 10, 3, 1, 0.3) LIMIT ?`, args...)
}

// Count says how many things and rows of a scope a term is in, counting no
// further than most in each tier.
func (v *View) Count(terms []Term, s Scope, most int) (things, rows int, err error) {
	things, rows, err = v.countFresh(terms, s, most)
	if err != nil || things >= most && rows >= most {
		return things, rows, err
	}
	for _, of := range []struct {
		n    *int
		rows bool
	}{{&things, false}, {&rows, true}} {
		if *of.n >= most {
			continue
		}
		n, all, err := v.countOne(terms, s, of.rows)
		if err != nil {
			return things, rows, err
		}
		if all || *of.n+n >= most {
			*of.n = min(*of.n+n, most)
			continue
		}
		_, err = v.sealed(Match{All: [][]Term{terms}}, s, of.rows, nil, func(*evaluation, uint32) bool {
			*of.n++
			return *of.n < most
		})
		if err != nil {
			return things, rows, err
		}
	}
	return things, rows, nil
}

// countOne says how often a single word is in segments at least; all tells that
// this is the number.
func (v *View) countOne(terms []Term, s Scope, rows bool) (n int, all bool, err error) {
	if len(terms) != 1 || len(terms[0].Words) != 1 || terms[0].Prefix {
		return 0, false, nil
	}
	some, err := v.allowed(s)
	if err != nil || some != nil {
		return 0, false, err
	}
	segments, err := v.segments(rows)
	if err == nil {
		err = v.lookUp(terms[0].Words)
	}
	all = true
	for _, g := range segments {
		here := v.count(g, terms[0].Words[0])
		n += max(here-g.dead, 0)
		all = all && (here == 0 || g.dead == 0)
	}
	return n, all, err
}

func (v *View) countFresh(terms []Term, s Scope, most int) (things, rows int, err error) {
	m := Match{All: [][]Term{terms}}.expression()
	if m == "" {
		return 0, 0, nil
	}
	some, err := v.hasStaged(false)
	if err == nil && !some {
		some, err = v.hasStaged(true)
	}
	if err != nil || !some {
		return 0, 0, err
	}
	where, inside, err := v.inside(s, "rowid")
	if err != nil {
		return 0, 0, err
	}
	args := append(append([]any{m}, inside...), most)
	err = v.row([]any{&things, &rows}, `SELECT (SELECT count(*) FROM (SELECT 1 FROM things_fts WHERE things_fts MATCH ?`+where+` LIMIT ?)),
		(SELECT count(*) FROM (SELECT 1 FROM rows_fts WHERE rows_fts MATCH ?`+where+` LIMIT ?))`, slices.Concat(args, args)...)
	return things, rows, err
}
