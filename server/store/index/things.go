package index

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"codabridge/server/store"
)

// States of a page or table.
const (
	Waiting = iota // to be read
	Stored         // read
	Empty          // there is nothing to read: an embed, a view
	Refused        // Coda will not give it
)

// Thing is a page or table of a doc, as Coda lists it.
type Thing struct {
	Kind            int // Pages or Tables
	Ref, Title, URL string
	// Parent is the title of the page it stands on or below.
	Parent  string
	Updated time.Time
	// Author is who changed a page last, where Coda tells.
	Author string
	// Version is the updatedAt as Coda wrote it; empty for tables, which are
	// listed without one.
	Version string
	// Words are those of the title, Also those by which it is found beside them.
	Words, Also string
	// Empty is set where there is nothing to read but the name.
	Empty bool
	// Subtitle is that of a page; it is kept until the text is read.
	Subtitle string
}

// SyncThings makes the index hold just these pages and tables of a doc, and
// notes that the names of its version are stored. Those whose version changed
// wait to be read again; tables all wait, since their list does not tell; so
// the doc is not done until FinishDoc says it is.
func (db *DB) SyncThings(ctx context.Context, num int64, version string, things []Thing, now time.Time) error {
	return db.change(ctx, "store names", func(tx *txn) error {
		known, err := thingIDs(tx, num)
		if err != nil {
			return err
		}
		var next int64
		if err := tx.QueryRow(`SELECT next FROM docs WHERE num = ? AND NOT excluded`, num).Scan(&next); errors.Is(err, sql.ErrNoRows) {
			return nil // it was removed or excluded meanwhile
		} else if err != nil {
			return err
		}
		for _, t := range things {
			id, ok := known[thingKey{t.Kind, t.Ref}]
			if !ok {
				id = num<<32 | next
				next++
			}
			delete(known, thingKey{t.Kind, t.Ref})
			if err := putThing(tx, id, t.Kind, t); err != nil {
				return err
			}
		}
		for _, id := range known {
			if err := dropThing(tx, id); err != nil {
				return err
			}
		}
		_, err = tx.Exec(`UPDATE docs SET named = ?, named_at = ?, next = ?, problem = '', done = '' WHERE num = ?`, version, store.Stamp(now), next, num)
		return err
	})
}

type thingKey struct {
	kind int
	ref  string
}

func thingIDs(tx *txn, num int64) (map[thingKey]int64, error) {
	out := map[thingKey]int64{}
	return out, store.Each(context.Background(), tx, func(scan func(...any) error) error {
		var k thingKey
		var id int64
		err := scan(&k.kind, &k.ref, &id)
		out[k] = id
		return err
	}, `SELECT kind, ref, id FROM things WHERE id BETWEEN ? AND ?`, num<<32+1, num<<32|0xffffffff)
}

// putThing stores a name. A new title is put into the full-text table; the
// words of a text, or of a table's columns, go, since a contentless row can be
// replaced but not changed; so what has a new title is read again as a whole.
func putThing(tx *txn, id int64, kind int, t Thing) error {
	var title string
	err := tx.QueryRow(`SELECT title FROM things WHERE id = ?`, id).Scan(&title)
	missing := errors.Is(err, sql.ErrNoRows)
	if err != nil && !missing {
		return err
	}
	waiting := Waiting
	if t.Empty || kind == Docs {
		waiting = Empty
	}
	_, err = tx.Exec(`INSERT INTO things (id, kind, ref, parent, title, url, updated, version, state, author, columns)
		VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
		ON CONFLICT (id) DO UPDATE SET parent = ?4, title = ?5, url = ?6, version = ?8, author = ?10,
			stored = CASE WHEN title = ?5 THEN stored ELSE '' END, columns = CASE WHEN ?2 = 1 THEN ?11 WHEN title = ?5 THEN columns ELSE '' END,
			updated = CASE WHEN ?7 = 0 THEN updated ELSE ?7 END,
			state = CASE WHEN ?9 = 2 THEN 2 WHEN ?2 = 1 AND ?8 <> '' AND stored = ?8 AND title = ?5 AND state IN (1, 3) THEN state ELSE 0 END`,
		id, kind, t.Ref, t.Parent, t.Title, t.URL, store.Stamp(t.Updated), t.Version, waiting, t.Author, t.Subtitle)
	if err != nil || (!missing && title == t.Title) {
		return err
	}
	return putFound(tx, id, kind, Text{TitleWords: t.Words, Also: t.Also})
}

