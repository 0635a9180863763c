package index

import (
	"database/sql"
	"encoding/json"
	"slices"
	"strings"

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
	err = v.tx.QueryRowContext(v.ctx, `SELECT min(num), max(num) FROM docs WHERE NOT excluded AND id IN (SELECT value FROM json_each(?))`, asList(s.Docs)).Scan(&a, &b)
	if err != nil || !a.Valid {
		return 1, 0, err
	}
	return a.Int64 << 32, b.Int64<<32 | 0xffffffff, nil
}

// Matching gives the ids of what a match finds of one tier, rows or the rest,
// in their order and no more than most; more tells that there are others.
func (v *View) Matching(m Match, s Scope, rows bool, most int) (ids []int64, more bool, err error) {
	first, last, err := v.bounds(s)
	match := m.expression()
	if err != nil || match == "" {
		return nil, false, err
	}
	table, join, where, args := "things_fts", "", "", []any{match, first, last}
	if rows {
		table = "rows_fts"
	}
	if s.Docs != nil { // to look where each place is takes its time
		inside, nums := s.filter("f.rowid")
		where, args = where+inside, append(args, nums...)
	}
	if !rows && s.Kinds != nil {
		kinds, list := s.kinds()
		join, where, args = ` JOIN things t ON t.id = f.rowid`, where+kinds, append(args, list...)
	}
	if rows && s.Table != 0 {
		where, args = where+` AND (SELECT tbl FROM rows WHERE id = f.rowid) = ?`, append(args, s.Table)
	}
	var list sql.NullString // one text, since each row of an answer costs more than the search for it
	err = v.tx.QueryRowContext(v.ctx, `SELECT group_concat(id, ' ') FROM (SELECT f.rowid AS id FROM `+table+` f`+join+
		` WHERE f.`+table+` MATCH ? AND f.rowid BETWEEN ? AND ?`+where+` LIMIT ?)`, append(args, most+1)...).Scan(&list)
	if err != nil || !list.Valid {
		return nil, false, err
	}
	ids = numbers(list.String)
	if len(ids) > most {
		ids, more = ids[:most], true
	}
	if s.Docs == nil {
		ids, err = v.withoutDocs(ids, s)
	}
	return ids, more, err
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

// withoutDocs takes away what is in docs that the scope does not let through.
func (v *View) withoutDocs(ids []int64, s Scope) ([]int64, error) {
	docs, args := s.docs()
	out, err := store.All(v.ctx, v.tx, store.One[int64], `SELECT num FROM docs WHERE NOT (`+docs+`)`, args...)
	if err != nil || len(out) == 0 {
		return ids, err
	}
	hidden := make(map[int64]bool, len(out))
	for _, num := range out {
		hidden[num] = true
	}
	return slices.DeleteFunc(ids, func(id int64) bool { return hidden[id>>32] }), nil
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

// List gives things of the scope without looking for words: docs, pages and
// then tables, but none that holds one of none.
func (v *View) List(none []Term, s Scope, limit int) ([]int64, error) {
	kinds, more := s.kinds()
	return v.list(`t.id FROM things t`, "things_fts", "t.id", none, s, kinds, more, ` ORDER BY t.kind, t.id LIMIT ?`, limit)
}

// ListRows is List for rows.
func (v *View) ListRows(none []Term, s Scope, limit int) ([]int64, error) {
	return v.list(`r.id FROM rows r`, "rows_fts", "r.id", none, s, "", nil, ` LIMIT ?`, limit)
}

func (v *View) list(what, words, id string, none []Term, s Scope, and string, more []any, tail string, limit int) ([]int64, error) {
	first, last, err := v.bounds(s)
	if err != nil {
		return nil, err
	}
	where, args := s.filter(id)
	args = slices.Concat([]any{first, last}, args, more)
	if match := anyOf(none); match != "" {
		and += ` AND NOT EXISTS (SELECT 1 FROM ` + words + ` WHERE ` + words + ` MATCH ? AND rowid = ` + id + `)`
		args = append(args, match)
	}
	return v.ids(`SELECT `+what+` WHERE `+id+` BETWEEN ? AND ?`+where+and+tail, append(args, limit)...)
}

// DocsCalled gives the ids of docs of the scope whose names hold words side by
// side, the last of which may go on, and of the doc with this id.
func (v *View) DocsCalled(words []string, id string, s Scope) ([]string, error) {
	docs, args := s.docs()
	name := "{title} : " + anyOf([]Term{{Words: words, Prefix: true}})
	out, err := store.All(v.ctx, v.tx, store.One[string], `SELECT id FROM docs WHERE `+docs+` AND (id = ? OR num IN
		(SELECT rowid >> 32 FROM things_fts WHERE things_fts MATCH ? AND rowid & 0xffffffff = 0))`, append(args, id, name)...)
	return append([]string{}, out...), err // never nil, which would mean all docs
}

func (v *View) ids(query string, args ...any) ([]int64, error) {
	return store.All(v.ctx, v.tx, store.One[int64], query, args...)
}
