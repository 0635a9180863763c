package app

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"codabridge/app/config"
	"codabridge/server/fault"
	"codabridge/server/index"
	"codabridge/server/state"
	"codabridge/server/tools"
)

const indexName = "index.db"

// newIndex makes the search index; serve runs its crawler.
func (a *App) newIndex() *index.Index {
	return index.New(index.Options{
		Path: filepath.Join(a.config().DataDir, indexName), Owner: a.indexOwner, Coda: a.coda, Log: a.log, OnChange: a.update,
		Enabled:   func() bool { return a.config().Index },
		Paused:    func() bool { return a.config().IndexPaused },
		Documents: a.documents,
		Excluded:  func() []string { return a.config().IndexExclude },
	})
}

// indexOwner tells tokens apart, without being one.
func (a *App) indexOwner() string {
	return index.OwnerOf(a.vault.get().secrets.coda, a.config().CodaURL)
}

// followToken makes the index follow the token that is in use now: another
// one's contents go, and without a token everything goes. A keyring that
// cannot be read just now is not the same as no token.
func (a *App) followToken() {
	if known := a.vault.get().secrets; known.coda == "" && known.trouble == "" {
		a.dropIndex()
		a.dropChanges()
	} else if a.index != nil {
		a.index.Poke()
	}
}

// dropIndex removes the index with the token it was made with. A running
// instance that holds it open is told to do the same.
func (a *App) dropIndex() {
	var err error
	if a.index != nil {
		err = a.index.Erase()
	} else {
		err = index.Remove(filepath.Join(a.config().DataDir, indexName))
	}
	if err != nil {
		a.log.Error("app: remove the search index", "err", err)
	}
}

// longestGuess is the longest remaining time that is worth saying.
const longestGuess = 7 * 24 * time.Hour

// indexState lists at most so many docs, and all that are left out or have a
// problem.
func (a *App) indexState(most int) IndexState {
	if a.index == nil {
		return IndexState{}
	}
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Second)
	defer cancel()
	s, err := a.index.Status(ctx)
	out := IndexState{Enabled: s.Enabled, Paused: s.Paused, Work: s.Work, Trouble: s.Trouble, Notice: s.Notice,
		Docs: s.Coverage.Docs, Pages: s.Coverage.Pages, PagesRead: s.Coverage.PagesRead, Tables: s.Coverage.Tables, TablesRead: s.Coverage.TablesRead,
		Rows: s.Coverage.Rows, Skipped: s.Coverage.Skipped, Excluded: s.Coverage.Excluded, Bytes: s.Bytes, Oldest: s.Coverage.Oldest,
		RequestsPerMinute: int(s.Rate), SecondsLeft: int(s.Left.Seconds())}
	if err != nil {
		out.Trouble = "The search index cannot be read: " + err.Error()
	}
	if s.Left <= 0 || s.Left > longestGuess {
		out.SecondsLeft = 0
	}
	if s.Coverage.Docs > 0 {
		out.Percent = min(100, max(0, int(100*s.Coverage.Share())))
	}
	out.Documents, out.More = indexDocuments(s.Docs, a.config().IndexExclude, most)
	return out
}

// SetIndex switches the search index on, or off, which removes it.
func (a *App) SetIndex(on bool) error {
	a.deciding.Lock()
	defer a.deciding.Unlock()
	return a.saveIndex(on, false)
}

// PauseIndex holds the crawler, or lets it go on, also after a restart.
func (a *App) PauseIndex(on bool) error {
	a.deciding.Lock()
	defer a.deciding.Unlock()
	if !a.config().Index {
		return errIndexOff
	}
	return a.saveIndex(true, on)
}

var errIndexOff = errors.New("the index is switched off; switch it on first")

// saveIndex is called with deciding held.
func (a *App) saveIndex(on, paused bool) error {
	var kept any
	switch {
	case !on:
		kept = "off"
	case paused:
		kept = "paused"
	}
	if err := a.config().Save("index", kept); err != nil {
		return err
	}
	a.settings.set(func(c *config.Config) { c.Index, c.IndexPaused = on, paused })
	defer a.update()
	if on {
		a.index.Poke()
		return nil
	}
	if err := a.index.Erase(); err != nil {
		return fmt.Errorf("the index is off, but its files could not be removed: %w", err)
	}
	return nil
}

// SearchAnswer is what the owner's own search finds, with how complete it is.
type SearchAnswer struct {
	Hits []tools.Result `json:"hits"`
	Note string         `json:"note"`
}

// mostHits is how many hits the owner's own search shows.
const mostHits = 20

// Search asks the index for the owner, and Coda for names that are not in it
// yet.
func (a *App) Search(ctx context.Context, query string) (SearchAnswer, error) {
	out := SearchAnswer{Hits: []tools.Result{}}
	ask := index.Ask{Query: query, Limit: mostHits}
	if only := a.documents(); len(only) > 0 {
		ask.Documents = only
	}
	found, err := a.index.Search(ctx, ask)
	switch {
	case errors.Is(err, index.ErrNone) && !a.config().Index:
		return out, errors.New(fault.Typed("the search index is off; switch it on with: codabridge index on"))
	case errors.Is(err, index.ErrNone):
		return out, errors.New("there is no search index yet; it begins by itself once there is a Coda token")
	case err != nil:
		return out, err
	}
	for _, h := range found.Hits {
		out.Hits = append(out.Hits, tools.IndexResult(h))
	}
	q, live := index.Parse(query), ""
	out.Note = q.Lack()
	if out.Note != "" {
		return out, nil // nothing was searched
	}
	if left := found.Coverage.Unnamed; len(left) > 0 {
		out.Hits, _, live, err = a.tools.WithLiveNames(ctx, q, left, out.Hits, mostHits)
		if err != nil {
			return out, err
		}
	}
	out.Note = found.Coverage.Sentence(time.Now()) + live
	for _, part := range []string{found.Counts(), found.Odd, found.Rest()} {
		out.Note = strings.TrimSpace(out.Note + " " + part)
	}
	return out, nil
}

// Parts of State that show the index.
type (
	IndexState    = state.IndexState
	IndexDocument = state.IndexDocument
)
