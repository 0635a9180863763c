package index

import (
	"cmp"
	"context"
	"slices"

	"codabridge/server/store"
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

// size is how large a segment is.
type size struct {
	num               int64
	size, dead, count int
}

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
	all, err := store.All(context.Background(), tx, func(scan func(...any) error) (g size, err error) {
		return g, scan(&g.num, &g.size, &g.dead, &g.count)
	}, `SELECT num, size, dead, count FROM segments WHERE rows = ? ORDER BY num`, rows)
	var levels [mostLevel][]size
	for _, g := range all {
		if g.dead*2 >= g.count {
			return tx.load([]size{g})
		}
		if l := levelOf(g.size); l < mostLevel {
			levels[l] = append(levels[l], g)
			if len(levels[l]) == mergeOf {
				return tx.load(levels[l])
			}
		}
	}
	return nil, err
}

func (tx *txn) load(some []size) (out []*segment, err error) {
	for _, s := range some {
		g, err := loadSegment(context.Background(), tx, s.num, s.dead)
		if err != nil {
			return nil, err
		}
		out = append(out, g)
	}
	return out, nil
}

// mergeSome makes one segment of some.
func (tx *txn) mergeSome(some []*segment, rows bool) error {
	merged, renamed := renumber(some)
	if merged.places() > 0 {
		if err := tx.putSegment(merged, rows); err != nil {
			return err
		}
		if err := tx.mergeWords(some, renamed, merged); err != nil {
			return err
		}
	}
	for _, g := range some {
		if _, err := tx.Exec(`DELETE FROM segments WHERE num = ?`, g.num); err != nil {
			return err
		}
		if err := tx.dropWords(g.num); err != nil {
			return err
		}
	}
	return nil
}

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

// cursor reads the words of a segment in their order, with their positions.
type cursor struct {
	tx    *txn
	g     *segment
	names []uint32
	block int // the next one
	words []cursorWord
	pos   []byte // of the block
	word  string
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
	err = eachWord(id, body, func(word []byte, l listed) bool {
		c.words = append(c.words, cursorWord{string(word), l})
		return true
	})
	if err == nil && len(c.words) > 0 {
		c.word = c.words[0].word
	}
	return err
}

// row reads a row of words and its positions.
func (c *cursor) row(id int64) (body, pos []byte, err error) {
	err = c.tx.QueryRow(`SELECT b.body, p.body FROM blocks b LEFT JOIN positions p ON p.id = b.id WHERE b.id = ?`, id).Scan(&body, &pos)
	return body, pos, err
}

// list reads that of the word at hand.
func (c *cursor) list() (p postings, pos []byte, err error) {
	l, body := c.words[0].listed, c.words[0].body
	if body == nil {
		body, pos, err = c.row(l.row)
	} else if l.to <= len(c.pos) {
		pos = c.pos[l.from:l.to]
	}
	if err != nil {
		return p, nil, err
	}
	p, _, err = openList(body, l.n, c.g.places(), nil)
	return p, pos, err
}

func (tx *txn) mergeWords(some []*segment, renamed [][]uint32, into *segment) error {
	w, err := newBlockWriter(tx, into)
	if err != nil {
		return err
	}
	var all []*cursor
	for i, g := range some {
		c := &cursor{tx: tx, g: g, names: renamed[i]}
		if err := c.next(); err != nil {
			return err
		}
		all = append(all, c)
	}
	for {
		all = slices.DeleteFunc(all, func(c *cursor) bool { return c.word == "" })
		if len(all) == 0 {
			return w.close(tx)
		}
		if err := mergeWord(all, w); err != nil {
			return err
		}
	}
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
	return nil
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
