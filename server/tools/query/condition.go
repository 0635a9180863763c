package query

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// How much a condition may hold.
const (
	maxDepth      = 8
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

	hits int
	seen map[string]string // values met, folded; of conditions that ask for a text
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

// ops are the comparisons by their one name.
var ops = []string{"=", "!=", "contains", "not contains", "starts", "in", "not in", ">", ">=", "<", "<=", "between", "empty", "not empty"}

// spelled are other ways to say them.
var spelled = map[string]string{
	"==": "=", "is": "=", "equals": "=", "equal": "=", "eq": "=", "on": "=",
	"<>": "!=", "is not": "!=", "not": "!=", "ne": "!=", "not equal": "!=", "not equals": "!=",
	"has": "contains", "includes": "contains", "does not contain": "not contains", "starts with": "starts", "begins": "starts", "begins with": "starts",
	"one of": "in", "any of": "in", "is one of": "in", "none of": "not in",
	"greater": ">", "greater than": ">", "gt": ">", "after": ">", "gte": ">=", "since": ">=", "from": ">=", "on or after": ">=", "at least": ">=",
	"less": "<", "less than": "<", "lt": "<", "before": "<", "lte": "<=", "until": "<=", "on or before": "<=", "at most": "<=",
	"is empty": "empty", "blank": "empty", "is not empty": "not empty", "filled": "not empty",
}

func operator(s string) (string, error) {
	name := strings.ReplaceAll(strings.Join(strings.Fields(strings.ToLower(s)), " "), "_", " ")
	if slices.Contains(ops, name) {
		return name, nil
	}
	if op, ok := spelled[name]; ok {
		return op, nil
	}
	return "", fmt.Errorf("is cannot be %s. It is one of: %s", quote(s), strings.Join(ops, ", "))
}

// allowed are the comparisons of a column.
func allowed(k kind) []string {
	if k == truths {
		return []string{"=", "!="}
	}
	if k.ordered() {
		return []string{"=", "!=", "in", "not in", ">", ">=", "<", "<=", "between", "empty", "not empty"}
	}
	return []string{"=", "!=", "contains", "not contains", "starts", "in", "not in", "empty", "not empty"}
}

// conditions reads a where or having.
type conditions struct {
	all   columns
	env   Env
	part  string // where or having
	count int
}

func (r *conditions) read(v any, depth int) (*node, error) {
	if depth > maxDepth {
		return nil, fmt.Errorf("the conditions are nested too deeply: at most %d levels", maxDepth)
	}
	switch x := v.(type) {
	case nil:
		return &node{}, nil
	case []any:
		return r.group(x, false, depth)
	case map[string]any:
		return r.one(x, depth)
	}
	return nil, fmt.Errorf(`each condition is an object such as {"column":"Status","is":"=","value":"Done"}, or {"any":[…]} or {"all":[…]} of such`)
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

func (r *conditions) one(o map[string]any, depth int) (*node, error) {
	for _, name := range []string{"any", "all"} {
		list, ok := o[name]
		if !ok {
			continue
		}
		if len(o) > 1 {
			return nil, fmt.Errorf("%q stands alone in its object; put other conditions beside it in the list", name)
		}
		items, ok := list.([]any)
		if !ok || len(items) == 0 {
			return nil, fmt.Errorf("%q takes a list of conditions", name)
		}
		return r.group(items, name == "any", depth)
	}
	for name := range o {
		if !slices.Contains([]string{"column", "is", "value"}, name) {
			return nil, fmt.Errorf(`a condition has "column", "is" and "value", not %s`, quote(name))
		}
	}
	r.count++
	if r.count > maxConditions {
		return nil, fmt.Errorf("there are too many conditions: at most %d", maxConditions)
	}
	return r.leaf(o)
}

func (r *conditions) leaf(o map[string]any) (*node, error) {
	name, ok := o["column"].(string)
	if !ok || name == "" {
		return nil, fmt.Errorf(`a condition needs "column", the name or id of a column, as text`)
	}
	at, err := r.all.find(name, r.part)
	if err != nil {
		return nil, err
	}
	c := &r.all[at]
	is, _ := o["is"].(string)
	if is == "" && o["is"] == nil {
		is = "="
	}
	op, err := operator(is)
	if err != nil {
		return nil, err
	}
	n := &node{column: at, op: op}
	if op == "empty" || op == "not empty" {
		if c.kind() == truths { // an empty checkbox is false
			n.op, n.wanted = "=", []target{{truth: op == "not empty"}}
		}
		return n, nil
	}
	if !slices.Contains(allowed(c.kind()), op) {
		return nil, fmt.Errorf("%s is %s and cannot be compared by %q. It takes: %s", quote(c.Name), c.kind(), op, strings.Join(allowed(c.kind()), ", "))
	}
	return n, r.targets(n, c, o["value"])
}

// targets reads what a condition compares with.
func (r *conditions) targets(n *node, c *Column, v any) error {
	list, many := v.([]any)
	switch {
	case n.op == "between":
		if len(list) != 2 {
			return fmt.Errorf(`"between" on %s needs "value": [from, to], two values`, quote(c.Name))
		}
	case n.op == "in" || n.op == "not in":
		if !many {
			list = []any{v}
		}
		if len(list) == 0 || len(list) > maxList {
			return fmt.Errorf(`%q on %s needs "value": a list of 1 to %d values`, n.op, quote(c.Name), maxList)
		}
	case many && len(list) == 1:
	case many:
		return fmt.Errorf(`%q on %s takes one value; for several use "in"`, n.op, quote(c.Name))
	default:
		list = []any{v}
	}
	for _, e := range list {
		t, err := readTarget(c, n.op, e, r.env)
		if err != nil {
			return err
		}
		n.wanted = append(n.wanted, t)
	}
	if n.op == "not in" {
		n.op, n.children = "!=", nil
	}
	if !c.kind().ordered() && c.kind() != truths && n.op != "!=" {
		n.seen = map[string]string{}
	}
	return nil
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
