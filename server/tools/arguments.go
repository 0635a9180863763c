package tools

import (
	"bytes"
	"cmp"
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"codabridge/server/alike"
	"codabridge/server/tools/words"
)

// readArguments puts right what a client or a model plainly meant, checks the
// rest against the schema, and gives the arguments in one canonical form. Its
// work grows no faster than raw does.
func readArguments(d *tool, raw []byte) ([]byte, error) {
	if areMeant(d, raw) {
		return raw, nil
	}
	return mendArguments(d, raw)
}

// mendArguments is readArguments for what is not plain.
func mendArguments(d *tool, raw []byte) ([]byte, error) {
	if err := words.BoundNumbers(raw); err != nil {
		return nil, err
	}
	args, ok := asObject(raw)
	if !ok {
		if err := boundText(raw); err != nil {
			return nil, err
		}
		return nil, words.Say("The arguments of %s must be one JSON object such as {%q: …}.", d.name, firstField(d))
	}
	renameAliases(d, args)
	dropClientFields(d, args)
	meant(d, args)
	if err := noStrangers(d, args); err != nil {
		return nil, err
	}
	dropEmpty(d.form().shape, args) // before 0 becomes "0"
	args, _ = mend(d.form().shape, args).(map[string]any)
	dropEmpty(d.form().shape, args) // "0" is 0 by now
	if err := d.form().schema.Validate(args); err != nil {
		return nil, words.Say("%s", complaint(d, err))
	}
	return json.Marshal(args)
}

// areMeant tells that arguments are what a tool that reads asks for, with nothing
// to put right: texts alone, each once, none of them empty.
func areMeant(d *tool, raw []byte) bool {
	if d.writes || d.depends != nil {
		return false
	}
	var names [8]string
	given := names[:0]
	plain := words.PlainTexts(raw, func(name, text []byte) bool {
		i := slices.Index(d.form().texts, string(name))
		if i < 0 || slices.Contains(given, d.form().texts[i]) || len(bytes.TrimSpace(text)) == 0 {
			return false
		}
		given = append(given, d.form().texts[i])
		return true
	})
	return plain && !slices.ContainsFunc(d.form().need, func(name string) bool { return !slices.Contains(given, name) })
}

// asObject reads arguments: an object, nothing, the empty list that PHP makes
// of an empty object, or any of these written as a string.
func asObject(raw []byte) (map[string]any, bool) {
	raw = bytes.TrimSpace(raw)
	if len(raw) == 0 {
		return map[string]any{}, true
	}
	v, err := decode(raw)
	if err != nil {
		return nil, false
	}
	switch x := ofJSON(v, "{").(type) {
	case nil:
		return map[string]any{}, true
	case map[string]any:
		return x, true
	case []any:
		return map[string]any{}, len(x) == 0
	}
	return nil, false
}

// decode reads one JSON value and keeps numbers as they were written, since an
// amount must reach Coda so.
func decode(raw []byte) (any, error) {
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	var v any
	err := dec.Decode(&v)
	return v, err
}

// boundText is BoundNumbers for arguments that were written as a text.
func boundText(raw []byte) error {
	var s string
	if json.Unmarshal(raw, &s) != nil {
		return nil
	}
	return words.BoundNumbers([]byte(s))
}

func firstField(d *tool) string {
	if need := d.form().need; len(need) > 0 {
		return need[0]
	}
	if len(d.form().fields) > 0 {
		return d.form().fields[0]
	}
	return "argument"
}

// aliases are names that models take from other servers, each with those of ours
// that it may mean.
var aliases = map[string]string{
	"doc": "document", "doc_id": "document", "docid": "document", "document_id": "document", "documentid": "document",
	"page_id": "page", "pageid": "page", "page_name": "page",
	"table_id": "table", "tableid": "table", "table_name": "table",
	"row_id": "row", "rowid": "row",
	"next_cursor": "cursor", "page_token": "cursor", "pagetoken": "cursor",
	"order_by": "sort", "orderby": "sort", "sort_by": "sort", "sortby": "sort", "groupby": "group_by", "group": "group_by",
	"aggregates": "aggregate", "aggregations": "aggregate", "aggregation": "aggregate", "metrics": "aggregate",
	"filter": "where", "where": "filter", "filters": "where filter", "conditions": "where filter", "columns": "select", "fields": "select",
	"max_results": "limit", "page_size": "limit", "pagesize": "limit", "max_rows": "limit",
	"markdown": "content", "text": "content", "cells": "values", "q": "query",
	"title": "name", "body": "content", "parent_id": "parent", "parentid": "parent", "parent_page": "parent", "parentpageid": "parent",
}

