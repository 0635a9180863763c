//go:build !race

package index

import (
	"maps"
	"slices"
	"strings"
	"testing"
)

// FuzzChanges is the same for as long as one likes.
func FuzzChanges(f *testing.F) {
	for seed := range uint64(4) {
		f.Add(seed+100, uint8(20))
	}
	f.Fuzz(func(t *testing.T, seed uint64, changes uint8) { random(t, seed, int(changes)) })
}

// FuzzSegment reads whatever stands in the blobs of a segment.
func FuzzSegment(f *testing.F) {
	b := builder{lists: map[string]*list{}}
	for i := range int64(40) {
		b.add(staged{id: 1<<32 + i*3, of: Pages, title: "an ant", head: "bee", body: strings.Repeat("ant ", int(i)), also: "x"})
	}
	var blocks []byte
	w := newBlockWriter(&b.segment, func(_ int64, body, _ []byte) error { blocks = slices.Clone(body); return nil })
	for _, word := range slices.Sorted(maps.Keys(b.lists)) {
		b.lists[word].close()
		if err := w.put(word, b.lists[word]); err != nil {
			f.Fatal(err)
		}
	}
	if err := w.flush(); err != nil {
		f.Fatal(err)
	}
	ant := b.lists["ant"]
	f.Add(b.encode(), []byte{}, ant.encode(nil, b.places()), ant.pos, ant.n, uint32(40), w.words, blocks)
	f.Add(b.encode(), []byte{}, ant.encode(nil, 2000), ant.pos, ant.n, uint32(2000), w.words, blocks)
	f.Fuzz(func(t *testing.T, places, gone, list, pos []byte, n int, of uint32, words, block []byte) {
		g := segment{}
		if g.decode(places, gone, n%2 == 0) == nil {
			for _, r := range g.runs {
				if place, ok := g.placeOf(r.first); !ok || place != r.from {
					t.Fatalf("run %+v begins at %d, %v", r, place, ok)
				}
			}
			for _, id := range []int64{0, 1 << 32, -1, 1<<62 + 5} {
				if place, ok := g.placeOf(id); ok && place >= g.places() {
					t.Fatalf("id %d is at %d", id, place)
				}
			}
		}
		if g.decodeWords(words) == nil {
			_ = g.blockOf("ant")
		}
		_ = eachWord(5, block, func(word []byte, l listed) bool {
			if l.to >= 0 && l.from > l.to || len(l.body) > len(block) || len(word) == 0 {
				t.Fatalf("%q has %+v", word, l)
			}
			return true
		})
		of %= 100_000
		p, _, err := openList(list, n, of, nil)
		if err != nil {
			return
		}
		last, tell := int64(-1), p.teller(pos)
		for p.next() {
			if int64(p.place) <= last || p.place >= of {
				t.Fatalf("place %d of %d behind %d", p.place, of, last)
			}
			last = int64(p.place)
			tell.to(p.at)
			if at := tell.positions(nil); len(at) > len(pos) {
				t.Fatalf("%d positions of %d bytes", len(at), len(pos))
			}
		}
		if err := tell.end(); err == nil && p.at < n {
			t.Fatalf("%d of %d places", p.at, n)
		}
		p.again()
		for at := uint32(0); p.seek(at); at = p.place + 1 + at%7 {
		}
	})
}
