package index

import (
	"context"
	"database/sql"
	"slices"

	"codabridge/server/store"
)

// What was written last is found by FTS5. When that has grown to sealAt bytes
// of words it is made into a segment, which is found many times faster and
// takes half the room.
const sealAt = 1 << 20

// txn is a change of the index at work.
type txn struct {
	*sql.Tx
	kept *kept
	refs *refs
	// graves are segments in which places went, as they will be.
	graves map[int64]*segment
	added  int // bytes of words
	sealed bool
}

// staged is what a place is found by.
type staged struct {
	id, of                  int64
	title, head, body, also string
}

// ftsOf is the table of what was written last of a tier.
func ftsOf(rows bool) string {
	if rows {
		return "rows_fts"
	}
	return "things_fts"
}

// stage makes a place be found, and notes its words until they are sealed. What
// it was found by before is to be forgotten first.
func (tx *txn) stage(p staged, rows bool) error {
	size := len(p.title) + len(p.head) + len(p.body) + len(p.also)
	tx.added += size
	_, err := tx.Exec(`INSERT INTO staged (id, rows, of, size, title, head, body, also) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
		p.id, rows, p.of, size, p.title, p.head, p.body, p.also)
	if err != nil {
		return err
	}
	if rows {
		_, err = tx.Exec(`INSERT INTO rows_fts (rowid, title, body, also) VALUES (?, ?, ?, ?)`, p.id, p.title, p.body, p.also)
	} else {
		_, err = tx.Exec(`INSERT INTO things_fts (rowid, title, head, body, also) VALUES (?, ?, ?, ?, ?)`, p.id, p.title, p.head, p.body, p.also)
	}
	return err
}

// forget makes places of one tier be found no more.
func (tx *txn) forget(ids []int64, rows bool) error {
	if len(ids) == 0 {
		return nil
	}
	ids = slices.Sorted(slices.Values(ids))
	gone, err := store.All(context.Background(), tx, store.One[int64],
		`DELETE FROM staged WHERE id IN (SELECT value FROM json_each(?)) RETURNING id`, asList(ids))
	if err != nil {
		return err
	}
	if len(gone) > 0 {
		if _, err := tx.Exec(`DELETE FROM `+ftsOf(rows)+` WHERE rowid IN (SELECT value FROM json_each(?))`, asList(gone)); err != nil {
			return err
		}
	}
	if len(gone) == len(ids) {
		return nil
	}
	segments, err := loadSegments(context.Background(), tx, tx.kept, rows, ids[0], ids[len(ids)-1])
	if err != nil {
		return err
	}
	for _, g := range segments {
		tx.bury(g, ids)
	}
	return nil
}

func (tx *txn) bury(g *segment, ids []int64) {
	if changed := tx.graves[g.num]; changed != nil {
		g = changed
	}
	var places []uint32
	for _, id := range ids {
		if p, ok := g.placeOf(id); ok && !g.isGone(p) {
			places = append(places, p)
		}
	}
	if len(places) == 0 {
		return
	}
	if tx.graves[g.num] == nil {
		own := *g // others read the old one
		own.gone = slices.Clone(g.gone)
		g = &own
		if tx.graves == nil {
			tx.graves = map[int64]*segment{}
		}
		tx.graves[g.num] = g
	}
	g.bury(places)
}

// settle writes down what went, and seals what was staged when it is enough.
func (db *DB) settle(tx *txn) error {
	for num, g := range tx.graves {
		gone := g.encodeGone()
		_, err := tx.Exec(`UPDATE segments SET dead = ?1, gone = ?2 WHERE num = ?4; UPDATE sums SET dead = ?1, gone = ?3 WHERE num = ?4`,
			g.dead, gone, goneSum(g.dead, gone), num)
		if err != nil {
			return err
		}
	}
	if tx.added == 0 {
		return nil
	}
	if n := db.staged.Add(int64(tx.added)); n < sealAt && n > int64(tx.added) {
		return nil // since the file was opened no more than that
	}
	var left int64
	for _, rows := range []bool{false, true} {
		n, err := tx.sealFrom(rows, sealAt)
		if err != nil {
			return err
		}
		left = max(left, n)
	}
	db.staged.Store(left)
	return nil
}

// Seal makes segments of what was written last where it is some bytes of words
// or more. A search need not look for those in two ways then.
func (db *DB) Seal(ctx context.Context, least int) error {
	return db.change(ctx, "seal index", func(tx *txn) error {
		for _, rows := range []bool{false, true} {
			if _, err := tx.sealFrom(rows, int64(max(least, 1))); err != nil {
				return err
			}
		}
		tx.refs.forget(0)
		tx.sealed = true // what a merge that was broken off has left is looked for
		return nil
	})
}

// sealFrom seals a tier that has staged so many bytes, and tells how many are
// left.
func (tx *txn) sealFrom(rows bool, least int64) (left int64, err error) {
	err = tx.QueryRow(`SELECT ifnull(sum(size), 0) FROM staged WHERE rows = ?`, rows).Scan(&left)
	if err != nil || left < least {
		return left, err
	}
	tx.sealed = true
	return 0, tx.seal(rows)
}
