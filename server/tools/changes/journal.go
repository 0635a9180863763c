package changes

import (
	"context"
	"crypto/rand"
	"encoding/base32"
	"log/slog"
	"strings"
	"sync"
	"time"

	"codabridge/server/coda"
	store "codabridge/server/store/changes"
)

// What is kept, at most.
const (
	keptFor   = 30 * 24 * time.Hour
	keptBytes = 200 << 20
	trimEvery = 50
	// underWay is how long a write may be on its way; what another program began
	// longer ago has ended without saying how.
	underWay = 3 * time.Minute
)

// Options are the settings of a Journal. Path and Coda are required. Every func
// must be safe for concurrent use.
type Options struct {
	// Path is the file of the record.
	Path string
	Coda *coda.Client
	// Enabled says whether a record is kept. Nil means yes.
	Enabled func() bool
	// Blind says whether a write is made whose state before cannot be read. Nil
	// means yes.
	Blind func() bool
	// ReadOnly is the owner's switch against all writing. Nil means off.
	ReadOnly func() bool
	// Owner is a hash that tells Coda tokens apart, empty while none is known:
	// the record of another one goes. Nil means that there is only one.
	Owner func() string
	// Alone says that no other program of this kind has the data folder, so that
	// what is under way in the file when it is opened was left by one that ended.
	Alone bool
	// May says whether the caller of a context may write just now. Nil asks what
	// it may reach.
	May func(ctx context.Context) bool
	// Changed gives a channel that is closed when the owner may have decided
	// something else, so that calls that wait look at it. Nil looks now and then.
	Changed func() <-chan struct{}
	// Present says by which name Gone tells others that this process has ended: a
	// question whose call waits ends with it. Nil is a program whose questions
	// outlive it.
	Present func() (name string, err error)
	// Gone tells that the process of a name has ended. Nil does not know.
	Gone func(name string) bool
	// OnChange hears that a change was added or has come further. Nil is no one.
	OnChange func()
	// OnNotice hears what the owner should know: a file kept aside. Nil is no one.
	OnNotice func(sentence string)
	// Log gets what went wrong inside; nil discards.
	Log *slog.Logger
	// Now is the clock; nil means time.Now.
	Now func() time.Time
}

// Journal records writes and puts them back. It opens its file when it is first
// needed. A nil Journal sends writes without a record.
type Journal struct {
	o       Options
	run     string        // of this Journal, for telling what others left behind
	drained chan struct{} // closed when no call waits any more

	mu       sync.Mutex // guards what follows
	file     *store.Store
	owned    bool // whose it is was known when it was opened
	added    int
	answered chan struct{}        // closed at the next answer of the owner
	resting  map[string]int       // calls that wait for it, by the digest of their question
	looks    map[string]time.Time // when what a question would replace was read last, by its digest
}

// New assembles a Journal; it opens nothing.
func New(o Options) *Journal {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	run := "beside-"
	if o.Alone {
		run = "alone-"
	}
	return &Journal{o: o, run: run + newID(), drained: make(chan struct{}), answered: make(chan struct{}), resting: map[string]int{},
		looks: map[string]time.Time{}}
}

// newID is a name that cannot be guessed and is easy to type.
func newID() string {
	var b [5]byte
	_, _ = rand.Read(b[:])
	return strings.ToLower(base32.StdEncoding.EncodeToString(b[:]))
}

// Enabled tells whether a record is kept.
func (j *Journal) Enabled() bool { return j != nil && (j.o.Enabled == nil || j.o.Enabled()) }

func (j *Journal) changed() {
	if j.o.OnChange != nil {
		j.o.OnChange()
	}
}

// open gives the file, opened and with what others left behind settled.
func (j *Journal) open(ctx context.Context) (*store.Store, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	known := j.o.Owner == nil || j.o.Owner() != ""
	if j.file != nil && (j.owned || !known) {
		return j.file, nil
	}
	if j.file != nil { // opened before there was a token: it may be another's
		_ = j.file.Close()
		j.file = nil
	}
	file, err := j.openOurs(ctx)
	if err != nil {
		return nil, err
	}
	if err := j.recover(ctx, file); err != nil {
		_ = file.Close()
		return nil, err
	}
	j.file, j.owned = file, known
	return file, nil
}

// openOurs opens the file. One that was kept under another token is removed first,
// so that nothing of it is left on the disk.
func (j *Journal) openOurs(ctx context.Context) (*store.Store, error) {
	for {
		file, notice, err := store.Open(j.o.Path)
		if err != nil {
			return nil, err
		}
		if notice != "" && j.o.OnNotice != nil {
			j.o.OnNotice(notice)
		}
		if j.o.Owner == nil || j.o.Owner() == "" {
			return file, nil
		}
		ours, err := file.Own(ctx, j.o.Owner())
		if err == nil && ours {
			return file, nil
		}
		_ = file.Close()
		if err == nil {
			err = store.Remove(j.o.Path)
		}
		if err != nil {
			return nil, err
		}
	}
}

// exists tells whether there is a record, or something of it.
func (j *Journal) exists() bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.file != nil || store.Exists(j.o.Path)
}

// recover says of what was under way when a program ended how far it came.
func (j *Journal) recover(ctx context.Context, file *store.Store) error {
	gone := func(run string) bool { return run != j.run && j.o.Alone && strings.HasPrefix(run, "alone-") }
	undoing, err := file.Recover(ctx, gone, j.o.Now().Add(-underWay))
	if err != nil {
		return err
	}
	for _, id := range undoing {
		if err := settleUndoing(ctx, file, id); err != nil {
			return err
		}
	}
	return file.Trim(ctx, j.o.Now().Add(-keptFor), keptBytes, j.lives())
}

// Close closes the file.
func (j *Journal) Close() error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.file == nil {
		return nil
	}
	err := j.file.Close()
	j.file = nil
	return err
}

// Erase removes the record.
func (j *Journal) Erase() error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.file != nil {
		if err := j.file.Close(); err != nil {
			j.o.Log.Warn("changes: close", "err", err)
		}
		j.file = nil
	}
	defer j.changed()
	close(j.answered) // calls that wait ask anew, where they may
	j.answered = make(chan struct{})
	return store.Remove(j.o.Path)
}

// trim lets the oldest go, now and then.
func (j *Journal) trim(ctx context.Context, file *store.Store) {
	j.mu.Lock()
	j.added++
	due := j.added%trimEvery == 0
	j.mu.Unlock()
	if !due {
		return
	}
	if err := file.Trim(ctx, j.o.Now().Add(-keptFor), keptBytes, j.lives()); err != nil {
		j.o.Log.Warn("changes: trim", "err", err)
	}
}
