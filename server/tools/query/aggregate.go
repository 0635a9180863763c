package query

import (
	"fmt"
	"slices"
	"strings"

	"codabridge/server/alike"
)

// aggregate is a number made of the rows of a group.
type aggregate struct {
	op     string
	column int    // -1 for the rows themselves
	label  string // as the answer calls it
	plain  string // as it is called where the question gives it no name
}

// id is one that no name is like.
func (a aggregate) id() string { return "\x01" + a.plain }

var aggregateOps = []string{"count", "distinct", "sum", "average", "min", "max", "median", "share"}

// aggregateSpelled are other ways to say them.
var aggregateSpelled = map[string]string{
	"avg": "average", "mean": "average", "total": "sum", "minimum": "min", "earliest": "min", "maximum": "max", "latest": "max",
	"count distinct": "distinct", "distinct count": "distinct", "count unique": "distinct", "unique": "distinct", "nunique": "distinct",
	"percentage": "share", "percent": "share", "proportion": "share", "number": "count",
}

const aggregateHelp = `aggregate takes a list such as [{"op":"count"},{"op":"sum","column":"Amount"}]; op is one of `

// aggregateOp is the one name of an operation; empty where there is none.
func aggregateOp(s string) string {
	name := bareOperator(s)
	if slices.Contains(aggregateOps, name) {
		return name
	}
	return aggregateSpelled[name]
}

var isCalled = pattern(`^(.{1,40}?)\s*\(\s*(?:(?i:(distinct))\s+)?(.*?)\s*\)$`)

// parts reads an entry of aggregate: {"op":"sum","column":"Amount"}, {"sum":"Amount"},
// "sum", "sum of Amount", "sum(Amount)".
func parts(e any) (op, column, as string, err error) {
	switch x := e.(type) {
	case string:
		op, column = spoken(x)
	case map[string]any:
		if op, column, ok := shorthand(x); ok {
			return op, column, "", nil
		}
		x, err = aggregateFields.read(x)
		if err != nil {
			return "", "", "", err
		}
		op, _ = x["op"].(string)
		column, _ = x["column"].(string)
		as, _ = x["as"].(string)
		if column == "" && aggregateOp(op) == "" {
			op, column = spoken(op)
		}
	}
	if one := aggregateOp(op); one != "" {
		op = one
	} else {
		err = fmt.Errorf("%s%s", aggregateHelp, strings.Join(aggregateOps, ", "))
	}
	return op, starless(column), strings.TrimSpace(as), err
}

// starless is a column's name; that of no column, as in count(*), is empty.
func starless(column string) string {
	if column == "*" {
		return ""
	}
	return column
}

// spoken reads an aggregate that is written in words.
func spoken(s string) (op, column string) {
	s = strings.TrimSpace(s)
	if len(s) > mostName+mostOperator || aggregateOp(s) != "" {
		return s, ""
	}
	if m := isCalled().FindStringSubmatch(s); m != nil {
		if m[2] != "" && aggregateOp(m[1]) == "count" {
			return "distinct", m[3]
		}
		return m[1], m[3]
	}
	if op, column, ok := strings.Cut(s, " of "); ok {
		return op, strings.TrimSpace(column)
	}
	for _, mark := range []string{" ", "_"} { // max When, max_When
		if op, column, ok := strings.Cut(s, mark); ok && aggregateOp(op) != "" {
			return op, strings.TrimSpace(column)
		}
	}
	return s, ""
}

// shorthand reads {"sum":"Amount"}.
func shorthand(o map[string]any) (op, column string, ok bool) {
	if len(o) != 1 {
		return "", "", false
	}
	for name, v := range o {
		op = aggregateOp(name)
		column, ok = v.(string)
	}
	return op, starless(column), ok && op != ""
}

// readAggregates reads the numbers that are asked for.
func (q *Query) readAggregates(list []any) error {
	if len(list) > maxAggregates {
		return fmt.Errorf("aggregate takes at most %d entries", maxAggregates)
	}
	if len(list) == 0 && len(q.groups) > 0 {
		list = []any{"count"}
	}
	for _, e := range list {
		op, column, as, err := parts(e)
		if err == nil {
			_, err = q.aggregateOf(op, column, as)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// aggregateOf is one of the numbers of the answer, which is added where it is
// not there yet.
func (q *Query) aggregateOf(op, name, as string) (aggregate, error) {
	a := aggregate{op: op, column: -1, plain: op}
	if name != "" {
		at, err := q.all.find(name, "aggregate")
		if err != nil {
			return a, err
		}
		a.column, a.plain = at, op+" of "+q.all[at].Name
		if err := q.all[at].takes(op); err != nil {
			return a, err
		}
	} else if op != "count" && op != "share" {
		return a, fmt.Errorf("aggregate: %s needs a column", op)
	}
	a.label = a.plain
	if as != "" {
		if len(as) > mostName {
			return a, fmt.Errorf("aggregate: the name %s is longer than any", quote(as))
		}
		a.label = as
	}
	for _, s := range q.sums {
		switch {
		case s.op == a.op && s.column == a.column && (as == "" || s.label == a.label):
			return s, nil
		case alike.Caseless(s.label) == alike.Caseless(a.label):
			return a, fmt.Errorf("aggregate: two numbers are called %s; give each its own name", quote(a.label))
		}
	}
	if len(q.sums) == maxAggregates {
		return a, fmt.Errorf("aggregate takes at most %d entries", maxAggregates)
	}
	q.sums = append(q.sums, a)
	return a, nil
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
	also := ""
	if k.ordered() {
		also = ", min, max"
	}
	return fmt.Errorf("aggregate: %s needs numbers, and %s is %s. It takes: count, distinct%s", op, quote(c.Name), k, also)
}

// plainTypes are the columns that hold text only. A column of another type
// that we do not know may hold numbers.
var plainTypes = []string{"text", "select", "link", "email", "canvas", "image", "attachments", "reaction"}
