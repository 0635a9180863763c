package index

import (
	"context"
	"database/sql"
	"errors"
	"hash/maphash"
	"sync/atomic"

	"codabridge/server/store"
)

// The rows of a table are found by their refs in memory while it is listed, since
// an index of them would take as much of the file as a short row does. A few are
// looked for in the file itself.
const (
	fewRefs  = 64      // of one batch
	someRows = 4 << 10 // of a table that is read in a moment
	mostRefs = 1 << 20 // that are kept
)

// refs are those of tables that are being listed. Only who changes the index
// uses them.
type refs struct {
	seed   maphash.Seed
	tables map[int64]*tableRefs
	kept   int
	some   int // someRows, where a test does not say otherwise
	// by is the change that has noted rows, until it is known to be made.
	by atomic.Pointer[txn]
}

// tableRefs are the rows of one table whose ids are below next.
type tableRefs struct {
	next int64
	ids  map[uint64]uint32 // the lower half, by the hash of the ref; nil where they were not read
}

func newRefs() *refs {
	return &refs{seed: maphash.MakeSeed(), tables: map[int64]*tableRefs{}, some: someRows}
}

func (k *refs) hash(ref string) uint64 { return maphash.String(k.seed, ref) }

// forget makes the next batch of a table, or of any where it is 0, read anew.
func (k *refs) forget(table int64) {
	if table == 0 {
		k.tables, k.kept = map[int64]*tableRefs{}, 0
		return
	}
	if t := k.tables[table]; t != nil {
		k.kept -= len(t.ids)
		delete(k.tables, table)
	}
}

// of gives those of a table in a doc whose next id is next, for a batch of n
// rows; nil says that so few are to be looked for in the file.
func (k *refs) of(tx *txn, table, next int64, n int) (*tableRefs, error) {
	if by := k.by.Load(); by != nil && by != tx {
		k.forget(0)
		k.by.Store(nil)
	}
	t := k.tables[table]
	if t != nil && t.next > next { // what was added was taken back
		k.forget(table)
		t = nil
	}
	if t == nil {
		t = &tableRefs{}
		if k.kept > mostRefs {
			k.forget(0)
		}
		k.tables[table] = t
		if n <= fewRefs {
			var all int
			err := tx.QueryRow(`SELECT `+countOfTable, table).Scan(&all)
			if err != nil || all > k.some {
				return nil, err
			}
		}
	}
	if t.ids == nil {
		t.ids = map[uint64]uint32{}
	}
	before := len(t.ids)
	err := store.Each(context.Background(), tx, func(scan func(...any) error) error {
		var id int64
		var ref sql.RawBytes
		err := scan(&id, &ref)
		t.ids[maphash.Bytes(k.seed, ref)] = uint32(id)
		return err
	}, `SELECT r.id, r.ref FROM `+ofTable+` AND s.num >= ?2 >> 6 AND r.id >= ?2`, table, table>>32<<32|t.next)
	t.next = next
	k.kept += len(t.ids) - before
	return t, err
}

// idOf finds the row of a table with this ref, with what is stored of it; its id
// is 0 where there is none.
func (b *batch) idOf(ref string) (id int64, was storedRow, err error) {
	id = b.few[ref]
	if b.refs != nil {
		if low, ok := b.refs.ids[b.known.hash(ref)]; ok {
			id = b.table>>32<<32 | int64(low)
		}
	}
	if id == 0 {
		return 0, was, nil
	}
	was, err = b.stored(id)
	if err != nil || was.ref == ref {
		return id, was, err
	}
	// It went meanwhile, or another ref has its hash.
	err = b.tx.QueryRow(`SELECT r.id FROM `+ofTable+` AND r.ref = ?2`, b.table, ref).Scan(&id)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, was, nil
	}
	if err == nil {
		was, err = b.stored(id)
	}
	return id, was, err
}

// stored reads a row; it has no ref where it is none of the table.
func (b *batch) stored(id int64) (r storedRow, err error) {
	err = b.find.QueryRow(id, b.table).Scan(&r.ref, &r.title, &r.url, &r.body)
	if errors.Is(err, sql.ErrNoRows) {
		return storedRow{}, nil
	}
	return r, err
}

// storedRow is what is stored of a row.
type storedRow struct{ ref, title, url, body string }

// readRefs makes idOf ready for some rows.
func (b *batch) readRefs(rows []Row) (err error) {
	b.refs, err = b.known.of(b.tx, b.table, b.next, len(rows))
	if err != nil || b.refs != nil {
		return err
	}
	var all []string
	for _, r := range rows {
		all = append(all, r.Ref)
	}
	b.few = map[string]int64{}
	return store.Each(context.Background(), b.tx, func(scan func(...any) error) error {
		var id int64
		var ref string
		err := scan(&id, &ref)
		b.few[ref] = id
		return err
	}, `SELECT r.id, r.ref FROM `+ofTable+` AND r.ref IN (SELECT value FROM json_each(?2))`, b.table, asList(all))
}

// isNew notes a row that was added.
func (b *batch) isNew(ref string, id int64) {
	if b.refs == nil {
		b.few[ref] = id
		return
	}
	b.known.by.Store(b.tx)
	b.refs.ids[b.known.hash(ref)] = uint32(id)
	b.known.kept++
	b.refs.next = b.next
}
