package query

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"codabridge/server/alike"
)

// How much a condition may hold.
const (
	// MaxDepth is how deep conditions may be nested.
	MaxDepth      = 8
	maxConditions = 60
	maxList       = 500
	maxSeen       = 300 // values kept to name near ones
)

// node is a condition, or several of which all or any hold.
type node struct {
	any      bool
	children []*node

	column int
	op     string
	wanted []target

	hits   int               // rows that meet it
	met    int               // of what is wanted, how much some row has
	looked bool              // in the row that is being held against the conditions
	seen   map[string]string // values met, folded; of conditions that ask for a text
}

// columns are those that the conditions look at.
func (n *node) columns() (out []int) {
	if n.op != "" {
		return []int{n.column}
	}
	for _, child := range n.children {
		out = append(out, child.columns()...)
	}
	return out
}

// conditions reads a where or having.
type conditions struct {
	all   columns
	env   Env
	count int
}

func (r *conditions) read(v any, depth int) (*node, error) {
	if depth > MaxDepth {
		return nil, fmt.Errorf("the conditions are nested too deeply: at most %d levels", MaxDepth)
	}
	switch x := v.(type) {
	case nil:
		return &node{}, nil
	case []any:
		return r.group(x, false, depth)
	case map[string]any:
		return r.one(x, depth)
	}
	return nil, fmt.Errorf(`each condition is an object such as {"column":"Status","is":"=","value":"Done"}, or {"any":[…]} or {"all":[…]} of such, not %s`, kindOfJSON(v))
}

func (r *conditions) group(list []any, either bool, depth int) (*node, error) {
	n := &node{any: either}
	for _, e := range list {
		child, err := r.read(e, depth+1)
		if err != nil {
			return nil, err
		}
		n.children = append(n.children, child)
	}
	return n, nil
}

// joins are the names under which conditions are listed, and whether any is
// enough.
var joins = map[string]bool{"any": true, "or": true, "all": false, "and": false}

// Joins tells that conditions are listed under a name.
func Joins(name string) bool {
	_, ok := joins[strings.ToLower(name)]
	return ok
}

func (r *conditions) one(o map[string]any, depth int) (*node, error) {
	for name, list := range o {
		either, ok := joins[strings.ToLower(name)]
		if !ok {
			continue
		}
		if len(o) > 1 {
			return nil, fmt.Errorf("%q stands alone in its object; put other conditions beside it in the list", name)
		}
		items, ok := list.([]any)
		if !ok {
			return nil, fmt.Errorf("%q takes a list of conditions", name)
		}
		if len(items) == 0 {
			return nil, fmt.Errorf("%q needs a list of at least one condition; leave it out where none is meant", name)
		}
		return r.group(items, either, depth)
	}
	if n, err := r.pairs(o, depth); n != nil || err != nil {
		return n, err
	}
	o, err := conditionFields.read(o)
	if err != nil {
		return nil, err
	}
	r.count++
	if r.count > maxConditions {
		return nil, fmt.Errorf("there are too many conditions: at most %d", maxConditions)
	}
	return r.leaf(o)
}

// pairs reads {"Status":"Done","Owner":"me"}: each column is as it says. It is
// nil where the object is not of that form.
func (r *conditions) pairs(o map[string]any, depth int) (*node, error) {
	if len(o) > maxConditions {
		return nil, nil
	}
	var list []any
	for _, name := range slices.Sorted(maps.Keys(o)) {
		_, known := conditionFields.field(name)
		_, plain := scalar(o[name])
		if known || !plain || len(name) > mostName || len(alike.Of(name, r.all, func(c Column) string { return c.Name })) != 1 {
			return nil, nil
		}
		list = append(list, map[string]any{"column": name, "is": "=", "value": o[name]})
	}
	if len(list) == 0 {
		return nil, nil
	}
	return r.group(list, false, depth)
}