// putFound stores by which words a doc, page or table is found.
func putFound(tx *txn, id int64, kind int, t Text) error {
	if err := tx.forget([]int64{id}, false); err != nil {
		return err
	}
	if err := tx.stage(staged{id, int64(kind), t.TitleWords, t.HeadWords, t.BodyWords, t.Also}, false); err != nil {
		return err
	}
	return sketchThing(tx, id, kind, t)
}

// dropThing removes a page or a table with its rows.
func dropThing(tx *txn, id int64) error {
	if _, err := dropRows(tx, id, ""); err != nil {
		return err
	}
	if err := tx.forget([]int64{id}, false); err != nil {
		return err
	}
	if _, err := tx.Exec(`DELETE FROM texts WHERE id = ?1; DELETE FROM things WHERE id = ?1`, id); err != nil {
		return err
	}
	return pruneSketches(tx, []int64{shelfOf(id, false)})
}

// Text is what a page says, or the columns of a table, with words cut.
type Text struct {
	Body                             string
	TitleWords, HeadWords, BodyWords string
	// Also are words by which it is found beside its own.
	Also string
	// Version is the one that was read.
	Version string
}

// PutText stores the text of a page, and tells how many texts that changed: one
// or none.
func (db *DB) PutText(ctx context.Context, id int64, t Text) (changed int, err error) {
	err = db.change(ctx, "store page", func(tx *txn) error {
		there, err := tx.Exec(`UPDATE things SET state = 1, stored = ?, problem = '' WHERE id = ?`, t.Version, id)
		if err != nil {
			return err
		}
		if n, err := there.RowsAffected(); err != nil || n == 0 {
			return err // it was removed meanwhile
		}
		err = tx.QueryRow(`SELECT NOT EXISTS (SELECT 1 FROM texts WHERE id = ? AND body = ?)`, id, t.Body).Scan(&changed)
		if err != nil {
			return err
		}
		return putWords(tx, id, t)
	})
	return changed, err
}

func putWords(tx *txn, id int64, t Text) error {
	var kind int
	if err := tx.QueryRow(`SELECT kind FROM things WHERE id = ?`, id).Scan(&kind); err != nil {
		return err
	}
	if err := putFound(tx, id, kind, t); err != nil {
		return err
	}
	_, err := tx.Exec(`INSERT INTO texts (id, body) VALUES (?1, ?2) ON CONFLICT (id) DO UPDATE SET body = ?2`, id, t.Body)
	return err
}

// RefuseThing notes that a page or table cannot be read, and why. What was
// stored of it but the words of its name is removed, since the owner may no
// longer see it.
func (db *DB) RefuseThing(ctx context.Context, id int64, name Text, problem string, now time.Time) error {
	return db.change(ctx, "skip page", func(tx *txn) error {
		if _, err := dropRows(tx, id, ""); err != nil {
			return err
		}
		var kind int
		err := tx.QueryRow(`SELECT kind FROM things WHERE id = ?`, id).Scan(&kind)
		if errors.Is(err, sql.ErrNoRows) {
			return nil // it was removed meanwhile
		}
		if err == nil {
			err = putFound(tx, id, kind, Text{TitleWords: name.TitleWords, Also: name.Also})
		}
		if err != nil {
			return err
		}
		_, err = tx.Exec(`DELETE FROM texts WHERE id = ?1;
			UPDATE things SET state = 3, stored = version, problem = ?2, rows_have = 0, sync = '', cursor = '', listed = ?3 WHERE id = ?1`, id, problem, store.Stamp(now))
		return err
	})
}
