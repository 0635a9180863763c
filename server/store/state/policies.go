package state

import (
	"context"
	"database/sql"
	"fmt"
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
	return s.change(ctx, "set policy", func(tx *sql.Tx) error {
		_, err := tx.Exec(`INSERT OR REPLACE INTO policies (caller, mode, until) VALUES (?, ?, ?)`, p.Caller, p.Mode, store.Stamp(p.Until))
		return err
	})
}

// Policies gives all policies.
func (s *Store) Policies(ctx context.Context) ([]Policy, error) {
	all, err := store.All(ctx, s.db.Read(), func(scan func(...any) error) (p Policy, err error) {
		var until int64
		err = scan(&p.Caller, &p.Mode, &until)
		p.Until = store.Moment(until)
		return p, err
	}, `SELECT caller, mode, until FROM policies`)
	if err != nil {
		return nil, fmt.Errorf("state: list policies: %w", store.Classify(err))
	}
	return all, nil
}
