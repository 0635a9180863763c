package coda

import (
	"slices"
	"strings"
	"sync"

	"codabridge/server/fault"
)

// Access is what an operation does to the account.
type Access string

// The kinds of access.
const (
	Reads    Access = "read"
	Writes   Access = "write"
	Destroys Access = "destructive"
)

// Audience is whose work an operation is.
type Audience string

// The audiences.
const (
	ForPerson Audience = "person" // anybody with docs
	ForAdmin  Audience = "admin"  // of a workspace, an organization or a domain
	ForMaker  Audience = "maker"  // of packs
)

// Operation is one call of the API, as the table of operations has it.
type Operation struct {
	ID, Method, Path string
	// Group is the chapter it belongs to: docs, pages, rows, packs, …
	Group    string
	About    string // one line, in our words
	Access   Access
	Audience Audience
	// Rate is the class that Coda counts it in: reading, writing, content,
	// listing, analytics.
	Rate string
	// Queued operations answer with a request id, for WaitMutation.
	Queued bool
	Params []Param
	// HasBody says that a JSON body is sent, be it an empty object.
	HasBody bool
}

// Param is one argument of an operation.
type Param struct {
	Name string
	In   string // path, query, body, or whole: the body itself
	// Kind is string, bool, int, number, {} (an object), any, or [] before one
	// of these for a list.
	Kind     string
	Values   []string // the allowed ones, where there is a fixed choice
	Required bool
}

// entry is a row of the table as it is written down. A parameter is
// name, name! when required, then :kind, or =a|b|c for a choice.
type entry struct {
	id, call    string
	class       string // group, audience, access, rate, and queued
	path, query string
	body        string // "-" is an empty object, "…" any object
	about       string
}

// Operations is the table of all operations, in the order of their chapters.
var Operations = sync.OnceValue(func() []Operation {
	var all []Operation
	for _, list := range [][]entry{accountOperations, docsOperations, pagesOperations, tablesOperations,
		sharingOperations, workspacesOperations, packsOperations, packsOperationsMore} {
		for _, e := range list {
			all = append(all, e.operation())
		}
	}
	return all
})

var operationByID = sync.OnceValue(func() map[string]Operation {
	m := map[string]Operation{}
	for _, o := range Operations() {
		m[o.ID] = o
	}
	return m
})

// FindOperation gives an operation by its id.
func FindOperation(id string) (Operation, bool) {
	o, ok := operationByID()[id]
	return o, ok
}

func (e entry) operation() Operation {
	method, path, _ := strings.Cut(e.call, " ")
	class := strings.Fields(e.class)
	o := Operation{ID: e.id, Method: method, Path: path, Group: class[0], Audience: Audience(class[1]), Access: Access(class[2]),
		Rate: class[3], Queued: slices.Contains(class, "queued"), About: e.about, HasBody: e.body != ""}
	kinds := map[string]Param{}
	for _, p := range params("path", e.path) {
		kinds[p.Name] = p
	}
	for s := range strings.SplitSeq(path, "/") {
		if name, ok := placeholder(s); ok {
			p := Param{Name: name, In: "path", Kind: "string"}
			if given, ok := kinds[name]; ok {
				p = given
			}
			p.Required = true
			o.Params = append(o.Params, p)
		}
	}
	o.Params = append(o.Params, params("query", e.query)...)
	switch e.body {
	case "", "-":
	case "…":
		o.Params = append(o.Params, Param{Name: "payload", In: "whole", Kind: "{}"})
	default:
		o.Params = append(o.Params, params("body", e.body)...)
	}
	return o
}

func placeholder(segment string) (name string, ok bool) {
	if strings.HasPrefix(segment, "{") && strings.HasSuffix(segment, "}") {
		return segment[1 : len(segment)-1], true
	}
	return "", false
}

func params(in, text string) []Param {
	var out []Param
	for word := range strings.FieldsSeq(text) {
		p := Param{In: in, Kind: "string"}
		if name, values, ok := strings.Cut(word, "="); ok {
			word, p.Values = name, strings.Split(values, "|")
		} else if name, kind, ok := strings.Cut(word, ":"); ok {
			word, p.Kind = name, kind
		}
		p.Name, p.Required = strings.TrimSuffix(word, "!"), strings.HasSuffix(word, "!")
		out = append(out, p)
	}
	return out
}

// Describe says in one line what an argument takes.
func (p Param) Describe() string {
	what := map[string]string{"string": "text", "bool": "true or false", "int": "a whole number", "number": "a number", "{}": "an object",
		"[]": "a list of texts", "[]int": "a list of whole numbers", "[]{}": "a list of objects", "any": "anything"}[p.Kind]
	if len(p.Values) > 0 {
		what = "one of " + strings.Join(p.Values, ", ")
	}
	return what
}

// bucketOf is the limiter's class of an operation.
func (o Operation) bucketOf() bucket {
	switch o.Rate {
	case "writing":
		return writeBucket
	case "content":
		return contentBucket
	case "listing":
		return docsBucket
	case "analytics":
		return analyticsBucket
	}
	return readBucket
}

// CodeArguments: the arguments of an operation do not fit it, found before
// anything was sent. The fault is about the operation.
const CodeArguments fault.Code = "coda_arguments"
