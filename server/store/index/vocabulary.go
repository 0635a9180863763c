package index

import (
	"slices"

	"codabridge/server/store"
)

// Vocabulary lists up to most words of the things tier, or of the rows, that
// begin with these letters, in order.
func (v *View) Vocabulary(prefix string, inRows bool, most int) ([]string, error) {
	table := "things_words"
	if inRows {
		table = "rows_words"
	}
	var out []string
	there, err := v.hasStaged(inRows)
	if err == nil && there {
		out, err = store.All(v.ctx, v.tx, store.One[string], `SELECT term FROM `+table+` WHERE term >= ? AND term < ? LIMIT ?`,
			prefix, prefix+"\U0010ffff", most)
	}
	if err != nil {
		return nil, err
	}
	segments, err := v.segments(inRows)
	for _, g := range segments {
		if err != nil {
			return nil, err
		}
		n := 0
		err = v.eachBegun(g, prefix, func(word []byte, _ listed) bool {
			out = append(out, string(word))
			n++
			return n < most
		})
	}
	slices.Sort(out)
	out = slices.Compact(out)
	return out[:min(len(out), most)], err
}
