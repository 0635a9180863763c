package oauth

import (
	"context"
	"errors"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"

	"golang.org/x/net/idna"

	"codabridge/server/caller"
	store "codabridge/server/store/state"
)

// ErrUnlisted: the request's address is on no list, and the owner has not said
// yes to its host.
var ErrUnlisted = errors.New("oauth: the redirect address is on no list")

// unlistedForm is an https address of any host, in lower case and ASCII, so
// that what is shown is what is meant. Path and query are those of loopback.
var unlistedForm = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`\Ahttps://((?:[a-z0-9](?:[a-z0-9_-]*[a-z0-9])?\.)*[a-z0-9](?:[a-z0-9-]*[a-z0-9])?|\[[0-9a-f:]+\])(:[1-9][0-9]{0,4})?` +
		`((?:/` + pchar + `*)*)(\?(?:` + pchar + `|[/?])*)?\z`)
})

// listedHosts are the hosts of the lists: theirs are only the addresses there.
var listedHosts = []string{"chatgpt.com", "chat.openai.com", "claude.ai", "claude.com", "cursor.com", "www.cursor.com", "vscode.dev", "insiders.vscode.dev"}

// unlisted reports whether an address is on no list and may be used all the
// same, once the owner has said yes to its host.
func unlisted(uri string) bool {
	m := unlistedForm().FindStringSubmatch(uri)
	if m == nil || len(uri) > longestRedirect || len(m[1]) > 253 || slices.Contains(listedHosts, m[1]) {
		return false
	}
	last := m[1][strings.LastIndex(m[1], ".")+1:]
	if m[1][0] == '[' || strings.Trim(last, "0123456789") == "" || strings.HasPrefix(last, "0x") {
		ip, err := netip.ParseAddr(strings.Trim(m[1], "[]"))
		if err != nil || ip.String() != strings.Trim(m[1], "[]") {
			return false // a spelling that a browser reads as another one
		}
	}
	u, err := url.Parse(uri)
	if err != nil || u.Hostname() != strings.Trim(m[1], "[]") {
		return false
	}
	q, err := url.ParseQuery(u.RawQuery)
	return err == nil && !slices.ContainsFunc(answerParams, q.Has)
}

// registrable reports whether a client may register an address.
func registrable(uri string) bool { return allowedRedirect(uri) || unlisted(uri) }

// asksForHost reports whether the owner has to say yes to the address of a
// request besides the request itself.
func (s *Server) asksForHost(ctx context.Context, client, uri string) (bool, error) {
	if allowedRedirect(uri) {
		return false, nil
	}
	known, err := s.opt.Store.RedirectAllowed(ctx, client, uri)
	return !known, err
}

// looksLike is how a browser may show a host that is written in other letters
// than ASCII has; empty for all others.
func looksLike(host string) string {
	name, _, _ := strings.Cut(host, ":")
	shown, err := idna.Punycode.ToUnicode(name)
	if err != nil || shown == name {
		return ""
	}
	return clip(shown, nameLength)
}

// AllowedRedirect is an address on no list that the owner said yes to.
type AllowedRedirect struct {
	Client   string `json:"client_id"`
	Name     string `json:"client"` // as it calls itself, or empty
	Redirect string `json:"redirect"`
	Host     string `json:"host"`
}

// Redirects lists the addresses on no list that the owner said yes to, newest
// first; those of clients made by hand are not among them.
func (s *Server) Redirects(ctx context.Context) ([]AllowedRedirect, error) {
	all, err := s.opt.Store.Redirects(ctx)
	if err != nil {
		return nil, err
	}
	list := []AllowedRedirect{}
	for _, r := range all {
		c, err := s.opt.Store.Client(ctx, r.ClientID)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return nil, err
		}
		if !c.ByOwner {
			list = append(list, AllowedRedirect{Client: r.ClientID, Name: clip(c.Name, nameLength), Redirect: r.URI, Host: redirectHost(r.URI)})
		}
	}
	return list, nil
}

// ForgetRedirect takes the yes to an address back and ends the connections that
// were made by it. ErrNotListed when there is none.
func (s *Server) ForgetRedirect(ctx context.Context, client, uri string) error {
	err := s.opt.Store.ForgetRedirect(ctx, client, uri)
	if errors.Is(err, store.ErrNotFound) {
		return ErrNotListed
	}
	if err != nil {
		return err
	}
	s.opt.Log.Info("oauth: redirect forgotten", "client", clip(client, 128), "redirect_host", redirectHost(uri))
	s.opt.OnChange()
	return nil
}

// unlistedPlace is place for an address on no list: its host, and how that may
// look in a browser.
func unlistedPlace(uri string, from caller.Address) (host, looks string) {
	host = place(uri, from)
	return host, looksLike(host)
}
