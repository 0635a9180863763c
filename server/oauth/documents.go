package oauth

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"codabridge/server/caller"
)

// pins are the client ID metadata documents of well-known clients, as their
// vendors served them in October 2026. They are never fetched: one of them
// answers programs with a challenge page, and a fetch would tell a stranger
// who asks for it where this computer is.
var pins = map[string]client{
	"https://chatgpt.com/oauth/client.json": {name: "ChatGPT",
		redirects: []string{"https://chatgpt.com/connector_platform_oauth_redirect"}},
	"https://chatgpt.com/oauth/codex/client.json": {name: "Codex",
		redirects: []string{"http://127.0.0.1/callback", "http://localhost/callback"}},
	"https://claude.ai/oauth/mcp-oauth-client-metadata": {name: "Claude",
		redirects: []string{"https://claude.ai/api/mcp/auth_callback", "https://claude.com/api/mcp/auth_callback"}},
	"https://claude.ai/oauth/claude-code-client-metadata": {name: "Claude Code",
		redirects: []string{"http://localhost/callback", "http://127.0.0.1/callback"}},
}

// connectorOf names the connector whose document of ChatGPT's an id is, which
// it uses with servers that do not send iss.
func connectorOf(id string) (name string, ok bool) {
	rest, begins := strings.CutPrefix(id, "https://chatgpt.com/oauth/")
	name, ends := strings.CutSuffix(rest, "/client.json")
	return name, begins && ends && isMadeOf(name, base64Letters, 1, 128)
}

// What base64url and the verifiers of RFC 7636 section 4.1 are made of.
const (
	base64Letters   = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	verifierLetters = base64Letters + ".~"
)

// isMadeOf tells whether a text has these letters alone, from least to most of
// them. A regular expression that counts so far takes much memory, in each
// start.
func isMadeOf(s, letters string, least, most int) bool {
	return len(s) >= least && len(s) <= most && strings.Trim(s, letters) == ""
}

func pinned(id string) (client, bool) {
	c, ok := pins[id]
	if !ok {
		connector, known := connectorOf(id)
		if !known {
			return client{}, false
		}
		c = client{name: "ChatGPT", redirects: []string{"https://chatgpt.com/connector/oauth/" + connector}}
	}
	c.id = id
	// Any program can take the id of a client that is answered on its own
	// computer, so its name proves nothing there.
	c.selfNamed = slices.ContainsFunc(c.redirects, isLoopback)
	return c, true
}

// vendors are the hosts whose documents may be fetched. None of them lets
// strangers publish documents of their own.
var vendors = []string{"vscode.dev", "insiders.vscode.dev", "cursor.com", "www.cursor.com", "claude.ai", "claude.com", "chatgpt.com", "zed.dev"}

var (
	errUnknownHost  = errors.New("oauth: client document on a host that is not on the list")
	errBadDocument  = errors.New("oauth: client document is not acceptable")
	errNoDocument   = errors.New("oauth: client document could not be fetched")
	errDocumentBusy = errors.New("oauth: another client document is being fetched")
)

// documentURL says what is wrong with a client_id as the URL of a metadata
// document; nil when nothing is.
func documentURL(id string) error {
	u, err := url.Parse(id)
	switch {
	case err != nil || len(id) > 512:
		return errBadDocument
	case u.Scheme != "https" || u.Host == "" || u.User != nil || u.Fragment != "" || u.RawQuery != "" || u.ForceQuery || u.Opaque != "":
		return errBadDocument
	case len(u.Path) < 2 || u.String() != id || strings.ContainsAny(id, "%\\#"):
		return errBadDocument
	case slices.ContainsFunc(strings.Split(u.Path, "/"), func(s string) bool { return s == "." || s == ".." }):
		return errBadDocument
	}
	return nil
}

const (
	documentsKept = 64
	documentFresh = 24 * time.Hour
	documentBad   = 5 * time.Minute
)

// documents fetches and remembers the metadata documents of other clients.
type documents struct {
	fetch func(ctx context.Context, url string) ([]byte, error)
	now   func() time.Time
	one   chan struct{} // holds a token while a fetch is under way
	// each address may have few documents fetched, so that a stranger who
	// names very many does not use up rate, which is of all together.
	each, rate *Limiter

	mu   sync.Mutex // guards kept
	kept map[string]document
}

