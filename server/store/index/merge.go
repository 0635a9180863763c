package index

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"slices"

	"codabridge/server/store"
)

// Segments of about one size are merged when there are so many, up to a size;
// so each word is written three times in all, and there are few to look into.
const mergeOf = 4

// levelOf tells sizes apart, in bytes of words; those of level mostLevel stay.
func levelOf(size int) int {
	switch {
	case size < 3*sealAt:
		return 0
	case size < 3*sealAt*mergeOf:
		return 1
	}
	return mostLevel
}

const mostLevel = 2

// size is how large a segment is.
type size struct {
	num               int64
	size, dead, count int
}

// making is the tier of a segment that is still being written: no search looks
// into it.
const making = 2

// mergeStep is how many bytes of words are written or taken away in one change.
// Merging reads beside all changes, and is never between two of them for longer
// than such a step takes.
const mergeStep = 256 << 10

// tidy makes of many small segments larger ones, and writes those anew of which
// half is gone. It ends where another one is at it, or with ctx.
func (db *DB) tidy(ctx context.Context) error {
	if !db.tidying.TryLock() {
		return nil
	}
	defer db.tidying.Unlock()
	err := db.dropUnused(ctx)
	for merged := true; merged && err == nil; {
		merged, err = db.mergeOnce(ctx)
	}
	return err
}

// errGone says that what was to be merged is no more: the index was emptied.
var errGone = errors.New("index store: what was to be merged is gone")

// mergeOnce makes one segment of some, if there are any to be merged.
func (db *DB) mergeOnce(ctx context.Context) (merged bool, err error) {
	for _, rows := range []bool{false, true} {
		some, err := db.toMerge(ctx, rows)
		if err != nil {
			return false, err
		}
		if len(some) > 0 {
			err := db.mergeSome(ctx, some, rows)
			if errors.Is(err, errGone) {
				return false, nil
			}
			return err == nil, err
		}
	}
	return false, nil
}

// toMerge reads some in one moment.
func (db *DB) toMerge(ctx context.Context, rows bool) ([]*segment, error) {
	q, err := db.file.Read().BeginTx(ctx, nil)
	if err != nil {
		return nil, err
	}
	defer func() { _ = q.Rollback() }()
	all, err := store.All(ctx, q, func(scan func(...any) error) (g size, err error) {
		return g, scan(&g.num, &g.size, &g.dead, &g.count)
	}, `SELECT num, size, dead, count FROM segments WHERE rows = ? ORDER BY num`, rows)
	var levels [mostLevel][]size
	for _, g := range all {
		if g.dead*2 >= g.count {
			return load(ctx, q, []size{g}, rows)
		}
		if l := levelOf(g.size); l < mostLevel {
			levels[l] = append(levels[l], g)
			if len(levels[l]) == mergeOf {
				return load(ctx, q, levels[l], rows)
			}
		}
	}
	return nil, err
}

func load(ctx context.Context, q querier, some []size, rows bool) (out []*segment, err error) {
	for _, s := range some {
		g, err := loadSegment(ctx, q, s.num, s.dead, rows)
		if err != nil {
			return nil, err
		}
		out = append(out, g)
	}
	return out, nil
}

// mergeSome writes the words of the segment that is made in steps, and then lets
// it take the place of the others in one. What it reads never changes; a moment
// that lasts would keep the log of the file from being written back.
func (db *DB) mergeSome(ctx context.Context, some []*segment, rows bool) error {
	m := merger{db: db, some: some, rows: rows}
	m.merged, m.renamed = renumber(some)
	if m.merged.places() > 0 {
		err := db.step(ctx, m.begin)
		if err == nil {
			err = m.words(ctx)
		}
		if errors.Is(err, ErrDamaged) { // or what was read was taken away
			err = cmp.Or(db.step(ctx, m.areThere), err)
		}
		if err != nil {
			return err
		}
	}
	if err := db.step(ctx, m.publish); err != nil {
		return err
	}
	for _, g := range some {
		if err := db.dropWords(ctx, g.num); err != nil {
			return err
		}
	}
	return nil
}

// step is a change of its own that stages nothing.
func (db *DB) step(ctx context.Context, do func(*txn) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if db.between != nil {
		if err := db.between(); err != nil {
			return err
		}
	}
	return db.file.Change(ctx, "merge index", store.Normal, func(t *sql.Tx) error { return do(&txn{Tx: t, kept: &db.kept}) })
}

// dropUnused takes away what a merge that was broken off has left.
func (db *DB) dropUnused(ctx context.Context) error {
	err := db.step(ctx, func(tx *txn) error {
		_, err := tx.Exec(`DELETE FROM segments WHERE rows = ?`, making)
		return err
	})
	for num := int64(0); err == nil; {
		var there bool
		err = db.file.Read().QueryRowContext(ctx, `SELECT id >> 32, id >> 32 IN (SELECT num FROM segments) FROM blocks
			WHERE id >= ? ORDER BY id LIMIT 1`, (num+1)<<32).Scan(&num, &there)
		if errors.Is(err, sql.ErrNoRows) {
			return nil
		}
		if err == nil && !there {
			err = db.dropWords(ctx, num)
		}
	}
	return err
}

// dropWords takes away those of a segment that is no more, some rows at a time.
func (db *DB) dropWords(ctx context.Context, num int64) error {
	rows := int64(max(db.mergeStep/blockFull, 1))
	var last sql.NullInt64
	err := db.file.Read().QueryRowContext(ctx, `SELECT max(id) FROM blocks WHERE id BETWEEN ? AND ?`, num<<32, num<<32|0xffffffff).Scan(&last)
	for first := num << 32; err == nil && first <= last.Int64; first += rows {
		err = db.step(ctx, func(tx *txn) error {
			_, err := tx.Exec(`DELETE FROM blocks WHERE id BETWEEN ?1 AND ?2; DELETE FROM positions WHERE id BETWEEN ?1 AND ?2`, first, first+rows-1)
			return err
		})
	}
	return err
}

// renumber puts the places of segments in one order, and tells for each which
// it is in it.
func renumber(some []*segment) (merged *segment, renamed [][]uint32) {
	type source struct {
		id, of   int64
		from, at uint32
	}
	merged = &segment{}
	var all []source
	for i, g := range some {
		names := make([]uint32, g.places())
		renamed = append(renamed, names)
		g.each(func(place uint32, id, of int64) {
			names[place] = noPlace
			if !g.isGone(place) {
				all = append(all, source{id, of, uint32(i), place})
			}
		})
		merged.size += int(int64(g.size) * int64(len(g.lengths)-g.dead) / int64(len(g.lengths)))
	}
	slices.SortFunc(all, func(a, b source) int { return cmp.Compare(a.id, b.id) })
	for _, s := range all {
		renamed[s.from][s.at] = merged.places()
		merged.append(s.id, s.of, int(some[s.from].lengths[s.at]), some[s.from].likes[s.at])
	}
	return merged, renamed
}
