package index

import (
	"slices"
	"strings"

	"codabridge/server/store"
)

// lookUp finds out in which segments words are, and how often.
func (v *View) lookUp(words []string) error {
	var fresh []string
	for _, w := range words {
		if _, ok := v.read.found[w]; !ok {
			fresh = append(fresh, w)
			v.read.found[w] = nil
		}
	}
	if len(fresh) == 0 {
		return nil
	}
	for _, rows := range []bool{false, true} {
		segments, err := v.segments(rows)
		if err == nil {
			err = v.lookIn(segments, fresh)
		}
		if err != nil { // such as the end of its time: what was not read is not to be taken for nowhere
			for _, w := range fresh {
				delete(v.read.found, w)
			}
			return err
		}
	}
	return nil
}

// lookIn looks for words in segments.
func (v *View) lookIn(segments []*segment, words []string) error {
	var ids []int64
	of := map[int64][]string{} // the words that may be in a block
	for _, g := range segments {
		for _, w := range words {
			if i := g.blockOf(w); i >= 0 {
				id := g.blocks[i].id
				if of[id] == nil {
					ids = append(ids, id)
				}
				of[id] = append(of[id], w)
			}
		}
	}
	return v.wordRows(ids, func(id int64, body []byte) error {
		wanted := of[id]
		return eachWord(id, body, func(word []byte, l listed) bool {
			for _, w := range wanted {
				if w != string(word) {
					continue
				}
				if v.read.found[w] == nil {
					v.read.found[w] = map[int64]listed{}
				}
				v.read.found[w][id>>32] = l
			}
			return true
		})
	})
}

// count is in how many places of a segment a word is that was looked up.
func (v *View) count(g *segment, word string) int { return v.read.found[word][g.num].n }

// wordRows gives rows of words, in any order. They stay as they are.
func (v *View) wordRows(ids []int64, take func(id int64, body []byte) error) error {
	var missing []int64
	for _, id := range ids {
		body := v.read.kept.row(id)
		if body == nil {
			missing = append(missing, id)
			continue
		}
		if err := take(id, body); err != nil {
			return err
		}
	}
	return v.readRows(ofBlocks, missing, func(id int64, body []byte) error {
		v.read.kept.keep(id, body)
		return take(id, body)
	})
}

// selectRows are the queries of readRows by the part that they read.
var selectRows = [...]string{
	ofBlocks:    `SELECT t.id, t.body FROM json_each(?) w CROSS JOIN blocks t ON t.id = w.value`,
	ofPositions: `SELECT t.id, t.body FROM json_each(?) w CROSS JOIN positions t ON t.id = w.value`,
}

// readRows gives a part of rows of segments from the file, each proven.
func (v *View) readRows(part int, ids []int64, take func(id int64, body []byte) error) error {
	if len(ids) == 0 {
		return nil
	}
	n := 0
	err := store.Each(v.ctx, prepared{v}, func(scan func(...any) error) error {
		var id int64
		var body []byte
		if err := scan(&id, &body); err != nil {
			return err
		}
		n++
		if g := v.read.byNum[id>>32]; g == nil {
			return errSegment
		} else if err := g.proveRow(id, part, body); err != nil {
			return err
		}
		return take(id, body)
	}, selectRows[part], asList(ids))
	if err == nil && n != len(ids) {
		err = errSegment
	}
	return err
}

// stored is the list of a word with its stored form.
type stored struct {
	word string
	listed
}

// bodies reads the stored forms of lists that are in rows of their own.
func (v *View) bodies(all []stored) error {
	var ids []int64
	of := map[int64][]int{}
	for i, l := range all {
		if l.body != nil {
			continue
		}
		if of[l.row] == nil {
			ids = append(ids, l.row)
		}
		of[l.row] = append(of[l.row], i)
	}
	return v.wordRows(ids, func(id int64, body []byte) error {
		for _, i := range of[id] {
			all[i].body = body
		}
		return nil
	})
}

// begun gives the words of a segment that begin with some letters.
func (v *View) begun(g *segment, prefix string) (out []stored, err error) {
	err = v.eachBegun(g, prefix, func(word []byte, l listed) bool {
		out = append(out, stored{string(word), l})
		return true
	})
	return out, err
}

// eachBegun gives those words in order, while take says so. The word is good
// until it returns.
func (v *View) eachBegun(g *segment, prefix string, take func(word []byte, l listed) bool) error {
	more := true
	for i := max(g.blockOf(prefix), 0); more && i < len(g.blocks); {
		var ids []int64
		for ; i < len(g.blocks) && len(ids) < 16; i++ {
			if first := string(g.blocks[i].first); first > prefix && !strings.HasPrefix(first, prefix) {
				break
			}
			ids = append(ids, g.blocks[i].id)
		}
		if len(ids) == 0 {
			return nil
		}
		bodies := map[int64][]byte{}
		err := v.wordRows(ids, func(id int64, body []byte) error {
			bodies[id] = body
			return nil
		})
		for _, id := range ids {
			if err != nil || !more {
				return err
			}
			err = eachWord(id, bodies[id], func(word []byte, l listed) bool {
				switch {
				case strings.HasPrefix(string(word), prefix):
					more = take(word, l)
				case string(word) > prefix:
					more = false
				}
				return more
			})
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// fetch reads the blocks that hold words which begin as terms do, of all segments
// at once, where they are few.
func (v *View) fetch(segments []*segment, all [][]Term) error {
	var ids []int64
	for _, terms := range all {
		for _, t := range terms {
			if !t.Prefix {
				continue
			}
			word := t.Words[len(t.Words)-1]
			for _, g := range segments {
				from, to := max(g.blockOf(word), 0), g.blockOf(word+"\U0010ffff")
				for i := from; i <= min(to, from+1); i++ {
					ids = append(ids, g.blocks[i].id)
				}
			}
		}
	}
	slices.Sort(ids)
	return v.wordRows(slices.Compact(ids), func(int64, []byte) error { return nil })
}

// open opens a list for reading. Its places are in memory that is used again for
// the next segment.
func (v *View) open(g *segment, l listed) (p postings, err error) {
	p, v.read.places, err = openList(l.body, l.n, g.places(), v.read.places)
	return p, err
}

// positions reads where words of a segment stand, in the order of all.
func (v *View) positions(all []stored) ([][]byte, error) {
	out := make([][]byte, len(all))
	var ids []int64
	of := map[int64][]int{}
	for i, l := range all {
		if of[l.row] == nil {
			ids = append(ids, l.row)
		}
		of[l.row] = append(of[l.row], i)
	}
	missing := ids[:0:0]
	take := func(id int64, body []byte) error {
		for _, i := range of[id] {
			l := all[i]
			switch {
			case l.to < 0:
				out[i] = body
			case l.to <= len(body):
				out[i] = body[l.from:l.to]
			default:
				return errSegment
			}
		}
		return nil
	}
	for _, id := range ids {
		body := v.read.kept.row(^id) // so that it is no block
		if body == nil {
			missing = append(missing, id)
		} else if err := take(id, body); err != nil {
			return nil, err
		}
	}
	return out, v.readRows(ofPositions, missing, func(id int64, body []byte) error {
		v.read.kept.keep(^id, body)
		return take(id, body)
	})
}
