package index

import (
	"context"

	"codabridge/server/store"
)

// Of the rows of each 64 ids a stretch says which table they are of, how many
// there are, and between which moments they have changed. Indexes over all rows
// would take as much as a short row does; by the stretches those of a table are
// found, and what changed lately, without reading many others. Triggers keep
// them, whoever changes rows. What goes leaves the moments as they are: they are
// bounds.
const stretches = `CREATE TABLE stretches (
	num    INTEGER PRIMARY KEY,   -- the upper bits of the ids
	tbl    INTEGER NOT NULL,      -- 0 of several tables
	n      INTEGER NOT NULL,
	oldest INTEGER NOT NULL,      -- no row changed before
	newest INTEGER NOT NULL       -- nor after
)`

// Each of these is on rows, and set anew by emptyRows.
const (
	rowsCome = `CREATE TRIGGER rows_come AFTER INSERT ON rows BEGIN
	INSERT INTO stretches (num, tbl, n, oldest, newest) VALUES (new.id >> 6, new.tbl, 1, new.updated, new.updated)
		ON CONFLICT (num) DO UPDATE SET n = n + 1, tbl = CASE WHEN tbl = new.tbl THEN tbl ELSE 0 END,
			oldest = min(oldest, new.updated), newest = max(newest, new.updated);
END`
	rowsChange = `CREATE TRIGGER rows_change AFTER UPDATE OF updated ON rows WHEN old.updated <> new.updated BEGIN
	UPDATE stretches SET oldest = min(oldest, new.updated), newest = max(newest, new.updated) WHERE num = new.id >> 6;
END`
	rowsGo = `CREATE TRIGGER rows_go AFTER DELETE ON rows BEGIN
	UPDATE stretches SET n = n - 1 WHERE num = old.id >> 6;
	DELETE FROM stretches WHERE num = old.id >> 6 AND n = 0;
END`
)

// fillStretches makes them of the rows that are there.
const fillStretches = `DELETE FROM stretches; INSERT INTO stretches (num, tbl, n, oldest, newest) ` + asStretches

const asStretches = `SELECT id >> 6 AS num, CASE WHEN min(tbl) = max(tbl) THEN tbl ELSE 0 END AS tbl, count(*) AS n,
	min(updated) AS oldest, max(updated) AS newest FROM rows GROUP BY id >> 6`

// emptyRows takes all away at once, which SQLite does not where a trigger would
// hear of each.
const emptyRows = `DROP TRIGGER rows_come; DROP TRIGGER rows_change; DROP TRIGGER rows_go; DELETE FROM rows; DELETE FROM stretches;` +
	rowsCome + `;` + rowsChange + `;` + rowsGo + `;`

// inStretch are the rows r of a stretch s; ofTable are those of table ?1, which
// lies in one doc. The + keeps SQLite from making an index of all rows for it.
const (
	inStretch = `s CROSS JOIN rows r ON r.id BETWEEN s.num << 6 AND s.num << 6 | 63`
	ofDoc     = `s.num BETWEEN ?1 >> 32 << 26 AND ?1 >> 32 << 26 | 0x3ffffff`
	ofTable   = `stretches ` + inStretch + ` WHERE ` + ofDoc + ` AND s.tbl IN (0, ?1) AND +r.tbl = ?1`

	// countOfTable is how many those are, of which most are not read.
	countOfTable = `(SELECT ifnull(sum(n), 0) FROM stretches s WHERE ` + ofDoc + ` AND s.tbl = ?1)
		+ (SELECT count(*) FROM stretches ` + inStretch + ` WHERE ` + ofDoc + ` AND s.tbl = 0 AND +r.tbl = ?1)`
)

// dropRows takes away those of a table that an end of the condition leaves, and
// tells how many that were.
func dropRows(tx *txn, table int64, and string, args ...any) (n int, err error) {
	ids, err := store.All(context.Background(), tx, store.One[int64], `SELECT r.id FROM `+ofTable+and, append([]any{table}, args...)...)
	if err != nil || len(ids) == 0 {
		return 0, err
	}
	if err := tx.forget(ids, true); err != nil {
		return 0, err
	}
	if _, err := tx.Exec(`DELETE FROM rows WHERE id IN (SELECT value FROM json_each(?))`, asList(ids)); err != nil {
		return 0, err
	}
	var shelves []int64
	for _, id := range ids {
		if s := shelfOf(id, true); len(shelves) == 0 || shelves[len(shelves)-1] != s {
			shelves = append(shelves, s)
		}
	}
	return len(ids), pruneSketches(tx, shelves)
}
