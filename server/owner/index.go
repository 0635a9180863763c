package owner

import (
	"context"

	"codabridge/server/door"
	"codabridge/server/state"
)

func (o *Owner) setIndex(_ context.Context, form Form) (Answer, error) {
	sentence := "The index begins anew."
	if !form.On("on") {
		sentence = "The index is off and removed from this computer. Search finds names only."
	}
	return say(sentence), o.desk.SetIndex(form.On("on"))
}

func (o *Owner) pauseIndex(_ context.Context, form Form) (Answer, error) {
	return nil, o.desk.PauseIndex(form.On("on"))
}

func (o *Owner) rebuildIndex(ctx context.Context, form Form) (Answer, error) {
	sentence := "The index is being made anew."
	if form.Text("doc") != "" {
		sentence = "The doc is being read again."
	}
	return say(sentence), o.desk.RebuildIndex(ctx, form.Text("doc"))
}

func (o *Owner) excludeDocument(ctx context.Context, form Form) (Answer, error) {
	sentence, err := o.desk.ExcludeDocument(ctx, form.Text("doc"), form.On("on"))
	return say(sentence), err
}

// mostIndexDocs is how many docs of the index are drawn that were found by name.
const mostIndexDocs = 100

// indexDoc is a doc of the index as the page draws it.
type indexDoc struct {
	state.IndexDocument
	Paused bool
}

// IndexDocs are the docs of the index that are drawn.
func (v ownerView) IndexDocs() []indexDoc {
	all := make([]indexDoc, 0, len(v.Index.Documents))
	for _, d := range v.Index.Documents {
		all = append(all, indexDoc{d, v.Index.Paused})
	}
	return all
}

// findDocuments gives the docs of the whole index that a text finds, as the page
// draws them, and how many there are.
func (o *Owner) findDocuments(_ context.Context, form Form) (Answer, error) {
	found, paused, html := o.desk.FindIndexDocuments(form.Text("name")), o.desk.State().Index.Paused, ""
	shown := found[:min(len(found), mostIndexDocs)]
	for _, d := range shown {
		part, err := door.Render("index-doc", indexDoc{d, paused})
		if err != nil {
			return nil, err
		}
		html += part
	}
	return Answer{"html": html, "found": len(found), "shown": len(shown)}, nil
}
