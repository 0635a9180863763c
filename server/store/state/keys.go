package state

import (
	"context"
	"database/sql"
	"errors"
)

// ErrTaken: there is an access key of that name already.
var ErrTaken = errors.New("this name is taken")

// MaxKeys is how many access keys may be kept.
const MaxKeys = 200

// ErrTooManyKeys: MaxKeys are kept already.
var ErrTooManyKeys = errors.New("there are too many access keys")

// AddKey stores an access key: a grant without a client, and the hash that
// leads to it. ErrTaken when there is a key of its name, in any case.
func (s *Store) AddKey(ctx context.Context, g Grant, hash []byte) error {
	return s.change(ctx, "add key", func(tx *sql.Tx) error {
		var all, same int
		err := tx.QueryRow(`SELECT count(*), coalesce(sum(lower(client_name) = lower(?)), 0) FROM grants WHERE is_key`, g.ClientName).Scan(&all, &same)
		switch {
		case err != nil:
			return err
		case same > 0:
			return ErrTaken
		case all >= MaxKeys:
			return ErrTooManyKeys
		}
		g.IsKey = true
		return insertGrant(tx, g, Token{Hash: hash, Kind: Key, Scopes: g.Scopes, Created: g.Created, Expires: g.Ends, Grant: g})
	})
}