type document struct {
	client client
	err    error
	until  time.Time
}

func newDocuments(fetch func(context.Context, string) ([]byte, error), now func() time.Time) *documents {
	return &documents{fetch: fetch, now: now, one: make(chan struct{}, 1), kept: map[string]document{},
		each: NewLimiter(now, 2, time.Minute), rate: NewLimiter(now, 5, 5*time.Second)}
}

// client returns the client that a document describes. The caller has made
// sure that its host may be asked. Strangers with many addresses can use up
// what all share, but not what the owner has on this computer.
func (d *documents) client(ctx context.Context, id string) (client, error) {
	return d.find(ctx, id, func() bool {
		return d.each.Allow(caller.AddressFrom(ctx).Key) && (caller.AddressFrom(ctx).Local || d.rate.Allow(""))
	})
}

// forOwner is client without the limits that hold strangers back.
func (d *documents) forOwner(ctx context.Context, id string) (client, error) {
	return d.find(ctx, id, func() bool { return true })
}

func (d *documents) find(ctx context.Context, id string, may func() bool) (client, error) {
	if c, err, ok := d.cached(id); ok {
		return c, err
	}
	select {
	case d.one <- struct{}{}:
		defer func() { <-d.one }()
	case <-ctx.Done():
		return client{}, errDocumentBusy
	}
	if c, err, ok := d.cached(id); ok {
		return c, err
	}
	if !may() {
		return client{}, errDocumentBusy
	}
	return d.get(ctx, id)
}

// get fetches a document and remembers what came of it. A fetch that ended
// because the browser left says nothing of the document: a stranger who hangs
// up at once must not make it a bad one for everybody else.
func (d *documents) get(ctx context.Context, id string) (client, error) {
	limited, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	body, err := d.fetch(limited, id)
	var c client
	if err == nil {
		c, err = readDocument(id, body)
	} else {
		err = fmt.Errorf("%w: %w", errNoDocument, err)
	}
	if err != nil && ctx.Err() != nil {
		return c, err
	}
	doc := document{client: c, err: err, until: d.now().Add(documentFresh)}
	if err != nil {
		doc.until = d.now().Add(documentBad)
	}
	d.store(id, doc)
	return c, err
}

func (d *documents) cached(id string) (client, error, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	doc, ok := d.kept[id]
	return doc.client, doc.err, ok && d.now().Before(doc.until)
}

func (d *documents) store(id string, doc document) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.kept) >= documentsKept {
		first := ""
		for k, v := range d.kept {
			if first == "" || v.until.Before(d.kept[first].until) {
				first = k
			}
		}
		delete(d.kept, first)
	}
	d.kept[id] = doc
}

// readDocument takes from a document what matters, and refuses one that is
// not about its own URL, shares a secret, or sends people to a place that is
// not on the list.
func readDocument(id string, body []byte) (client, error) {
	var doc struct {
		ID        string   `json:"client_id"`
		Name      string   `json:"client_name"`
		Redirects []string `json:"redirect_uris"`
		Method    string   `json:"token_endpoint_auth_method"`
		Methods   []string `json:"token_endpoint_auth_methods_supported"`
		Secret    any      `json:"client_secret"`
	}
	if len(body) > maxBody || json.Unmarshal(bytes.TrimPrefix(body, []byte("\ufeff")), &doc) != nil {
		return client{}, fmt.Errorf("%w: it is no JSON document of that kind", errBadDocument)
	}
	public := doc.Method == "" || doc.Method == "none"
	if len(doc.Methods) > 0 {
		public = slices.Contains(doc.Methods, "none")
	}
	c := client{id: id, name: clip(doc.Name, nameLength), selfNamed: true}
	for _, r := range doc.Redirects {
		if registrable(r) && len(c.redirects) < maxRedirects {
			c.redirects = append(c.redirects, r)
		}
	}
	switch {
	case doc.ID != id:
		return client{}, fmt.Errorf("%w: it is about another client_id", errBadDocument)
	case doc.Secret != nil || !public:
		return client{}, fmt.Errorf("%w: it is not a public client's", errBadDocument)
	case len(c.redirects) == 0:
		return client{}, fmt.Errorf("%w: none of its redirect addresses is allowed", errBadDocument)
	}
	return c, nil
}
