package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
)

// Room is what a file holds, in pages.
type Room struct {
	Pages, Free int64
	// Gives tells that free pages can be given back a few at a time.
	Gives bool
}

const room = `SELECT (SELECT page_count FROM pragma_page_count), (SELECT freelist_count FROM pragma_freelist_count),
	(SELECT auto_vacuum = 2 FROM pragma_auto_vacuum)`

// Room tells how much of the file is in use.
func (db *DB) Room(ctx context.Context) (r Room, err error) {
	err = db.read.QueryRowContext(ctx, room).Scan(&r.Pages, &r.Free, &r.Gives)
	if err != nil {
		return r, fmt.Errorf("store: measure %s: %w", db.format.Name, Classify(err))
	}
	return r, nil
}

// What Compact goes by.
const (
	smallFile = 8 << 10   // pages that are written anew in a moment
	oldFile   = 128 << 10 // pages of a file that cannot give back some, and is written anew once
	givenBack = 128       // pages in one change
	longLog   = 64 << 10  // bytes of the log that are let be
)

// Compact gives back to the disk what a file of a Format that GivesBack holds
// for nothing: where an eighth of it is free, and, at any time, what stands in
// its log already. A small file is written anew, which packs it too; of another
// one the last pages are moved into free ones, some in each change, so that
// others are made in between. Readers go on meanwhile. What ends it, be it a kill
// or a full disk, leaves the file whole.
func (db *DB) Compact(ctx context.Context) error {
	r, err := db.Room(ctx)
	switch {
	case err != nil:
		return err
	case r.Free*8 < r.Pages:
	case r.Pages <= smallFile, !r.Gives && r.Free*4 >= r.Pages && r.Pages <= oldFile:
		err = db.rewrite(ctx)
	case r.Gives:
		err = db.giveBack(ctx, r.Free)
	}
	if err != nil {
		return err
	}
	return db.shortenLog(ctx)
}

// hurried is Alone for what waits for no other process, since it can be done
// another time as well.
func (db *DB) hurried(ctx context.Context, do func(*sql.Conn) error) error {
	return db.Alone(ctx, "compact", func(ctx context.Context, c *sql.Conn) error {
		if _, err := c.ExecContext(ctx, `PRAGMA busy_timeout(100)`); err != nil {
			return err
		}
		err := do(c)
		_, failed := c.ExecContext(ctx, `PRAGMA busy_timeout(5000)`)
		return errors.Join(err, failed)
	})
}

// rewrite writes the file anew. It ends with ctx, since it may take seconds.
func (db *DB) rewrite(ctx context.Context) error {
	return db.hurried(ctx, func(c *sql.Conn) error {
		_, err := c.ExecContext(ctx, `VACUUM`)
		return err
	})
}

// giveBack moves so many pages.
func (db *DB) giveBack(ctx context.Context, pages int64) error {
	for ; pages > 0; pages -= givenBack {
		err := db.hurried(ctx, func(c *sql.Conn) error {
			rows, err := c.QueryContext(ctx, fmt.Sprintf(`PRAGMA incremental_vacuum(%d)`, givenBack))
			if err != nil {
				return err
			}
			for rows.Next() { // each step of it moves a page
			}
			return errors.Join(rows.Err(), rows.Close())
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// shortenLog writes the log back into the file and empties it, where no reader
// needs it any more.
func (db *DB) shortenLog(ctx context.Context) error {
	if info, err := os.Stat(db.path + "-wal"); err != nil || info.Size() <= longLog {
		return nil
	}
	return db.hurried(ctx, func(c *sql.Conn) error {
		_, err := c.ExecContext(ctx, `PRAGMA wal_checkpoint(TRUNCATE)`)
		return err
	})
}
