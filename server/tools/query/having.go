package query

import (
	"fmt"
	"slices"
	"strings"
)

// finishGroups reads what speaks of the columns of the answer.
func (q *Query) finishGroups(spec Spec) error {
	if len(spec.Select) > 0 {
		return fmt.Errorf("select chooses columns of rows; with group_by or aggregate the answer has the groups and their numbers, so leave it out")
	}
	made := q.answerColumns()
	var err error
	reader := &conditions{all: made, env: q.env, part: "having"}
	if spec.Having != nil {
		q.having, err = reader.read(labelled(spec.Having, 0), 0)
		if err != nil {
			return fmt.Errorf("having: %w", err)
		}
	}
	q.sorts, err = readSorts(labels(spec.Sort), made, "sort")
	return err
}

// answerColumns are the columns of a grouped answer.
func (q *Query) answerColumns() columns {
	var made columns
	for _, key := range q.groups {
		c := q.all[key.column]
		if key.by != "" {
			made = append(made, Column{ID: c.ID, Name: c.Name + " by " + key.by, Type: "text", source: c.Name})
			continue
		}
		made = append(made, Column{ID: c.ID, Name: c.Name, Type: c.Type, Options: c.Options, Currency: c.Currency, Takes: c.Takes})
	}
	for _, s := range q.sums {
		typ, source := "number", ""
		if s.column >= 0 {
			source = q.all[s.column].Name
		}
		if (s.op == "min" || s.op == "max") && q.all[s.column].kind() != words {
			typ = q.all[s.column].Type
		}
		made = append(made, Column{Name: s.label, Type: typ, source: source})
		if s.column >= 0 && !slices.Contains([]string{"count", "distinct", "share"}, s.op) {
			last := &made[len(made)-1]
			last.Currency, last.Takes = q.all[s.column].Currency, q.all[s.column].Takes
		}
	}
	return made
}

// labelled turns {"op":"sum","column":"Amount","is":…} of a having into the
// label of that number.
func labelled(v any, depth int) any {
	switch x := v.(type) {
	case []any:
		if depth > maxDepth {
			return v
		}
		out := make([]any, len(x))
		for i, e := range x {
			out[i] = labelled(e, depth+1)
		}
		return out
	case map[string]any:
		out := map[string]any{}
		for name, e := range x {
			if name == "any" || name == "all" {
				e = labelled(e, depth+1)
			}
			out[name] = e
		}
		op, ok := x["op"].(string)
		if ok {
			delete(out, "op")
			out["column"] = labelOf(op, x["column"])
		}
		return out
	}
	return v
}

func labelOf(op string, column any) string {
	if name, ok := column.(string); ok && name != "" {
		return strings.ToLower(op) + " of " + name
	}
	return strings.ToLower(op)
}

func labels(sorts []any) []any {
	out := make([]any, len(sorts))
	for i, e := range sorts {
		m, ok := e.(map[string]any)
		op, isOp := m["op"].(string)
		if !ok || !isOp {
			out[i] = e
			continue
		}
		out[i] = map[string]any{"column": labelOf(op, m["column"]), "descending": m["descending"] == true}
	}
	return out
}
