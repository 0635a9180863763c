package tools

import (
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

func (t *Tools) readFilter(ctx context.Context, f rowFilter, columns []coda.Column) (out rowsFilter, err error) {
	out.column, err = findColumn(columns, f.Column)
	if err != nil {
		return out, err
	}
	value := f.Equals
	if value == nil {
		value = f.Value
	}
	if value == nil && f.Is == "" {
		return out, words.Say("The argument \"filter\" needs \"equals\" with a value, or \"is\" with \"empty\" or \"not empty\".")
	}
	if s, ok := value.(string); ok {
		if len(s) > mostFilter {
			return out, words.Say("The value to filter by has %d characters; at most %d can be looked for. Ask for the rows by another column.", len(s), mostFilter)
		}
		out.value = s
		if err := refuseShort(out.column, s); err != nil {
			return out, err
		}
	}
	is := strings.TrimSpace(f.Is)
	if is == "" && (value == nil || value == "") {
		is = "empty"
	}
	if is == "" || is == "=" {
		out.forms, err = codaForms(out.column, value)
		if err != nil {
			return out, err
		}
	}
	condition := map[string]any{"column": out.column.ID, "value": asShown(out.column, value)}
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
