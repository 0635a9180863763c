package state

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"codabridge/server/store"
)

// Grant is one yes of the owner: a client may act, within scopes, at one
// issuer.
type Grant struct {
	ID          string
	ClientID    string
	ClientName  string
	SelfNamed   bool   // the name is the client's own word
	RedirectURI string // where its codes go
	Issuer      string // the origin it was given at
	Resource    string // RFC 8707; empty when the client named none
	Scopes      []string
	Documents   []string // ids of the only docs it may reach; none means all
	IsKey       bool     // the owner made an access key, and there is no client
	Created     time.Time
	LastUsed    time.Time // zero when never
	Ends        time.Time // of an access key; zero when never
	// Policy is the Mode of the policy that is stored with a new grant; empty for
	// none. It is not read back: see Policies.
	Policy string
}

const grantColumns = `g.id, g.client_id, g.client_name, g.self_named, g.redirect_uri, g.issuer, g.resource, g.scopes,
	g.documents, g.is_key, g.created, g.last_used, g.ends`

// grantFields gives Scan its targets for grantColumns; done must be called
// after a successful Scan.
func grantFields(g *Grant) (targets []any, done func()) {
	var scopes, documents string
	var created, used, ends int64
	targets = []any{&g.ID, &g.ClientID, &g.ClientName, &g.SelfNamed, &g.RedirectURI, &g.Issuer, &g.Resource, &scopes,
		&documents, &g.IsKey, &created, &used, &ends}
	return targets, func() {
		g.Scopes, g.Documents = strings.Fields(scopes), strings.Fields(documents)
		g.Created, g.LastUsed, g.Ends = store.Moment(created), store.Moment(used), store.Moment(ends)
	}
}

// AddGrant stores a grant, marks its client as one to keep, and in the same
// transaction stores the tokens that come with it, if any.
func (s *Store) AddGrant(ctx context.Context, g Grant, tokens ...Token) error {
	return s.change(ctx, "add grant", func(tx *sql.Tx) error {
		s.tidy(tx, g.Created)
		return grant(tx, g, tokens...)
	})
}

func grant(tx *sql.Tx, g Grant, tokens ...Token) error {
	if err := insertGrant(tx, g, tokens...); err != nil {
		return err
	}
	_, err := tx.Exec(`UPDATE clients SET granted = 1 WHERE id = ?`, g.ClientID)
	return err
}

func insertGrant(tx *sql.Tx, g Grant, tokens ...Token) error {
	_, err := tx.Exec(`INSERT INTO grants (id, client_id, client_name, self_named, redirect_uri, issuer, resource, scopes, documents, is_key, created, last_used, ends)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`, g.ID, g.ClientID, g.ClientName, g.SelfNamed, g.RedirectURI, g.Issuer, g.Resource,
		strings.Join(g.Scopes, " "), strings.Join(g.Documents, " "), g.IsKey, store.Stamp(g.Created), store.Stamp(g.LastUsed), store.Stamp(g.Ends))
	if err != nil {
		return err
	}
	if g.Policy != "" {
		if err := setPolicy(tx, Policy{Caller: g.ID, Mode: g.Policy}); err != nil {
			return err
		}
	}
	for _, t := range tokens {
		if err := insertToken(tx, t); err != nil {
			return err
		}
	}
	return nil
}

// Grants lists all grants, newest first.
func (s *Store) Grants(ctx context.Context) ([]Grant, error) {
	all, err := store.All(ctx, s.db.Read(), readGrant, `SELECT `+grantColumns+` FROM grants g ORDER BY g.created DESC, g.id`)
	if err != nil {
		return nil, fmt.Errorf("state: list grants: %w", store.Classify(err))
	}
	return all, nil
}

// HasGrant tells whether there is a grant of this id that has not ended.
func (s *Store) HasGrant(ctx context.Context, id string, now time.Time) (bool, error) {
	all, err := store.All(ctx, s.db.Read(), store.One[int], `SELECT 1 FROM grants WHERE id = ? AND (ends = 0 OR ends > ?)`, id, store.Stamp(now))
	if err != nil {
		return false, fmt.Errorf("state: look for grant: %w", store.Classify(err))
	}
	return len(all) > 0, nil
}

func readGrant(scan func(...any) error) (g Grant, err error) {
	targets, done := grantFields(&g)
	err = scan(targets...)
	done()
	return g, err
}

// RevokeGrant removes a grant with its tokens and codes. ErrNotFound when
// there is none with that id.
func (s *Store) RevokeGrant(ctx context.Context, id string) error {
	return s.change(ctx, "revoke grant", func(tx *sql.Tx) error { return deleteGrant(tx, id) })
}

// TouchGrant notes when a grant was last used. It is not worth a wait for
// the disk: after a power cut the time may be a minute old.
func (s *Store) TouchGrant(ctx context.Context, id string, at time.Time) error {
	return s.note(ctx, "touch grant", func(tx *sql.Tx) error {
		_, err := tx.Exec(`UPDATE grants SET last_used = max(last_used, ?) WHERE id = ?`, store.Stamp(at), id)
		return err
	})
}

func deleteGrant(tx *sql.Tx, id string) error {
	if _, err := tx.Exec(`DELETE FROM policies WHERE caller = ?`, id); err != nil {
		return err
	}
	result, err := tx.Exec(`DELETE FROM grants WHERE id = ?`, id)
	if err != nil {
		return err
	}
	if n, err := result.RowsAffected(); err != nil || n == 0 {
		return errors.Join(err, ErrNotFound)
	}
	return nil
}
