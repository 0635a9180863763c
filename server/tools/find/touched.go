package find

import (
	"context"
	"sync"

	"codabridge/server/coda"
)

// Touched is the document that a call is about: the first that it opens.
type Touched struct {
	mu       sync.Mutex // guards the fields below
	id, name string
}

// Doc is the document's id, and its name where it is known; empty when the call
// was about none.
func (t *Touched) Doc() (id, name string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.id, t.name
}

type touchedKey struct{}

// WithTouched notes in the Touched what the calls of the context open.
func WithTouched(ctx context.Context) (context.Context, *Touched) {
	t := &Touched{}
	return context.WithValue(ctx, touchedKey{}, t), t
}

// Touch notes that the call of ctx is about this document.
func Touch(ctx context.Context, d coda.Doc) {
	t, ok := ctx.Value(touchedKey{}).(*Touched)
	if !ok || d.ID == "" {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.id == "" || t.id == d.ID && t.name == "" {
		t.id, t.name = d.ID, d.Name
	}
}

// TouchedDoc is the id of the document that the call of ctx is about so far, or
// empty.
func TouchedDoc(ctx context.Context) string {
	t, ok := ctx.Value(touchedKey{}).(*Touched)
	if !ok {
		return ""
	}
	id, _ := t.Doc()
	return id
}
