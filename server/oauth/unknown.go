package oauth

import (
	"encoding/base64"
	"encoding/json"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"codabridge/server/caller"
)

// UnknownClient is a client that is not known here and asks to be. It is nothing but
// a line on the owner's page: nothing was fetched for it and nothing stored.
type UnknownClient struct {
	// Key names it to AllowUnknown and IgnoreUnknown.
	Key string
	// Host is where the client's metadata document stands; empty for a client
	// that says it registered here before.
	Host string
	// Client is its client_id: the document's URL, or a UUID.
	Client string
	// RedirectHost is where it would send people, as for Waiting. The address
	// is on the list in any case.
	RedirectHost string
	// Address is where it asked from: "this computer", or an IP address.
	Address string
	Since   time.Time
}

const (
	unknownAll  = 20
	unknownEach = 2 // an address
	unknownLife = time.Hour
)

type unknown struct {
	UnknownClient
	redirect string
	from     caller.Address
	owned    bool // the owner's own browser brought it
}

// unknownList is the list of them, within bounds. When it is full the newest
// leaves first, so those that were there before a flood stay; one that comes
// during a flood is brought by the link on its page, which the owner's own
// browser follows, and a flood cannot move those.
type unknownList struct {
	mu      sync.Mutex // guards the fields below
	list    []unknown  // oldest first
	ignored map[string]time.Time
}

// registeredForm is a client_id as newID makes them.
var registeredForm = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`\A[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\z`)
})

// hostForm is a name that could be on the internet.
var hostForm = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`\A(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]\z`)
})

// newUnknown reads what an unknown client asked with; false when it is not one
// that could ever be let in.
func newUnknown(id, redirect string, now time.Time) (unknown, bool) {
	k := unknown{UnknownClient: UnknownClient{Client: id, Since: now}, redirect: redirect}
	if !allowedRedirect(redirect) {
		return k, false
	}
	if registeredForm().MatchString(id) {
		k.Key = id + " " + redirect
		return k, true
	}
	u, err := url.Parse(id)
	if err != nil || documentURL(id) != nil || !hostForm().MatchString(u.Host) {
		return k, false
	}
	if _, err := netip.ParseAddr(u.Host); err == nil || strings.HasSuffix(u.Host, ".local") {
		return k, false
	}
	k.Host, k.Key = u.Host, u.Host
	return k, true
}

// came notes where a client asked from.
func (k *unknown) came(f caller.Address) {
	k.from, k.Address, k.RedirectHost = f, f.String(), place(k.redirect, f)
}

// add puts a client on the list; false when nothing changed. One that is there
// is replaced only by what the owner's own browser brings: a stranger who names
// another document of the same host would change what the owner's yes fetches.
func (k *unknownList) add(n unknown, now time.Time) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.sweep(now)
	if _, no := k.ignored[n.Key]; no && !n.owned {
		return false
	}
	if i := k.index(n.Key); i >= 0 {
		if !n.owned {
			return false
		}
		changed := k.list[i].Client != n.Client || !k.list[i].owned
		n.Since = k.list[i].Since
		k.list[i] = n
		return changed
	}
	k.makeRoom(n)
	k.list = append(k.list, n)
	return true
}

// makeRoom drops what stands in the way of n: the older one of its address,
// then the newest that the owner did not bring, then the oldest of all.
func (k *unknownList) makeRoom(n unknown) {
	same := 0
	for _, o := range k.list {
		if o.from.Key == n.from.Key && !o.owned {
			same++
		}
	}
	if same >= unknownEach && !n.owned {
		k.drop(slices.IndexFunc(k.list, func(o unknown) bool { return o.from.Key == n.from.Key && !o.owned }))
	}
	if len(k.list) < unknownAll {
		return
	}
	for i := len(k.list) - 1; i >= 0; i-- {
		if !k.list[i].owned {
			k.drop(i)
			return
		}
	}
	k.drop(0)
}

func (k *unknownList) drop(i int) { k.list = slices.Delete(k.list, i, i+1) }

func (k *unknownList) index(key string) int {
	return slices.IndexFunc(k.list, func(o unknown) bool { return o.Key == key })
}

func (k *unknownList) sweep(now time.Time) {
	k.list = slices.DeleteFunc(k.list, func(o unknown) bool { return now.Sub(o.Since) >= unknownLife || o.Since.Sub(now) >= unknownLife })
	for key, until := range k.ignored {
		if !now.Before(until) {
			delete(k.ignored, key)
		}
	}
}

// find gives the client with a key.
func (k *unknownList) find(key string, now time.Time) (unknown, bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.sweep(now)
	i := k.index(key)
	if i < 0 {
		return unknown{}, false
	}
	return k.list[i], true
}

// remove takes a client off the list, and for a day keeps it off.
func (k *unknownList) remove(key string, ignore bool, now time.Time) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	i := k.index(key)
	if i < 0 {
		return false
	}
	k.drop(i)
	if ignore {
		if k.ignored == nil || len(k.ignored) >= 256 {
			k.ignored = map[string]time.Time{}
		}
		k.ignored[key] = now.Add(24 * time.Hour)
	}
	return true
}

// sealedUnknown is what the link on an unknown client's page carries to the
// owner's page: sealed, so that only what really came here can be brought.
type sealedUnknown struct {
	Client   string    `json:"c"`
	Redirect string    `json:"r"`
	Address  string    `json:"a"`
	Local    bool      `json:"l"`
	Time     time.Time `json:"t"`
}

const unknownContext = "knock" // additional data: no cookie opens as one

func (s sealer) sealUnknown(k unknown) string {
	b, err := json.Marshal(sealedUnknown{k.Client, k.redirect, k.from.Text, k.from.Local, k.Since})
	if err != nil {
		panic(err) // strings and a time always encode
	}
	return base64.RawURLEncoding.EncodeToString(s.aead.Seal(nil, nil, b, []byte(unknownContext)))
}

func (s sealer) openUnknown(sealed string, now time.Time) (unknown, bool) {
	raw, err := base64.RawURLEncoding.DecodeString(sealed)
	if err != nil {
		return unknown{}, false
	}
	var k sealedUnknown
	b, err := s.aead.Open(nil, nil, raw, []byte(unknownContext))
	if err != nil || json.Unmarshal(b, &k) != nil || now.Sub(k.Time) >= unknownLife {
		return unknown{}, false
	}
	n, ok := newUnknown(k.Client, k.Redirect, now)
	from := caller.AddressOf(k.Address)
	from.Local = k.Local
	n.came(from)
	return n, ok
}
