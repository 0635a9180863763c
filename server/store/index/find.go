package index

import (
	"database/sql"
	"encoding/json"
	"fmt"
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

// mostTitles is how many titles that begin with what was asked for are looked
// at for those that are no longer.
const mostTitles = 4000

// Rows finds rows, no more than limit; others tells that there are more. Those
// whose title is what was asked for are among them, then others with the words
// in the title, and then any, in the order of their ids: which of a million
// rows with a common word is best is not worth the seconds it takes.
func (v *View) Rows(m Match, s Scope, limit int) (found []int64, others bool, err error) {
	found, err = v.rows(m.expression(), s, limit+1, "")
	if err != nil || len(found) <= limit {
		return found, false, err
	}
	named, err := v.named(m, s, limit/4)
	if err != nil {
		return nil, false, err
	}
	m.Titles = true
	titled, err := v.rows(m.expression(), s, limit, "")
	if err != nil {
		return nil, false, err
	}
	have := make(map[int64]bool, limit)
	all := slices.DeleteFunc(slices.Concat(named, titled, found), func(id int64) bool {
		twice := have[id]
		have[id] = true
		return twice
	})
	return all[:limit], true, nil
}

// named are rows whose title is just what was asked for: it begins with it, and
// has no more words. How many it has is in a small table that FTS5 keeps, one
// byte for each column; the rows themselves are too large to look through.
func (v *View) named(m Match, s Scope, limit int) ([]int64, error) {
	if n := len(m.Name); n == 0 || n > 127 {
		return nil, nil
	}
	name := `({title} : ^"` + strings.Join(m.Name, " ") + `")`
	if none := anyOf(m.None); none != "" {
		name += " NOT " + none
	}
	return v.rows(name, s, mostTitles, fmt.Sprintf(` JOIN rows_fts_docsize z USING (id) WHERE substr(z.sz, 1, 1) = x'%02x' LIMIT %d`, len(m.Name), limit))
}

// rows are the first rows that an expression matches, narrowed as then says.
func (v *View) rows(match string, s Scope, limit int, then string) ([]int64, error) {
	first, last, err := v.bounds(s)
	if err != nil || match == "" {
		return nil, err
	}
	where, args := s.filter("f.rowid")
	if s.Table != 0 {
		where += ` AND (SELECT tbl FROM rows WHERE id = f.rowid) = ?`
		args = append(args, s.Table)
	}
	args = slices.Concat([]any{match, first, last}, args, []any{limit})
	return v.ids(`SELECT id FROM (SELECT f.rowid AS id FROM rows_fts f WHERE f.rows_fts MATCH ? AND f.rowid BETWEEN ? AND ?`+where+` LIMIT ?)`+then, args...)
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
