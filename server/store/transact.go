package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// Change runs do in one transaction, which holds from its commit on as far as
// how says, and commits it when do returns nil or an error marked by Keep.
// Everything else rolls back, a panic too. A caller that goes away does not
// interrupt it: the change is small, and half-heard commits help nobody.
//
// Another change that is at work is waited for, no longer than the format's
// Patience; then the error is ErrBusy. what names the change in errors.
func (db *DB) Change(ctx context.Context, what string, how Durability, do func(*sql.Tx) error) error {
	return db.Alone(ctx, what, func(ctx context.Context, conn *sql.Conn) error {
		if err := db.setMode(ctx, conn, how); err != nil {
			return err
		}
		tx, err := conn.BeginTx(ctx, nil)
		if err != nil {
			return err
		}
		defer func() { _ = tx.Rollback() }() // nothing after Commit
		result := do(tx)
		var kept *keep
		if result != nil && !errors.As(result, &kept) {
			return result
		}
		if err := tx.Commit(); err != nil {
			return err
		}
		if kept != nil {
			return kept.err
		}
		return nil
	})
}

// Alone gives do the one connection that writes, outside of a transaction.
func (db *DB) Alone(ctx context.Context, what string, do func(context.Context, *sql.Conn) error) error {
	conn, release, err := db.writer(ctx)
	if err != nil {
		return fmt.Errorf("store: %s: %w", what, Classify(err))
	}
	defer release()
	if err := do(context.WithoutCancel(ctx), conn); err != nil {
		return fmt.Errorf("store: %s: %w", what, Classify(err))
	}
	return nil
}

// writer waits for the writing connection, as long as ctx and the format's
// patience allow. release gives it on.
func (db *DB) writer(ctx context.Context) (conn *sql.Conn, release func(), err error) {
	if err := ctx.Err(); err != nil {
		return nil, nil, err
	}
	if db.write == nil {
		return nil, nil, errors.New("it was opened for reading only")
	}
	wait, cancel := context.WithTimeoutCause(ctx, db.format.Patience, fmt.Errorf("%w (it waited %s)", ErrBusy, db.format.Patience))
	defer cancel()
	select {
	case db.writing <- struct{}{}:
	case <-wait.Done():
		return nil, nil, waited(ctx, wait)
	}
	conn, err = db.write.Conn(wait)
	if err != nil {
		<-db.writing
		if wait.Err() != nil {
			err = waited(ctx, wait)
		}
		return nil, nil, err
	}
	return conn, func() { _ = conn.Close(); <-db.writing }, nil
}

// waited says what ended a wait: the caller, or the patience.
func waited(caller, wait context.Context) error {
	if caller.Err() != nil {
		return caller.Err()
	}
	return context.Cause(wait)
}

// setMode changes how far a commit goes before it returns; only when it
// differs, and never inside a transaction, where SQLite ignores it.
func (db *DB) setMode(ctx context.Context, conn *sql.Conn, how Durability) error {
	if db.mode == how {
		return nil
	}
	if _, err := conn.ExecContext(ctx, "PRAGMA synchronous="+string(how)); err != nil {
		return err
	}
	db.mode = how
	return nil
}

// Keep marks an error that goes back to the caller although the transaction
// is committed: a replay, which deletes the grant and is refused.
func Keep(err error) error { return &keep{err} }

type keep struct{ err error }

func (k *keep) Error() string { return k.err.Error() }
func (k *keep) Unwrap() error { return k.err }

// Queryer is a transaction, or the connections for reading.
type Queryer interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// Each gives the rows of a query to take, one after the other.
func Each(ctx context.Context, q Queryer, take func(scan func(...any) error) error, query string, args ...any) error {
	rows, err := q.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		if err := take(rows.Scan); err != nil {
			return err
		}
	}
	return rows.Err()
}

// All makes a list of the rows of a query.
func All[T any](ctx context.Context, q Queryer, read func(scan func(...any) error) (T, error),
	query string, args ...any) (all []T, err error) {
	err = Each(ctx, q, func(scan func(...any) error) error {
		one, err := read(scan)
		all = append(all, one)
		return err
	}, query, args...)
	if err != nil {
		return nil, err
	}
	return all, nil
}

// One reads the row of a query that has a single column.
func One[T any](scan func(...any) error) (value T, err error) {
	err = scan(&value)
	return value, err
}
