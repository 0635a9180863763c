package index

import (
	"cmp"
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
	return tx.putSegment(m.merged, making)
}

// words makes the words of the merged segment.
func (m *merger) words(ctx context.Context, read *sql.Tx) error {
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
		c := &cursor{ctx: ctx, read: read, g: g, names: m.renamed[i]}
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
	m.first = w.words
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
		if _, err := tx.Exec(`DELETE FROM segments WHERE num = ?`, before.num); err != nil {
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
	return err
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

// cursor reads the words of a segment in their order, with their positions.
type cursor struct {
	ctx   context.Context // of the merge
	read  *sql.Tx
	g     *segment
	names []uint32 // of its places, as they are in the one that is made
	block int      // the next one
	words []cursorWord
	pos   []byte // of the block
	word  string
	last  string // of those that were read
}

type cursorWord struct {
	word string
	listed
}

// next moves on to the next word; there is none when word is empty then.
func (c *cursor) next() error {
	if len(c.words) > 1 {
		c.words = c.words[1:]
		c.word = c.words[0].word
		return nil
	}
	c.word, c.words = "", nil
	if c.block == len(c.g.blocks) {
		return nil
	}
	id := c.g.blocks[c.block].id
	c.block++
	body, pos, err := c.row(id)
	if err != nil {
		return err
	}
	c.pos = pos
	last := c.last
	err = eachWord(id, body, func(word []byte, l listed) bool {
		c.words = append(c.words, cursorWord{string(word), l})
		last, c.last = c.last, string(word)
		return last < c.last
	})
	if err == nil && (len(c.words) == 0 || last >= c.last) {
		err = errSegment
	}
	if err != nil {
		return err
	}
	c.word = c.words[0].word
	return nil
}

// row reads a row of words and its positions.
func (c *cursor) row(id int64) (body, pos []byte, err error) {
	err = c.read.QueryRowContext(c.ctx, `SELECT b.body, p.body FROM blocks b LEFT JOIN positions p ON p.id = b.id WHERE b.id = ?`, id).Scan(&body, &pos)
	if errors.Is(err, sql.ErrNoRows) {
		err = errSegment
	}
	return body, pos, err
}

// list reads that of the word at hand.
func (c *cursor) list() (p postings, pos []byte, err error) {
	l, body := c.words[0].listed, c.words[0].body
	if body == nil {
		body, pos, err = c.row(l.row)
	} else if l.to <= len(c.pos) {
		pos = c.pos[l.from:l.to]
	} else {
		err = errSegment
	}
	if err != nil {
		return p, nil, err
	}
	p, _, err = openList(body, l.n, c.g.places(), nil)
	return p, pos, err
}

// mergeWord takes the first of all words from those that have it.
func mergeWord(all []*cursor, w *blockWriter) error {
	word := all[0].word
	for _, c := range all[1:] {
		word = min(word, c.word)
	}
	var m mergedPostings
	for _, c := range all {
		if c.word != word {
			continue
		}
		if err := m.take(c); err != nil {
			return err
		}
		if err := c.next(); err != nil {
			return err
		}
	}
	if l := m.list(); l.n > 0 {
		return w.put(word, l)
	}
	return nil
}

// mergedPostings are those of one word from several segments.
type mergedPostings struct {
	all []placed
	pos []byte
}

type placed struct {
	posting
	place    uint32
	from, to int // in pos
}

func (m *mergedPostings) take(c *cursor) error {
	p, stored, err := c.list()
	if err != nil {
		return err
	}
	t := p.teller(stored)
	for p.next() {
		t.to(p.at)
		place := c.names[p.place]
		if place == noPlace {
			continue
		}
		one := placed{posting: t.posting, place: place, from: len(m.pos)}
		m.pos = append(m.pos, t.here()...)
		one.to = len(m.pos)
		m.all = append(m.all, one)
	}
	return t.end()
}

func (m *mergedPostings) list() *list {
	byPlace := func(a, b placed) int { return cmp.Compare(a.place, b.place) }
	if !slices.IsSortedFunc(m.all, byPlace) {
		slices.SortFunc(m.all, byPlace)
	}
	l := &list{pos: make([]byte, 0, len(m.pos))}
	for _, p := range m.all {
		l.put(p.place, p.posting)
		l.pos = append(l.pos, m.pos[p.from:p.to]...)
	}
	return l
}
