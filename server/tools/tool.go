package tools

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"sync"

	"codabridge/server/caller"

	"github.com/mark3labs/mcp-go/mcp"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

// tool is one thing a model may do.
type tool struct {
	name        string // ^[a-z][a-z0-9_]{0,47}$
	title       string
	description string // key about first; at most 1000 characters
	input       string // JSON schema of the arguments, as clients see it
	// takes is what is let in beyond input, as a merge patch of it (RFC 7396).
	// Vendors refuse what has no type and objects with free keys; models write
	// 3 and true where text is declared, and rows as plain objects.
	takes      string
	output     string // JSON schema of structuredContent
	writes     bool   // changes documents
	overwrites bool   // may replace what was there (destructiveHint)
	repeatable bool   // the same call twice is the same as once
	wipes      bool   // takes away what others have added in between
	reaches    bool   // has effects outside the owner's account (openWorldHint)
	core       bool   // in the small set
	admin      bool   // behind the owner's admin switch
	// depends makes of a tool that reads and writes what it is for these
	// arguments: whether they write.
	depends func(args []byte) bool

	// structured tools answer with structuredContent too, as ChatGPT wants of
	// search and fetch.
	structured bool
	// view is the page that a host may show the answer with, or empty.
	view string

	// form is what arguments are held against. It is made at the first call: every
	// start would pay for those of all tools.
	form func() *form
	run  func(ctx context.Context, t *Tools, args []byte) (any, error)
}

// form is what the arguments of a tool look like.
type form struct {
	fields []string       // their names
	shape  map[string]any // input with takes, decoded
	schema *jsonschema.Schema
	texts  []string // those of them that are any text
	need   []string // those that must be there
}

func (d *tool) makeForm() *form {
	f := &form{shape: decoded(d.input)}
	if d.takes != "" {
		patch(f.shape, decoded(d.takes))
	}
	f.fields = slices.Sorted(maps.Keys(properties(f.shape)))
	f.schema = compile(d.name, f.shape)
	for name, p := range properties(f.shape) {
		if isAnyText(p) {
			f.texts = append(f.texts, name)
		}
	}
	need, _ := f.shape["required"].([]any)
	for _, name := range need {
		f.need = append(f.need, fmt.Sprint(name))
	}
	return f
}

// isAnyText tells that a schema asks for a text and for nothing else.
func isAnyText(schema any) bool {
	p, _ := schema.(map[string]any)
	_, described := p["description"]
	return p["type"] == "string" && (len(p) == 1 || len(p) == 2 && described)
}

// declare ties a declaration to the method that does the work.
func declare[A, R any](d tool, run func(*Tools, context.Context, A) (R, error)) tool {
	d.form = sync.OnceValue(d.makeForm)
	d.run = func(ctx context.Context, t *Tools, args []byte) (any, error) {
		var a A
		dec := json.NewDecoder(bytes.NewReader(args))
		dec.UseNumber()
		if err := dec.Decode(&a); err != nil {
			return nil, fmt.Errorf("tools: read arguments of %s: %w", d.name, err)
		}
		return run(t, ctx, a)
	}
	return d
}

// describe is the tool as tools/list shows it.
func (d *tool) describe(structured bool) mcp.Tool {
	readOnly, open := !d.writes, d.reaches
	scope := caller.ScopeRead
	if d.writes {
		scope = caller.ScopeWrite
	}
	var output json.RawMessage
	if structured {
		output = json.RawMessage(compact(d.output))
	}
	return mcp.Tool{
		Name:            d.name,
		Title:           d.title,
		Description:     d.description,
		RawInputSchema:  json.RawMessage(compact(d.input)),
		RawOutputSchema: output,
		Annotations: mcp.ToolAnnotation{
			ReadOnlyHint:    &readOnly,
			DestructiveHint: &d.overwrites,
			IdempotentHint:  &d.repeatable,
			OpenWorldHint:   &open,
		},
		// ChatGPT reads the scopes here; the library knows no such field at
		// the top level of a tool.
		Meta: mcp.NewMetaFromMap(viewMeta(map[string]any{
			"securitySchemes": []any{map[string]any{"type": "oauth2", "scopes": []string{scope}}},
		}, d.view)),
	}
}

// structured tells whether a tool answers in both forms.
func (t *Tools) structured(d *tool) bool { return d.structured || t.o.Structured }

// reader is a tool that reads and writes, as those see it who may only read.
func (d *tool) reader() *tool {
	own := *d
	own.writes, own.overwrites, own.reaches, own.repeatable = false, false, false, true
	return &own
}

// arrange puts tools/list into our order and leaves out what the caller may
// not use.
func (t *Tools) arrange(ctx context.Context, _ any, _ *mcp.ListToolsRequest, result *mcp.ListToolsResult) {
	byName := map[string]mcp.Tool{}
	for _, listed := range result.Tools {
		byName[listed.Name] = listed
	}
	write := t.mayWrite(ctx)
	arranged := make([]mcp.Tool, 0, len(t.list))
	set := t.toolset()
	for _, d := range t.list {
		listed, ok := byName[d.name]
		if !ok || !set.offers(&d) || d.writes && d.depends == nil && !write {
			continue
		}
		if d.depends != nil && !write {
			listed = d.reader().describe(t.structured(&d))
		}
		arranged = append(arranged, listed)
	}
	result.Tools = arranged
}

func compact(schema string) string {
	var b bytes.Buffer
	if err := json.Compact(&b, []byte(schema)); err != nil {
		panic(fmt.Errorf("tools: schema %s: %w", schema, err)) // caught by any test
	}
	return b.String()
}

func decoded(schema string) map[string]any {
	var shape map[string]any
	if err := json.Unmarshal([]byte(schema), &shape); err != nil {
		panic(fmt.Errorf("tools: schema %s: %w", schema, err)) // caught by any test
	}
	return shape
}

// patch merges one object into another; null takes a field away.
func patch(target, by map[string]any) {
	for name, v := range by {
		inner, isObject := v.(map[string]any)
		old, both := target[name].(map[string]any)
		switch {
		case v == nil:
			delete(target, name)
		case isObject && both:
			patch(old, inner)
		default:
			target[name] = v
		}
	}
}

// The library compiles the schemas of every draft before main, although ours are of
// the newest alone: what the others take, a third of a start's memory, is given back.
func init() {
	for _, old := range []*jsonschema.Draft{jsonschema.Draft4, jsonschema.Draft6, jsonschema.Draft7, jsonschema.Draft2019} {
		*old = jsonschema.Draft{}
	}
}

func compile(name string, schema map[string]any) *jsonschema.Schema {
	c := jsonschema.NewCompiler()
	if err := c.AddResource(name, schema); err != nil {
		panic(fmt.Errorf("tools: schema of %s: %w", name, err))
	}
	return c.MustCompile(name)
}

func properties(shape map[string]any) map[string]any {
	p, _ := shape["properties"].(map[string]any)
	return p
}
