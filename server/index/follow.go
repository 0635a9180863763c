package index

import (
	"context"
	"errors"
	"io/fs"
	"runtime"
	"slices"
	"time"

	"codabridge/server/coda"
	store "codabridge/server/store/index"
)

// Follow brings there what is written through a Reader, until ctx ends. Windows
// gives a program of a package that writes to a file a copy of its own, which
// would then never change; so nothing is done there.
func (x *Index) Follow(ctx context.Context) {
	if x.follows() {
		x.catchUp(ctx)
	}
}

func (x *Index) follows() bool { return x.o.Reader && x.o.Coda != nil && runtime.GOOS != "windows" }

// writing gives the database to write to, which a Reader opens for this once;
// none where there is none of this owner.
func (x *Index) writing(ctx context.Context, owner string) (db *store.DB, done func(), err error) {
	if x.crawls() {
		x.using.RLock()
		defer x.using.RUnlock()
		return x.db, func() {}, nil
	}
	db, err = store.OpenToAdd(x.o.Path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil, nil
	}
	if err != nil {
		return nil, nil, err
	}
	whose, err := db.Meta(ctx, "owner")
	if err != nil || whose != owner {
		return nil, nil, errors.Join(err, db.Close())
	}
	return db, func() { _ = db.Close() }, nil
}

// docOf finds a doc of the index, and asks Coda for one that is not there yet.
func (p *pass) docOf(ctx context.Context, id string) (d store.DocState, known bool, err error) {
	for range 2 {
		docs, err := p.db.Docs(ctx)
		if err != nil {
			return d, false, err
		}
		if at := slices.IndexFunc(docs, func(d store.DocState) bool { return d.ID == id }); at >= 0 {
			return docs[at], true, nil
		}
		if only := p.x.o.Documents(); len(only) > 0 && !slices.Contains(only, id) || slices.Contains(p.x.o.Excluded(), id) {
			return d, false, nil
		}
		doc, err := p.x.o.Coda.GetDoc(ctx, id)
		p.x.requests.Add(1)
		if err != nil {
			return d, false, err
		}
		if err := p.addDocs(ctx, doc); err != nil {
			return d, false, err
		}
	}
	return d, false, nil
}

func (p *pass) addDocs(ctx context.Context, docs ...coda.Doc) error {
	if err := p.checkOwner(ctx); err != nil {
		return err
	}
	return p.db.AddDocs(ctx, listed(docs), p.x.o.Excluded(), p.x.o.Now())
}

// newFor is how long ago a doc was made at most that is looked for so.
const newFor = 10 * time.Minute

// newDocs takes up those among the docs that changed last which are new, and
// tells whether there are any.
func (p *pass) newDocs(ctx context.Context) (there bool, err error) {
	if len(p.x.o.Documents()) > 0 {
		return true, nil // a new one is not among those
	}
	known, err := p.db.Docs(ctx)
	if err != nil {
		return false, err
	}
	p.x.requests.Add(1)
	page, err := p.x.o.Coda.ListDocs(ctx, coda.DocQuery{Limit: 25})
	if err != nil {
		return false, err
	}
	fresh := slices.DeleteFunc(page.Items, func(doc coda.Doc) bool {
		return p.began.Sub(moment(doc.CreatedAt)) > newFor || slices.ContainsFunc(known, func(d store.DocState) bool { return d.ID == doc.ID })
	})
	if len(fresh) == 0 {
		return false, nil
	}
	if err := p.addDocs(ctx, fresh...); err != nil {
		return false, err
	}
	for _, doc := range fresh {
		d, known, err := p.docOf(ctx, doc.ID)
		if err == nil && known && p.readable(d) {
			_, err = p.readAgain(ctx, d, write{doc: doc.ID})
		}
		if err != nil {
			return true, err
		}
	}
	return true, nil
}
