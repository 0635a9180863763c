package index

import (
	"context"
	"database/sql"
	"sync"
)

// mostPrepared is how many queries are kept read; searches ask a few dozen.
const mostPrepared = 100

// queries are those that views ask, read once for each connection.
type queries struct {
	mu    sync.Mutex
	read  map[string]*sql.Stmt // nil where it is to be read
	asked []string             // those
}

// prepare reads those that were asked since the last time. To do so takes a
// connection, so that none may be held: others may wait for it who hold the rest.
func (q *queries) prepare(ctx context.Context, db *sql.DB) error {
	for _, query := range q.take() {
		stmt, err := db.PrepareContext(ctx, query)
		if err != nil {
			return err
		}
		q.mu.Lock()
		q.read[query] = stmt
		q.mu.Unlock()
	}
	return nil
}

// take gives those that are to be read, each once.
func (q *queries) take() (out []string) {
	q.mu.Lock()
	defer q.mu.Unlock()
	out, q.asked = q.asked, nil
	return out
}

// of gives a query if it was read, and sees to it that it will be.
func (q *queries) of(query string) *sql.Stmt {
	q.mu.Lock()
	defer q.mu.Unlock()
	stmt, asked := q.read[query]
	if !asked && len(q.read) < mostPrepared {
		if q.read == nil {
			q.read = map[string]*sql.Stmt{}
		}
		q.read[query] = nil
		q.asked = append(q.asked, query)
	}
	return stmt
}

// prepared asks the queries of a view. Of one query no more than one answer is
// gone through at a time.
type prepared struct{ v *View }

func (p prepared) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	stmt, err := p.stmt(ctx, query)
	if err != nil {
		return nil, err
	}
	return stmt.QueryContext(ctx, args...)
}

func (p prepared) stmt(ctx context.Context, query string) (stmt *sql.Stmt, err error) {
	r := p.v.read
	stmt = r.stmts[query]
	if stmt != nil {
		return stmt, nil
	}
	known := r.queries.of(query)
	if known != nil {
		stmt = p.v.tx.StmtContext(context.WithoutCancel(ctx), known) // ctx may be that of a part of the view
	} else {
		stmt, err = p.v.tx.PrepareContext(ctx, query)
	}
	if err == nil {
		r.stmts[query] = stmt
	}
	return stmt, err
}

// row asks a query that has one row, and reads it.
func (v *View) row(to []any, query string, args ...any) error {
	stmt, err := prepared{v}.stmt(v.ctx, query)
	if err != nil {
		return err
	}
	return stmt.QueryRowContext(v.ctx, args...).Scan(to...)
}
