package oauth

import (
	"context"
	"errors"
	"testing"
)

// TestAForgottenHostIsUnknownAgain: its clients lose what they had, those of
// others do not.
func TestAForgottenHostIsUnknownAgain(t *testing.T) {
	t.Parallel()
	b := newBed(t, func(o *Options) {
		o.Fetch = func(context.Context, string) ([]byte, error) {
			return []byte(`{"client_id":"` + foreign + `","client_name":"Example","redirect_uris":["http://localhost/cb"]}`), nil
		}
	})
	ask := []string{"client_id", foreign, "redirect_uri", "http://localhost:7/cb"}
	b.knockOn("192.0.2.1", ask...)
	if err := b.s.AllowKnock(t.Context(), b.s.Knocks()[0].Key); err != nil {
		t.Fatal(err)
	}
	code := b.consent(b.asking(ask...), false).Get("code")
	theirs := b.pair(b.form(PathToken, b.exchangeForm(code, "client_id", foreign, "redirect_uri", "http://localhost:7/cb")))
	others := b.connect(false)
	if !b.works(theirs.Access) {
		t.Fatal("its client was not let in")
	}
	if hosts, err := b.s.Hosts(t.Context()); err != nil || len(hosts) != 1 || hosts[0] != "client.example" {
		t.Fatalf("%v %v", hosts, err)
	}
	if err := b.s.ForgetHost(t.Context(), "client.example"); err != nil {
		t.Fatal(err)
	}
	if b.works(theirs.Access) || !b.works(others.Access) {
		t.Errorf("its client has access: %v, another one: %v", b.works(theirs.Access), b.works(others.Access))
	}
	b.knockOn("192.0.2.1", ask...)
	if list := b.s.Knocks(); len(list) != 1 {
		t.Errorf("it is still known: %+v", list)
	}
	if err := b.s.ForgetHost(t.Context(), "client.example"); !errors.Is(err, ErrNoHost) {
		t.Errorf("forgotten twice: %v", err)
	}
}

func TestHostWhoseDocumentIsBadIsNotRemembered(t *testing.T) {
	t.Parallel()
	body := `<html>`
	b := newBed(t, func(o *Options) {
		o.Fetch = func(context.Context, string) ([]byte, error) { return []byte(body), nil }
	})
	b.knockOn("192.0.2.1", "client_id", foreign)
	if err := b.s.AllowKnock(t.Context(), "client.example"); !errors.Is(err, ErrDocument) {
		t.Errorf("a page that is no document: %v", err)
	}
	if hosts, _ := b.s.Hosts(t.Context()); len(hosts) != 0 || len(b.s.Knocks()) != 1 {
		t.Errorf("remembered %v; it must still stand on the list", hosts)
	}
}