func renameAliases(d *tool, args map[string]any) {
	for _, given := range slices.Sorted(maps.Keys(args)) {
		name := aliasOf(strings.ToLower(given), d.form().fields)
		if name != "" && args[name] == nil && !slices.Contains(d.form().fields, given) {
			args[name] = args[given]
			delete(args, given)
		}
	}
}

// aliasOf is the field that a name from another server means; empty where there is
// none.
func aliasOf(name string, fields []string) string {
	for meant := range strings.FieldsSeq(aliases[name]) {
		if slices.Contains(fields, meant) {
			return meant
		}
	}
	return ""
}

// clientFields are what clients add to arguments for themselves, which no
// model can take out again: n8n's agent, and editors that cannot send an empty
// object.
var clientFields = map[string]bool{"sessionid": true, "action": true, "chatinput": true, "toolcallid": true, "randomstring": true,
	"tool": true, "requestid": true, "reasoning": true, "thought": true}

// dropClientFields takes those out, and all whose name begins with "_" unless
// it is that of an argument otherwise.
func dropClientFields(d *tool, args map[string]any) {
	for name := range args {
		if slices.Contains(d.form().fields, name) {
			continue
		}
		if clientFields[bare(name)] || strings.HasPrefix(name, "_") &&
			!slices.ContainsFunc(d.form().fields, func(f string) bool { return bare(f) == bare(name) }) {
			delete(args, name)
		}
	}
}

// bare is a name by its letters and digits alone.
func bare(name string) string {
	return strings.ToLower(marks.Replace(name))
}

var marks = strings.NewReplacer("_", "", "-", "", " ", "") // one for all: a body may hold 200,000 names

// mostCompared is how many unknown names are looked at for what they may stand
// for.
const mostCompared = 100

// noStrangers refuses arguments that the tool does not have, and names those
// they may stand for: one left out in silence would change what is done.
func noStrangers(d *tool, args map[string]any) error {
	var strange, meant []string
	for _, name := range slices.Sorted(maps.Keys(args)) {
		if slices.Contains(d.form().fields, name) {
			continue
		}
		strange = append(strange, name)
		if len(strange) > mostCompared {
			continue
		}
		if near := nearField(name, d.form().fields); near != "" && !slices.Contains(meant, near) {
			meant = append(meant, near)
		}
	}
	switch {
	case len(strange) == 0:
		return nil
	case len(d.form().fields) == 0:
		return words.Say("%s takes no arguments, so leave out %s.", d.name, quoted(strange))
	case len(meant) > 0:
		return words.Say("There is no argument %s. Did you mean %s? %s takes: %s.", quoted(strange), quoted(meant), d.name, strings.Join(d.form().fields, ", "))
	}
	return words.Say("There is no argument %s. %s takes: %s.", quoted(strange), d.name, strings.Join(d.form().fields, ", "))
}

// nearField is the argument that a wrong name most likely stands for, or
// empty.
func nearField(given string, fields []string) string {
	g := []rune(bare(words.Clip(given, 60)))
	if alias := aliasOf(string(g), fields); alias != "" {
		return alias
	}
	best, least := "", 0
	for _, f := range fields {
		b := []rune(bare(f))
		slips, most := alike.Slips(g, b), 1+len(b)/6
		if len(b) > 3 && len(g) > 3 && (strings.HasPrefix(string(g), string(b)) || strings.HasPrefix(string(b), string(g))) {
			slips = min(slips, most)
		}
		if slips <= most && len(g) > 1 && (best == "" || cmp.Less(slips, least)) {
			best, least = f, slips
		}
	}
	return best
}
