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
	h := newHarness(t, func(o *Options) {
		o.Fetch = func(context.Context, string) ([]byte, error) {
			return []byte(`{"client_id":"` + foreign + `","client_name":"Example","redirect_uris":["http://localhost/cb"]}`), nil
		}
	})
	ask := []string{"client_id", foreign, "redirect_uri", "http://localhost:7/cb"}
	h.askUnknown("192.0.2.1", ask...)
	if err := h.s.AllowUnknown(t.Context(), h.s.UnknownClients()[0].Key); err != nil {
		t.Fatal(err)
	}
	code := h.consent(h.asking(ask...), false).Get("code")
	theirs := h.pair(h.form(PathToken, h.exchangeForm(code, "client_id", foreign, "redirect_uri", "http://localhost:7/cb")))
	others := h.connect(false)
	if !h.works(theirs.Access) {
		t.Fatal("its client was not let in")
	}
	if hosts, err := h.s.Hosts(t.Context()); err != nil || len(hosts) != 1 || hosts[0] != "client.example" {
		t.Fatalf("%v %v", hosts, err)
	}
	if err := h.s.ForgetHost(t.Context(), "client.example"); err != nil {
		t.Fatal(err)
	}
	if h.works(theirs.Access) || !h.works(others.Access) {
		t.Errorf("its client has access: %v, another one: %v", h.works(theirs.Access), h.works(others.Access))
	}
	h.askUnknown("192.0.2.1", ask...)
	if list := h.s.UnknownClients(); len(list) != 1 {
		t.Errorf("it is still known: %+v", list)
	}
	if err := h.s.ForgetHost(t.Context(), "client.example"); !errors.Is(err, ErrNoHost) {
		t.Errorf("forgotten twice: %v", err)
	}
}

func TestHostWhoseDocumentIsBadIsNotRemembered(t *testing.T) {
	t.Parallel()
	body := `<html>`
	h := newHarness(t, func(o *Options) {
		o.Fetch = func(context.Context, string) ([]byte, error) { return []byte(body), nil }
	})
	h.askUnknown("192.0.2.1", "client_id", foreign)
	if err := h.s.AllowUnknown(t.Context(), "client.example"); !errors.Is(err, ErrDocument) {
		t.Errorf("a page that is no document: %v", err)
	}
	if hosts, _ := h.s.Hosts(t.Context()); len(hosts) != 0 || len(h.s.UnknownClients()) != 1 {
		t.Errorf("remembered %v; it must still stand on the list", hosts)
	}
}
