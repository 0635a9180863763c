package oauth

import (
	"context"
	"errors"
	"fmt"
	"time"

	store "codabridge/server/store/state"
)

// Errors about clients that the owner makes by hand.
var (
	// ErrClientName: a client needs a name that shows.
	ErrClientName = errors.New("oauth: the client has no name")
	// ErrRedirect: an address cannot be that of a client.
	ErrRedirect = errors.New("oauth: this cannot be a redirect address")
	// ErrTooManyClients: no more clients are kept.
	ErrTooManyClients = errors.New("oauth: there are too many clients made by hand")
	// ErrNoClient: no client made by hand has this id.
	ErrNoClient = errors.New("oauth: there is no such client")
)

// OwnClient is a client that the owner made by hand, for an app that can
// neither register itself nor describe itself at an address.
type OwnClient struct {
	ID        string    `json:"id"`
	Name      string    `json:"name"`
	Redirects []string  `json:"redirects"`
	Public    bool      `json:"public"` // it has no secret
	Created   time.Time `json:"created"`
}

// AddOwnClient makes a client with exactly these redirect addresses: to make it
// is the yes to them. The secret is given once and stored hashed; a public
// client has none. Its sign-ins need the owner's approval like all others.
func (s *Server) AddOwnClient(ctx context.Context, name string, redirects []string, public bool) (c OwnClient, secret string, err error) {
	c = OwnClient{ID: newID(), Name: clip(name, nameLength), Redirects: redirects, Public: public, Created: s.opt.Now()}
	if c.Name == "" {
		return c, "", ErrClientName
	}
	if len(redirects) == 0 || len(redirects) > maxRedirects {
		return c, "", fmt.Errorf("%w: between 1 and %d are needed", ErrRedirect, maxRedirects)
	}
	for _, uri := range redirects {
		if !registrable(uri) {
			return c, "", fmt.Errorf("%w: %s", ErrRedirect, clip(uri, 200))
		}
	}
	kept := store.Client{ID: c.ID, Name: c.Name, RedirectURIs: redirects, AuthMethod: "none", Created: c.Created}
	if !public {
		kept.AuthMethod = "client_secret_basic"
		secret, kept.Secret = newSecret(prefixSecret)
	}
	err = s.opt.Store.AddOwnClient(ctx, kept)
	if errors.Is(err, store.ErrTaken) {
		err = ErrTooManyClients
	}
	if err != nil {
		return c, "", err
	}
	s.opt.Log.Info("oauth: client made by hand", "client", c.ID, "name", c.Name, "redirect_host", redirectHost(redirects[0]))
	s.opt.OnChange()
	return c, secret, nil
}

// OwnClients lists the clients made by hand, newest first.
func (s *Server) OwnClients(ctx context.Context) ([]OwnClient, error) {
	all, err := s.opt.Store.OwnClients(ctx)
	if err != nil {
		return nil, err
	}
	list := []OwnClient{}
	for _, c := range all {
		list = append(list, OwnClient{ID: c.ID, Name: c.Name, Redirects: c.RedirectURIs, Public: c.Secret == nil, Created: c.Created})
	}
	return list, nil
}

// RemoveOwnClient removes a client made by hand and ends its connections.
// ErrNoClient when there is none with this id.
func (s *Server) RemoveOwnClient(ctx context.Context, id string) error {
	c, err := s.opt.Store.Client(ctx, id)
	if errors.Is(err, store.ErrNotFound) || err == nil && !c.ByOwner {
		return ErrNoClient
	}
	if err != nil {
		return err
	}
	if err := s.opt.Store.RemoveClient(ctx, id); err != nil {
		return err
	}
	s.opt.Log.Info("oauth: client made by hand removed", "client", id)
	s.opt.OnChange()
	return nil
}
