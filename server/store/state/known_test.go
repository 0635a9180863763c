package state

import (
	"errors"
	"fmt"
	"sync"
	"testing"
)

// TestARevokedConnectionIsForgotten before the revocation returns, however
// many ask for its token meanwhile.
func TestARevokedConnectionIsForgotten(t *testing.T) {
	t.Parallel()
	s := fresh(t)
	ctx := t.Context()
	for i := range 40 {
		g := Grant{ID: fmt.Sprint("g", i), ClientID: "c", Scopes: []string{"coda.read"}, Created: noon}
		token := Token{Hash: fmt.Appendf(nil, "hash of token %d", i), Kind: Access, Scopes: g.Scopes, Created: noon, Grant: Grant{ID: g.ID}}
		if err := s.AddGrant(ctx, g, token); err != nil {
			t.Fatal(err)
		}
		var asking sync.WaitGroup
		revoked := make(chan struct{})
		for range 4 {
			asking.Go(func() {
				for done := false; !done; {
					select {
					case <-revoked:
						done = true
					default:
					}
					got, err := s.Token(ctx, token.Hash, Access)
					if done && !errors.Is(err, ErrNotFound) || err == nil && got.Grant.ID != g.ID {
						t.Errorf("after the end of %s: %+v %v", g.ID, got, err)
					}
					if err == nil {
						got.Scopes[0] = "spoiled" // by whoever asked; the next one has its own
					}
				}
			})
		}
		if got, err := s.Token(ctx, token.Hash, Access); err != nil || got.Scopes[0] != "coda.read" {
			t.Errorf("%v %v", got.Scopes, err)
		}
		if _, err := s.Token(ctx, token.Hash, Refresh); !errors.Is(err, ErrNotFound) {
			t.Errorf("taken for another kind: %v", err)
		}
		if err := s.RevokeGrant(ctx, g.ID); err != nil {
			t.Fatal(err)
		}
		close(revoked)
		asking.Wait()
	}
	token := Token{Hash: []byte("the last"), Kind: Access, Scopes: []string{"coda.read"}, Created: noon, Grant: Grant{ID: "last"}}
	if err := s.AddGrant(ctx, Grant{ID: "last", ClientID: "c", Created: noon}, token); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Token(ctx, token.Hash, Access); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Token(ctx, token.Hash, Access); err == nil {
		t.Error("a closed store answers")
	}
}
