package index

import (
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"slices"

	"codabridge/server/store"
)

// Sketches of up to 32 neighbours by id stand on one shelf, a blob, since a
// search reads those of many. They change in the transaction that changes the
// words. Rows stand on shelves of their own.
const shelfBits = 5

// shelfOf is the number of the shelf of an id.
func shelfOf(id int64, rows bool) int64 {
	n := id >> shelfBits << 1
	if rows {
		n |= 1
	}
	return n
}

// firstOn is the first id that a shelf has room for.
func firstOn(shelf int64) int64 { return shelf >> 1 << shelfBits }

// drawn is a stored sketch with its place on the shelf; one without a body is
// to be taken away.
type drawn struct {
	at   int
	body []byte
}

// sketches are those that a transaction draws, by shelf.
type sketches map[int64][]drawn

func (s sketches) put(id int64, rows bool, body []byte) {
	n := shelfOf(id, rows)
	s[n] = append(s[n], drawn{int(id - firstOn(n)), body})
}

// store merges them into what is there.
func (s sketches) store(tx *txn) error {
	for shelf, fresh := range s {
		err := changeShelf(tx, shelf, func(old []drawn) []drawn {
			slices.SortStableFunc(fresh, func(a, b drawn) int { return a.at - b.at })
			all := make([]drawn, 0, len(old)+len(fresh))
			for _, o := range old {
				if _, replaced := slices.BinarySearchFunc(fresh, o.at, func(d drawn, at int) int { return d.at - at }); !replaced {
					all = append(all, o)
				}
			}
			for i, f := range fresh {
				if f.body != nil && (i+1 == len(fresh) || fresh[i+1].at != f.at) {
					all = append(all, f)
				}
			}
			slices.SortFunc(all, func(a, b drawn) int { return a.at - b.at })
			return all
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func changeShelf(tx *txn, shelf int64, change func([]drawn) []drawn) error {
	var raw []byte
	err := tx.QueryRow(`SELECT body FROM sketches WHERE shelf = ?`, shelf).Scan(&raw)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	all := change(slices.Collect(onShelf(raw)))
	if len(all) == 0 {
		_, err := tx.Exec(`DELETE FROM sketches WHERE shelf = ?`, shelf)
		return err
	}
	var out []byte
	last := -1
	for _, d := range all {
		out = binary.AppendUvarint(out, uint64(d.at-last))
		out = binary.AppendUvarint(out, uint64(len(d.body)))
		out = append(out, d.body...)
		last = d.at
	}
	_, err = tx.Exec(`INSERT INTO sketches (shelf, body) VALUES (?1, ?2) ON CONFLICT (shelf) DO UPDATE SET body = ?2`, shelf, out)
	return err
}

// onShelf reads a shelf in the order of places.
func onShelf(raw []byte) func(yield func(drawn) bool) {
	return func(yield func(drawn) bool) {
		at := -1
		for len(raw) > 0 {
			step, n := binary.Uvarint(raw)
			size, k := binary.Uvarint(raw[max(n, 0):])
			from := n + k
			if n <= 0 || k <= 0 || size == 0 || uint64(len(raw)-from) < size {
				return
			}
			at += int(step)
			if !yield(drawn{at, raw[from : from+int(size)]}) {
				return
			}
			raw = raw[from+int(size):]
		}
	}
}

// sketchThing draws a doc, page or table. What weighs as the text of a table
// are the names of its columns, which are found as headings.
func sketchThing(tx *txn, id int64, kind int, t Text) error {
	head, body := t.HeadWords, t.BodyWords
	if kind == Tables {
		head, body = "", head
	}
	s := sketches{}
	s.put(id, false, sketch(kind, 0, t.TitleWords, head, body))
	return s.store(tx)
}

// pruneSketches leaves of some shelves the sketches of what is still there.
func pruneSketches(tx *txn, shelves []int64) error {
	for _, shelf := range shelves {
		first, of := firstOn(shelf), "things"
		if shelf&1 == 1 {
			of = "rows"
		}
		there, err := store.All(context.Background(), tx, store.One[int64],
			`SELECT id FROM `+of+` WHERE id BETWEEN ? AND ? ORDER BY id`, first, first|(1<<shelfBits-1))
		if err != nil {
			return err
		}
		err = changeShelf(tx, shelf, func(old []drawn) []drawn {
			return slices.DeleteFunc(old, func(d drawn) bool {
				_, ok := slices.BinarySearch(there, first+int64(d.at))
				return !ok
			})
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// Sketches gives those of ids of one tier, which must be in order; there is
// false for one without. The sketch is good until the next one is given.
func (v *View) Sketches(ids []int64, rows bool, take func(i int, s *Sketch, there bool)) error {
	if len(ids) == 0 {
		return nil
	}
	var shelves []int64
	for _, id := range ids {
		if n := shelfOf(id, rows); len(shelves) == 0 || shelves[len(shelves)-1] != n {
			shelves = append(shelves, n)
		}
	}
	w := walker{ids: ids, take: take, wanted: shelves}
	err := store.Each(v.ctx, prepared{v}, func(scan func(...any) error) error {
		var shelf int64
		var raw sql.RawBytes
		if err := scan(&shelf, &raw); err != nil {
			return err
		}
		w.shelf(shelf, raw)
		return nil
	}, `SELECT shelf, body FROM sketches WHERE shelf BETWEEN ? AND ?`, shelves[0], shelves[len(shelves)-1])
	w.until(1 << 62)
	return err
}

// walker goes along ids and shelves, both in order.
type walker struct {
	wanted []int64
	ids    []int64
	at     int
	take   func(i int, s *Sketch, there bool)
	s      Sketch
}

// until passes ids below one as such without a sketch.
func (w *walker) until(id int64) {
	for w.at < len(w.ids) && w.ids[w.at] < id {
		w.take(w.at, nil, false)
		w.at++
	}
}

func (w *walker) shelf(shelf int64, raw []byte) {
	for len(w.wanted) > 0 && w.wanted[0] < shelf {
		w.wanted = w.wanted[1:]
	}
	if len(w.wanted) == 0 || w.wanted[0] != shelf {
		return
	}
	first := firstOn(shelf)
	for d := range onShelf(raw) {
		id := first + int64(d.at)
		if w.at == len(w.ids) || w.ids[w.at] >= first+(1<<shelfBits) {
			return
		}
		w.until(id)
		if w.at < len(w.ids) && w.ids[w.at] == id {
			w.s.read(id>>32, d.body)
			w.take(w.at, &w.s, true)
			w.at++
		}
	}
}
