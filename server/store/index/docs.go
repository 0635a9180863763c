package index

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"codabridge/server/store"
)

// Kinds of what the index holds, in the order in which equals are shown.
const (
	Docs = iota
	Pages
	Tables
	Rows
)

// Doc is a doc as Coda lists it, with words cut for the index.
type Doc struct {
	ID, Name, URL string
	Updated       time.Time
	// Version is the updatedAt as Coda wrote it; empty is never current.
	Version string
	// Words are those of the name, Also those by which it is found beside them.
	Words, Also string
	// Problem says why the doc cannot be read at all; empty for most.
	Problem string
	// Unknown is set when Coda did not say anything of it just now: only the
	// ID is there then, and what is stored of the doc stays.
	Unknown bool
}

// SyncDocs makes the index hold just these docs. One that is no longer listed
// goes with all it held. New ones get their numbers in the given order, which
// is the one in which equal hits are found.
func (db *DB) SyncDocs(ctx context.Context, docs []Doc, excluded []string, now time.Time) error {
	return db.change(ctx, "store docs", func(tx *txn) error {
		known, err := docNumbers(tx)
		if err != nil {
			return err
		}
		for _, d := range docs {
			delete(known, d.ID)
		}
		if err := putDocs(tx, docs, excluded, now); err != nil {
			return err
		}
		for _, num := range known {
			if err := dropDoc(tx, num); err != nil {
				return err
			}
		}
		return setMeta(tx, listedKey, fmt.Sprint(store.Stamp(now)))
	})
}

// listedKey is when all docs were listed last; there is none before the first
// time.
const listedKey = "listed"

// AddDocs puts docs into the index while others may still come: what it holds
// beside them stays.
func (db *DB) AddDocs(ctx context.Context, docs []Doc, excluded []string, now time.Time) error {
	return db.change(ctx, "store docs", func(tx *txn) error { return putDocs(tx, docs, excluded, now) })
}

// Listed tells whether all docs were ever listed, to the end.
func (db *DB) Listed(ctx context.Context) (bool, error) {
	at, err := db.Meta(ctx, listedKey)
	return at != "", err
}

// Listed tells whether all docs were ever listed, to the end.
func (v *View) Listed() (bool, error) {
	at, err := meta(v.tx, listedKey)
	return at != "", err
}

func putDocs(tx *txn, docs []Doc, excluded []string, now time.Time) error {
	for _, d := range docs {
		if d.Unknown {
			continue
		}
		if err := putDoc(tx, d, now); err != nil {
			return err
		}
	}
	return setExcluded(tx, excluded)
}

func docNumbers(tx *txn) (map[string]int64, error) {
	out := map[string]int64{}
	return out, store.Each(context.Background(), tx, func(scan func(...any) error) error {
		var id string
		var num int64
		err := scan(&id, &num)
		out[id] = num
		return err
	}, `SELECT id, num FROM docs`)
}

func putDoc(tx *txn, d Doc, now time.Time) error {
	var num int64
	err := tx.QueryRow(`INSERT INTO docs (id, name, url, updated, version, problem, retry) VALUES (?1, ?2, ?3, ?4, ?5, ?6, 0)
		ON CONFLICT (id) DO UPDATE SET name = ?2, url = ?3, updated = ?4,
			checked = CASE WHEN ?5 <> '' AND done = ?5 THEN ?7 ELSE checked END,
			problem = CASE WHEN ?6 <> '' THEN ?6 WHEN version <> ?5 OR retry < ?7 THEN '' ELSE problem END,
			version = ?5 RETURNING num`,
		d.ID, d.Name, d.URL, store.Stamp(d.Updated), d.Version, d.Problem, store.Stamp(now)).Scan(&num)
	if err != nil {
		return err
	}
	if d.Problem != "" {
		if err := dropContents(tx, num); err != nil {
			return err
		}
	}
	return putThing(tx, num<<32, Docs, Thing{Ref: d.ID, Title: d.Name, URL: d.URL, Updated: d.Updated, Words: d.Words, Also: d.Also})
}

// dropDoc removes a doc and all it held.
func dropDoc(tx *txn, num int64) error {
	if err := dropContents(tx, num); err != nil {
		return err
	}
	if err := tx.forget([]int64{num << 32}, false); err != nil {
		return err
	}
	_, err := tx.Exec(`DELETE FROM things WHERE id = ?1; DELETE FROM docs WHERE num = ?2;
		DELETE FROM sketches WHERE shelf = ?3`, num<<32, num, shelfOf(num<<32, false))
	return err
}

