package index

import (
	"context"
	"database/sql"
	"errors"
	"slices"
)

// merger is the work of making one segment of some.
type merger struct {
	db      *DB
	rows    bool
	some    []*segment
	merged  *segment
	renamed [][]uint32

	first []byte    // words of the blocks that are made
	sums  []byte    // of their rows
	batch []wordRow // that are made and not written yet
	bytes int
}

// wordRow is a row of blocks and of positions.
type wordRow struct {
	id        int64
	body, pos []byte
}

// begin numbers the segment that is made.
func (m *merger) begin(tx *txn) error {
	if err := m.areThere(tx); err != nil {
		return err
	}
	return tx.putSegment(m.merged, making)
}

// areThere tells by errGone that the index was emptied meanwhile.
func (m *merger) areThere(tx *txn) error {
	for _, g := range m.some {
		var there bool
		err := tx.QueryRow(`SELECT EXISTS (SELECT 1 FROM segments WHERE num = ?)`, g.num).Scan(&there)
		if err == nil && !there {
			err = errGone
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// words makes the words of the merged segment.
func (m *merger) words(ctx context.Context) error {
	w := newBlockWriter(m.merged, func(id int64, body, pos []byte) error {
		m.batch = append(m.batch, wordRow{id, slices.Clone(body), slices.Clone(pos)})
		m.bytes += len(body) + len(pos)
		if m.bytes < m.db.mergeStep {
			return nil
		}
		return m.write(ctx)
	})
	var all []*cursor
	for i, g := range m.some {
		c := &cursor{ctx: ctx, read: m.db.file.Read(), g: g, names: m.renamed[i]}
		if err := c.next(); err != nil {
			return err
		}
		all = append(all, c)
	}
	for {
		all = slices.DeleteFunc(all, func(c *cursor) bool { return c.word == "" })
		if len(all) == 0 {
			break
		}
		if err := mergeWord(all, w); err != nil {
			return err
		}
	}
	if err := w.flush(); err != nil {
		return err
	}
	m.first, m.sums = w.words, w.sums
	return m.write(ctx)
}

// write stores the rows that are made.
func (m *merger) write(ctx context.Context) error {
	err := m.db.step(ctx, func(tx *txn) error {
		if err := m.isThere(tx); err != nil {
			return err
		}
		put, err := tx.putWords()
		for _, row := range m.batch {
			if err != nil {
				return err
			}
			err = put(row.id, row.body, row.pos)
		}
		return err
	})
	m.batch, m.bytes = m.batch[:0], 0
	return err
}

// isThere tells by errGone that the index was emptied meanwhile: no word of it
// must come back.
func (m *merger) isThere(tx *txn) error {
	var there bool
	err := tx.QueryRow(`SELECT EXISTS (SELECT 1 FROM segments WHERE num = ? AND rows = ?)`, m.merged.num, making).Scan(&there)
	if err == nil && !there {
		err = errGone
	}
	return err
}

// publish lets the merged segment take the place of the others. What went from
// those since it was begun is gone in it too.
func (m *merger) publish(tx *txn) error {
	for i, before := range m.some {
		if err := m.buryFrom(tx, before, m.renamed[i]); err != nil {
			return err
		}
		if _, err := tx.Exec(`DELETE FROM segments WHERE num = ?1; DELETE FROM sums WHERE num = ?1`, before.num); err != nil {
			return err
		}
	}
	if m.merged.places() == 0 {
		return nil
	}
	if err := m.isThere(tx); err != nil {
		return err
	}
	_, err := tx.Exec(`UPDATE segments SET rows = ?, dead = ?, gone = ?, words = ? WHERE num = ?`,
		m.rows, m.merged.dead, m.merged.encodeGone(), m.first, m.merged.num)
	if err != nil {
		return err
	}
	return tx.putSums(m.merged, tierOf(m.rows), m.first, m.sums)
}

func (m *merger) buryFrom(tx *txn, before *segment, names []uint32) error {
	var dead int
	err := tx.QueryRow(`SELECT dead FROM segments WHERE num = ?`, before.num).Scan(&dead)
	if errors.Is(err, sql.ErrNoRows) {
		return errGone
	}
	if err != nil || dead == before.dead {
		return err
	}
	now, err := loadSegment(context.Background(), tx, before.num, dead, m.rows)
	if err != nil {
		return err
	}
	var gone []uint32
	for place, as := range names {
		if as != noPlace && now.isGone(uint32(place)) {
			gone = append(gone, as)
		}
	}
	m.merged.bury(gone)
	return nil
}
