package index

import (
	"encoding/binary"
	"math/bits"
)

// leaveOut notes which places of the segment count for nothing: those that are
// gone, and those of some lists.
func (e *evaluation) leaveOut(none []*source) {
	if e.g.dead == 0 && len(none) == 0 {
		e.without = nil
		return
	}
	e.without = newBits(e.g.places())
	for i, word := range e.g.gone {
		binary.LittleEndian.PutUint64(e.without[8*i:], word)
	}
	for _, s := range none {
		for s.next() {
			e.without.put(s.place)
		}
	}
}

// isOut tells whether a place counts for nothing.
func (e *evaluation) isOut(place uint32) bool {
	return e.without != nil && e.without[place/8]&(1<<(place%8)) != 0
}

// each gives those places that are in the scope, not gone, have none of what
// must not be there, and are not held back, while take says so.
func (e *evaluation) each(inside []bool, take func(*evaluation, uint32) bool) (more bool) {
	if e.isDense() {
		return e.eachDense(inside, take)
	}
	run, g := 0, e.g
	ok := e.lead.next()
	for ok {
		for run+1 < len(g.runs) && g.runs[run+1].from <= e.lead.place {
			run++
		}
		if !inside[run] {
			ok = run+1 < len(g.runs) && e.lead.seek(g.runs[run+1].from)
			continue
		}
		ok, more = e.eachOf(run, take)
		if !more {
			return false
		}
	}
	return true
}

// eachOf is each for a run, in which the lead stands; ok tells whether it stands
// behind it then.
func (e *evaluation) eachOf(run int, take func(*evaluation, uint32) bool) (ok, more bool) {
	end, alone := e.g.runs[run].from+e.g.runs[run].n, len(e.sources) == 1 && e.lead.bits == nil
	var w *Weights
	var pass *[256]bool
	for ok = true; ok && e.lead.place < end; {
		p := e.lead.place
		if to := e.allMeet(p); to != p {
			ok = e.lead.seek(to)
			continue
		}
		if !e.isOut(p) {
			e.be(run, p)
			if w == nil {
				w = e.sieve.of(&e.at)
				pass = e.passes(w, run)
			}
			if !e.holdsBack(w, p) {
				if !take(e, p) {
					return false, false
				}
				pass = e.passes(w, run)
			}
		}
		if pass != nil && alone {
			e.pass(pass, end)
		}
		ok = e.lead.next()
	}
	return ok, true
}

// pass passes over those places of a single list, up to one, whose heads weigh
// too little wherever they are.
func (e *evaluation) pass(pass *[256]bool, end uint32) {
	l, n := &e.lead.postings, 0
	for l.at+1 < l.n && l.places[l.at+1] < end && !pass[l.heads[l.at+1]] {
		l.at++
		if !e.isOut(l.places[l.at]) {
			n++
		}
	}
	e.sieve.HeldBack[e.at.Kind] += n
}

// isDense tells that a place must be in some lists that all are bits.
func (e *evaluation) isDense() bool {
	for _, s := range e.sources {
		if e.m.Any || s == nil || s.bits == nil {
			return false
		}
	}
	return true
}

// dense goes through lists of bits side by side, 64 places at once.
type dense struct {
	word int
	of   []uint64 // of each list, in the word at hand
	from []int    // how many postings of each list are before it
}

// to moves on to a word.
func (d *dense) to(word int, all []*source) {
	for ; d.word < word; d.word++ {
		for i, s := range all {
			d.from[i] += bits.OnesCount64(binary.LittleEndian.Uint64(s.bits[8*d.word:]))
		}
	}
	for i, s := range all {
		d.of[i] = binary.LittleEndian.Uint64(s.bits[8*word:])
	}
}

// both are the places of a word that all lists have and that count.
func (d *dense) both(without bitset) uint64 {
	out := ^uint64(0)
	for _, word := range d.of {
		out &= word
	}
	if without != nil {
		out &^= binary.LittleEndian.Uint64(without[8*d.word:])
	}
	return out
}

// at puts all lists at a place of the word.
func (d *dense) at(bit int, all []*source) (place uint32) {
	place = uint32(64*d.word + bit)
	for i, s := range all {
		s.at, s.place = d.from[i]+bits.OnesCount64(d.of[i]&(1<<bit-1)), place
	}
	return place
}

// eachDense is each where all lists are bits.
func (e *evaluation) eachDense(inside []bool, take func(*evaluation, uint32) bool) (more bool) {
	d := dense{of: make([]uint64, len(e.sources)), from: make([]int, len(e.sources))}
	d.to(0, e.sources)
	for run, r := range e.g.runs {
		if inside[run] && !e.eachOfDense(&d, run, r, take) {
			return false
		}
	}
	return true
}

func (e *evaluation) eachOfDense(d *dense, run int, r run, take func(*evaluation, uint32) bool) (more bool) {
	end := r.from + r.n
	var w *Weights
	var pass *[256]bool
	for word := int(r.from / 64); word <= int((end-1)/64); word++ {
		d.to(word, e.sources)
		left := d.both(e.without)
		if before := int64(r.from) - int64(64*word); before > 0 {
			left &= ^uint64(0) << before
		}
		if behind := 64*int64(word) + 64 - int64(end); behind > 0 {
			left &= ^uint64(0) >> behind
		}
		if pass != nil && len(e.sources) == 1 && !anyPasses(pass, e.lead.heads[d.from[0]:d.from[0]+bits.OnesCount64(d.of[0])]) {
			e.sieve.HeldBack[e.at.Kind] += bits.OnesCount64(left)
			continue
		}
		for ; left != 0; left &= left - 1 {
			p := d.at(bits.TrailingZeros64(left), e.sources)
			e.be(run, p)
			if w == nil {
				w = e.sieve.of(&e.at)
				pass = e.passes(w, run)
			}
			if e.holdsBack(w, p) {
				continue
			}
			if !take(e, p) {
				return false
			}
			pass = e.passes(w, run)
		}
	}
	return true
}

func anyPasses(pass *[256]bool, heads []byte) bool {
	for _, head := range heads {
		if pass[head] {
			return true
		}
	}
	return false
}
