package oauth

import (
	"context"
	"errors"
	"fmt"

	store "codabridge/server/store/state"
)

// ApproveRehearsal is the owner's yes, to read only, to a request that the
// owner's own doctor made. The request behind the code must be of that client,
// carry the PKCE challenge that the doctor made and lead back to this computer;
// any other is ErrNoRequest, so that nothing else can be approved by this way.
func (s *Server) ApproveRehearsal(ctx context.Context, code, clientID, challenge string) error {
	r, err := s.byCode(code)
	if err != nil {
		return err
	}
	if r.client.id != clientID || challenge == "" || r.challenge != challenge || !isLoopback(r.redirect) {
		return ErrNoRequest
	}
	return s.Approve(ctx, code, false)
}

// EndRehearsal removes a registered client that calls itself name, with what
// it was given and what it waits for. A client of another name stays.
func (s *Server) EndRehearsal(ctx context.Context, clientID, name string) error {
	c, err := s.opt.Store.Client(ctx, clientID)
	switch {
	case errors.Is(err, store.ErrNotFound):
		return nil
	case err != nil:
		return fmt.Errorf("oauth: end rehearsal: %w", err)
	case c.Name != name:
		return ErrNoConnection
	}
	for _, r := range s.pool.waiting(s.opt.Now()) {
		if r.client.id == clientID {
			_ = s.Deny(ctx, r.code) // it may be over by now
		}
	}
	if err := s.opt.Store.RemoveClient(ctx, clientID); err != nil {
		return fmt.Errorf("oauth: end rehearsal: %w", err)
	}
	s.opt.OnChange()
	return nil
}
