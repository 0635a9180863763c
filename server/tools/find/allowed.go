package find

import (
	"maps"
	"regexp"
	"slices"
	"strings"

	"codabridge/server/coda"
	"codabridge/server/tools/words"
)

// docInHref finds the document in an address of the API.
var docInHref = regexp.MustCompile(`/docs/([^/?#]+)`)

// ResolvedAllowed looks at what a link turned out to point to: where it is
// cut differently than here, it leads to another document than it seemed to,
// whose id is not told.
func (f *Finder) ResolvedAllowed(o coda.Operation, link, answer any) error {
	if o.ID != "resolveBrowserLink" || len(f.Allowed()) == 0 {
		return nil
	}
	whole, _ := answer.(map[string]any)
	resource, _ := whole["resource"].(map[string]any)
	if at := docInHref.FindStringSubmatch(words.Field(resource, "href")); at == nil || !f.Allows(at[1]) {
		given, _ := link.(string)
		return NotAllowed(given)
	}
	return nil
}

// LinkAllowed refuses a link that leads out of what the owner allows.
func (f *Finder) LinkAllowed(link any) error {
	s, _ := link.(string)
	if l, ok := coda.ParseLink(s); len(f.Allowed()) > 0 && (!ok || !f.Allows(l.DocID)) {
		return NotAllowed(s)
	}
	return nil
}

// OnlyAllowed looks for other documents anywhere in the arguments: a sync page
// would show what it points to.
func (f *Finder) OnlyAllowed(v any) error {
	if len(f.Allowed()) == 0 {
		return nil
	}
	switch x := v.(type) {
	case coda.Args:
		return f.OnlyAllowed(map[string]any(x))
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(x)) {
			key := strings.ToLower(name)
			if s, ok := x[name].(string); ok && (strings.Contains(key, "docid") || key == "sourcedoc") && !f.Allows(s) {
				return NotAllowed(s)
			}
			if list, ok := x[name].([]any); ok && strings.Contains(key, "docid") {
				for _, e := range list {
					if s, ok := e.(string); !ok || !f.Allows(s) {
						return NotAllowed(s)
					}
				}
			}
			if err := f.OnlyAllowed(x[name]); err != nil {
				return err
			}
		}
	case []any:
		for _, e := range x {
			if err := f.OnlyAllowed(e); err != nil {
				return err
			}
		}
	}
	return nil
}

// WholeAccount refuses what is not about one document while the owner allows
// only some.
func (f *Finder) WholeAccount(what string) error {
	if len(f.Allowed()) > 0 {
		return words.Say("The owner allows only some documents here, so %s cannot be used. Call coda_list_documents to see which documents there are.", what)
	}
	return nil
}

// Allowed is the owner's allow-list; empty means all.
func (f *Finder) Allowed() []string {
	if f.o.Documents == nil {
		return nil
	}
	return f.o.Documents()
}

// Allows says whether the owner allows a document.
func (f *Finder) Allows(doc string) bool {
	ids := f.Allowed()
	return len(ids) == 0 || slices.Contains(ids, doc)
}

// NotAllowed is the refusal of a document.
func NotAllowed(ref string) error {
	return words.Say("The document %s is not among those the owner allows here. Call coda_list_documents to see which are.", words.Quote(ref))
}
