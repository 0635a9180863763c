package oauth

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"

	"codabridge/server/caller"
	store "codabridge/server/store/state"
)

// Errors of AllowUnknown, each a sentence for the owner.
var (
	// ErrNotListed: the client is no longer on the list.
	ErrNotListed = errors.New("this is not on the list any more: start again from the app")
	// ErrDocument: the client's document could not be had or used. The cause
	// is wrapped.
	ErrDocument = errors.New("what the app says of itself could not be used")
)

// unregistered chooses the page for a client that cannot be found, and puts one
// that could be let in on the owner's list. Nothing else happens here: not a
// byte is sent anywhere.
func (s *Server) unregistered(r *http.Request, id, redirect string, err error) *refusal {
	var p page
	switch {
	case errors.Is(err, errUnknownClient):
		p = pageUnknownClient
	case errors.Is(err, errUnknownHost):
		p = pageUnknownHost
	case errors.Is(err, errBadDocument):
		return &refusal{page: pageBadDocument}
	case errors.Is(err, errNoDocument):
		s.opt.Log.Info("oauth: client document not fetched", "client", clip(id, 128), "err", err)
		return &refusal{page: pageNoDocument, status: http.StatusServiceUnavailable}
	case errors.Is(err, errDocumentBusy):
		return &refusal{page: pageBusy, status: http.StatusServiceUnavailable}
	default:
		s.opt.Log.Error("oauth: client not found", "client", clip(id, 128), "err", err)
		return &refusal{page: pageFault, status: http.StatusInternalServerError}
	}
	now := s.opt.Now()
	k, ok := newUnknown(id, redirect, now)
	if !ok || (k.Host != "" && s.opt.Fetch == nil) {
		return &refusal{page: p}
	}
	k.came(caller.AddressFrom(r.Context()))
	if s.unknown.add(k, now) && s.unknownNews.Allow("") {
		s.opt.OnChange()
	}
	if owner := s.opt.OwnerURL(); owner != "" {
		p.Note = "If you know it: codabridge's page on the computer that runs it can let it in."
		p.Link, p.LinkText = owner+"/#knock="+s.seal.sealUnknown(k), "Look at it on this computer"
	}
	return &refusal{page: p}
}

// UnknownClients lists the clients that are not known and ask to be: first those that
// the owner's own browser brought, then the oldest.
func (s *Server) UnknownClients() []UnknownClient {
	s.unknown.mu.Lock()
	defer s.unknown.mu.Unlock()
	s.unknown.sweep(s.opt.Now())
	var owned, others []UnknownClient
	for _, k := range s.unknown.list {
		if k.owned {
			owned = append(owned, k.UnknownClient)
		} else {
			others = append(others, k.UnknownClient)
		}
	}
	return append(owned, others...)
}

// BringUnknown puts the client on the list whose page led the owner here; a
// flood cannot push it out again. sealed is what the link on its page carries.
func (s *Server) BringUnknown(sealed string) (UnknownClient, error) {
	now := s.opt.Now()
	k, ok := s.seal.openUnknown(sealed, now)
	if !ok {
		return UnknownClient{}, ErrNotListed
	}
	k.owned = true
	if s.unknown.add(k, now) {
		s.opt.OnChange()
	}
	return k.UnknownClient, nil
}

// IgnoreUnknown takes a client off the list, and for a day keeps it off.
func (s *Server) IgnoreUnknown(key string) error {
	if !s.unknown.remove(key, true, s.opt.Now()) {
		return ErrNotListed
	}
	s.opt.OnChange()
	return nil
}

// AllowUnknown is the owner's yes to a client being known, which is not yet a
// yes to its reading anything: it has to ask, and be approved by its code,
// like any other. A document's host is remembered once its document was
// fetched and found good; a client of an earlier installation comes back under
// its client_id as a public client with the one redirect address it showed.
func (s *Server) AllowUnknown(ctx context.Context, key string) error {
	now := s.opt.Now()
	k, ok := s.unknown.find(key, now)
	if !ok {
		return ErrNotListed
	}
	var err error
	if k.Host != "" {
		err = s.allowHost(ctx, k)
	} else {
		room := store.Room{Limit: clientsWaiting, Age: clientWaits, Keep: s.pool.clients(now)}
		err = s.opt.Store.AddClient(ctx, store.Client{ID: k.Client, RedirectURIs: []string{k.redirect}, AuthMethod: "none", Created: now}, room)
	}
	if err != nil {
		return err
	}
	s.opt.Log.Info("oauth: client let in", "client", clip(k.Client, 128), "redirect_host", k.RedirectHost)
	s.unknown.remove(key, false, now)
	s.opt.OnChange()
	return nil
}

func (s *Server) allowHost(ctx context.Context, k unknown) error {
	if _, err := s.docs.forOwner(ctx, k.Client); err != nil {
		return fmt.Errorf("%w: %w", ErrDocument, err)
	}
	return s.addHost(ctx, k.Host)
}

// documented finds a client by its document, if its host may be asked.
func (s *Server) documented(ctx context.Context, id string) (client, error) {
	if err := documentURL(id); err != nil {
		return client{}, err
	}
	u, err := url.Parse(id)
	if err != nil || s.opt.Fetch == nil {
		return client{}, errUnknownHost
	}
	if !slices.Contains(vendors, u.Host) {
		hosts, err := s.Hosts(ctx)
		if err != nil {
			return client{}, err
		}
		if !slices.Contains(hosts, u.Host) {
			return client{}, errUnknownHost
		}
	}
	return s.docs.client(ctx, id)
}
