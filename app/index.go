package app

import (
	"context"
	"errors"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"codabridge/server"
	"codabridge/server/index"
	"codabridge/server/store"
)

const indexName = "index.db"

// newIndex makes the search index; serve runs its crawler.
func (a *App) newIndex() *index.Index {
	return index.New(index.Options{
		Path: filepath.Join(a.cfg.DataDir, indexName), Owner: a.indexOwner, Coda: a.coda, Log: a.log, OnChange: a.update,
		Enabled:   func() bool { return a.config().Index },
		Paused:    func() bool { return a.config().IndexPaused },
		Documents: func() []string { return a.cfg.Documents },
		Excluded:  func() []string { return a.config().IndexExclude },
	})
}

// indexOwner tells tokens apart, without being one.
func (a *App) indexOwner() string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return index.OwnerOf(a.secrets.coda, a.cfg.CodaURL)
}

// followToken makes the index follow the token that is in use now: another
// one's contents go, and without a token everything goes. A keyring that
// cannot be read just now is not the same as no token.
func (a *App) followToken() {
	a.mu.Lock()
	gone := a.secrets.coda == "" && a.secrets.trouble == ""
	a.mu.Unlock()
	if gone {
		a.dropIndex()
	} else if a.index != nil {
		a.index.Poke()
	}
}

// dropIndex removes the index with the token it was made with. A running
// instance that holds it open is told to do the same.
func (a *App) dropIndex() {
	var err error
	if a.index != nil {
		err = a.index.Forget()
	} else {
		err = store.RemoveIndex(filepath.Join(a.cfg.DataDir, indexName))
	}
	if err != nil {
		a.log.Error("app: remove the search index", "err", err)
	}
}

// mostIndexDocs is how many docs State lists.
const mostIndexDocs = 300

func (a *App) indexState() IndexState {
	if a.index == nil {
		return IndexState{}
	}
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Second)
	defer cancel()
	s, err := a.index.Status(ctx)
	out := IndexState{Enabled: s.Enabled, Paused: s.Paused, Work: s.Work, Trouble: s.Trouble, Notice: s.Notice,
		Docs: s.Coverage.Docs, Pages: s.Coverage.Pages, PagesRead: s.Coverage.PagesRead, Tables: s.Coverage.Tables, TablesRead: s.Coverage.TablesRead,
		Rows: s.Coverage.Rows, Skipped: s.Coverage.Skipped, Excluded: s.Coverage.Excluded, Bytes: s.Bytes, Oldest: s.Coverage.Oldest,
		RequestsPerMinute: int(s.Rate), SecondsLeft: int(s.Left.Seconds()), Documents: []IndexDocument{}}
	if err != nil {
		out.Trouble = "The search index cannot be read: " + err.Error()
	}
	if s.Coverage.Docs > 0 {
		out.Percent = int(100 * s.Coverage.Share())
	}
	for _, d := range s.Docs {
		if len(out.Documents) >= mostIndexDocs && !d.Excluded && d.Problem == "" {
			continue
		}
		out.Documents = append(out.Documents, IndexDocument{ID: d.ID, Name: d.Name, Excluded: d.Excluded, Problem: d.Problem,
			Pages: d.Pages, PagesRead: d.PagesRead, Tables: d.Tables, TablesRead: d.TablesRead, Rows: d.Rows, Refused: d.Faults, Checked: d.Checked})
	}
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
	if err := a.config().save("index", kept); err != nil {
		return err
	}
	a.mu.Lock()
	a.cfg.Index, a.cfg.IndexPaused = on, paused
	a.mu.Unlock()
	a.index.Poke()
	a.update()
	return nil
}

// RebuildIndex makes the index anew: all of it, or one doc by its id.
func (a *App) RebuildIndex(ctx context.Context, doc string) error {
	if !a.config().Index {
		return errIndexOff
	}
	if doc != "" {
		return a.indexed(doc, func() error { return a.index.Rebuild(ctx, doc) })
	}
	return a.index.Rebuild(ctx, "")
}

