package tools

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"codabridge/server/tools/words"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"
	"golang.org/x/text/language"
	"golang.org/x/text/message"
)

// readArguments puts right what a model plainly meant, checks the rest against
// the schema, and gives the arguments in one canonical form.
func readArguments(d *tool, raw []byte) ([]byte, error) {
	args, err := decodeObject(raw)
	if err != nil {
		return nil, words.Say("The arguments of %s must be one JSON object such as {%q: …}.", d.name, firstField(d))
	}
	renameAliases(d, args)
	args, _ = mend(d.shape, args).(map[string]any)
	if err := d.schema().Validate(args); err != nil {
		return nil, words.Say("%s", complaint(d, err))
	}
	return json.Marshal(args)
}

func decodeObject(raw []byte) (map[string]any, error) {
	args := map[string]any{}
	if raw = bytes.TrimSpace(raw); len(raw) == 0 || string(raw) == "null" {
		return args, nil
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber() // an amount must reach Coda as it was written
	err := dec.Decode(&args)
	return args, err
}

func firstField(d *tool) string {
	if need, _ := d.shape["required"].([]any); len(need) > 0 {
		return fmt.Sprint(need[0])
	}
	if len(d.fields) > 0 {
		return d.fields[0]
	}
	return "argument"
}

// aliases are names that models take from other servers.
var aliases = map[string]string{
	"doc": "document", "doc_id": "document", "docid": "document", "document_id": "document", "documentid": "document",
	"page_id": "page", "pageid": "page", "page_name": "page",
	"table_id": "table", "tableid": "table", "table_name": "table",
	"row_id": "row", "rowid": "row",
	"next_cursor": "cursor", "page_token": "cursor", "pagetoken": "cursor",
	"markdown": "content", "text": "content", "cells": "values", "q": "query",
}

func renameAliases(d *tool, args map[string]any) {
	for _, given := range slices.Sorted(maps.Keys(args)) {
		name, ok := aliases[strings.ToLower(given)]
		if slices.Contains(d.fields, given) || !ok || !slices.Contains(d.fields, name) {
			continue
		}
		if _, taken := args[name]; !taken {
			args[name] = args[given]
			delete(args, given)
		}
	}
}

// mend bends a value to its schema where the meaning is plain: "42" for 42,
// one item for a list of one, an object written as a string, null for nothing.
func mend(shape map[string]any, v any) any {
	switch shape["type"] {
	case "object":
		return mendObject(shape, v)
	case "array":
		items, _ := shape["items"].(map[string]any)
		return mendArray(items, v)
	case "integer", "number":
		return mendNumber(v)
	case "boolean":
		if s, ok := v.(string); ok {
			if b, err := strconv.ParseBool(strings.ToLower(strings.TrimSpace(s))); err == nil {
				return b
			}
		}
	case "string":
		if n, ok := v.(json.Number); ok {
			return n.String()
		}
	}
	return v
}

func mendObject(shape map[string]any, v any) any {
	if s, ok := v.(string); ok {
		if inner, err := decodeObject([]byte(s)); err == nil && strings.TrimSpace(s) != "" {
			v = inner
		}
	}
	m, ok := v.(map[string]any)
	if !ok {
		return v
	}
	for name, p := range properties(shape) {
		given, there := m[name]
		if !there {
			continue
		}
		if p, ok := p.(map[string]any); ok {
			if given == nil && p["type"] != nil {
				delete(m, name)
				continue
			}
			m[name] = mend(p, given)
		}
	}
	return m
}

func mendArray(items map[string]any, v any) any {
	if s, ok := v.(string); ok && strings.HasPrefix(strings.TrimSpace(s), "[") {
		var list []any
		dec := json.NewDecoder(strings.NewReader(s))
		dec.UseNumber()
		if dec.Decode(&list) == nil {
			v = list
		}
	}
	if _, ok := v.([]any); !ok && v != nil {
		v = []any{v}
	}
	list, _ := v.([]any)
	for i := range list {
		list[i] = mend(items, list[i])
	}
	return v
}

func mendNumber(v any) any {
	if s, ok := v.(string); ok {
		if s = strings.TrimSpace(s); json.Valid([]byte(s)) {
			if _, err := strconv.ParseFloat(s, 64); err == nil {
				v = json.Number(s)
			}
		}
	}
	if n, ok := v.(json.Number); ok { // 20.0 decodes into no int
		if _, err := n.Int64(); err == nil {
			return v // a float would round a large one
		}
		if f, err := n.Float64(); err == nil && f == float64(int64(f)) {
			return json.Number(strconv.FormatInt(int64(f), 10))
		}
	}
	return v
}

var english = message.NewPrinter(language.English)

// complaint makes one sentence of a failed check: which argument, and what is
// allowed there.
func complaint(d *tool, err error) string {
	bad, ok := err.(*jsonschema.ValidationError)
	if !ok {
		return "The arguments of " + d.name + " could not be read."
	}
	for len(bad.Causes) > 0 {
		bad = bad.Causes[0]
	}
	at := strings.Join(bad.InstanceLocation, ".")
	switch k := bad.ErrorKind.(type) {
	case *kind.Required:
		return fmt.Sprintf("The argument %s is missing%s. %s takes: %s.", quoted(k.Missing), inside(at), d.name, strings.Join(d.fields, ", "))
	case *kind.AdditionalProperties:
		return fmt.Sprintf("There is no argument %s%s. %s takes: %s.", quoted(k.Properties), inside(at), d.name, strings.Join(d.fields, ", "))
	case *kind.Type:
		return fmt.Sprintf("The argument %q must be %s%s, not %s.", at, article(k.Want), fieldsOf(d.shape, bad.InstanceLocation), article([]string{k.Got}))
	case *kind.Enum:
		return fmt.Sprintf("The argument %q must be one of: %s.", at, listed(k.Want))
	}
	return fmt.Sprintf("The argument %q does not fit: %s.", at, words.Clip(bad.ErrorKind.LocalizedString(english), 200))
}

// fieldsOf names what the object at a place of the arguments takes.
func fieldsOf(shape map[string]any, at []string) string {
	for _, name := range at {
		shape, _ = properties(shape)[name].(map[string]any)
	}
	if len(properties(shape)) == 0 {
		return ""
	}
	return " with " + quoted(slices.Sorted(maps.Keys(properties(shape))))
}

func inside(at string) string {
	if at == "" {
		return ""
	}
	return fmt.Sprintf(" inside %q", at)
}

func quoted(names []string) string {
	out := make([]string, len(names))
	for i, n := range names {
		out[i] = words.Quote(n)
	}
	return strings.Join(out, ", ")
}

func listed(values []any) string {
	out := make([]string, len(values))
	for i, v := range values {
		out[i] = fmt.Sprint(v)
	}
	return strings.Join(out, ", ")
}

func article(types []string) string {
	out := make([]string, len(types))
	for i, t := range types {
		switch t {
		case "integer":
			out[i] = "a whole number"
		case "string":
			out[i] = "text"
		case "boolean":
			out[i] = "true or false"
		case "array":
			out[i] = "a list"
		case "object":
			out[i] = "an object"
		default:
			out[i] = "a " + t
		}
	}
	return strings.Join(out, " or ")
}
