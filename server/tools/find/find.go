// Package find turns what a caller names (an id, a name, a browser link, an id
// of search) into ids, and keeps the short-lived lists that this takes. It
// asks who may see what: nothing outside the owner's allow-list is found here.
package find

import (
	"sync/atomic"
	"time"

	"codabridge/server/coda"
)

// Finder finds documents, pages, tables and rows.
type Finder struct {
	o Options

	list    *Cache[[]coda.Doc]     // "" for all documents, else a query
	begun   *Cache[begunList]      // "" for the list of all documents
	parts   *Cache[Listing]        // by what was asked for
	docs    *Cache[coda.Doc]       // by doc id
	pages   *Cache[[]coda.DocPage] // by doc id
	tables  *Cache[[]coda.Table]   // by doc id
	table   *Cache[coda.Table]     // by doc/table id
	columns *Cache[[]coda.Column]  // by doc/table id
	links   *Cache[coda.Resolved]  // by link

	changed atomic.Pointer[time.Time] // when a document last came, went or was renamed by us
}

// Options are what a Finder needs. Coda and Now are required.
type Options struct {
	Coda *coda.Client
	// Documents is the allow-list of doc ids; nil or an empty answer means
	// all that the token reaches.
	Documents func() []string
	// Reach gives the ids of the only docs that the owner lets a caller see, by its
	// ID and asked anew each time, none meaning all; chosen is false where the owner
	// chose none. Nil chooses nothing.
	Reach func(id string) (documents []string, chosen bool)
	// Now is the clock of the caches.
	Now func() time.Time
}

// New makes a Finder that knows nothing yet.
func New(o Options) *Finder {
	return &Finder{o: o,
		list: NewCache[[]coda.Doc](o.Now, 50), begun: NewCache[begunList](o.Now, 1), parts: NewCache[Listing](o.Now, 20), docs: NewCache[coda.Doc](o.Now, 1000),
		pages: NewCache[[]coda.DocPage](o.Now, 1000), tables: NewCache[[]coda.Table](o.Now, 1000),
		table: NewCache[coda.Table](o.Now, 300), columns: NewCache[[]coda.Column](o.Now, 300),
		links: NewCache[coda.Resolved](o.Now, 300),
	}
}
