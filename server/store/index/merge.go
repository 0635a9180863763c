package index

import (
	"bytes"
	"cmp"
	"context"
	"database/sql"
	"errors"
	"slices"
)

// Segments of about one size are merged when there are so many, up to a size;
// so each word is written three times in all, and there are few to look into.
const mergeOf = 4

// levelOf tells sizes apart, in bytes of words; those of level mostLevel stay.
func levelOf(size int) int {
	switch {
	case size < 3*sealAt:
		return 0
	case size < 3*sealAt*mergeOf:
		return 1
	}
	return mostLevel
}

const mostLevel = 2

// merge makes of many small segments larger ones, and writes those anew of
// which half is gone.
func (tx *txn) merge(rows bool) error {
	for {
		some, err := tx.toMerge(rows)
		if err != nil || len(some) == 0 {
			return err
		}
		if err := tx.mergeSome(some, rows); err != nil {
			return err
		}
	}
}

func (tx *txn) toMerge(rows bool) ([]*segment, error) {
	all, err := loadSegments(context.Background(), tx, nil, rows, 0, 1<<62)
	if err != nil {
		return nil, err
	}
	var levels [mostLevel][]*segment
	for _, g := range all {
		if g.dead*2 >= len(g.lengths) {
			return []*segment{g}, nil
		}
		if l := levelOf(g.size); l < mostLevel {
			levels[l] = append(levels[l], g)
			if len(levels[l]) == mergeOf {
				return levels[l], nil
			}
		}
	}
	return nil, nil
}

// mergeSome makes one segment of some.
func (tx *txn) mergeSome(some []*segment, rows bool) error {
	merged, renamed := renumber(some)
	if merged.places() > 0 {
		if err := tx.putSegment(merged, rows); err != nil {
			return err
		}
		if err := tx.mergeWords(some, renamed, merged.num); err != nil {
			return err
		}
	}
	for _, g := range some {
		if _, err := tx.Exec(`DELETE FROM postings WHERE segment = ?1; DELETE FROM segments WHERE num = ?1`, g.num); err != nil {
			return err
		}
	}
	return nil
}

const noPlace = 1<<32 - 1

// renumber puts the places of segments in one order, and tells for each which
// it is in it.
func renumber(some []*segment) (merged *segment, renamed [][]uint32) {
	type source struct {
		id, of   int64
		from, at uint32
	}
	merged = &segment{}
	var all []source
	for i, g := range some {
		names := make([]uint32, g.places())
		renamed = append(renamed, names)
		g.each(func(place uint32, id, of int64) {
			names[place] = noPlace
			if !g.isGone(place) {
				all = append(all, source{id, of, uint32(i), place})
			}
		})
		merged.size += int(int64(g.size) * int64(len(g.lengths)-g.dead) / int64(len(g.lengths)))
	}
	slices.SortFunc(all, func(a, b source) int { return cmp.Compare(a.id, b.id) })
	for _, s := range all {
		renamed[s.from][s.at] = merged.places()
		merged.append(s.id, s.of, int(some[s.from].lengths[s.at]), some[s.from].likes[s.at])
	}
	return merged, renamed
}

// cursor reads the words of a segment in their order.
type cursor struct {
	rows      *sql.Rows
	word      []byte
	body, pos sql.RawBytes
	names     []uint32
}

func (c *cursor) next() (more bool, err error) {
	if !c.rows.Next() {
		return false, errors.Join(c.rows.Err(), c.rows.Close())
	}
	var word sql.RawBytes
	err = c.rows.Scan(&word, &c.body, &c.pos)
	c.word = append(c.word[:0], word...)
	return true, err
}

func (tx *txn) mergeWords(some []*segment, renamed [][]uint32, into int64) (err error) {
	var all []*cursor
	defer func() {
		for _, c := range all {
			err = errors.Join(err, c.rows.Close())
		}
	}()
	for i, g := range some {
		rows, err := tx.QueryContext(context.Background(), `SELECT word, body, pos FROM postings WHERE segment = ? ORDER BY word`, g.num)
		if err != nil {
			return err
		}
		c := &cursor{rows: rows, names: renamed[i]}
		all = append(all, c)
		if _, err := c.next(); err != nil {
			return err
		}
	}
	put, err := tx.Prepare(putPostings)
	if err != nil {
		return err
	}
	all = slices.DeleteFunc(all, func(c *cursor) bool { return len(c.word) == 0 })
	for len(all) > 0 {
		all, err = mergeWord(all, func(word string, l *list) error {
			_, err := put.Exec(into, word, l.n, l.body, l.pos)
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// mergeWord takes the first of all words from those that have it.
func mergeWord(all []*cursor, put func(string, *list) error) ([]*cursor, error) {
	first := all[0].word
	for _, c := range all[1:] {
		if bytes.Compare(c.word, first) < 0 {
			first = c.word
		}
	}
	word := string(first)
	var m mergedPostings
	left := all[:0:0]
	for _, c := range all {
		if string(c.word) != word {
			left = append(left, c)
			continue
		}
		m.take(c)
		more, err := c.next()
		if err != nil {
			return left, err
		}
		if more {
			left = append(left, c)
		}
	}
	if l := m.list(); l.n > 0 {
		return left, put(word, l)
	}
	return left, nil
}

// mergedPostings are those of one word from several segments.
type mergedPostings struct {
	all []placed
	pos []byte
}

type placed struct {
	posting
	from, to int // in pos
}

func (m *mergedPostings) take(c *cursor) {
	p := postings{body: c.body, pos: c.pos}
	for p.next() {
		pos := p.passed()
		if int(p.place) >= len(c.names) || c.names[p.place] == noPlace {
			continue
		}
		one := placed{posting: p.posting, from: len(m.pos)}
		one.place = c.names[p.place]
		m.pos = append(m.pos, pos...)
		one.to = len(m.pos)
		m.all = append(m.all, one)
	}
}

func (m *mergedPostings) list() *list {
	byPlace := func(a, b placed) int { return cmp.Compare(a.place, b.place) }
	if !slices.IsSortedFunc(m.all, byPlace) {
		slices.SortFunc(m.all, byPlace)
	}
	l := &list{pos: make([]byte, 0, len(m.pos))}
	for _, p := range m.all {
		l.put(p.posting)
		l.pos = append(l.pos, m.pos[p.from:p.to]...)
	}
	return l
}