// dropContents removes what a doc held, but not its name.
func dropContents(tx *txn, num int64) error {
	first, last := num<<32+1, num<<32|0xffffffff
	tx.refs.forget(0) // ids are given again
	for _, of := range []struct {
		table string
		rows  bool
	}{{"rows", true}, {"things", false}} {
		ids, err := store.All(context.Background(), tx, store.One[int64], `SELECT id FROM `+of.table+` WHERE id BETWEEN ? AND ?`, first, last)
		if err != nil {
			return err
		}
		if err := tx.forget(ids, of.rows); err != nil {
			return err
		}
	}
	for _, q := range []string{
		`DELETE FROM rows WHERE id BETWEEN ? AND ?`,
		`DELETE FROM texts WHERE id BETWEEN ? AND ?`,
		`DELETE FROM things WHERE id BETWEEN ? AND ?`,
	} {
		if _, err := tx.Exec(q, first, last); err != nil {
			return err
		}
	}
	if _, err := tx.Exec(`DELETE FROM sketches WHERE shelf > ? AND shelf <= ?`, shelfOf(first, false), shelfOf(last, true)); err != nil {
		return err
	}
	if err := pruneSketches(tx, []int64{shelfOf(first, false)}); err != nil { // the doc's own stays
		return err
	}
	_, err := tx.Exec(`UPDATE docs SET named = '', done = '', named_at = 0, checked = 0 WHERE num = ?`, num)
	return err
}

// Exclude sets which docs are left out, by id. What the index held of them is
// removed; their names stay, unfindable, so that they can be let in again.
func (db *DB) Exclude(ctx context.Context, ids []string) error {
	return db.change(ctx, "exclude docs", func(tx *txn) error { return setExcluded(tx, ids) })
}

func setExcluded(tx *txn, ids []string) error {
	list, err := json.Marshal(append([]string{}, ids...))
	if err != nil {
		return err
	}
	if _, err := tx.Exec(`UPDATE docs SET excluded = id IN (SELECT value FROM json_each(?))`, string(list)); err != nil {
		return err
	}
	nums, err := store.All(context.Background(), tx, store.One[int64], `SELECT num FROM docs WHERE excluded AND (named_at > 0 OR next > 1)`)
	if err != nil {
		return err
	}
	for _, num := range nums {
		if err := dropContents(tx, num); err != nil {
			return err
		}
		if _, err := tx.Exec(`UPDATE docs SET next = 1 WHERE num = ?`, num); err != nil {
			return err
		}
	}
	return nil
}

// SkipDoc remembers why a doc cannot be read, and when to try again. What was
// stored of it is removed, since the owner may no longer see it.
func (db *DB) SkipDoc(ctx context.Context, num int64, problem string, retry time.Time) error {
	return db.change(ctx, "skip doc", func(tx *txn) error {
		if err := dropContents(tx, num); err != nil {
			return err
		}
		_, err := tx.Exec(`UPDATE docs SET problem = ?, retry = ? WHERE num = ?`, problem, store.Stamp(retry), num)
		return err
	})
}

// FinishDoc notes that all of a doc's version is stored.
func (db *DB) FinishDoc(ctx context.Context, num int64, version string, now time.Time) error {
	return db.change(ctx, "finish doc", func(tx *txn) error {
		_, err := tx.Exec(`UPDATE docs SET done = ?, checked = ? WHERE num = ?`, version, store.Stamp(now), num)
		return err
	})
}

// Again marks docs to be read anew in full: all of them, or one by its id.
func (db *DB) Again(ctx context.Context, id string) error {
	return db.change(ctx, "read again", func(tx *txn) error {
		_, err := tx.Exec(`UPDATE things SET stored = '', sync = '', cursor = '', listed = 0, state = CASE WHEN state = 3 THEN 0 ELSE state END
			WHERE kind > 0 AND (?1 = '' OR id >> 32 IN (SELECT num FROM docs WHERE id = ?1));
			UPDATE docs SET named = '', done = '', problem = '', retry = 0 WHERE ?1 = '' OR id = ?1`, id)
		return err
	})
}
