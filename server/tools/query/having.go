package query

import (
	"fmt"
	"slices"
	"strings"

	"codabridge/server/alike"
)

// finishGroups reads what speaks of the columns of the answer.
func (q *Query) finishGroups(spec Spec) error {
	if spec.Distinct && len(q.groups) == 0 {
		return fmt.Errorf(`distinct chooses among rows; how many different values a column has is {"op":"distinct","column":…} of aggregate`)
	}
	having, err := q.labelled(spec.Having, 0)
	if err != nil {
		return fmt.Errorf("having: %w", err)
	}
	sorts := make([]any, len(spec.Sort))
	for i, e := range spec.Sort {
		sorts[i], err = q.labelled(q.unturned(e), 0)
		if err != nil {
			return fmt.Errorf("sort: %w", err)
		}
	}
	made, err := q.answerColumns()
	if err != nil {
		return err
	}
	for _, name := range spec.Select {
		if !made.has(name) {
			return fmt.Errorf("select chooses columns of rows; with group_by or aggregate the answer has the groups and their numbers, so leave it out")
		}
	}
	reader := &conditions{all: made, env: q.env}
	if spec.Having != nil {
		q.having, err = reader.read(having, 0)
		if err != nil {
			return fmt.Errorf("having: %w", err)
		}
	}
	q.made = made
	q.sorts, err = readSorts(sorts, made, "sort")
	return err
}

// answerColumns are the columns of a grouped answer. Each has a name of its own.
func (q *Query) answerColumns() (columns, error) {
	var made columns
	for _, key := range q.groups {
		c := q.all[key.column]
		if key.by != "" {
			made = append(made, Column{ID: c.ID, Name: c.Name + " by " + key.by, Type: "text", source: c.Name})
			continue
		}
		made = append(made, Column{ID: c.ID, Name: c.Name, Type: c.Type, Options: c.Options, Currency: c.Currency, Takes: c.Takes})
	}
	for i := range q.sums {
		s := &q.sums[i]
		if slices.ContainsFunc(made, func(c Column) bool { return alike.Caseless(c.Name) == alike.Caseless(s.label) }) {
			if s.label != s.plain {
				return nil, fmt.Errorf("aggregate: the answer has a column %s already; give the number another name", quote(s.label))
			}
			s.label += " of rows"
		}
		made = append(made, q.numberColumn(s))
	}
	return made, nil
}

// numberColumn is the column of an aggregate.
func (q *Query) numberColumn(s *aggregate) Column {
	c := Column{ID: s.id(), Name: s.label, Type: "number", plain: s.plain}
	if s.op == "share" {
		c.Type = "percent"
	}
	if s.column < 0 {
		return c
	}
	of := &q.all[s.column]
	c.source = of.Name
	switch {
	case s.op == "count" || s.op == "distinct" || s.op == "share" || of.kind() == words:
		return c
	case s.op == "min" || s.op == "max" || of.kind() == lengths || of.Type == "percent" && s.op != "sum":
		c.Type = of.Type
	}
	c.Currency, c.Takes = of.Currency, of.Takes
	return c
}

// labelled turns {"op":"sum","column":"Amount",…} of a having or sort into the
// label of that number, which the answer then has.
func (q *Query) labelled(v any, depth int) (any, error) {
	switch x := v.(type) {
	case []any:
		if depth > MaxDepth {
			return v, nil // and is refused for it
		}
		out := make([]any, len(x))
		for i, e := range x {
			var err error
			out[i], err = q.labelled(e, depth+1)
			if err != nil {
				return nil, err
			}
		}
		return out, nil
	case map[string]any:
		return q.labelledFields(x, depth)
	}
	return v, nil
}

func (q *Query) labelledFields(o map[string]any, depth int) (any, error) {
	out := make(map[string]any, len(o))
	of := map[string]any{} // the column, by whatever name it is given
	for name, e := range o {
		if list, ok := e.([]any); ok && !IsValue(name) {
			var err error
			e, err = q.labelled(list, depth+1)
			if err != nil {
				return nil, err
			}
		}
		out[name] = e
		if one, _ := sortFields.field(name); one == "column" {
			of[name] = e
		}
	}
	if op, ok := o["op"].(string); ok && (aggregateOp(op) != "" || !isOperator(op)) {
		return q.labelledNumber(out, of, op)
	}
	for name, e := range of {
		column, _ := e.(string)
		if op, of := spoken(column); len(column) <= mostName && aggregateOp(op) != "" {
			if id := q.numberSaid(aggregateOp(op), of, column); id != "" {
				out[name] = id
			}
		}
	}
	return out, nil
}

// numberSaid is the number of the answer that is said by its operation and column,
// or by its operation alone where it is the only one of it and no column is called
// so; empty where there is none.
func (q *Query) numberSaid(op, of, said string) string {
	var id string
	times := 0
	for _, s := range q.sums {
		switch {
		case s.op != op:
			continue
		case s.column < 0 && starless(of) == "", s.column >= 0 && of != "" && q.all.means(of, s.column):
			return s.id()
		}
		id, times = s.id(), times+1
	}
	called := func(name string) bool { return alike.Caseless(name) == alike.Caseless(said) }
	taken := slices.ContainsFunc(q.sums, func(s aggregate) bool { return called(s.label) }) ||
		slices.ContainsFunc(q.groups, func(key groupKey) bool { return called(q.all[key.column].Name) })
	if of != "" || times != 1 || taken {
		return ""
	}
	return id
}

// labelledNumber puts the label of a number in the place of its operation and its
// column.
func (q *Query) labelledNumber(o, column map[string]any, op string) (any, error) {
	number := map[string]any{"op": op}
	for name, e := range column {
		if number["column"] != nil {
			return nil, fmt.Errorf("the column of %s is given twice, once as %s; give it once", quote(op), quote(name))
		}
		number["column"] = e
		delete(o, name)
	}
	op, of, _, err := parts(number)
	if err != nil {
		return nil, err
	}
	s, err := q.aggregateOf(op, of, "")
	delete(o, "op")
	o["column"] = s.id()
	return o, err
}

// unturned takes the direction off an entry of sort that is a text, unless a
// column is called so with it.
func (q *Query) unturned(e any) any {
	text, ok := e.(string)
	named := func(a aggregate) bool { return alike.Caseless(a.label) == alike.Caseless(text) }
	if !ok || len(text) > mostName || q.all.has(text) || slices.ContainsFunc(q.sums, named) {
		return e
	}
	name, down := turned(strings.TrimSpace(text))
	return map[string]any{"column": name, "descending": down}
}

func isOperator(s string) bool {
	_, err := operator(s)
	return err == nil
}
