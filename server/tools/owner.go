package tools

import (
	"context"

	"codabridge/server/coda"
	"codabridge/server/tools/find"
)

// FindDocument gives the id and the title of the doc that an id, a link or a
// title means, for the owner. Its errors are the same sentences that a model
// would get.
func (t *Tools) FindDocument(ctx context.Context, ref string) (id, title string, err error) {
	d, err := t.find.Doc(ctx, ref)
	return d.ID, d.Name, err
}

// Documents lists the docs that the owner can choose from: those that everybody
// may see, or all of the token's.
func (t *Tools) Documents(ctx context.Context) ([]coda.Doc, error) {
	return t.find.Documents(ctx, find.NameAge)
}

// DocumentName is the name of the doc of an id where that is known, or empty.
func (t *Tools) DocumentName(id string) string { return t.find.DocName(id) }
