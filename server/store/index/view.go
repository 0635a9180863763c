package index

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"codabridge/server/store"
)

// View is one moment of the index, for one search, and ends with the
// context of that search.
type View struct {
	ctx  context.Context
	tx   *sql.Tx
	read *reading
}

// View gives do one moment of the index, after proving in the same moment that
// owner is whose it is; ErrOtherOwner if not. When ctx ends, its error is what
// View gives.
func (db *DB) View(ctx context.Context, owner string, do func(*View) error) error {
	if err := db.queries.prepare(ctx, db.file.Read()); err != nil {
		return viewFault(ctx, err)
	}
	tx, err := db.file.Read().BeginTx(ctx, nil)
	if err != nil {
		return viewFault(ctx, err)
	}
	defer func() { _ = tx.Rollback() }()
	whose, err := meta(tx, "owner")
	if err != nil {
		return viewFault(ctx, err)
	}
	if whose != owner || owner == "" {
		return ErrOtherOwner
	}
	if err := do(&View{ctx, tx, newReading(db)}); err != nil {
		return viewFault(ctx, err)
	}
	return nil
}

// viewFault names what went wrong. A context that ends takes the transaction
// with it, and what the next query says then explains nothing.
func viewFault(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		err = ctx.Err()
	}
	return fmt.Errorf("index store: search index: %w", classify(err))
}

// ErrSpent says that the time that Within gave ended before the work did.
var ErrSpent = errors.New("the time for this part of the search is spent")

// Within gives do the same moment for no longer than d. When that is over,
// the query at work is broken off and ErrSpent given; the view itself stays.
func (v *View) Within(d time.Duration, do func(*View) error) error {
	ctx, cancel := context.WithTimeout(v.ctx, d)
	defer cancel()
	err := do(&View{ctx, v.tx, v.read})
	if err == nil || ctx.Err() == nil || v.ctx.Err() != nil || errors.Is(classify(err), ErrDamaged) {
		return err
	}
	return ErrSpent
}

// Term is words that stand side by side; with Prefix the last one may go
// on. Words hold no ASCII but letters and digits, as they were cut for the
// index.
type Term struct {
	Words  []string
	Prefix bool
}

// Match is what must be there: of each of All one term, and of None none.
type Match struct {
	All  [][]Term
	None []Term
	// Any asks for one of All instead of each; where some are named in Of, for one
	// of those, and it is told how the others are met. What was written last may
	// have any of All.
	Any bool
	Of  []int
	// Titles looks at titles only, Heads at headings and the names of columns.
	Titles, Heads bool
	// Near are pairs of which one must stand with no more than Within words
	// between; none asks for nothing.
	Near   [][2]Term
	Within int
}

// expression writes the match in the language of FTS5. Every word is quoted,
// so none can be an operator.
func (m Match) expression() string {
	var all []string
	for _, terms := range m.All {
		if s := anyOf(terms); s != "" {
			all = append(all, s)
		}
	}
	if len(all) == 0 {
		return ""
	}
	and := " AND "
	if m.Any {
		and = " OR "
	}
	s := "(" + strings.Join(all, and) + ")"
	if near := m.near(); near != "" {
		s = "(" + s + " AND " + near + ")"
	}
	switch {
	case m.Titles:
		s = "{title} : " + s
	case m.Heads:
		s = "{head} : " + s
	}
	if none := anyOf(m.None); none != "" {
		s = "(" + s + ") NOT " + none
	}
	return s
}

func (m Match) near() string {
	var out []string
	for _, pair := range m.Near {
		out = append(out, fmt.Sprintf("NEAR(%s %s, %d)", pair[0].quoted(), pair[1].quoted(), m.Within))
	}
	if len(out) == 0 {
		return ""
	}
	return "(" + strings.Join(out, " OR ") + ")"
}

func (t Term) quoted() string {
	s := `"` + strings.ReplaceAll(strings.Join(t.Words, " "), `"`, "") + `"`
	if t.Prefix {
		s += "*"
	}
	return s
}

func anyOf(terms []Term) string {
	var out []string
	for _, t := range terms {
		if len(t.Words) == 0 {
			continue
		}
		out = append(out, t.quoted())
	}
	if len(out) == 0 {
		return ""
	}
	return "(" + strings.Join(out, " OR ") + ")"
}

// Hit is something found.
type Hit struct {
	ID   int64
	Kind int
	// Doc, Holder and Ref are Coda's ids: of the doc, for a row of its table,
	// and of the thing itself.
	Doc, Holder, Ref string
	// DocName and HolderName are the doc's name, and of a row the table's, of
	// a page or table the page's it stands on or below.
	DocName, HolderName string
	Title, URL          string
	Updated             time.Time
	// Body is the text of a page, or the values of a row; Columns name those.
	Body, Columns string
}

// Named gives things with their titles, and the titles of the pages around them and
// of their docs. That costs less than to load them with their texts.
func (v *View) Named(ids []int64, take func(id int64, title, parent, doc string)) error {
	if len(ids) == 0 {
		return nil
	}
	return store.Each(v.ctx, prepared{v}, func(scan func(...any) error) error {
		var id int64
		var title, parent, doc string
		if err := scan(&id, &title, &parent, &doc); err != nil {
			return err
		}
		take(id, title, parent, doc)
		return nil
	}, `SELECT t.id, t.title, t.parent, d.name FROM json_each(?) CROSS JOIN things t ON t.id = value CROSS JOIN docs d ON d.num = t.id >> 32`, asList(ids))
}

var errKind = fmt.Errorf("%w: it names a kind of thing that there is not", ErrDamaged)

// Load reads hits of one tier, rows or the rest, by their ids, and gives take
// one after the other in that order: all their texts together may be more than
// memory should hold. One that is gone is left out. CROSS keeps the order, in
// which the ids are looked up one by one.
func (v *View) Load(ids []int64, rows bool, take func(Hit)) error {
	if len(ids) == 0 {
		return nil
	}
	query := `SELECT t.id, t.kind, d.id, '', t.ref, d.name, t.parent, t.title, t.url, t.updated, ifnull(x.body, ''), t.columns
		FROM json_each(?) CROSS JOIN things t ON t.id = value CROSS JOIN docs d ON d.num = t.id >> 32 LEFT JOIN texts x ON x.id = t.id`
	if rows {
		query = `SELECT r.id, 3, d.id, t.ref, r.ref, d.name, t.title, r.title, CASE WHEN r.url = '' THEN t.row_url || r.ref ELSE r.url END,
			r.updated, r.body, t.columns
			FROM json_each(?) CROSS JOIN rows r ON r.id = value CROSS JOIN things t ON t.id = r.tbl CROSS JOIN docs d ON d.num = r.id >> 32`
	}
	return store.Each(v.ctx, prepared{v}, func(scan func(...any) error) error {
		var h Hit
		var updated int64
		if err := scan(&h.ID, &h.Kind, &h.Doc, &h.Holder, &h.Ref, &h.DocName,
			&h.HolderName, &h.Title, &h.URL, &updated, &h.Body, &h.Columns); err != nil {
			return err
		}
		if h.Kind < Docs || h.Kind > Rows {
			return errKind
		}
		h.Updated = store.Moment(updated)
		take(h)
		return nil
	}, query, asList(ids))
}
