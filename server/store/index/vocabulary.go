package index

import "codabridge/server/store"

// reached are the segments of a tier with places of docs that a scope lets through.
func (v *View) reached(s Scope, rows bool) (out []*segment, err error) {
	all, err := v.segments(rows)
	if err != nil {
		return nil, err
	}
	allowed, err := v.allowed(s)
	for _, g := range all {
		if _, any := g.within(Scope{}, rows, allowed); any {
			out = append(out, g)
		}
	}
	return out, err
}

// Vocabulary lists up to most words of the things tier, or of the rows, that
// begin with these letters, in order. They are those of what a scope lets through,
// and of what stands in one segment with that or was written last.
func (v *View) Vocabulary(prefix string, s Scope, inRows bool, most int) ([]string, error) {
	table := "things_words"
	if inRows {
		table = "rows_words"
	}
	var out []string
	there, err := v.hasStaged(inRows)
	if err == nil && there {
		out, err = store.All(v.ctx, prepared{v}, store.One[string], `SELECT term FROM `+table+` WHERE term >= ? AND term < ? LIMIT ?`,
			prefix, prefix+"\U0010ffff", most)
	}
	if err != nil {
		return nil, err
	}
	segments, err := v.reached(s, inRows)
	for _, g := range segments {
		if err != nil {
			return nil, err
		}
		var here []string
		err = v.eachBegun(g, prefix, func(word []byte, _ listed) bool {
			here = append(here, string(word))
			return len(here) < most
		})
		out = bothOf(out, here, most)
	}
	return out, err
}

// bothOf are the first words of two lists in order, each once.
func bothOf(a, b []string, most int) []string {
	if len(a) == 0 || len(b) == 0 {
		return append(a, b...)
	}
	out := make([]string, 0, min(len(a)+len(b), most))
	for len(out) < most && len(a)+len(b) > 0 {
		switch {
		case len(b) == 0 || len(a) > 0 && a[0] < b[0]:
			out, a = append(out, a[0]), a[1:]
		case len(a) == 0 || b[0] < a[0]:
			out, b = append(out, b[0]), b[1:]
		default:
			out, a, b = append(out, a[0]), a[1:], b[1:]
		}
	}
	return out
}

// Spread is how much it takes to read all words that begin so from segments, in
// blocks of about 2 KB, which have places of docs that a scope lets through.
func (v *View) Spread(prefix string, s Scope) (blocks int, err error) {
	for _, rows := range []bool{false, true} {
		segments, err := v.reached(s, rows)
		if err != nil {
			return 0, err
		}
		for _, g := range segments {
			blocks += g.blockOf(prefix+"\U0010ffff") - max(g.blockOf(prefix), 0) + 1
		}
	}
	return blocks, nil
}

// Mark is another one when what is found may be, such as after a crawl.
func (v *View) Mark() (mark uint32, err error) {
	var segments, things, rows string
	err = v.row([]any{&segments, &things, &rows}, `SELECT (SELECT count(*) || ' ' || ifnull(max(num), 0) || ' ' || ifnull(sum(dead), 0) FROM segments),
		(SELECT ifnull(hex(max(block)), '') FROM things_fts_data WHERE id = 1), (SELECT ifnull(hex(max(block)), '') FROM rows_fts_data WHERE id = 1)`)
	return sumOf([]byte(segments), []byte(things), []byte(rows)), err
}

// Known tells of some words which are anywhere, in segments or in what was
// written last.
func (v *View) Known(words []string) (map[string]bool, error) {
	if err := v.lookUp(words); err != nil {
		return nil, err
	}
	out := map[string]bool{}
	var rest []string
	for _, w := range words {
		if len(v.read.found[w]) > 0 {
			out[w] = true
		} else {
			rest = append(rest, w)
		}
	}
	for i, table := range []string{"things_words", "rows_words"} {
		there, err := v.hasStaged(i == 1)
		if err != nil {
			return nil, err
		}
		if !there || len(rest) == 0 {
			continue
		}
		staged, err := store.All(v.ctx, prepared{v}, store.One[string], `SELECT t.term FROM json_each(?) w CROSS JOIN `+table+` t ON t.term = w.value`, asList(rest))
		if err != nil {
			return nil, err
		}
		for _, w := range staged {
			out[w] = true
		}
	}
	return out, nil
}
