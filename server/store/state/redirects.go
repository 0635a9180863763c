package state

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"codabridge/server/store"
)

// Redirect is an address on no list that the owner said yes to, for one client.
type Redirect struct {
	ClientID string
	URI      string
	Created  time.Time
}

// AddGrantTo is AddGrant for a client whose redirect address is on no list; the
// owner's yes to the address is kept with the grant, or neither is.
func (s *Store) AddGrantTo(ctx context.Context, g Grant) error {
	return s.change(ctx, "add grant", func(tx *sql.Tx) error {
		s.tidy(tx, g.Created)
		if err := allowRedirect(tx, Redirect{g.ClientID, g.RedirectURI, g.Created}); err != nil {
			return err
		}
		return grant(tx, g)
	})
}

func allowRedirect(tx *sql.Tx, r Redirect) error {
	_, err := tx.Exec(`INSERT INTO redirects (client_id, uri, created) VALUES (?, ?, ?) ON CONFLICT DO NOTHING`, r.ClientID, r.URI, store.Stamp(r.Created))
	return err
}

// RedirectAllowed says whether the owner allowed this address for this client.
func (s *Store) RedirectAllowed(ctx context.Context, client, uri string) (bool, error) {
	var n int
	err := s.db.Read().QueryRowContext(ctx, `SELECT count(*) FROM redirects WHERE client_id = ? AND uri = ?`, client, uri).Scan(&n)
	if err != nil {
		return false, fmt.Errorf("state: find redirect: %w", store.Classify(err))
	}
	return n > 0, nil
}

// Redirects lists the addresses that the owner allowed, newest first.
func (s *Store) Redirects(ctx context.Context) ([]Redirect, error) {
	all, err := store.All(ctx, s.db.Read(), func(scan func(...any) error) (r Redirect, err error) {
		var created int64
		err = scan(&r.ClientID, &r.URI, &created)
		r.Created = store.Moment(created)
		return r, err
	}, `SELECT client_id, uri, created FROM redirects ORDER BY created DESC, client_id, uri`)
	if err != nil {
		return nil, fmt.Errorf("state: list redirects: %w", store.Classify(err))
	}
	return all, nil
}

// ForgetRedirect takes a yes to an address back, with the grants whose codes
// went there. ErrNotFound when it is not on the list.
func (s *Store) ForgetRedirect(ctx context.Context, client, uri string) error {
	return s.change(ctx, "forget redirect", func(tx *sql.Tx) error {
		result, err := tx.Exec(`DELETE FROM redirects WHERE client_id = ? AND uri = ?`, client, uri)
		if err != nil {
			return err
		}
		if n, err := result.RowsAffected(); err != nil || n == 0 {
			return orNone(err)
		}
		_, err = tx.Exec(`DELETE FROM grants WHERE client_id = ? AND redirect_uri = ?`, client, uri)
		return err
	})
}

func orNone(err error) error {
	if err == nil {
		return ErrNotFound
	}
	return err
}
