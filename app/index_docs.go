package app

import (
	"context"
	"errors"
	"fmt"
	"math"
	"regexp"
	"slices"
	"sync"

	"codabridge/app/config"
	"codabridge/server/coda"
	"codabridge/server/fault"
	"codabridge/server/index"
)

// mostIndexDocs is how many docs State lists.
const mostIndexDocs = 300

// indexDocuments lists docs for a view, those changed last first: at most so
// many, and all that are left out or have a problem; more is how many are not
// listed. A doc that was left out before the index has seen it is listed too,
// or nobody could let it in again.
func indexDocuments(docs []index.DocStatus, excluded []string, most int) (list []IndexDocument, more int) {
	list = []IndexDocument{}
	seen := map[string]bool{}
	for _, d := range docs {
		seen[d.ID] = true
		if len(list) >= most && !d.Excluded && d.Problem == "" {
			more++
			continue
		}
		list = append(list, IndexDocument{ID: d.ID, Name: d.Name, Excluded: d.Excluded, Problem: d.Problem,
			Pages: d.Pages, PagesRead: d.PagesRead, Tables: d.Tables, TablesRead: d.TablesRead, Rows: d.Rows, Refused: d.Faults, Checked: d.Checked})
	}
	for _, id := range excluded {
		if !seen[id] {
			list = append(list, IndexDocument{ID: id, Excluded: true, Unseen: true})
		}
	}
	return list, more
}

// FindIndexDocuments are the docs that the index knows or leaves out whose name or
// id has all words of a text, in any letters.
func (a *App) FindIndexDocuments(words string) []IndexDocument {
	means := index.Named(words)
	return slices.DeleteFunc(a.indexState(math.MaxInt).Documents, func(d IndexDocument) bool { return !means(d.Name + " " + d.ID) })
}

// RebuildIndex makes the index anew: all of it, or one doc by its id. While it
// is paused nothing is thrown away, since nothing would take its place.
func (a *App) RebuildIndex(ctx context.Context, doc string) error {
	a.deciding.Lock()
	defer a.deciding.Unlock()
	switch cfg := a.config(); {
	case !cfg.Index:
		return errIndexOff
	case cfg.IndexPaused:
		return errors.New(fault.Typed("the index is paused, so nothing would be read again; it stays as it is. Go on first, with: codabridge index resume"))
	}
	if doc == "" {
		return a.index.Rebuild(ctx, "")
	}
	known, err := a.knownDoc(ctx, doc)
	if err != nil {
		return err
	}
	if known == nil {
		return errors.New(fault.Typed("the index knows no doc with this id; codabridge index status --all lists them"))
	}
	if known.Excluded {
		return errors.New(fault.Typed("this doc is left out; let it in with: codabridge index include ") + doc)
	}
	return a.index.Rebuild(ctx, doc)
}

// knownDoc is what the index knows of a doc; nil when that is nothing. The id
// may be a title by mistake: then the error says the id.
func (a *App) knownDoc(ctx context.Context, doc string) (*index.DocStatus, error) {
	s, err := a.index.Status(ctx)
	if err != nil {
		return nil, err
	}
	if i := slices.IndexFunc(s.Docs, func(d index.DocStatus) bool { return d.ID == doc }); i >= 0 {
		return &s.Docs[i], nil
	}
	if i := slices.IndexFunc(s.Docs, func(d index.DocStatus) bool { return d.Name == doc }); i >= 0 {
		return nil, fmt.Errorf("this is the title of a doc; its id is %s", s.Docs[i].ID)
	}
	return nil, nil
}

// docIDForm is how Coda's doc ids look.
var docIDForm = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`) })

// ExcludeDocument leaves a doc out of the index, or lets it in again, by its
// id or its link. One that the index has not seen yet may be left out too, so
// that a private doc is never read. The sentence says what was done.
func (a *App) ExcludeDocument(ctx context.Context, doc string, on bool) (string, error) {
	if l, ok := coda.ParseLink(doc); ok {
		doc = l.DocID
	}
	a.deciding.Lock()
	defer a.deciding.Unlock()
	was := a.config().IndexExclude
	list := slices.DeleteFunc(slices.Clone(was), func(id string) bool { return id == doc })
	sentence := "Let in."
	if on {
		var err error
		sentence, err = a.leavingOut(ctx, doc)
		if err != nil {
			return "", err
		}
		list = append(list, doc)
	} else if len(list) == len(was) {
		return "", errors.New(fault.Typed("no doc with this id is left out; codabridge index status lists those that are"))
	}
	var kept any
	if len(list) > 0 {
		kept = list
	}
	if err := a.config().Save("index_exclude", kept); err != nil {
		return "", err
	}
	a.settings.set(func(c *config.Config) { c.IndexExclude = list })
	return sentence, a.index.Exclude(ctx, list)
}

// leavingOut says what becomes of a doc that is to be left out.
func (a *App) leavingOut(ctx context.Context, doc string) (string, error) {
	known, err := a.knownDoc(ctx, doc)
	switch {
	case err != nil:
		return "", err
	case known != nil:
		return "Left out: " + known.Name, nil
	case !docIDForm().MatchString(doc):
		return "", errors.New(fault.Typed("this is neither the link nor the id of a doc; codabridge index status --all lists the ids"))
	}
	return "Left out. The index does not know this doc yet; it will be left out when it comes.", nil
}
