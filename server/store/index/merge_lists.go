package index

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"slices"
)

// cursor reads the words of a segment in their order, with their positions.
type cursor struct {
	ctx   context.Context // of the merge
	read  querier
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
	if err == nil {
		err = c.g.proveRow(id, ofBlocks, body)
	}
	if err == nil {
		err = c.g.proveRow(id, ofPositions, pos)
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