// indexed runs do for a doc that the index knows.
func (a *App) indexed(doc string, do func() error) error {
	s, err := a.index.Status(context.Background())
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(s.Docs, func(d index.DocStatus) bool { return d.ID == doc }) {
		return errors.New("the index knows no doc with this id; codabridge index status lists them")
	}
	return do()
}

// ExcludeDocument leaves a doc out of the index, or lets it in again.
func (a *App) ExcludeDocument(ctx context.Context, doc string, on bool) error {
	a.deciding.Lock()
	defer a.deciding.Unlock()
	cfg := a.config()
	list := slices.DeleteFunc(slices.Clone(cfg.IndexExclude), func(id string) bool { return id == doc })
	if on {
		if err := a.indexed(doc, func() error { return nil }); err != nil {
			return err
		}
		list = append(list, doc)
	}
	var kept any
	if len(list) > 0 {
		kept = list
	}
	if err := cfg.save("index_exclude", kept); err != nil {
		return err
	}
	a.mu.Lock()
	a.cfg.IndexExclude = list
	a.mu.Unlock()
	return a.index.Exclude(ctx, list)
}

// SearchHit is a result of the owner's own search, and SearchAnswer all of
// them with how complete they are.
type (
	SearchHit struct {
		ID    string `json:"id"`
		Title string `json:"title"`
		URL   string `json:"url"`
		Text  string `json:"text,omitempty"`
	}
	SearchAnswer struct {
		Hits []SearchHit `json:"hits"`
		Note string      `json:"note"`
	}
)

// Search asks the index for the owner.
func (a *App) Search(ctx context.Context, query string) (SearchAnswer, error) {
	out := SearchAnswer{Hits: []SearchHit{}}
	ask := index.Ask{Query: query}
	if len(a.cfg.Documents) > 0 {
		ask.Documents = a.cfg.Documents
	}
	found, err := a.index.Search(ctx, ask)
	switch {
	case errors.Is(err, index.ErrNone) && !a.config().Index:
		return out, errors.New("the search index is off; switch it on with: codabridge index on")
	case errors.Is(err, index.ErrNone):
		return out, errors.New("there is no search index yet; it begins by itself once there is a Coda token")
	case err != nil:
		return out, err
	}
	out.Note = strings.TrimSpace(found.Coverage.Sentence(time.Now()) + " " + found.Odd)
	for _, h := range found.Hits {
		title := h.Title
		for _, around := range []string{h.Holder, h.Doc} {
			if around != "" {
				title += " · " + around
			}
		}
		out.Hits = append(out.Hits, SearchHit{ID: h.ID, Title: title, URL: h.URL, Text: h.Text})
	}
	return out, nil
}

// indexControl is what the owner's commands may ask of the index.
func (a *App) indexControl(mux *http.ServeMux) {
	mux.HandleFunc("POST /search", func(w http.ResponseWriter, r *http.Request) {
		found, err := a.Search(r.Context(), r.FormValue("query"))
		answer(w, found, err)
	})
	mux.HandleFunc("POST /index/enabled", func(w http.ResponseWriter, r *http.Request) {
		answer(w, nil, a.SetIndex(r.FormValue("on") == "true"))
	})
	mux.HandleFunc("POST /index/paused", func(w http.ResponseWriter, r *http.Request) {
		answer(w, nil, a.PauseIndex(r.FormValue("on") == "true"))
	})
	mux.HandleFunc("POST /index/rebuild", func(w http.ResponseWriter, r *http.Request) {
		answer(w, nil, a.RebuildIndex(r.Context(), r.FormValue("doc")))
	})
	mux.HandleFunc("POST /index/exclude", func(w http.ResponseWriter, r *http.Request) {
		answer(w, nil, a.ExcludeDocument(r.Context(), r.FormValue("doc"), r.FormValue("on") == "true"))
	})
}

// Parts of State that show the index.
type (
	IndexState    = server.IndexState
	IndexDocument = server.IndexDocument
)
