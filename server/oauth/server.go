package oauth

import (
	"context"
	"html/template"
	"log/slog"
	"sync"
	"time"

	store "codabridge/server/store/state"
)

// Where the handlers belong. The metadata document and the pages name these.
const (
	PathAuthorize = "/authorize"
	PathWait      = "/authorize/wait"
	PathToken     = "/token"
	PathRegister  = "/register"
	PathRevoke    = "/revoke"
)

// The scopes there are. ScopeWrite includes ScopeRead; ScopeOffline is
// accepted and echoed, and changes nothing: every client may refresh.
const (
	ScopeRead    = "coda.read"
	ScopeWrite   = "coda.write"
	ScopeOffline = "offline_access"
)

// How long things live.
const (
	requestLife = 5 * time.Minute
	codeLife    = time.Minute
	refreshLife = 90 * 24 * time.Hour
	grace       = time.Minute
)

// Options say what a Server works with.
type Options struct {
	Store *store.Store // required

	// Now is the clock; nil means time.Now.
	Now func() time.Time
	// AccessTTL is the life of an access token; zero means 24 hours.
	AccessTTL time.Duration
	// ReadOnly reports the read-only switch; nil means off.
	ReadOnly func() bool
	// OwnerURL is where "Approve on this computer" leads for a code; nil, or
	// an empty answer, means that the page has no such button.
	OwnerURL func(code string) string
	// KnockURL is where the page of an unknown client leads on the owner's
	// side, with what BringKnock takes; nil means that it leads nowhere.
	KnockURL func(sealed string) string
	// OnChange is called after waiting requests, knocks or connections
	// changed,
	// outside all locks, possibly from many goroutines; nil means nobody asks.
	OnChange func()
	// Changes says in words what coda.write allows just now, for the page that
	// asks for it; nil means adding and editing rows and pages.
	Changes func() string
	// Fetch gets a client's metadata document from a vendor's host. It must
	// refuse private addresses and redirects and bound size and time. nil
	// means that only pinned clients and registered ones are known.
	Fetch func(ctx context.Context, url string) ([]byte, error)
	// Log receives one line a decision and a refusal; nil means none.
	Log *slog.Logger
	// Pages replaces the embedded pages oauth_*.html; nil means those.
	Pages *template.Template
}

// Server is the authorization server. Its methods Authorize, Wait, Token,
// Register, RevokeToken and Metadata are HTTP handlers; the others are for the
// owner's side and the resource server. All are safe for concurrent use.
type Server struct {
	opt    Options
	pages  *template.Template
	seal   sealer
	pool   *pool
	docs   *documents
	knocks knocks
	hold   time.Duration // how long a poll is held open

	registerEach, registerAll, authorizeEach, waitEach, tokenEach *limiter
	wrongCodes, knockNews                                         *limiter

	keyOnce sync.Mutex // guards key
	key     []byte     // of the successors; read from the store when first needed

	usedLock sync.Mutex           // guards used
	used     map[string]time.Time // last use of each grant as the store has it
}

// New assembles a Server. It opens nothing and starts nothing.
func New(o Options) *Server {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.AccessTTL <= 0 {
		o.AccessTTL = 24 * time.Hour
	}
	if o.ReadOnly == nil {
		o.ReadOnly = func() bool { return false }
	}
	if o.Changes == nil {
		o.Changes = func() string { return "Change your Coda docs: add and edit rows and pages" }
	}
	if o.OnChange == nil {
		o.OnChange = func() {}
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Pages == nil {
		o.Pages = embedded()
	}
	return &Server{
		opt: o, pages: o.Pages, seal: newSealer(), pool: newPool(), docs: newDocuments(o.Fetch, o.Now),
		hold: 25 * time.Second, used: map[string]time.Time{},
		registerEach:  newLimiter(o.Now, 30, 2*time.Second),
		registerAll:   newLimiter(o.Now, 100, 500*time.Millisecond),
		authorizeEach: newLimiter(o.Now, 30, time.Second),
		waitEach:      newLimiter(o.Now, 120, 250*time.Millisecond),
		tokenEach:     newLimiter(o.Now, 120, 250*time.Millisecond),
		wrongCodes:    newLimiter(o.Now, 20, 3*time.Second),
		knockNews:     newLimiter(o.Now, 5, time.Second),
	}
}

type contextKey int

const (
	issuerKey contextKey = iota
	addrKey
)

// WithIssuer says which of our origins a request came to: scheme and host
// without a trailing slash (RFC 8414 section 2, "issuer").
func WithIssuer(ctx context.Context, origin string) context.Context {
	return context.WithValue(ctx, issuerKey, origin)
}

// WithClientAddr says which address a request came from: an IP address, with
// or without a port. Requests without one share one allowance.
func WithClientAddr(ctx context.Context, addr string) context.Context {
	return context.WithValue(ctx, addrKey, addressKey(addr))
}

func issuerOf(ctx context.Context) string {
	s, _ := ctx.Value(issuerKey).(string)
	return s
}

// ClientAddr returns what WithClientAddr put in, as it is counted: an IPv4
// address or an IPv6 /64; empty when nothing was.
func ClientAddr(ctx context.Context) string {
	s, _ := ctx.Value(addrKey).(string)
	return s
}
