package tools

import (
	"cmp"
	"context"
	"strings"

	"codabridge/server/coda"
	"codabridge/server/tools/find"
	"codabridge/server/tools/words"
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
		doc, err := t.find.Doc(ctx, ref)
		if err == nil && o.Access == coda.Destroys && doc.ID != strings.TrimSpace(ref) {
			err = onlyIDs(o, "docId", ref) // a name in the form of an id
		}
		if err != nil {
			return nil, err
		}
		args["docId"] = doc.ID
	} else if !free[o.ID] {
		if o.ID == "resolveBrowserLink" {
			return args, t.find.LinkAllowed(ctx, args["url"])
		}
		if err := t.find.WholeAccount(ctx, "the operation "+o.ID); err != nil {
			return nil, err
		}
	}
	return args, t.find.OnlyAllowed(ctx, args)
}

// idForms are the ids of what Coda takes by name as well.
var idForms = map[string]find.Form{"docId": find.DocID, "folderId": find.FolderID, "pageIdOrName": find.PageID, "tableIdOrName": find.TableID,
	"rowIdOrName": find.RowID, "rowIds": find.RowID, "elementIds": find.ElementID}

// spares holds what deletes or rewrites to the rules of the tools for it: what
// goes is given by id, lines one by one, and a whole page is not rewritten
// without a look at the difference.
func spares(o coda.Operation, args coda.Args) error {
	if update, ok := args["contentUpdate"].(map[string]any); ok && o.ID == "updatePage" {
		element, _ := update["elementId"].(string)
		mode, _ := update["insertionMode"].(string)
		if !idForms["elementIds"].Fits(element) && mode != coda.Append && mode != coda.Prepend {
			return words.Say("Without elementId only the insertionMode append or prepend is taken here: to rewrite a whole page use coda_replace_page, which shows the difference first.")
		}
	}
	if o.Access != coda.Destroys {
		return nil
	}
	for _, p := range o.Params {
		form, has := idForms[p.Name]
		if !has {
			continue
		}
		given, isList := args[p.Name].([]any)
		if p.In == "path" {
			given = []any{args[p.Name]}
		} else if !isList || len(given) == 0 {
			return words.Say("The operation %s needs the ids of what shall go in %q, at least one. Use %s.", o.ID, p.Name, toolFor[o.ID])
		}
		for _, v := range given {
			if s, ok := v.(string); !ok || !form.Fits(s) {
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
		return words.Say("The operation %s deletes, so %q must be given, as an id in text. Use %s.", o.ID, argument, cmp.Or(toolFor[o.ID], "coda_api_describe"))
	}
	return words.Say("The operation %s deletes, so %q must be an id, not %s. Use %s with an id, which says what was there.", o.ID, argument, words.Quote(s), cmp.Or(toolFor[o.ID], "it"))
}

func takes(o coda.Operation, name string) bool {
	for _, p := range o.Params {
		if p.Name == name && p.In == "path" {
			return true
		}
	}
	return false
}
