package index

import (
	"sync"
	"sync/atomic"
)

// How many bytes are kept in memory of segments without their words, and of rows
// of words.
const (
	mostKept  = 24 << 20
	mostWords = 24 << 20
)

// kept are segments that were read. What is in one never changes but for what
// is gone, which is told by how many those are.
type kept struct {
	mu    sync.Mutex
	all   map[int64]*segment
	bytes int
	rows  map[int64][]byte // of words, by id
	old   map[int64][]byte // those that were there before, and not asked for since
	sizes int              // of rows
	sums  atomic.Bool      // the table of them was there
}

// row gives a row of words that was kept.
func (k *kept) row(id int64) []byte {
	k.mu.Lock()
	defer k.mu.Unlock()
	body := k.rows[id]
	if body == nil && k.old[id] != nil {
		body = k.old[id]
		k.put(id, body)
	}
	return body
}

// keep keeps a row of words, which never changes.
func (k *kept) keep(id int64, body []byte) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.rows[id] == nil { // another reader may have met it at the same time
		k.put(id, body)
	}
}

// put puts a row among those that were asked for last.
func (k *kept) put(id int64, body []byte) {
	if k.rows == nil || k.sizes+len(body) > mostWords/2 {
		k.rows, k.old, k.sizes = map[int64][]byte{}, k.rows, 0
	}
	k.rows[id] = body
	k.sizes += len(body)
}

// bytes is what it takes in memory.
func (g *segment) bytes() int {
	return 7*len(g.lengths) + 33*len(g.runs) + 48*len(g.blocks) + 8*len(g.gone) + len(g.sums)
}

func (k *kept) get(num int64, dead int) *segment {
	if k == nil {
		return nil
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if g := k.all[num]; g != nil && g.dead == dead {
		return g
	}
	return nil
}

func (k *kept) add(g *segment) {
	if k == nil {
		return
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if old := k.all[g.num]; old != nil {
		k.bytes -= old.bytes()
	}
	if k.all == nil || k.bytes+g.bytes() > mostKept {
		k.all, k.bytes = map[int64]*segment{}, 0
	}
	k.all[g.num] = g
	k.bytes += g.bytes()
}
