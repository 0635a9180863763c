package tools

import (
	"slices"
	"strings"

	"codabridge/server/tools/query"
)

// meant puts right what models write for another tool, or for another server's,
// where one thing can be meant. Only tools that read are bent to: what decides on
// a write is not guessed at.
func meant(d *tool, args map[string]any) {
	if d.writes {
		return
	}
	meantReference(d, args)
	if slices.Contains(d.form().fields, "filter") {
		meantFilter(args)
		meantSort(args)
	}
}

// meantReference takes "id", "url" and "link" for the thing that a tool reads.
func meantReference(d *tool, args map[string]any) {
	fields := d.form().fields
	for _, given := range []string{"id", "url", "link", "uri", "name"} {
		v, there := args[given]
		if !there || slices.Contains(fields, given) {
			continue
		}
		for _, name := range []string{"id", "row", "page", "table", "document"} {
			if !slices.Contains(fields, name) {
				continue
			}
			if _, taken := args[name]; !taken {
				args[name] = v
				delete(args, given)
			}
			break
		}
	}
}

// meantFilter makes the one condition of a filter of {"Status":"Done"}, and of a
// list of one.
func meantFilter(args map[string]any) {
	if list, ok := args["filter"].([]any); ok && len(list) == 1 {
		args["filter"] = list[0]
	}
	f, ok := args["filter"].(map[string]any)
	for op, v := range f { // {"column":"Points",">":3}
		if _, named := f["column"]; named && len(f) == 2 && op != "is" && query.KnowsOperator(op) && op != "equals" {
			args["filter"] = map[string]any{"column": f["column"], "is": op, "value": v}
			return
		}
	}
	if !ok || len(f) != 1 {
		return
	}
	for column := range f {
		if !slices.Contains([]string{"column", "is", "equals", "value", "operator", "op", "any", "all"}, column) {
			args["filter"] = map[string]any{"column": column, "equals": f[column]}
		}
	}
}

// byTime are other names of the orders by time.
var byTime = map[string]string{"updated": "updated", "updatedat": "updated", "modified": "updated", "modifiedat": "updated", "lastmodified": "updated",
	"created": "created", "createdat": "created"}

// meantSort reads "updatedAt", "-updated" and "updated desc".
func meantSort(args map[string]any) {
	s, ok := args["sort"].(string)
	if !ok {
		return
	}
	s, down := strings.CutPrefix(strings.ToLower(strings.TrimSpace(s)), "-")
	name, direction, _ := strings.Cut(strings.NewReplacer(":", " ", ",", " ").Replace(s), " ")
	by, known := byTime[bare(name)]
	if !known {
		return
	}
	switch strings.TrimSpace(direction) {
	case "desc", "descending":
		down = true
	case "asc", "ascending", "":
	default:
		return
	}
	args["sort"] = by
	if _, given := args["descending"]; down && !given {
		args["descending"] = true
	}
}
