package index

import (
	"context"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"sync"
)

// A list of which a bit is another one may still read well, and name other
// places. So of each row of a segment a CRC-32C is noted when it is written, and
// proven when it is read from the file for the first time; one more is of what
// stands in the segment's own row, those of its rows among it, and one of what is
// gone from it. What SQLite has to read for itself it proves: a page, or a list of
// FTS5, that does not read is ErrDamaged. A letter of a text that is another one is
// not noticed: it shows in that text alone.

const sums = `CREATE TABLE sums (
	num  INTEGER PRIMARY KEY,   -- of the segment
	head INTEGER NOT NULL,      -- of what it is
	dead INTEGER NOT NULL,      -- how many places are gone, where gone is of
	gone INTEGER NOT NULL,      -- them
	rows BLOB NOT NULL          -- of each of its rows in blocks, and in positions
)`

var castagnoli = sync.OnceValue(func() *crc32.Table { return crc32.MakeTable(crc32.Castagnoli) })

func sumOf(parts ...[]byte) (sum uint32) {
	for _, p := range parts {
		sum = crc32.Update(sum, castagnoli(), p)
	}
	return sum
}

// asBytes are numbers, eight bytes each.
func asBytes(all ...int64) []byte {
	var out []byte
	for _, n := range all {
		out = binary.LittleEndian.AppendUint64(out, uint64(n))
	}
	return out
}

// segmentRow is what stands in the row of a segment, but what is gone.
type segmentRow struct {
	tier                     int
	size, first, last, count int64
	places, words            []byte
}

func (g *segment) row(tier int, words []byte) segmentRow {
	last := g.runs[len(g.runs)-1]
	return segmentRow{tier, int64(g.size), g.runs[0].first, last.first + int64(last.n) - 1, int64(g.places()), g.encode(), words}
}

func (r segmentRow) sum(num int64, rows []byte) uint32 {
	of := asBytes(num, int64(r.tier), r.size, r.first, r.last, r.count, int64(len(r.places)), int64(len(r.words)))
	return sumOf(of, r.places, r.words, rows)
}

func goneSum(dead int, gone []byte) uint32 { return sumOf(asBytes(int64(dead)), gone) }

// putSums notes those of a segment that is written.
func (tx *txn) putSums(g *segment, tier int, words, rows []byte) error {
	_, err := tx.Exec(`INSERT INTO sums (num, head, dead, gone, rows) VALUES (?, ?, ?, ?, ?)`,
		g.num, g.row(tier, words).sum(g.num, rows), g.dead, goneSum(g.dead, g.encodeGone()), rows)
	return err
}

// prove compares a segment with its sums, where there are any, and keeps those
// of its rows.
func (g *segment) prove(ctx context.Context, q querier, r segmentRow, gone []byte) error {
	there, err := hasSums(ctx, q)
	if err != nil || !there {
		return err
	}
	var head, ofGone, dead int64
	var rows []byte
	err = q.QueryRowContext(ctx, `SELECT head, dead, gone, rows FROM sums WHERE num = ?`, g.num).Scan(&head, &dead, &ofGone, &rows)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	if head != int64(r.sum(g.num, rows)) || dead == int64(g.dead) && ofGone != int64(goneSum(g.dead, gone)) {
		return errSum
	}
	g.sums = rows
	return nil
}

var errSum = fmt.Errorf("%w: a segment is not as it was written", ErrDamaged)

func hasSums(ctx context.Context, q querier) (there bool, err error) {
	err = q.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE name = 'sums')`).Scan(&there)
	return there, err
}

// Parts of a row of a segment.
const (
	ofBlocks = iota
	ofPositions
)

// appendSums notes what a row is.
func appendSums(to, body, pos []byte) []byte {
	return binary.LittleEndian.AppendUint32(binary.LittleEndian.AppendUint32(to, sumOf(body)), sumOf(pos))
}

// proveRow compares a part of a row with its sum.
func (g *segment) proveRow(id int64, part int, body []byte) error {
	if len(g.sums) == 0 {
		return nil
	}
	at := (id&0xffffffff*2 + int64(part)) * 4
	if at+4 > int64(len(g.sums)) || binary.LittleEndian.Uint32(g.sums[at:]) != sumOf(body) {
		return errSum
	}
	return nil
}
