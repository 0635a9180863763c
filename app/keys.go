package app

import (
	"context"
	"strconv"

	"codabridge/server/fault"
)

// CodeNoDoc: what the owner gave is no doc that can be read.
const CodeNoDoc fault.Code = "app_no_doc"

// FindDocument gives the id and the title of the doc that an id, a link or a
// title means.
func (a *App) FindDocument(ctx context.Context, ref string) (id, title string, err error) {
	id, title, err = a.tools.FindDocument(ctx, ref)
	if _, ours := fault.As(err); ours {
		return "", "", fault.Wrap(err, CodeNoDoc, "%s is not the id, the link or the whole title of one doc that codabridge may read. "+
			"codabridge index status --all lists the ids.", strconv.Quote(fault.Clip(ref, 100)))
	}
	return id, title, err
}
