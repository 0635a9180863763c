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
	store "codabridge/server/store/index"
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
	// Reader is set where another process crawls, or none does: this one brings
	// there only what is written through it, while Follow runs.
	Reader bool
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
	// Workers are the requests in flight at once; zero means 4.
	Workers int
	// SearchTime is how long one search may work before it answers with what
	// it has; zero means 3 s.
	SearchTime time.Duration
}

// Index is the search index of one account. New opens nothing: a program that
// crawls calls Run, another one only reads what the first wrote.
type Index struct {
	o    Options
	poke chan struct{}
	// urgent wakes what reads the writes of codabridge itself.
	urgent chan struct{}

	// using is held for reading while db is in use, and for writing while it
	// is opened, removed or replaced.
	using sync.RWMutex
	db    *store.DB
	file  os.FileInfo // of db

	slots slots // of searches

	mu       sync.Mutex // guards what follows
	stop     context.CancelFunc
	work     string // what the crawler does now, in words
	trouble  string // why it does not, in words
	partial  bool   // it is that some docs, or parts of docs, were not given
	notice   string
	noticeAt time.Time
	next     time.Time
	began    time.Time // of the pass at work
	told     time.Time
	later    map[int64]putOff // by the id of a thing that Coda did not give
	damaged  bool             // a search met damage
	cover    covered
	coverAt  time.Time
	coverOf  *store.DB
	coverFor string // the owner
	// coverRound is raised when what was read of the index is old.
	coverRound int
	requests   atomic.Int64       // of the pass at work
	wrote      map[write]*written // through codabridge, and perhaps not here yet
}

// putOff is a thing that is not asked for for a while.
type putOff struct {
	times int // Coda did not give it
	cuts  int // there was no answer at all
	until time.Time
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
	if o.Workers <= 0 {
		o.Workers = 4
	}
	if o.SearchTime <= 0 {
		o.SearchTime = 3 * time.Second
	}
	for _, f := range []*func() []string{&o.Documents, &o.Excluded} {
		if *f == nil {
			*f = func() []string { return nil }
		}
	}
	if o.OnChange == nil {
		o.OnChange = func() {}
	}
	return &Index{o: o, poke: make(chan struct{}, 1), urgent: make(chan struct{}, 1), wrote: map[write]*written{}, later: map[int64]putOff{}}
}

// reading gives the open database with using held for reading, and whose it
// must be. ErrNone when there is nothing to read.
func (x *Index) reading() (*store.DB, string, error) {
	owner := x.o.Owner()
	if owner == "" || !x.o.Enabled() {
		return nil, "", ErrNone
	}
	if err := x.follow(); err != nil {
		return nil, "", err
	}
	x.using.RLock() // for the caller, who gives it back
	if x.db == nil {
		x.using.RUnlock()
		return nil, "", ErrNone
	}
	return x.db, owner, nil
}

// crawls tells that this process keeps the index.
func (x *Index) crawls() bool { return x.o.Coda != nil && !x.o.Reader }

// follow opens the file that another process writes, and opens it anew when
// that one has replaced it.
func (x *Index) follow() error {
	if x.crawls() {
		return nil // the crawler opens it
	}
	info, err := os.Stat(x.o.Path)
	if err != nil {
		x.closeDB()
		return fmt.Errorf("%w (%w)", ErrNone, err)
	}
	if x.isOpen(info) {
		return nil
	}
	x.using.Lock()
	defer x.using.Unlock()
	if x.db != nil {
		x.db.Close()
		x.db = nil
	}
	db, err := store.OpenReadOnly(x.o.Path)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, store.ErrDamaged) {
		return fmt.Errorf("%w (%w)", ErrNone, err)
	}
	if err != nil {
		return fmt.Errorf("index: open: %w", err)
	}
	x.db, x.file = db, info
	return nil
}

// isOpen tells that the open database is this file.
func (x *Index) isOpen(info os.FileInfo) bool {
	x.using.RLock()
	defer x.using.RUnlock()
	return x.db != nil && os.SameFile(info, x.file)
}

// open opens the database for writing, for owner alone.
func (x *Index) open(ctx context.Context, owner string) error {
	x.using.Lock()
	defer x.using.Unlock()
	if info, err := os.Stat(x.o.Path); x.db != nil && (err != nil || !os.SameFile(info, x.file)) {
		x.note("The search index was taken away while codabridge ran, and is made anew.")
		_ = x.db.Close()
		x.db = nil
		if err != nil {
			_ = store.Remove(x.o.Path) // what stands beside it
		}
	}
	if x.db == nil {
		db, notice, err := store.Open(x.o.Path)
		if err != nil {
			return fmt.Errorf("index: open: %w", err)
		}
		x.db = db
		x.file, err = os.Stat(x.o.Path)
		if err != nil {
			return fmt.Errorf("index: open: %w", err)
		}
		if notice != "" {
			x.o.Log.Warn("index: opened", "notice", notice)
			x.note(notice)
		}
	}
	wiped, err := x.db.Claim(ctx, owner)
	if err != nil {
		return fmt.Errorf("index: open: %w", err)
	}
	if wiped {
		x.dropCover()
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
