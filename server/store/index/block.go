package index

import (
	"bytes"
	"encoding/binary"
	"math"
	"slices"
)

// The words of a segment stand in blocks, in their order, each with its list. A
// long list has a row of its own, which its word names. Where the words stand in
// each place is in the row of the same number in positions, and read for few.
const (
	blockFull = 2030    // bytes; two rows of this size fill a page
	listAlone = 1 << 10 // of a list that has a row of its own
	// mostBeside is what stands in a block for a word beside itself and its list.
	mostBeside = 12
)

// blockWriter writes the words of a segment, which come in their order.
type blockWriter struct {
	segment     int64
	places      uint32
	next        int64 // the number of the next row in the segment
	body, pos   []byte
	first, last []byte
	words       []byte // the first word of each block, with its number
	sums        []byte // of each row
	listed      int64  // of the last block
	store       func(id int64, body, pos []byte) error
	room        []byte
}

// newBlockWriter gives each row to store, which must not keep it.
func newBlockWriter(g *segment, store func(id int64, body, pos []byte) error) *blockWriter {
	return &blockWriter{segment: g.num, places: g.places(), store: store}
}

// putWords gives what stores rows of words.
func (tx *txn) putWords() (func(id int64, body, pos []byte) error, error) {
	block, err := tx.Prepare(`INSERT INTO blocks (id, body) VALUES (?, ?)`)
	if err != nil {
		return nil, err
	}
	positions, err := tx.Prepare(`INSERT INTO positions (id, body) VALUES (?, ?)`)
	return func(id int64, body, pos []byte) error {
		_, err := block.Exec(id, body)
		if err == nil && len(pos) > 0 {
			_, err = positions.Exec(id, pos)
		}
		return err
	}, err
}

// put writes a word.
func (w *blockWriter) put(word string, l *list) error {
	if len(word) > 255 {
		return nil // no word is
	}
	w.room = l.encode(w.room[:0], w.places)
	own, body, pos := int64(0), w.room, l.pos
	if len(body)+len(pos) >= listAlone {
		own = w.next + 1 // zero means none
		if err := w.row(body, pos); err != nil {
			return err
		}
		body, pos = nil, nil
	}
	if len(w.body)+len(word)+len(body)+mostBeside > blockFull {
		if err := w.flush(); err != nil {
			return err
		}
	}
	if len(w.body) == 0 {
		w.first = append(w.first[:0], word...)
		w.last = w.last[:0]
	}
	shared := 0
	for shared < min(len(w.last), len(word)) && w.last[shared] == word[shared] {
		shared++
	}
	w.body = append(w.body, byte(shared), byte(len(word)-shared))
	w.body = append(w.body, word[shared:]...)
	w.body = binary.AppendUvarint(w.body, uint64(l.n))
	w.body = binary.AppendUvarint(w.body, uint64(len(body)))
	if own != 0 {
		w.body = binary.AppendUvarint(w.body, uint64(own))
	} else {
		w.body = append(binary.AppendUvarint(w.body, uint64(len(pos))), body...)
	}
	w.pos = append(w.pos, pos...)
	w.last = append(w.last[:0], word...)
	return nil
}

func (w *blockWriter) row(body, pos []byte) error {
	id := w.segment<<32 | w.next
	w.next++
	w.sums = appendSums(w.sums, body, pos)
	return w.store(id, body, pos)
}

func (w *blockWriter) flush() error {
	if len(w.body) == 0 {
		return nil
	}
	w.words = append(binary.AppendUvarint(w.words, uint64(w.next-w.listed)), byte(len(w.first)))
	w.words = append(w.words, w.first...)
	w.listed = w.next
	err := w.row(w.body, w.pos)
	w.body, w.pos = w.body[:0], w.pos[:0]
	return err
}

// close writes what is left, and which words the blocks begin with.
func (w *blockWriter) close(tx *txn, g *segment, tier int) error {
	if err := w.flush(); err != nil {
		return err
	}
	if _, err := tx.Exec(`UPDATE segments SET words = ? WHERE num = ?`, w.words, w.segment); err != nil {
		return err
	}
	return tx.putSums(g, tier, w.words, w.sums)
}

// head is where a block is, and which word it begins with.
type head struct {
	id    int64
	first []byte
}

// decodeWords reads where the blocks of a segment are.
func (g *segment) decodeWords(raw []byte) error {
	id := g.num << 32
	for len(raw) > 0 {
		step, n := binary.Uvarint(raw)
		if n <= 0 || len(raw) <= n || len(raw) < n+1+int(raw[n]) {
			return errSegment
		}
		id += int64(step)
		to := n + 1 + int(raw[n])
		h := head{id, raw[n+1 : to]}
		if last := len(g.blocks) - 1; id>>32 != g.num || last >= 0 && (step == 0 || bytes.Compare(g.blocks[last].first, h.first) >= 0) {
			return errSegment
		}
		g.blocks = append(g.blocks, h)
		raw = raw[to:]
	}
	return nil
}

// blockOf is the number of the block that a word is in if it is anywhere; -1 of
// one before all others.
func (g *segment) blockOf(word string) int {
	i, found := slices.BinarySearchFunc(g.blocks, word, func(h head, word string) int { return bytes.Compare(h.first, []byte(word)) })
	if !found {
		i--
	}
	return i
}

// listed is a word of a block with its list.
type listed struct {
	n    int
	body []byte // none where it is in a row of its own
	// row holds the list where it is alone, and the positions: all of them, or
	// from, up to to.
	row      int64
	from, to int
}

// eachWord gives the words of a block while take says so. The word is good until
// take returns.
func eachWord(id int64, raw []byte, take func(word []byte, l listed) bool) error {
	var room [2 * 255]byte
	word := room[:0]
	pos := 0
	number := func() int {
		n, size := binary.Uvarint(raw)
		raw = raw[max(size, 0):]
		if size <= 0 {
			raw = nil
			return -1
		}
		return int(n)
	}
	for len(raw) > 0 {
		if len(raw) < 2 || int(raw[0]) > len(word) || raw[1] == 0 || len(raw) < 2+int(raw[1]) {
			return errSegment
		}
		shared, more := int(raw[0]), int(raw[1])
		word = append(word[:shared], raw[2:2+more]...)
		raw = raw[2+more:]
		l := listed{n: number(), row: id}
		size, last := number(), number()
		if l.n < 1 || size < 0 || last < 0 || size > len(raw) || last > math.MaxInt32 {
			return errSegment
		}
		if size == 0 {
			l.row, l.to = id>>32<<32|int64(last-1), -1
		} else {
			l.body, raw = raw[:size], raw[size:]
			l.from, l.to = pos, pos+last
			pos += last
		}
		if !take(word, l) {
			return nil
		}
	}
	return nil
}
