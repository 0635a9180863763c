package index

import (
	"context"
	"maps"
	"slices"
	"strings"

	"codabridge/server/store"
)

// builder makes a segment in memory.
type builder struct {
	segment
	lists map[string]*list
}

// add takes up a place; they come in the order of their ids.
func (b *builder) add(p staged) {
	place := b.places()
	length := longText
	if len(p.body) <= sketchLength {
		length = countWords(p.body)
	}
	if p.of == Tables && p.head != "" { // what weighs as the text of a table are the names of its columns
		length = countWords(p.head)
	}
	b.size += len(p.title) + len(p.head) + len(p.body) + len(p.also)
	b.append(p.id, p.of, length, likeOf(hashes(p.title)))
	titles := countWords(p.title)
	for _, part := range []struct {
		words string
		from  int
	}{{p.title, 0}, {p.head, headsFrom}, {p.body, textFrom}, {p.also, textFrom + countWords(p.body) + alsoGap}} {
		at := part.from
		for w := range strings.SplitSeq(part.words, " ") {
			if w != "" {
				b.list(w).add(place, at, titles)
			}
			at++
		}
	}
}

func countWords(words string) int {
	if words == "" {
		return 0
	}
	return strings.Count(words, " ") + 1
}

func (b *builder) list(word string) *list {
	l := b.lists[word]
	if l == nil {
		l = &list{}
		b.lists[word] = l
	}
	return l
}

// likeOf is a number that titles share of which the first words are the same.
func likeOf(title []uint32) uint32 {
	h := uint32(2166136261)
	for _, w := range title[:min(len(title), sketchTitle)] {
		h = (h ^ w) * 16777619
	}
	return h
}

// seal makes a segment of what is staged of a tier.
func (tx *txn) seal(rows bool) error {
	b := builder{lists: map[string]*list{}}
	err := store.Each(context.Background(), tx, func(scan func(...any) error) error {
		var p staged
		if err := scan(&p.id, &p.of, &p.title, &p.head, &p.body, &p.also); err != nil {
			return err
		}
		b.add(p)
		return nil
	}, `SELECT id, of, title, head, body, also FROM staged WHERE rows = ? ORDER BY id`, rows)
	if err != nil {
		return err
	}
	if err := tx.putSegment(&b.segment, tierOf(rows)); err != nil {
		return err
	}
	put, err := tx.putWords()
	if err != nil {
		return err
	}
	w := newBlockWriter(&b.segment, put)
	for _, word := range slices.Sorted(maps.Keys(b.lists)) {
		l := b.lists[word]
		l.close()
		if err := w.put(word, l); err != nil {
			return err
		}
	}
	if err := w.close(tx, &b.segment, tierOf(rows)); err != nil {
		return err
	}
	_, err = tx.Exec(`DELETE FROM staged WHERE rows = ?; INSERT INTO `+ftsOf(rows)+` (`+ftsOf(rows)+`) VALUES ('delete-all');
		DELETE FROM sketches WHERE shelf & 1 = ?`, rows, rows)
	return err
}

// putSegment stores what a segment is beside its words, and numbers it.
func (tx *txn) putSegment(g *segment, tier int) error {
	r := g.row(tier, nil)
	return tx.QueryRow(`INSERT INTO segments (rows, size, first, last, count, places) VALUES (?, ?, ?, ?, ?, ?) RETURNING num`,
		tier, r.size, r.first, r.last, r.count, r.places).Scan(&g.num)
}
