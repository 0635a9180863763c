package tools

import (
	"cmp"
	"context"
	"encoding/json"
	"strings"

	"codabridge/server/coda"
	"codabridge/server/tools/find"
	"codabridge/server/tools/query"
	"codabridge/server/tools/words"
)

// rowFilter is a condition as it was given: equals is the value of "=", and
// value is taken as in coda_query_rows.
type rowFilter struct {
	Column string `json:"column"`
	Is     string `json:"is"`
	Equals any    `json:"equals"`
	Value  any    `json:"value"`
}

// rowsFilter finds the rows that are wanted: Coda compares text and numbers,
// by one of some forms, and what is stored otherwise than shown is compared
// here.
type rowsFilter struct {
	forms  []string // Coda's queries, the most likely first
	own    *query.Filter
	column coda.Column
	value  string // as given

	// spoken is the condition that the value is in words, and said the words of
	// one that was.
	spoken *rowsFilter
	said   string
}

func (f rowsFilter) given() bool { return f.own != nil }

// ours says that Coda gives all rows and we choose.
func (f rowsFilter) ours() bool { return f.own != nil && len(f.forms) == 0 }

// form is what Coda is asked for.
func (f rowsFilter) form() string {
	if len(f.forms) == 0 {
		return ""
	}
	return f.forms[0]
}

// mostFilter is how long a filter value may be: it stands in the address of a
// request.
const mostFilter = 4000

// readFilter reads a condition, as a value that is meant literally first. One that
// is none, or that no row has, may be a condition in words.
func (t *Tools) readFilter(ctx context.Context, f rowFilter, columns []coda.Column) (out rowsFilter, err error) {
	out.column, err = findColumn(columns, f.Column)
	if err != nil {
		return out, err
	}
	is, value := strings.TrimSpace(f.Is), f.Equals
	if value == nil {
		value = f.Value
	}
	if o, ok := value.(map[string]any); ok && len(o) == 1 {
		for op, v := range o { // {"not":"Done"}
			is, value = op, v
		}
	}
	if value == nil && is == "" {
		return out, words.Say("The argument \"filter\" needs \"equals\" with a value, or \"is\" with \"empty\" or \"not empty\".")
	}
	if value == nil {
		op, v, said := query.Said(is)
		switch {
		case said:
			return t.compileFilter(ctx, out.column, op, v, columns)
		case !query.KnowsOperator(is): // {"is":"Done"}
			is, value = "", is
		}
	}
	out, err = t.compileFilter(ctx, out.column, is, value, columns)
	if op, v, said := query.Said(words.CellWords(value)); said && (is == "" || is == "=") {
		if spoken, wrong := t.compileFilter(ctx, out.column, op, v, columns); wrong == nil {
			spoken.said = words.CellWords(value)
			if err != nil {
				return spoken, nil
			}
			out.spoken = &spoken
		}
	}
	return out, err
}

// compileFilter holds a condition against its column.
func (t *Tools) compileFilter(ctx context.Context, c coda.Column, is string, value any, columns []coda.Column) (out rowsFilter, err error) {
	out.column = c
	if s, ok := value.(string); ok {
		if len(s) > mostFilter {
			return out, words.Say("The value to filter by has %d characters; at most %d can be looked for. Ask for the rows by another column.", len(s), mostFilter)
		}
		out.value = s
		if err := refuseShort(c, s); err != nil {
			return out, err
		}
	}
	if _, several := value.([]any); several {
		is = cmp.Or(map[string]string{"": "in", "=": "in", "!=": "not in"}[is], is)
	}
	if is == "" && (value == nil || value == "") {
		is = "empty"
	}
	if is == "" || is == "=" {
		out.forms, err = codaForms(c, value)
		if err != nil {
			return out, err
		}
	}
	condition := map[string]any{"column": c.ID, "value": asShown(c, value)}
	if is != "" {
		condition["is"] = is
	}
	env, err := t.queryEnv(ctx, queryRowsArgs{Where: condition})
	if err != nil {
		return out, err
	}
	out.own, err = query.CompileFilter(condition, queryColumns(columns), env)
	if err != nil {
		return out, words.Say("%s.", strings.TrimSuffix(err.Error(), "."))
	}
	return out, nil
}

// asShown makes a day of a time on that day, in a column of days.
func asShown(c coda.Column, value any) any {
	s, ok := value.(string)
	s = strings.TrimSpace(s)
	if ok && c.Format.Type == "date" && len(s) > 10 && (s[10] == 'T' || s[10] == 't' || s[10] == ' ') {
		if _, err := date(c, s[:10]); err == nil {
			return s[:10]
		}
	}
	return value
}

// codaForms are the queries by which Coda finds a value, for columns whose
// values it stores as they are shown.
func codaForms(c coda.Column, value any) ([]string, error) {
	if c.Format.IsArray {
		return nil, nil
	}
	switch c.Format.Type {
	case "date", "dateTime", "time", "duration", "person", "lookup", "currency", "checkbox", "image", "attachments", "imageReference", "reaction":
		return nil, nil
	case "select":
		if !c.Calculated {
			var err error
			value, err = option(c, value)
			if err != nil {
				return nil, err
			}
		}
	case "number", "slider", "scale", "percent":
		if s, ok := value.(string); ok {
			value = words.Number(s)
		}
		if _, ok := value.(json.Number); !ok {
			return nil, nil // "35%" is 0.35
		}
	}
	var queries []string
	for _, form := range find.QueryForms(c, value) {
		queries = append(queries, c.ID+":"+form)
	}
	return queries, nil
}

// several says that the rows found rest on a name that several people or rows
// share.
func (f rowsFilter) several(r *rowTable) string {
	if f.value == "" || !r.who.sharedName(f.column.ID, f.value) {
		return ""
	}
	return "Several in the column " + words.Quote(f.column.Name) + " are called " + words.Quote(f.value) + ": they are told apart by what stands behind the name."
}
