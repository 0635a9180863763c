package find

import (
	"context"
	"maps"
	"slices"
	"strings"

	"codabridge/server/caller"
	"codabridge/server/coda"
	"codabridge/server/tools/words"
)

// docInHref finds the document in an address of the API.
var docInHref = words.Pattern(`/docs/([^/?#]+)`)

// ResolvedAllowed looks at what a link turned out to point to: where it is
// cut differently than here, it leads to another document than it seemed to,
// whose id is not told.
func (f *Finder) ResolvedAllowed(ctx context.Context, o coda.Operation, link, answer any) error {
	if o.ID != "resolveBrowserLink" || !f.Limited(ctx) {
		return nil
	}
	whole, _ := answer.(map[string]any)
	resource, _ := whole["resource"].(map[string]any)
	if at := docInHref().FindStringSubmatch(words.Field(resource, "href")); at == nil || !f.Allows(ctx, at[1]) {
		given, _ := link.(string)
		return NotAllowed(given)
	}
	return nil
}

// LinkAllowed refuses a link that leads out of what the owner allows.
func (f *Finder) LinkAllowed(ctx context.Context, link any) error {
	s, _ := link.(string)
	if l, ok := coda.ParseLink(s); f.Limited(ctx) && (!ok || !f.Allows(ctx, l.DocID)) {
		return NotAllowed(s)
	}
	return nil
}

// OnlyAllowed looks for other documents anywhere in the arguments: a sync page
// would show what it points to.
func (f *Finder) OnlyAllowed(ctx context.Context, v any) error {
	if !f.Limited(ctx) {
		return nil
	}
	switch x := v.(type) {
	case coda.Args:
		return f.OnlyAllowed(ctx, map[string]any(x))
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(x)) {
			key := strings.ToLower(name)
			if s, ok := x[name].(string); ok && (strings.Contains(key, "docid") || key == "sourcedoc") && !f.Allows(ctx, s) {
				return NotAllowed(s)
			}
			if list, ok := x[name].([]any); ok && strings.Contains(key, "docid") {
				for _, e := range list {
					if s, ok := e.(string); !ok || !f.Allows(ctx, s) {
						return NotAllowed(s)
					}
				}
			}
			if err := f.OnlyAllowed(ctx, x[name]); err != nil {
				return err
			}
		}
	case []any:
		for _, e := range x {
			if err := f.OnlyAllowed(ctx, e); err != nil {
				return err
			}
		}
	}
	return nil
}

// WholeAccount refuses what is not about one document while the owner allows
// only some.
func (f *Finder) WholeAccount(ctx context.Context, what string) error {
	if f.Limited(ctx) {
		return words.Say("The owner allows only some documents here, so %s cannot be used. Call coda_list_documents to see which documents there are.", what)
	}
	return nil
}

// Allowed are the documents that the caller of ctx may see just now: those that
// the owner allows everybody and that are within the caller's own reach. all says
// that it is all of the token's; without it an empty list is none.
func (f *Finder) Allowed(ctx context.Context) (ids []string, all bool) {
	lists := f.reaches(caller.From(ctx))
	if f.o.Documents != nil {
		lists = append(lists, f.o.Documents())
	}
	all = true
	for _, list := range lists {
		switch {
		case len(list) == 0:
		case all:
			ids, all = list, false
		default:
			ids = slices.DeleteFunc(slices.Clone(ids), func(id string) bool { return !slices.Contains(list, id) })
		}
	}
	return ids, all
}

// reaches are the lists that narrow what a caller may see. What the owner chose
// later stands for what a sign-in or key was made with; a program over stdio may
// have been started with less, which binds it beside that.
func (f *Finder) reaches(who caller.Caller) [][]string {
	if f.o.Reach != nil && who.ID != "" {
		if chosen, ok := f.o.Reach(who.ID); ok && who.IsLocal() {
			return [][]string{chosen, who.Reach.Documents}
		} else if ok {
			return [][]string{chosen}
		}
	}
	return [][]string{who.Reach.Documents}
}

// Within are the documents that a question to all of them is to be narrowed to;
// none narrows nothing. Where the caller of ctx may see no document, it is an
// error.
func (f *Finder) Within(ctx context.Context) ([]string, error) {
	ids, all := f.Allowed(ctx)
	if all {
		return nil, nil // an empty list that is there would be none
	}
	if len(ids) == 0 {
		return nil, words.Say("The owner allows no document to this connection. Ask the owner to allow one.")
	}
	return ids, nil
}

// Limited says that the caller of ctx may not see every document.
func (f *Finder) Limited(ctx context.Context) bool {
	_, all := f.Allowed(ctx)
	return !all
}

// Allows says whether the caller of ctx may see a document.
func (f *Finder) Allows(ctx context.Context, doc string) bool {
	ids, all := f.Allowed(ctx)
	return all || slices.Contains(ids, doc)
}

// NotAllowed is the refusal of a document.
func NotAllowed(ref string) error {
	return words.Say("The document %s is not among those the owner allows here. Call coda_list_documents to see which are.", words.Quote(ref))
}