func (r *conditions) leaf(o map[string]any) (*node, error) {
	name, ok := o["column"].(string)
	if !ok || name == "" {
		return nil, fmt.Errorf(`a condition needs "column", the name or id of a column, as text`)
	}
	at, err := r.all.find(name, "")
	if err != nil {
		return nil, err
	}
	c := &r.all[at]
	op, ticked, bare, err := comparison(c, o["is"])
	if err != nil {
		return nil, err
	}
	n := &node{column: at, op: op}
	if bare {
		if c.kind() == truths {
			n.wanted = []target{{truth: ticked}}
		}
		return n, nil
	}
	return n, r.targets(n, c, o["value"])
}

// targets reads what a condition compares with.
func (r *conditions) targets(n *node, c *Column, v any) error {
	list, err := n.values(c, r.several(n.op, c, v))
	if err != nil {
		return err
	}
	for _, e := range list {
		t, err := readTarget(c, n.op, e, r.env)
		if err != nil {
			return err
		}
		same := func(o target) bool { return o.text == t.text && o.also == t.also }
		if n.op != "in" || !slices.ContainsFunc(n.wanted, same) {
			n.wanted = append(n.wanted, t)
		}
	}
	switch {
	case n.op == "not in":
		n.op = "!="
	case n.op == "between" && len(n.wanted) == 1:
		n.op = "="
	case n.op == "between" && n.wanted[1].before(c.kind(), &n.wanted[0]):
		slices.Reverse(n.wanted) // the smaller first, whichever way they were given
	}
	if !c.kind().ordered() && c.kind() != truths && n.op != "!=" {
		n.seen = map[string]string{}
	}
	return nil
}

// values are what a condition has to compare with, as given.
func (n *node) values(c *Column, v any) ([]any, error) {
	list, many := v.([]any)
	switch {
	case n.op == "between":
		return ends(c, v)
	case n.op == "in" || n.op == "not in":
		if !many {
			list = []any{v}
		}
		if len(list) == 0 || len(list) > maxList {
			return nil, fmt.Errorf(`%q on %s needs "value": a list of 1 to %d values`, n.op, quote(c.Name), maxList)
		}
		return list, nil
	case many && len(list) == 1:
		return list, nil
	case many && n.op == "!=":
		return nil, fmt.Errorf(`"!=" on %s takes one value; for none of several use "not in"`, quote(c.Name))
	case many && slices.Contains(allowed(c.kind()), "in") && n.op == "=":
		return nil, fmt.Errorf(`%q on %s takes one value; for several use "in"`, n.op, quote(c.Name))
	case many:
		return nil, fmt.Errorf(`%q on %s takes one value; for several give one condition each in {"any":[…]} or {"all":[…]}`, n.op, quote(c.Name))
	}
	return []any{v}, nil
}

// ends are the two values of a range: [from, to], {"from":…,"to":…}, or of dates
// one period.
func ends(c *Column, v any) ([]any, error) {
	list, _ := v.([]any)
	if o, ok := v.(map[string]any); ok && len(o) == 2 {
		for _, names := range [][2]string{{"from", "to"}, {"min", "max"}, {"start", "end"}} {
			if o[names[0]] != nil && o[names[1]] != nil {
				list = []any{o[names[0]], o[names[1]]}
			}
		}
	}
	if text, ok := v.(string); ok && c.kind().dated() {
		list = []any{text}
	}
	if len(list) == 2 || len(list) == 1 && c.kind().dated() {
		return list, nil
	}
	return nil, fmt.Errorf(`"between" on %s needs "value": [from, to], two values`, quote(c.Name))
}

// scalar is a value of a condition as text.
func scalar(v any) (string, bool) {
	switch x := v.(type) {
	case string:
		return strings.TrimSpace(x), true
	case json.Number:
		return x.String(), true
	case bool:
		return map[bool]string{true: "true", false: "false"}[x], true
	}
	return "", false
}
