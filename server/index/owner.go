package index

import (
	"context"
	"errors"
	"fmt"
	"os"

	store "codabridge/server/store/index"
)

// remove deletes the file. One that another process holds open is emptied
// first, so that nothing of it is shown there either.
func (x *Index) remove() error {
	x.using.Lock()
	defer x.using.Unlock()
	ctx := context.Background()
	if x.db == nil {
		if _, err := os.Stat(x.o.Path); err != nil {
			return store.Remove(x.o.Path)
		}
		db, _, err := store.Open(x.o.Path)
		if err != nil {
			return store.Remove(x.o.Path)
		}
		x.db = db
	}
	if err := x.db.Disown(ctx); err != nil {
		x.o.Log.Warn("index: empty", "err", err)
	}
	err := errors.Join(x.db.Close(), store.Remove(x.o.Path))
	x.db = nil
	x.dropCover()
	return err
}

// Erase removes the index from the disk: for a token that is taken away. The
// crawler begins anew when there is a token again.
func (x *Index) Erase() error {
	x.halt()
	if err := x.remove(); err != nil {
		return fmt.Errorf("index: erase: %w", err)
	}
	x.Poke()
	return nil
}

// Remove removes the index at path, of an owner whose crawler does not run.
func Remove(path string) error { return store.Remove(path) }

// Poke makes the crawler look at once: at its settings, at the token, and then
// for changes, and for what was put off.
func (x *Index) Poke() {
	x.halt()
	x.mu.Lock()
	clear(x.later)
	x.mu.Unlock()
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

// Excluded are the ids of the docs that the owner left out.
func (x *Index) Excluded() []string { return x.o.Excluded() }

// Exclude takes docs out of the index at once, by their ids; all others are
// let in. Options.Excluded must give the same from now on.
func (x *Index) Exclude(ctx context.Context, ids []string) error {
	x.halt()
	x.using.RLock()
	defer x.using.RUnlock()
	defer x.Poke()
	if x.db == nil {
		return nil
	}
	defer x.dropCover()
	if err := x.db.Exclude(ctx, ids); err != nil {
		return fmt.Errorf("index: exclude: %w", err)
	}
	return nil
}
