package query

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"codabridge/server/alike"
)

// group is the rows that share their keys.
type group struct {
	keys   []value
	count  int
	states []state
}

// state is what an aggregate keeps of a group.
type state struct {
	count    int
	units    map[string]*tally // by currency
	distinct map[string]bool
}

// gather puts a row into its groups.
func (q *Query) gather(cells [][]value) error {
	groups, err := q.groupsOf(cells)
	if err != nil {
		return err
	}
	q.several = q.several || len(groups) > 1
	for _, g := range groups {
		g.count++
		for i, s := range q.sums {
			if s.column >= 0 {
				q.addTo(&g.states[i], s, cells[s.column])
			}
		}
	}
	return nil
}

// findGroups finds or makes the groups of a row by their keys.
func (q *Query) findGroups(cells [][]value) ([]*group, error) {
	combinations := [][]value{{}}
	for _, key := range q.groups {
		var next [][]value
		for _, prefix := range combinations {
			for _, v := range q.keysOf(key, cells[key.column]) {
				next = append(next, append(slices.Clip(prefix), v))
			}
		}
		combinations = next
	}
	groups := make([]*group, len(combinations))
	for i, keys := range combinations {
		g, err := q.groupOf(keys)
		if err != nil {
			return nil, err
		}
		groups[i] = g
	}
	return groups, nil
}

// keysOf are the different keys of a cell.
func (q *Query) keysOf(key groupKey, entries []value) []value {
	var out []value
	seen := map[string]bool{}
	for _, v := range entries {
		if key.by != "" && !v.when.IsZero() {
			at := v.when
			if q.all[key.column].kind() == moments {
				at = at.In(q.env.Now.Location())
			}
			v = value{text: label(key.by, at), when: startOf(key.by, at)}
		}
		if len(entries) == 1 {
			return []value{v}
		}
		if name := v.key(); !seen[name] {
			seen[name] = true
			out = append(out, v)
		}
	}
	return out
}

// key tells groups apart: by id or e-mail where there is one, money by its
// currency too.
func (v *value) key() string {
	if v.also != "" {
		return "\x01" + v.also
	}
	if v.number != nil {
		return "\x02" + v.number.RatString() + " " + v.unit
	}
	if !v.when.IsZero() {
		return "\x03" + strconv.FormatInt(v.when.Unix(), 36) + "." + strconv.Itoa(v.when.Nanosecond())
	}
	return alike.Caseless(v.text)
}

func (q *Query) groupOf(keys []value) (*group, error) {
	var name strings.Builder
	for i := range keys {
		name.WriteString(keys[i].key() + "\x00")
	}
	if g, ok := q.found[name.String()]; ok {
		return g, nil
	}
	if len(q.found) >= maxGroups {
		return nil, fmt.Errorf("there are more than %d groups; group by something coarser, such as a month, or add conditions", maxGroups)
	}
	g := &group{keys: slices.Clone(keys), states: make([]state, len(q.sums))}
	q.found[name.String()] = g
	q.held += 2*name.Len() + (2+len(q.sums))*entrySize
	q.sequence = append(q.sequence, g)
	return g, nil
}
