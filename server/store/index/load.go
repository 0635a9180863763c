package index

import (
	"context"
	"database/sql"

	"codabridge/server/store"
)

// querier is a transaction of either kind.
type querier interface {
	store.Queryer
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// segmentHead is what tells which segments are to be read.
type segmentHead struct {
	num         int64
	dead, tier  int
	first, last int64
	proven      bool // there are sums of it
}

// heads reads those of all segments; sums tells whether that table is there. What
// it has of a segment that is not there tells that its row was lost.
func heads(ctx context.Context, q store.Queryer, sums bool) ([]segmentHead, error) {
	query := `SELECT num, dead, rows, first, last, false FROM segments ORDER BY num`
	if sums {
		query = `SELECT s.num, s.dead, s.rows, s.first, s.last, u.num IS NOT NULL FROM segments s LEFT JOIN sums u ON u.num = s.num
			UNION ALL SELECT num, 0, -1, 0, 0, true FROM sums WHERE num NOT IN (SELECT num FROM segments) ORDER BY 1`
	}
	return store.All(ctx, q, func(scan func(...any) error) (h segmentHead, err error) {
		err = scan(&h.num, &h.dead, &h.tier, &h.first, &h.last, &h.proven)
		if err == nil && (h.tier < 0 || h.tier > making || h.tier == making && h.proven || h.first > h.last) {
			err = errSegment
		}
		return h, err
	}, query)
}

// loadSegments reads those of one tier that may hold an id from first to last.
func loadSegments(ctx context.Context, q querier, k *kept, rows bool, first, last int64) ([]*segment, error) {
	sums, err := hasSums(ctx, q)
	if err != nil {
		return nil, err
	}
	all, err := heads(ctx, q, sums)
	if err != nil {
		return nil, err
	}
	return loadThose(ctx, q, k, all, rows, first, last)
}

// loadThose is loadSegments for those whose heads are read.
func loadThose(ctx context.Context, q querier, k *kept, all []segmentHead, rows bool, first, last int64) (out []*segment, err error) {
	for _, h := range all {
		if h.tier != tierOf(rows) || h.last < first || h.first > last {
			continue
		}
		g := k.get(h.num, h.dead)
		if g == nil {
			g, err = loadSegment(ctx, q, h.num, h.dead, rows)
			if err != nil {
				return nil, err
			}
			k.add(g)
		}
		out = append(out, g)
	}
	return out, nil
}

func loadSegment(ctx context.Context, q querier, num int64, dead int, rows bool) (*segment, error) {
	g := &segment{num: num, dead: dead}
	r := segmentRow{tier: tierOf(rows)}
	var gone []byte
	err := q.QueryRowContext(ctx, `SELECT size, first, last, count, places, gone, words FROM segments WHERE num = ?`, num).
		Scan(&r.size, &r.first, &r.last, &r.count, &r.places, &gone, &r.words)
	if err == nil {
		g.size = int(r.size)
		err = g.decode(r.places, gone, rows)
	}
	if err == nil {
		err = g.prove(ctx, q, r, gone)
	}
	if err != nil {
		return nil, err
	}
	return g, g.decodeWords(r.words)
}
