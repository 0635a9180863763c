package tools

import (
	"context"
	"strings"

	"codabridge/server/coda"
)

// free are the operations that tell nothing of a document, so they stay open
// when the owner allows only some documents.
var free = map[string]bool{"whoami": true, "getMutationStatus": true, "listCategories": true, "getAnalyticsLastUpdated": true}

// boundArgs holds a free call to what binds every tool: documents by name or
// link become ids, and those that the owner does not allow are refused
// wherever they stand in the arguments.
func (t *Tools) boundArgs(ctx context.Context, o coda.Operation, given map[string]any) (coda.Args, error) {
	args := coda.Args{}
	for name, v := range given {
		args[name] = v
	}
	if ref, ok := args["docId"].(string); ok && takes(o, "docId") {
		doc, err := t.findDoc(ctx, ref)
		if err != nil {
			return nil, err
		}
		args["docId"] = doc.ID
	} else if !free[o.ID] {
		if o.ID == "resolveBrowserLink" {
			return args, t.linkAllowed(args["url"])
		}
		if err := t.wholeAccount("the operation " + o.ID); err != nil {
			return nil, err
		}
	}
	return args, t.onlyAllowed(args)
}

func takes(o coda.Operation, name string) bool {
	for _, p := range o.Params {
		if p.Name == name && p.In == "path" {
			return true
		}
	}
	return false
}

func (t *Tools) linkAllowed(link any) error {
	s, _ := link.(string)
	if l, ok := coda.ParseLink(s); len(t.allowed()) > 0 && (!ok || !t.isAllowed(l.DocID)) {
		return notAllowed(s)
	}
	return nil
}

// onlyAllowed looks for other documents anywhere in the arguments: a sync page
// would show what it points to.
func (t *Tools) onlyAllowed(v any) error {
	if len(t.allowed()) == 0 {
		return nil
	}
	switch x := v.(type) {
	case coda.Args:
		return t.onlyAllowed(map[string]any(x))
	case map[string]any:
		for _, name := range sortedKeys(x) {
			key := strings.ToLower(name)
			if s, ok := x[name].(string); ok && (strings.Contains(key, "docid") || key == "sourcedoc") && !t.isAllowed(s) {
				return notAllowed(s)
			}
			if list, ok := x[name].([]any); ok && strings.Contains(key, "docid") {
				for _, e := range list {
					if s, ok := e.(string); !ok || !t.isAllowed(s) {
						return notAllowed(s)
					}
				}
			}
			if err := t.onlyAllowed(x[name]); err != nil {
				return err
			}
		}
	case []any:
		for _, e := range x {
			if err := t.onlyAllowed(e); err != nil {
				return err
			}
		}
	}
	return nil
}

// forgetNames drops the lists that a write may have changed.
func (t *Tools) forgetNames(args coda.Args) {
	doc, _ := args["docId"].(string)
	t.names.list.forget()
	t.names.table.forget()
	t.names.columns.forget()
	t.names.docs.drop(doc)
	t.names.pages.drop(doc)
	t.names.tables.drop(doc)
	t.texts.forget()
}
