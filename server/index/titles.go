package index

import (
	"context"
	"slices"

	"codabridge/server/coda"
	store "codabridge/server/store/index"
)

// titles is the first stage. It also makes sure that the account behind the
// token is still the one that the index was made of.
func (p *pass) titles(ctx context.Context) error {
	user, err := p.x.o.Coda.WhoAmI(ctx)
	p.x.requests.Add(1)
	if err != nil {
		return err
	}
	if err := p.sameAccount(ctx, user.LoginID+"\n"+user.Workspace.ID); err != nil {
		return err
	}
	docs, err := p.listDocs(ctx)
	if err != nil {
		return err
	}
	if err := p.checkOwner(ctx); err != nil {
		return err
	}
	now := p.x.o.Now()
	if err := p.db.SyncDocs(ctx, docs, p.x.o.Excluded(), now); err != nil {
		return err
	}
	return p.db.Age(ctx, now, tablesAge, namesAge, retryAfter)
}

func (p *pass) sameAccount(ctx context.Context, account string) error {
	account = hash(account)
	before, err := p.db.Meta(ctx, "account")
	if err != nil || before == account {
		return err
	}
	if before != "" {
		if err := p.db.Disown(ctx); err != nil {
			return err
		}
		p.x.dropCover()
		if _, err := p.db.Claim(ctx, p.owner); err != nil {
			return err
		}
	}
	return p.db.SetMeta(ctx, "account", account)
}

// listDocs lists all docs that may be read, newest first.
func (p *pass) listDocs(ctx context.Context) ([]store.Doc, error) {
	if ids := p.x.o.Documents(); len(ids) > 0 {
		return p.namedDocs(ctx, ids)
	}
	before, err := p.db.Listed(ctx)
	if err != nil {
		return nil, err
	}
	var all []coda.Doc
	for d, err := range coda.Each(func(token string) (coda.Page[coda.Doc], error) {
		p.x.requests.Add(1)
		page, err := p.x.o.Coda.ListDocs(ctx, coda.DocQuery{Limit: 100, PageToken: token})
		if err == nil && !before && page.NextPageToken != "" {
			err = p.soFar(ctx, page.Items)
		}
		return page, err
	}) {
		if err != nil {
			return nil, err
		}
		all = append(all, d)
	}
	return listed(all), nil
}

// soFar stores a part of the first list of docs: a large account takes minutes
// to list, and the titles that have come are of use meanwhile.
func (p *pass) soFar(ctx context.Context, docs []coda.Doc) error {
	if err := p.checkOwner(ctx); err != nil {
		return err
	}
	if err := p.db.AddDocs(ctx, listed(slices.Clone(docs)), p.x.o.Excluded(), p.x.o.Now()); err != nil {
		return err
	}
	p.x.changed(true)
	return nil
}

// namedDocs asks for the docs of the allow-list one by one. One that Coda does
// not give just now holds up no other and stays as it is.
func (p *pass) namedDocs(ctx context.Context, ids []string) ([]store.Doc, error) {
	var all []coda.Doc
	var unknown []store.Doc
	for _, id := range ids {
		d, err := p.x.o.Coda.GetDoc(ctx, id)
		p.x.requests.Add(1)
		switch {
		case err == nil:
			all = append(all, d)
		case refused(err): // it is not there for this token
		case passing(err) && !coda.IsKind(err, coda.KindNetwork):
			p.x.o.Log.Warn("index: put off", "err", err)
			p.left.Add(1)
			unknown = append(unknown, store.Doc{ID: id, Unknown: true})
		default:
			return nil, err
		}
	}
	return append(listed(all), unknown...), nil
}

// listed are docs as the index keeps them, newest first.
func listed(all []coda.Doc) []store.Doc {
	slices.SortStableFunc(all, func(a, b coda.Doc) int { return moment(b.UpdatedAt).Compare(moment(a.UpdatedAt)) })
	out := make([]store.Doc, 0, len(all))
	seen := map[string]bool{}
	for _, d := range all {
		if seen[d.ID] || d.ID == "" {
			continue // a doc may move to another page of the list meanwhile
		}
		seen[d.ID] = true
		problem := ""
		if d.DocSize != nil && d.DocSize.OverAPISizeLimit {
			problem = tooLarge
		}
		out = append(out, store.Doc{ID: d.ID, Name: d.Name, URL: docURL(d), Updated: moment(d.UpdatedAt), Version: d.UpdatedAt,
			Words: words(d.Name), Also: also(d.Name), Problem: problem})
	}
	return out
}
