package index

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"codabridge/server/coda"
	"codabridge/server/store"
)

// Options are the settings of an Index. Path and Owner are required, and Coda
// too for one that crawls. Every func must be safe for concurrent use.
type Options struct {
	// Path is the database file.
	Path string
	// Owner is a hash that tells tokens apart; empty while there is none.
	Owner func() string
	// Coda makes the crawler's calls, in the background of all others. Nil
	// makes an Index that reads what another process writes.
	Coda *coda.Client
	// Enabled is the owner's switch; nil means on. Paused holds the crawler
	// while searches go on; nil means never. Poke after a change of either.
	Enabled, Paused func() bool
	// Documents is the allow-list of doc ids; nil or an empty answer means all.
	Documents func() []string
	// Excluded are the ids of docs that are left out; nil means none.
	Excluded func() []string
	// OnChange hears, at most once in a second, that Status has changed.
	OnChange func()
	// Log gets what went wrong; nil discards.
	Log *slog.Logger
	// Now is the clock; nil means time.Now.
	Now func() time.Time
	// Every is the time between two looks for changes; zero means 10 min.
	Every time.Duration
	// Hands are the requests in flight at once; zero means 4.
	Hands int
}

// Index is the search index of one account. New opens nothing: a program that
// crawls calls Run, another one only reads what the first wrote.
type Index struct {
	o    Options
	poke chan struct{}

	// using is held for reading while db is in use, and for writing while it
	// is opened, removed or replaced.
	using sync.RWMutex
	db    *store.IndexDB
	file  os.FileInfo // of db, when another process writes it

	turns turns // of searches

	mu       sync.Mutex // guards what follows
	stop     context.CancelFunc
	work     string // what the crawler does now, in words
	trouble  string // why it does not, in words
	notice   string
	next     time.Time
	began    time.Time // of the pass at work
	told     time.Time
	cover    []store.IndexDocState
	coverAt  time.Time
	coverOf  *store.IndexDB
	requests atomic.Int64 // of the pass at work
}

// New assembles an Index.
func New(o Options) *Index {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Enabled == nil {
		o.Enabled = func() bool { return true }
	}
	if o.Paused == nil {
		o.Paused = func() bool { return false }
	}
	if o.Every <= 0 {
		o.Every = 10 * time.Minute
	}
	if o.Hands <= 0 {
		o.Hands = 4
	}
	for _, f := range []*func() []string{&o.Documents, &o.Excluded} {
		if *f == nil {
			*f = func() []string { return nil }
		}
	}
	if o.OnChange == nil {
		o.OnChange = func() {}
	}
	return &Index{o: o, poke: make(chan struct{}, 1)}
}

// reading gives the open database with using held for reading, and whose it
// must be. ErrNone when there is nothing to read.
func (x *Index) reading() (*store.IndexDB, string, error) {
	owner := x.o.Owner()
	if owner == "" || !x.o.Enabled() {
		return nil, "", ErrNone
	}
	if err := x.follow(); err != nil {
		return nil, "", err
	}
	x.using.RLock()
	if x.db == nil {
		x.using.RUnlock()
		return nil, "", ErrNone
	}
	return x.db, owner, nil
}

// follow opens the file that another process writes, and opens it anew when
// that one has replaced it.
func (x *Index) follow() error {
	if x.o.Coda != nil {
		return nil // the crawler opens it
	}
	info, err := os.Stat(x.o.Path)
	if err != nil {
		x.closeDB()
		return fmt.Errorf("%w (%w)", ErrNone, err)
	}
	x.using.RLock()
	same := x.db != nil && os.SameFile(info, x.file)
	x.using.RUnlock()
	if same {
		return nil
	}
	x.using.Lock()
	defer x.using.Unlock()
	if x.db != nil {
		x.db.Close()
		x.db = nil
	}
	db, err := store.OpenIndexReadOnly(x.o.Path)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, store.ErrDamaged) {
		return fmt.Errorf("%w (%w)", ErrNone, err)
	}
	if err != nil {
		return fmt.Errorf("index: open: %w", err)
	}
	x.db, x.file = db, info
	return nil
}

