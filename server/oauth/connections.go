package oauth

import (
	"context"
	"errors"
	"fmt"
	"time"

	store "codabridge/server/store/state"
)

// Grant is what a bearer token stands for.
type Grant struct {
	ID         string // of the connection
	ClientID   string
	ClientName string
	SelfNamed  bool
	Scopes     []string  // without coda.write while the read-only switch is on
	Documents  []string  // ids of the only docs it may reach; none means all
	Resource   string    // RFC 8707; empty when the client named none
	Expires    time.Time // zero when never
}

// ErrInvalidToken: the token is unknown, has expired, was revoked, or was
// made for another issuer.
var ErrInvalidToken = errors.New("oauth: invalid token")

const touchEvery = time.Minute

// Authenticate returns the grant behind a bearer token at an issuer, or behind
// an access key, which is good at each of them. The error is ErrInvalidToken,
// or a fault of the database.
func (s *Server) Authenticate(ctx context.Context, issuer, bearer string) (Grant, error) {
	kind := store.Access
	switch {
	case IsKey(bearer):
		kind = store.Key
	case !wellFormed(bearer, prefixAccess):
		return Grant{}, ErrInvalidToken
	}
	now := s.opt.Now()
	t, err := s.opt.Store.Token(ctx, digest(bearer), kind)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return Grant{}, ErrInvalidToken
	case err != nil:
		return Grant{}, fmt.Errorf("oauth: check token: %w", err)
	case kind == store.Access && t.Grant.Issuer != issuer, !t.Expires.IsZero() && !now.Before(t.Expires):
		return Grant{}, ErrInvalidToken
	}
	s.touch(ctx, t.Grant.ID, now)
	return Grant{ID: t.Grant.ID, ClientID: t.Grant.ClientID, ClientName: clip(t.Grant.ClientName, nameLength), SelfNamed: selfNamed(t.Grant),
		Scopes: narrowed(t.Scopes, !s.opt.ReadOnly()), Documents: t.Grant.Documents, Resource: t.Grant.Resource, Expires: t.Expires}, nil
}

// touch notes the use of a grant, at most once a minute.
func (s *Server) touch(ctx context.Context, id string, now time.Time) {
	s.usedMu.Lock()
	gone := now.Sub(s.used[id])
	due := gone >= touchEvery || gone <= -touchEvery
	if due {
		s.used[id] = now
	}
	s.usedMu.Unlock()
	if !due {
		return
	}
	if err := s.opt.Store.TouchGrant(ctx, id, now); err != nil {
		s.opt.Log.Warn("oauth: last use not noted", "connection", id, "err", err)
	}
}

// Connections lists what the owner said yes to, newest first. Those made at
// an earlier public URL are in it; their Issuer says so.
func (s *Server) Connections(ctx context.Context) ([]Connection, error) {
	grants, err := s.opt.Store.Grants(ctx)
	if err != nil {
		return nil, fmt.Errorf("oauth: list connections: %w", err)
	}
	list := make([]Connection, 0, len(grants))
	for _, g := range grants {
		list = append(list, connectionOf(g))
	}
	return list, nil
}

func connectionOf(g store.Grant) Connection {
	c := Connection{ID: g.ID, Client: clip(g.ClientName, nameLength), SelfNamed: selfNamed(g), IsKey: g.IsKey, Documents: g.Documents,
		Scopes: g.Scopes, Issuer: g.Issuer, Created: g.Created, LastUsed: g.LastUsed, Ends: g.Ends}
	if !g.IsKey {
		c.RedirectHost = placeAt(g.RedirectURI, g.Issuer)
	}
	return c
}

// selfNamed is so too for connections that were made when pinned names still
// counted as checked on any computer. One without a client was made here.
func selfNamed(g store.Grant) bool {
	return g.SelfNamed || g.ClientID != "" && isLoopback(g.RedirectURI)
}

// Revoke ends a connection: its tokens are refused from now on.
// ErrNoConnection when there is none with that id.
func (s *Server) Revoke(ctx context.Context, id string) error {
	err := s.opt.Store.RevokeGrant(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		return ErrNoConnection
	}
	if err != nil {
		return fmt.Errorf("oauth: revoke: %w", err)
	}
	s.forget(id)
	s.opt.Log.Info("oauth: connection revoked", "connection", id)
	s.opt.OnChange()
	return nil
}

func (s *Server) forget(id string) {
	s.usedMu.Lock()
	delete(s.used, id)
	s.usedMu.Unlock()
}

// MintToken makes a connection without a client and returns its access
// token, once. It lives as long as other access tokens and cannot be
// refreshed.
func (s *Server) MintToken(ctx context.Context, issuer, name string, scopes []string) (token, id string, err error) {
	now := s.opt.Now()
	token, hash := newSecret(prefixAccess)
	g := store.Grant{ID: newID(), ClientName: name, RedirectURI: "http://127.0.0.1/", Issuer: issuer, Scopes: scopes, Created: now}
	t := store.Token{Hash: hash, Kind: store.Access, Scopes: scopes, Created: now, Expires: now.Add(s.opt.AccessTTL), Grant: g}
	if err := s.opt.Store.AddGrant(ctx, g, t); err != nil {
		return "", "", fmt.Errorf("oauth: mint token: %w", err)
	}
	s.opt.Log.Info("oauth: token minted", "name", name, "connection", g.ID)
	s.opt.OnChange()
	return token, g.ID, nil
}
