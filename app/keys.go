package app

import (
	"context"
	"strconv"

	"codabridge/server/fault"
	"codabridge/server/oauth"
)

// OwnClients are the clients that the owner made by hand, and the redirect
// addresses on no list that they said yes to.
type OwnClients struct {
	Clients   []oauth.OwnClient       `json:"clients"`
	Redirects []oauth.AllowedRedirect `json:"redirects"`
}

func (a *App) ownClients(ctx context.Context) (all OwnClients, err error) {
	all.Clients, err = a.oauth.OwnClients(ctx)
	if err != nil {
		return all, err
	}
	all.Redirects, err = a.oauth.Redirects(ctx)
	return all, err
}

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
