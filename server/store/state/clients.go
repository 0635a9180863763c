package state

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"codabridge/server/store"
)

// Client is an app that registered itself (RFC 7591).
type Client struct {
	ID           string
	Name         string   // as it calls itself
	RedirectURIs []string // as registered
	AuthMethod   string   // token_endpoint_auth_method
	Secret       []byte   // SHA-256 of the client secret; nil for a public client
	Created      time.Time
	Granted      bool // it held a grant once, and is kept for ever
	ByOwner      bool // the owner made it by hand
}

// Room says how many clients without a grant may be kept, and for how long.
type Room struct {
	Limit int           // at most this many, the oldest leave first
	Age   time.Duration // none older than this
	Keep  []string      // ids that do not leave now: a browser waits for them
}

// AddClient stores a new client after making room among those that never
// held a grant.
func (s *Store) AddClient(ctx context.Context, c Client, room Room) error {
	uris, err := json.Marshal(c.RedirectURIs)
	if err != nil {
		return fmt.Errorf("state: add client: %w", err)
	}
	keep, err := json.Marshal(append([]string{}, room.Keep...))
	if err != nil {
		return fmt.Errorf("state: add client: %w", err)
	}
	return s.change(ctx, "add client", func(tx *sql.Tx) error {
		s.tidy(tx, c.Created)
		if _, err := tx.Exec(`DELETE FROM clients WHERE granted = 0 AND created <= ?`, store.Stamp(c.Created.Add(-room.Age))); err != nil {
			return err
		}
		if _, err := tx.Exec(`DELETE FROM clients WHERE id IN (
			SELECT id FROM clients WHERE granted = 0 AND id NOT IN (SELECT value FROM json_each(?1))
			ORDER BY created, id
			LIMIT max(0, (SELECT count(*) FROM clients WHERE granted = 0 AND id NOT IN (SELECT value FROM json_each(?1))) - ?2))`,
			string(keep), room.Limit-1); err != nil {
			return err
		}
		_, err := tx.Exec(`INSERT INTO clients (id, name, redirect_uris, auth_method, secret, created) VALUES (?, ?, ?, ?, ?, ?)`,
			c.ID, c.Name, string(uris), c.AuthMethod, c.Secret, store.Stamp(c.Created))
		return err
	})
}

// Client returns the client with that id, or ErrNotFound.
func (s *Store) Client(ctx context.Context, id string) (Client, error) {
	c := Client{ID: id}
	var uris string
	var created int64
	err := s.db.Read().QueryRowContext(ctx, `SELECT name, redirect_uris, auth_method, secret, created, granted, by_owner FROM clients WHERE id = ?`, id).
		Scan(&c.Name, &uris, &c.AuthMethod, &c.Secret, &created, &c.Granted, &c.ByOwner)
	if errors.Is(err, sql.ErrNoRows) {
		return Client{}, fmt.Errorf("state: find client: %w", ErrNotFound)
	}
	if err != nil {
		return Client{}, fmt.Errorf("state: find client: %w", store.Classify(err))
	}
	if err := json.Unmarshal([]byte(uris), &c.RedirectURIs); err != nil {
		return Client{}, fmt.Errorf("state: read client: %w", err)
	}
	c.Created = store.Moment(created)
	return c, nil
}

// CountClients says how many clients are stored, and how many of them once
// held a grant.
func (s *Store) CountClients(ctx context.Context) (all, granted int, err error) {
	err = s.db.Read().QueryRowContext(ctx, `SELECT count(*), coalesce(sum(granted), 0) FROM clients`).Scan(&all, &granted)
	if err != nil {
		return 0, 0, fmt.Errorf("state: count clients: %w", store.Classify(err))
	}
	return all, granted, nil
}

// MaxOwnClients is how many clients the owner may make by hand.
const MaxOwnClients = 100

// AddOwnClient stores a client that the owner made by hand, with their yes to
// its addresses. ErrTaken when there are MaxOwnClients.
func (s *Store) AddOwnClient(ctx context.Context, c Client) error {
	uris, err := json.Marshal(c.RedirectURIs)
	if err != nil {
		return fmt.Errorf("state: add own client: %w", err)
	}
	return s.change(ctx, "add own client", func(tx *sql.Tx) error {
		result, err := tx.Exec(`INSERT INTO clients (id, name, redirect_uris, auth_method, secret, created, granted, by_owner)
			SELECT ?, ?, ?, ?, ?, ?, 1, 1 WHERE (SELECT count(*) FROM clients WHERE by_owner) < ?`,
			c.ID, c.Name, string(uris), c.AuthMethod, c.Secret, store.Stamp(c.Created), MaxOwnClients)
		if err != nil {
			return err
		}
		if n, err := result.RowsAffected(); err != nil || n == 0 {
			return errors.Join(err, ErrTaken)
		}
		for _, uri := range c.RedirectURIs {
			if err := allowRedirect(tx, Redirect{c.ID, uri, c.Created}); err != nil {
				return err
			}
		}
		return nil
	})
}

// OwnClients lists the clients that the owner made by hand, newest first.
func (s *Store) OwnClients(ctx context.Context) ([]Client, error) {
	ids, err := store.All(ctx, s.db.Read(), readText,
		`SELECT id FROM clients WHERE by_owner ORDER BY created DESC, id`)
	if err != nil {
		return nil, fmt.Errorf("state: list own clients: %w", store.Classify(err))
	}
	var all []Client
	for _, id := range ids {
		c, err := s.Client(ctx, id)
		if errors.Is(err, ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		all = append(all, c)
	}
	return all, nil
}

func readText(scan func(...any) error) (text string, err error) {
	err = scan(&text)
	return text, err
}

// RemoveClient removes a client with its grants, tokens and codes, and the
// owner's yes to its addresses; it is no error when there is none.
func (s *Store) RemoveClient(ctx context.Context, id string) error {
	return s.change(ctx, "remove client", func(tx *sql.Tx) error {
		if _, err := tx.Exec(`DELETE FROM grants WHERE client_id = ?`, id); err != nil {
			return err
		}
		if _, err := tx.Exec(`DELETE FROM redirects WHERE client_id = ?`, id); err != nil {
			return err
		}
		_, err := tx.Exec(`DELETE FROM clients WHERE id = ?`, id)
		return err
	})
}
