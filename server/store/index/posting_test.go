//go:build !race

package index

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
)

// TestListsReadAsTheyWereWritten: whatever the gaps between places, and however
// often a word stands where, a list gives back each place with its positions, gone
// through or sought.
func TestListsReadAsTheyWereWritten(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(5, 5))
	for round := range 200 {
		places := uint32(1 + r.IntN(3000))
		share := []float64{0.001, 0.05, 0.124, 0.2, 0.9, 1}[round%6]
		var l list
		want := map[uint32][]uint32{}
		var order []uint32
		for p := range places {
			if r.Float64() >= share && p != places/2 {
				continue
			}
			order = append(order, p)
			for _, from := range []int{0, headsFrom, textFrom} {
				at := from
				for range []int{0, 1, 2, 5, 40}[r.IntN(5)] + map[bool]int{true: 1}[from == textFrom] {
					at += r.IntN(300)
					want[p] = append(want[p], uint32(at))
					l.add(p, at, 2)
					at++
				}
			}
		}
		l.close()
		p, _, err := openList(l.encode(nil, places), l.n, places, nil)
		if err != nil {
			t.Fatal(err)
		}
		tell := p.teller(l.pos)
		var got []uint32
		for p.next() {
			got = append(got, p.place)
			tell.to(p.at)
			if at := tell.positions(nil); !slices.Equal(at, want[p.place]) {
				t.Fatalf("place %d has %v, want %v", p.place, at, want[p.place])
			}
		}
		if !slices.Equal(got, order) {
			t.Fatalf("%d places, want %d", len(got), len(order))
		}
		p.again()
		tell, full := p.teller(nil), p.teller(l.pos)
		for at := uint32(0); at < places; at += uint32(1 + r.IntN(1+int(places)/10)) {
			i, _ := slices.BinarySearch(order, at)
			found := p.seek(at)
			if found != (i < len(order)) || found && (p.place != order[i] || p.at != i) {
				t.Fatalf("from %d on: %v %d, number %d", at, found, p.place, p.at)
			}
			if !found {
				continue
			}
			tell.to(p.at)
			if tell.count() != len(want[p.place]) {
				t.Fatalf("place %d counts %d", p.place, tell.count())
			}
			full.to(p.at)
			if at := full.positions(nil); !slices.Equal(at, want[p.place]) || full.fault() != nil {
				t.Fatalf("place %d, jumped to, has %v, want %v", p.place, at, want[p.place])
			}
		}
	}
}

// TestADamagedListIsNoPanic: what is cut off or changed is an error, or reads as
// something else.
func TestADamagedListIsNoPanic(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(6, 6))
	for range 300 {
		places, every := uint32(200+r.IntN(500)), 1+r.IntN(12)
		var l list
		for p := uint32(0); p < places; p += uint32(every) {
			for k := range 1 + r.IntN(20) {
				l.add(p, textFrom+k*2, 3)
			}
		}
		l.close()
		raw := l.encode(nil, places)
		for range 4 {
			raw[r.IntN(len(raw))] ^= byte(1 << r.IntN(8))
		}
		raw = raw[:len(raw)-r.IntN(len(raw)/2)]
		p, _, err := openList(raw, l.n, places, nil)
		if err != nil {
			continue
		}
		tell := p.teller(l.pos[:len(l.pos)/2])
		for p.next() && p.place < places {
			tell.to(p.at)
			_ = tell.positions(nil)
		}
	}
}

// TestBlocksHoldEveryWord: words of any length, with short lists and long ones,
// are read from blocks as they were put there.
func TestBlocksHoldEveryWord(t *testing.T) {
	t.Parallel()
	db := newIndex(t)
	r := rand.New(rand.NewPCG(9, 9))
	g := &segment{}
	for i := range 5000 {
		g.append(1<<32|int64(i+1), 1, 7, 0)
	}
	want := map[string]int{}
	err := db.change(t.Context(), "fill", func(tx *txn) error {
		if err := tx.putSegment(g, 1); err != nil {
			return err
		}
		put, err := tx.putWords()
		if err != nil {
			return err
		}
		w := newBlockWriter(g, put)
		for i := range 3000 {
			word := fmt.Sprintf("%s%05d", []string{"", "wal", "walrus", "\ue001"}[i*4/3000], i)
			if i%300 == 0 {
				word += string(make([]byte, 200))
			}
			var l list
			for range 1 + r.IntN(2)*r.IntN(3)*i {
				if int(l.next) < 5000 {
					l.add(l.next, textFrom+r.IntN(1000), 1)
					l.close()
				}
			}
			want[word] = l.n
			if err := w.put(word, &l); err != nil {
				return err
			}
		}
		return w.close(tx, g, 1)
	})
	if err != nil {
		t.Fatal(err)
	}
	err = db.View(t.Context(), "me", func(v *View) error {
		all, err := v.segments(true)
		if err != nil {
			return err
		}
		words := []string{"absent", "", "\U0010ffff"}
		for w := range want {
			words = append(words, w)
		}
		if err := v.lookUp(words); err != nil {
			return err
		}
		for _, w := range words {
			if n := v.count(all[0], w); n != want[w] {
				t.Errorf("%q is in %d places, want %d", w, n, want[w])
			}
		}
		begun, err := v.begun(all[0], "wal")
		if err == nil {
			err = v.bodies(begun)
		}
		pos, err2 := v.positions(begun)
		if err != nil || err2 != nil || len(begun) != 1500 {
			t.Fatalf("%d words begin with wal: %v %v", len(begun), err, err2)
		}
		for i, l := range begun {
			p, _, err := openList(l.body, l.n, 5000, nil)
			if err != nil || p.n != want[l.word] || len(pos[i]) < p.n {
				t.Fatalf("%q: %d of %d places, %d bytes of positions: %v", l.word, p.n, want[l.word], len(pos[i]), err)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