// open opens the database for writing, for owner alone.
func (x *Index) open(ctx context.Context, owner string) error {
	x.using.Lock()
	defer x.using.Unlock()
	if x.db == nil {
		db, notice, err := store.OpenIndex(x.o.Path)
		if err != nil {
			return fmt.Errorf("index: open: %w", err)
		}
		x.db = db
		if notice != "" {
			x.o.Log.Warn("index: opened", "notice", notice)
			x.mu.Lock()
			x.notice = notice
			x.mu.Unlock()
		}
	}
	wiped, err := x.db.Claim(ctx, owner)
	if err != nil {
		return fmt.Errorf("index: open: %w", err)
	}
	if wiped {
		x.o.Log.Info("index: emptied, since the token is another one")
	}
	return nil
}

func (x *Index) closeDB() {
	x.using.Lock()
	defer x.using.Unlock()
	if x.db != nil {
		if err := x.db.Close(); err != nil {
			x.o.Log.Warn("index: close", "err", err)
		}
		x.db = nil
	}
}

// remove deletes the file. One that another process holds open is emptied
// first, so that nothing of it is shown there either.
func (x *Index) remove() error {
	x.using.Lock()
	defer x.using.Unlock()
	ctx := context.Background()
	if x.db == nil {
		if _, err := os.Stat(x.o.Path); err != nil {
			return store.RemoveIndex(x.o.Path)
		}
		db, _, err := store.OpenIndex(x.o.Path)
		if err != nil {
			return store.RemoveIndex(x.o.Path)
		}
		x.db = db
	}
	if err := x.db.Disown(ctx); err != nil {
		x.o.Log.Warn("index: empty", "err", err)
	}
	err := errors.Join(x.db.Close(), store.RemoveIndex(x.o.Path))
	x.db = nil
	return err
}

// Forget removes the index from the disk: for a token that is taken away. The
// crawler begins anew when there is a token again.
func (x *Index) Forget() error {
	x.halt()
	if err := x.remove(); err != nil {
		return fmt.Errorf("index: forget: %w", err)
	}
	x.Poke()
	return nil
}

// Poke makes the crawler look at once: at its settings, at the token, and then
// for changes.
func (x *Index) Poke() {
	x.halt()
	select {
	case x.poke <- struct{}{}:
	default:
	}
	x.changed(true)
}

func (x *Index) halt() {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.stop != nil {
		x.stop()
	}
}

// Rebuild makes the crawler read one doc again, or with an empty id begin
// anew from nothing.
func (x *Index) Rebuild(ctx context.Context, doc string) error {
	x.halt()
	if doc == "" {
		if err := x.remove(); err != nil {
			return fmt.Errorf("index: rebuild: %w", err)
		}
		x.Poke()
		return nil
	}
	x.using.RLock()
	defer x.using.RUnlock()
	if x.db == nil {
		return ErrNone
	}
	if err := x.db.Again(ctx, doc); err != nil {
		return fmt.Errorf("index: rebuild: %w", err)
	}
	x.Poke()
	return nil
}

// Close ends the reading of a file that another process writes. Run closes
// what it opened by itself.
func (x *Index) Close() { x.closeDB() }

// Exclude takes docs out of the index at once, by their ids; all others are
// let in. Options.Excluded must give the same from now on.
func (x *Index) Exclude(ctx context.Context, ids []string) error {
	x.halt()
	x.using.RLock()
	var err error
	if x.db != nil {
		err = x.db.Exclude(ctx, ids)
	}
	x.using.RUnlock()
	x.Poke()
	if err != nil {
		return fmt.Errorf("index: exclude: %w", err)
	}
	return nil
}
