package state

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"codabridge/server/store"
)

// Policy is what the owner decided a caller may change, whatever it signed in
// for.
type Policy struct {
	Caller string // id of a grant, or of a program over stdio
	Mode   string // read, ask or write
	// Until is when writing without a question ends, after which Mode holds; zero
	// when Mode holds now.
	Until time.Time
}

// SetPolicy stores a policy in place of the caller's last.
func (s *Store) SetPolicy(ctx context.Context, p Policy) error {
	return s.change(ctx, "set policy", func(tx *sql.Tx) error { return setPolicy(tx, p) })
}

func setPolicy(tx *sql.Tx, p Policy) error {
	_, err := tx.Exec(`INSERT OR REPLACE INTO policies (caller, mode, until) VALUES (?, ?, ?)`, p.Caller, p.Mode, store.Stamp(p.Until))
	return err
}

// Policies gives all policies, by the id of the caller.
func (s *Store) Policies(ctx context.Context) (map[string]Policy, error) {
	return policies(ctx, s.db)
}

// ReadPolicies reads them from the database at path, which another process may
// be using. One that is missing, or older than policies are, has none.
func ReadPolicies(ctx context.Context, path string) (map[string]Policy, error) {
	db, err := store.OpenReadOnly(path, format())
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer db.Close()
	tables := 0
	err = db.Read().QueryRowContext(ctx, `SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = 'policies'`).Scan(&tables)
	if err != nil || tables == 0 {
		return nil, store.Classify(err)
	}
	return policies(ctx, db)
}

func policies(ctx context.Context, db *store.DB) (map[string]Policy, error) {
	all, err := store.All(ctx, db.Read(), func(scan func(...any) error) (p Policy, err error) {
		var until int64
		err = scan(&p.Caller, &p.Mode, &until)
		p.Until = store.Moment(until)
		return p, err
	}, `SELECT caller, mode, until FROM policies`)
	if err != nil {
		return nil, fmt.Errorf("state: list policies: %w", store.Classify(err))
	}
	known := map[string]Policy{}
	for _, p := range all {
		known[p.Caller] = p
	}
	return known, nil
}
