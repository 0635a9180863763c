package coda

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"codabridge/server/fault"
)

// Args are the arguments of an operation by name, whether they travel in the
// path, the query or the body.
type Args map[string]any

// Call makes any operation of the table by its id. The answer is decoded JSON
// with json.Number for numbers, or nil where Coda sends none. Arguments are
// checked first; what does not fit is a fault with CodeArguments, and nothing is sent.
func (c *Client) Call(ctx context.Context, operation string, args Args) (any, error) {
	return CallFor[any](ctx, c, operation, args)
}

// CallFor is Call with the answer decoded into a T, leniently.
func CallFor[T any](ctx context.Context, c *Client, operation string, args Args) (T, error) {
	var out T
	o, ok := FindOperation(operation)
	if !ok {
		return out, Operation{ID: operation}.wrong("There is no operation %q.", fault.Clip(operation, 60))
	}
	k, err := o.prepare(args)
	if err != nil {
		return out, err
	}
	k.out, k.mayBeEmpty = &out, true
	return out, c.do(ctx, k)
}

// prepare checks the arguments and puts each where it belongs.
func (o Operation) prepare(args Args) (*call, error) {
	if err := o.unknown(args); err != nil {
		return nil, err
	}
	k := &call{op: o.ID, method: o.Method, bucket: o.bucketOf(), query: url.Values{}, own504: o.ID == "listRows"}
	body, path := map[string]any{}, map[string]string{}
	if o.HasBody {
		k.body = body
	}
	for _, p := range o.Params {
		v, given := args[p.Name]
		switch {
		case (!given || v == nil) && p.Required:
			return nil, o.wrong("The argument %q is missing: %s.", p.Name, p.Describe())
		case !given || v == nil:
			continue
		case !p.fits(v):
			return nil, o.wrong("The argument %q must be %s.", p.Name, p.Describe())
		}
		switch p.In {
		case "path":
			path[p.Name] = plainArg(v)
		case "query":
			k.query.Set(p.Name, plainArg(v))
		case "body":
			body[p.Name] = v
		case "whole":
			k.body = v
		}
	}
	if token := k.query.Get("pageToken"); token != "" {
		k.query = url.Values{"pageToken": {token}} // Coda ignores the rest beside it
	}
	k.path = o.segments(path)
	return k, nil
}

// segments is the path with its placeholders filled in.
func (o Operation) segments(values map[string]string) []string {
	var out []string
	for s := range strings.SplitSeq(strings.Trim(o.Path, "/"), "/") {
		if name, ok := placeholder(s); ok {
			s = values[name]
		}
		out = append(out, s)
	}
	return out
}

func (o Operation) unknown(args Args) error {
	var names []string
	for _, p := range o.Params {
		names = append(names, p.Name)
	}
	for name := range args {
		if !slices.Contains(names, name) {
			if len(names) == 0 {
				return o.wrong("It takes no arguments, so leave %q out.", fault.Clip(name, 60))
			}
			return o.wrong("There is no argument %q. It takes: %s.", fault.Clip(name, 60), strings.Join(names, ", "))
		}
	}
	return nil
}

func (o Operation) wrong(format string, a ...any) error {
	e := fault.New(CodeArguments, format, a...)
	e.About = o.ID
	return fmt.Errorf("coda: %s: %w", o.ID, e)
}

// fits checks the kind of an argument. What is text in an address may come as
// a number too.
func (p Param) fits(v any) bool {
	if len(p.Values) > 0 {
		s, ok := v.(string)
		return ok && slices.Contains(p.Values, s)
	}
	if kind, ok := strings.CutPrefix(p.Kind, "[]"); ok {
		list, isList := asList(v)
		one := Param{Kind: kind, In: "body"}
		if kind == "" {
			one.Kind = "string"
		}
		return isList && !slices.ContainsFunc(list, func(e any) bool { return !one.fits(e) })
	}
	switch p.Kind {
	case "string":
		_, isText := v.(string)
		return isText || p.In != "body" && isNumber(v)
	case "bool":
		_, ok := v.(bool)
		return ok
	case "int":
		return isWhole(v)
	case "number":
		return isNumber(v)
	case "{}":
		switch v.(type) {
		case string, bool, json.Number, float64, int, []any:
			return false
		}
		return true // a map, or a struct of ours
	}
	return true
}

func asList(v any) ([]any, bool) {
	switch l := v.(type) {
	case []any:
		return l, true
	case []string:
		out := make([]any, len(l))
		for i, s := range l {
			out[i] = s
		}
		return out, true
	}
	return nil, false
}

func isNumber(v any) bool {
	switch v.(type) {
	case json.Number, float64, int:
		return true
	}
	return false
}

func isWhole(v any) bool {
	switch n := v.(type) {
	case int:
		return true
	case float64:
		return n == math.Trunc(n)
	case json.Number:
		_, err := n.Int64()
		return err == nil
	}
	return false
}

// plainArg writes an argument as it stands in an address; lists have commas.
func plainArg(v any) string {
	switch t := v.(type) {
	case string:
		return t
	case float64:
		return strconv.FormatFloat(t, 'f', -1, 64)
	}
	if list, ok := asList(v); ok {
		parts := make([]string, len(list))
		for i, e := range list {
			parts[i] = plainArg(e)
		}
		return strings.Join(parts, ",")
	}
	return fmt.Sprint(v)
}
