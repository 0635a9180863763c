package find

import (
	"context"
	"strings"

	"codabridge/server/alike"
	"codabridge/server/fault"
	"codabridge/server/tools/words"
)

// titleMark stands between names in the titles of search.
const titleMark = " · "

// between are what stands between names there, and where models join them.
var between = []string{titleMark, " > ", " / ", "/", ": ", " - "}

// titled reads a name that has its document beside it, as the titles of search
// have: "Tasks · Product Roadmap", "Product Roadmap/Tasks". It is asked where
// such a thing is called neither so nor has a document: err is what came of that.
func (f *Finder) titled(ctx context.Context, document, ref string, err error) (doc, name string, ok bool) {
	given := strings.TrimSpace(document)
	if err == nil || given != "" && !fault.Is(err, words.CodeNoSuch) || len(ref) > words.MostName || isAddress(ref) {
		return "", "", false
	}
	for _, mark := range between {
		first, after, found := strings.Cut(ref, mark)
		if !found {
			continue
		}
		if f.isDoc(ctx, given, first) {
			return first, strings.TrimSpace(after), true
		}
		last := strings.LastIndex(ref, mark)
		if d := ref[last+len(mark):]; mark == titleMark && f.isDoc(ctx, given, d) {
			return d, strings.TrimSpace(ref[:last]), true
		}
	}
	return "", "", false
}

// isDoc tells whether a name is that of the document given, or of any where
// none is.
func (f *Finder) isDoc(ctx context.Context, given, name string) bool {
	if given == "" {
		d, err := f.docByName(ctx, strings.TrimSpace(name))
		return err == nil && d.ID != ""
	}
	d, err := f.Doc(ctx, given)
	return err == nil && alike.Fold(d.Name) == alike.Fold(strings.TrimSpace(name))
}

// titleOfRow reads the title of a row as search gives it.
func titleOfRow(ref string) (doc, table, name string, ok bool) {
	parts := strings.Split(ref, titleMark)
	if len(parts) < 3 {
		return "", "", "", false
	}
	n := len(parts)
	return parts[n-1], parts[n-2], strings.Join(parts[:n-2], titleMark), true
}
