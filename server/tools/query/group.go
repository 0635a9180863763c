package query

import (
	"fmt"
	"math/big"
	"slices"
	"strconv"
	"strings"

	"codabridge/server/alike"
)

// aggregate is a number made of the rows of a group.
type aggregate struct {
	op     string
	column int // -1 for the rows themselves
	label  string
}

var aggregateOps = []string{"count", "distinct", "sum", "average", "min", "max", "median", "share"}

// group is the rows that share their keys.
type group struct {
	keys   []value
	count  int
	states []state
}

// state is what an aggregate keeps of a group.
type state struct {
	count    int
	units    map[string]*tally // sums, by currency
	least    *value
	most     *value
	numbers  []*big.Rat
	distinct map[string]bool
}

func (q *Query) readGroups(spec Spec) error {
	if len(spec.GroupBy) > maxGroupBy {
		return fmt.Errorf("group_by takes at most %d columns", maxGroupBy)
	}
	for _, e := range spec.GroupBy {
		key, err := q.readKey(e)
		if err != nil {
			return err
		}
		q.groups = append(q.groups, key)
	}
	list := spec.Aggregate
	if len(list) > maxAggregates {
		return fmt.Errorf("aggregate takes at most %d entries", maxAggregates)
	}
	if len(list) == 0 && len(q.groups) > 0 {
		list = []any{"count"}
	}
	for _, e := range list {
		sum, err := q.readAggregate(e)
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(q.sums, func(s aggregate) bool { return s.label == sum.label }) {
			q.sums = append(q.sums, sum)
		}
	}
	return nil
}

func (q *Query) readKey(e any) (groupKey, error) {
	name, ok := e.(string)
	by := ""
	if m, object := e.(map[string]any); object {
		name, ok = m["column"].(string)
		by, _ = m["by"].(string)
		if m["by"] != nil && !slices.Contains(units, by) {
			return groupKey{}, fmt.Errorf(`group_by: "by" is one of %s`, strings.Join(units, ", "))
		}
	}
	if !ok || name == "" {
		return groupKey{}, fmt.Errorf(`group_by takes names of columns, or {"column":"Date","by":"month"}`)
	}
	at, err := q.all.find(name, "group_by")
	if err != nil {
		return groupKey{}, err
	}
	if k := q.all[at].kind(); by != "" && k != days && k != moments {
		return groupKey{}, fmt.Errorf(`group_by: %s is %s; "by" is for dates`, quote(q.all[at].Name), k)
	} else if by == "" && k == moments {
		by = "day"
	}
	return groupKey{at, by}, nil
}

func (q *Query) readAggregate(e any) (aggregate, error) {
	op, ok := e.(string)
	name := ""
	if m, object := e.(map[string]any); object {
		op, ok = m["op"].(string)
		name, _ = m["column"].(string)
	}
	op = strings.ToLower(strings.TrimSpace(op))
	switch op {
	case "avg", "mean":
		op = "average"
	case "count distinct", "count_distinct":
		op = "distinct"
	}
	if !ok || !slices.Contains(aggregateOps, op) {
		return aggregate{}, fmt.Errorf(`aggregate takes a list such as [{"op":"count"},{"op":"sum","column":"Amount"}]; op is one of %s`, strings.Join(aggregateOps, ", "))
	}
	if name == "" {
		if op != "count" && op != "share" {
			return aggregate{}, fmt.Errorf("aggregate: %s needs a column", op)
		}
		return aggregate{op, -1, op}, nil
	}
	at, err := q.all.find(name, "aggregate")
	if err != nil {
		return aggregate{}, err
	}
	c := &q.all[at]
	return aggregate{op, at, op + " of " + c.Name}, c.takes(op)
}

// takes refuses to add up what is no number.
func (c *Column) takes(op string) error {
	k := c.kind()
	switch {
	case op == "count" || op == "distinct":
		return nil
	case k == numbers || k == lengths || k == words && !slices.Contains(plainTypes, c.Type):
		return nil
	case (op == "min" || op == "max") && k.ordered():
		return nil
	}
	return fmt.Errorf("aggregate: %s needs numbers, and %s is %s. It takes: count, distinct", op, quote(c.Name), k)
}

// plainTypes are the columns that hold text only. A column of another type
// that we do not know may hold numbers.
var plainTypes = []string{"text", "select", "link", "email", "canvas", "image", "attachments", "button", "reaction"}

// gather puts a row into its groups: one of each pair of entries.
func (q *Query) gather(cells [][]value) error {
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
	q.several = q.several || len(combinations) > 1
	for _, keys := range combinations {
		g, err := q.groupOf(keys)
		if err != nil {
			return err
		}
		g.count++
		for i, s := range q.sums {
			if s.column >= 0 {
				q.addTo(&g.states[i], s, cells[s.column])
			}
		}
	}
	return nil
}

// keysOf are the different keys of a cell.
func (q *Query) keysOf(key groupKey, entries []value) []value {
	var out []value
	seen := map[string]bool{}
	for _, v := range entries {
		if key.by != "" && !v.when.IsZero() {
			v = value{text: label(key.by, v.when), when: startOf(key.by, v.when)}
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
