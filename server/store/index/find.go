package index

import (
	"database/sql"
	"encoding/json"
	"math"
	"slices"

	"codabridge/server/store"
)

// Scope narrows a search.
type Scope struct {
	// Docs are ids; nil means all, an empty list none.
	Docs []string
	// NotDocs are ids of docs that are left out.
	NotDocs []string
	// Kinds are those of the first tier to look for; nil means all.
	Kinds []int
	// Table is the id of the table whose rows are meant; zero means all.
	Table int64
	// Tables are the ids of those whose rows are meant, in order; nil means all.
	Tables []int64
}

// filter is the part of a query that lets only allowed docs through; id is
// what holds the id.
func (s Scope) filter(id string) (where string, args []any) {
	docs, args := s.docs()
	return ` AND ` + id + ` >> 32 IN (SELECT num FROM docs WHERE ` + docs + `)`, args
}

// docs is the condition for the docs themselves.
func (s Scope) docs() (where string, args []any) {
	where = `NOT excluded`
	if s.Docs != nil {
		where += ` AND id IN (SELECT value FROM json_each(?))`
		args = append(args, asList(s.Docs))
	}
	if len(s.NotDocs) > 0 {
		where += ` AND id NOT IN (SELECT value FROM json_each(?))`
		args = append(args, asList(s.NotDocs))
	}
	return where, args
}

// kinds is the condition for things of the first tier, called t.
func (s Scope) kinds() (where string, args []any) {
	if s.Kinds == nil {
		return "", nil
	}
	return ` AND t.kind IN (SELECT value FROM json_each(?))`, []any{asList(s.Kinds)}
}

func asList(v any) string {
	list, _ := json.Marshal(v) // strings and numbers never fail
	return string(list)
}

// bounds is the range of ids that the scope can lie in, which the full-text
// table skips to.
func (v *View) bounds(s Scope) (first, last int64, err error) {
	if s.Docs == nil {
		return 0, 1<<63 - 1, nil
	}
	var a, b sql.NullInt64
	err = v.row([]any{&a, &b}, `SELECT min(num), max(num) FROM docs WHERE NOT excluded AND id IN (SELECT value FROM json_each(?))`, asList(s.Docs))
	if err != nil || !a.Valid {
		return 1, 0, err
	}
	return a.Int64 << 32, b.Int64<<32 | 0xffffffff, nil
}

// Newest are those of one tier that changed last, no more than most; of equals
// the first by id.
func (v *View) Newest(ids []int64, rows bool, most int) ([]int64, error) {
	table := "things"
	if rows {
		table = "rows"
	}
	return v.ids(`SELECT x.id FROM json_each(?) CROSS JOIN `+table+` x ON x.id = value ORDER BY x.updated DESC, x.id LIMIT ?`, asList(ids), most)
}

// List gives things of the scope without looking for words: docs, pages and
// then tables, but none that holds one of none.
func (v *View) List(none []Term, s Scope, limit int) ([]int64, error) {
	kinds, more := s.kinds()
	return v.list(`t.id FROM things t`, false, "t.id", none, s, kinds, more, ` ORDER BY t.kind, t.id LIMIT ?`, limit)
}

// ListRows is List for rows.
func (v *View) ListRows(none []Term, s Scope, limit int) ([]int64, error) {
	return v.list(`r.id FROM rows r`, true, "r.id", none, s, "", nil, ` LIMIT ?`, limit)
}

func (v *View) list(what string, rows bool, id string, none []Term, s Scope,
	and string, more []any, tail string, limit int) ([]int64, error) {
	first, last, err := v.bounds(s)
	if err != nil {
		return nil, err
	}
	where, args := s.filter(id)
	args = slices.Concat([]any{first, last}, args, more)
	if len(none) > 0 {
		with, _, err := v.Matching(Match{All: [][]Term{none}}, s, rows, math.MaxInt32)
		if err != nil {
			return nil, err
		}
		and += ` AND ` + id + ` NOT IN (SELECT value FROM json_each(?))`
		args = append(args, asList(with))
	}
	return v.ids(`SELECT `+what+` WHERE `+id+` BETWEEN ? AND ?`+where+and+tail, append(args, limit)...)
}

// DocsCalled gives the ids of docs of the scope whose names hold words side by
// side, the last of which may go on, and of the doc with this id.
func (v *View) DocsCalled(words []string, id string, s Scope) ([]string, error) {
	named := Match{Titles: true, All: [][]Term{{{Words: words, Prefix: true}}}}
	within := s
	within.Kinds = []int{Docs}
	ids, _, err := v.Matching(named, within, false, math.MaxInt32)
	if err != nil {
		return nil, err
	}
	docs, args := s.docs()
	out, err := store.All(v.ctx, prepared{v}, store.One[string], `SELECT id FROM docs WHERE `+docs+` AND (id = ? OR num IN
		(SELECT value >> 32 FROM json_each(?)))`, append(args, id, asList(ids))...)
	return append([]string{}, out...), err // never nil, which would mean all docs
}

// DocNames gives the names of the docs of the scope, those changed last first.
func (v *View) DocNames(s Scope) ([]string, error) {
	docs, args := s.docs()
	return store.All(v.ctx, prepared{v}, store.One[string], `SELECT name FROM docs WHERE `+docs+` ORDER BY updated DESC, num`, args...)
}

func (v *View) ids(query string, args ...any) ([]int64, error) {
	return store.All(v.ctx, prepared{v}, store.One[int64], query, args...)
}
