package state

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"time"

	"codabridge/server/store"
)

// Policy is what the owner decided a caller may change and see, whatever it
// signed in for.
type Policy struct {
	Caller string // id of a grant, or of a program over stdio
	Mode   string // read, ask or write; empty where that was not decided
	// Until is when writing without a question ends, after which Mode holds; zero
	// when Mode holds now.
	Until time.Time
	// Documents are the ids of the only docs it may see, none means all; they count
	// where the owner has Chosen them.
	Documents []string
	Chosen    bool
}

// SetPolicy stores what a caller may change in place of its last; what it may see
// stays.
func (s *Store) SetPolicy(ctx context.Context, p Policy) error {
	return s.change(ctx, "set policy", func(tx *sql.Tx) error { return setPolicy(tx, p) })
}

func setPolicy(tx *sql.Tx, p Policy) error {
	_, err := tx.Exec(`INSERT INTO policies (caller, mode, until) VALUES (?, ?, ?)
		ON CONFLICT (caller) DO UPDATE SET mode = excluded.mode, until = excluded.until`, p.Caller, p.Mode, store.Stamp(p.Until))
	return err
}

// SetDocuments stores the ids of the only docs that a caller may see, in place of
// its last; none means all. What it may change stays.
func (s *Store) SetDocuments(ctx context.Context, caller string, documents []string) error {
	return s.change(ctx, "set documents", func(tx *sql.Tx) error {
		_, err := tx.Exec(`INSERT INTO policies (caller, mode, until, documents) VALUES (?, '', 0, ?)
			ON CONFLICT (caller) DO UPDATE SET documents = excluded.documents`, caller, strings.Join(documents, " "))
		return err
	})
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
	return policies(ctx, db)
}

// policies reads them; of a database that is older, what it has.
func policies(ctx context.Context, db *store.DB) (map[string]Policy, error) {
	var columns, documents int
	err := db.Read().QueryRowContext(ctx, `SELECT count(*), coalesce(sum(name = 'documents'), 0) FROM pragma_table_info('policies')`).Scan(&columns, &documents)
	if err != nil || columns == 0 {
		return nil, store.Classify(err)
	}
	query := `SELECT caller, mode, until, documents FROM policies`
	if documents == 0 {
		query = `SELECT caller, mode, until, NULL FROM policies`
	}
	all, err := store.All(ctx, db.Read(), func(scan func(...any) error) (p Policy, err error) {
		var until int64
		var docs sql.NullString
		err = scan(&p.Caller, &p.Mode, &until, &docs)
		p.Until, p.Documents, p.Chosen = store.Moment(until), strings.Fields(docs.String), docs.Valid
		return p, err
	}, query)
	if err != nil {
		return nil, fmt.Errorf("state: list policies: %w", store.Classify(err))
	}
	known := map[string]Policy{}
	for _, p := range all {
		known[p.Caller] = p
	}
	return known, nil
}
