package find

import "codabridge/server/coda"

// KeepDoc lays a document down that was read anyway.
func (f *Finder) KeepDoc(d coda.Doc) { f.docs.Put(d.ID, d) }

// KnownDoc is a document as it was read some time ago, if it was.
func (f *Finder) KnownDoc(id string) (coda.Doc, bool) {
	d, _, ok := f.docs.Peek(id)
	return d, ok
}

// KeepDocuments lays the list of all documents down: Coda allows few such
// lists.
func (f *Finder) KeepDocuments(all []coda.Doc) { f.list.Put("", all) }

// KeepPages lays all pages of a document down.
func (f *Finder) KeepPages(doc string, all []coda.DocPage) { f.pages.Put(doc, all) }

// KeepTables lays all tables of a document down.
func (f *Finder) KeepTables(doc string, all []coda.Table) { f.tables.Put(doc, all) }

// ForgetDoc is for when a document was changed or went.
func (f *Finder) ForgetDoc(id string) { f.docs.Delete(id) }

// ForgetPages is for when a page of a document came, went or was renamed.
func (f *Finder) ForgetPages(doc string) { f.pages.Delete(doc) }

// ForgetTables is for when a table of a document came or went.
func (f *Finder) ForgetTables(doc string) { f.tables.Delete(doc) }

// ForgetIn is for when anything of a document may have changed.
func (f *Finder) ForgetIn(doc string) {
	f.ForgetList()
	f.table.Clear()
	f.columns.Clear()
	f.ForgetDoc(doc)
	f.ForgetPages(doc)
	f.ForgetTables(doc)
}

// ForgetList is for when a document came, went or was renamed.
func (f *Finder) ForgetList() {
	now := f.o.Now()
	f.changed.Store(&now)
	f.list.Clear()
	f.begun.Clear()
	f.parts.Clear()
}

// Forget drops everything: for a new token.
func (f *Finder) ForgetAll() {
	f.ForgetList()
	f.docs.Clear()
	f.pages.Clear()
	f.tables.Clear()
	f.table.Clear()
	f.columns.Clear()
	f.links.Clear()
}
