package tools

import (
	"context"
	"regexp"
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
	if err := spares(o, args); err != nil {
		return nil, err
	}
	if ref, ok := args["docId"].(string); ok && takes(o, "docId") {
		doc, err := t.findDoc(ctx, ref)
		if err == nil && o.Access == coda.Destroys && doc.ID != strings.TrimSpace(ref) {
			err = onlyIDs(o, "docId", ref) // a name in the form of an id
		}
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

// idForms are the ids of what Coda takes by name as well.
var idForms = map[string]*regexp.Regexp{"docId": docID, "folderId": folderID, "pageIdOrName": pageID, "tableIdOrName": tableID,
	"rowIdOrName": rowID, "rowIds": rowID, "elementIds": regexp.MustCompile(`^cl-[A-Za-z0-9_-]+$`)}

// spares holds what deletes or rewrites to the rules of the tools for it: what
// goes is given by id, lines one by one, and a whole page is not rewritten
// without a look at the difference.
func spares(o coda.Operation, args coda.Args) error {
	if update, ok := args["contentUpdate"].(map[string]any); ok && o.ID == "updatePage" {
		element, _ := update["elementId"].(string)
		mode, _ := update["insertionMode"].(string)
		if !idForms["elementIds"].MatchString(element) && mode != coda.Append && mode != coda.Prepend {
			return say("Without elementId only the insertionMode append or prepend is taken here: to rewrite a whole page use coda_replace_page, which shows the difference first.")
		}
	}
	if o.Access != coda.Destroys {
		return nil
	}
	for _, p := range o.Params {
		form := idForms[p.Name]
		if form == nil {
			continue
		}
		given, isList := args[p.Name].([]any)
		if p.In == "path" {
			given = []any{args[p.Name]}
		} else if !isList || len(given) == 0 {
			return say("The operation %s needs the ids of what shall go in %q, at least one. Use %s.", o.ID, p.Name, toolFor[o.ID])
		}
		for _, v := range given {
			if s, ok := v.(string); !ok || !form.MatchString(s) {
				return onlyIDs(o, p.Name, v)
			}
		}
	}
	return nil
}

// onlyIDs refuses what is no id where something is deleted.
func onlyIDs(o coda.Operation, argument string, given any) error {
	s, ok := given.(string)
	if !ok {
		return say("The operation %s deletes, so %q must be given, as an id in text. Use %s.", o.ID, argument, orText(toolFor[o.ID], "coda_api_describe"))
	}
	return say("The operation %s deletes, so %q must be an id, not %s. Use %s with an id, which says what was there.", o.ID, argument, quote(s), orText(toolFor[o.ID], "it"))
}

func takes(o coda.Operation, name string) bool {
	for _, p := range o.Params {
		if p.Name == name && p.In == "path" {
			return true
		}
	}
	return false
}

// docInHref finds the document in an address of the API.
var docInHref = regexp.MustCompile(`/docs/([^/?#]+)`)

// resolvedAllowed looks at what a link turned out to point to: where it is
// cut differently than here, it leads to another document than it seemed to,
// whose id is not told.
func (t *Tools) resolvedAllowed(o coda.Operation, link, answer any) error {
	if o.ID != "resolveBrowserLink" || len(t.allowed()) == 0 {
		return nil
	}
	whole, _ := answer.(map[string]any)
	resource, _ := whole["resource"].(map[string]any)
	if at := docInHref.FindStringSubmatch(text(resource, "href")); at == nil || !t.isAllowed(at[1]) {
		given, _ := link.(string)
		return notAllowed(given)
	}
	return nil
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
	t.names.forgetList()
	t.names.table.forget()
	t.names.columns.forget()
	t.names.docs.drop(doc)
	t.names.pages.drop(doc)
	t.names.tables.drop(doc)
	t.texts.forget()
}
