package oauth

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	store "codabridge/server/store/state"
)

// Errors about access keys.
var (
	// ErrKeyName: a key needs a name that shows.
	ErrKeyName = errors.New("oauth: the key has no name")
	// ErrKeyTaken: there is a key of that name.
	ErrKeyTaken = errors.New("oauth: there is a key of this name")
	// ErrTooManyKeys: no more keys are kept.
	ErrTooManyKeys = errors.New("oauth: there are too many keys")
	// ErrNoKey: no key has that name or id.
	ErrNoKey = errors.New("oauth: there is no such key")
)

// Key is what an access key is made with.
type Key struct {
	Name      string
	Scopes    []string
	Documents []string  // ids of the only docs it may reach; none means all
	Ends      time.Time // zero when never
	Ask       bool      // each change waits for the owner
}

// IsKey reports whether a text has the form of an access key.
func IsKey(text string) bool { return wellFormed(text, prefixKey) }

// HasKey reports whether there is something in a text that begins as an access
// key does.
func HasKey(text string) bool { return strings.Contains(text, prefixKey) }

// AddKey makes an access key and returns it, once: only its hash is stored. A
// key is a connection without a client and good at every origin of ours, until
// it ends or is revoked.
func (s *Server) AddKey(ctx context.Context, k Key) (key string, c Connection, err error) {
	name := clip(strings.TrimSpace(k.Name), nameLength)
	if name == "" {
		return "", Connection{}, ErrKeyName
	}
	key, hash := newSecret(prefixKey)
	g := store.Grant{ID: newID(), ClientName: name, Scopes: k.Scopes, Documents: k.Documents, IsKey: true, Created: s.opt.Now(), Ends: k.Ends,
		Policy: Yes{Ask: k.Ask}.mode()}
	switch err := s.opt.Store.AddKey(ctx, g, hash); {
	case errors.Is(err, store.ErrTaken):
		return "", Connection{}, ErrKeyTaken
	case errors.Is(err, store.ErrTooManyKeys):
		return "", Connection{}, ErrTooManyKeys
	case err != nil:
		return "", Connection{}, fmt.Errorf("oauth: add key: %w", err)
	}
	if k.Ask {
		s.opt.OnAsk(g.ID)
	}
	s.opt.Log.Info("oauth: access key made", "name", name, "connection", g.ID, "scopes", g.Scopes, "documents", len(g.Documents))
	s.opt.OnChange()
	return key, connectionOf(g), nil
}

// RevokeKey ends the access key with this id or name.
// ErrNoKey when there is none.
func (s *Server) RevokeKey(ctx context.Context, which string) error {
	all, err := s.Connections(ctx)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(all, func(c Connection) bool { return c.IsKey && (c.ID == which || c.Client == which) })
	if i < 0 {
		i = slices.IndexFunc(all, func(c Connection) bool { return c.IsKey && strings.EqualFold(c.Client, strings.TrimSpace(which)) })
	}
	if i < 0 {
		return ErrNoKey
	}
	return s.Revoke(ctx, all[i].ID)
}
