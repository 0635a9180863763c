package tools

import "context"

// FindDocument gives the id and the title of the doc that an id, a link or a
// title means, for the owner. Its errors are the same sentences that a model
// would get.
func (t *Tools) FindDocument(ctx context.Context, ref string) (id, title string, err error) {
	d, err := t.find.Doc(ctx, ref)
	return d.ID, d.Name, err
}
