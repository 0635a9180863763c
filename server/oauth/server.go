package oauth

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"codabridge/server/caller"
	store "codabridge/server/store/state"
)

// Where the handlers belong. The metadata document and the pages name these.
const (
	PathAuthorize = "/authorize"
	PathWait      = "/authorize/wait"
	PathHere      = "/authorize/here"
	PathToken     = "/token"
	PathRegister  = "/register"
	PathRevoke    = "/revoke"
)

// The scopes that a client may ask for. ScopeOffline is accepted and echoed,
// and changes nothing: every client may refresh.
const (
	ScopeRead    = caller.ScopeRead
	ScopeWrite   = caller.ScopeWrite
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
	// OwnerURL is the origin of the owner's page; nil, or an empty answer, means
	// that our pages have no link to it. They add "/#approve=" with a code, or
	// "/#knock=" with what BringUnknown takes.
	OwnerURL func() string
	// OnChange is called after waiting requests, unknown clients or connections changed,
	// outside all locks, possibly from many goroutines; nil means nobody asks.
	OnChange func()
	// OnAsk hears of a grant whose every change waits for the owner, before any
	// client can use it. nil means nobody asks.
	OnAsk func(connection string)
	// Changes says in words what coda.write allows just now, for the page that
	// asks for it; nil means adding and editing rows and pages.
	Changes func() string
	// Fetch gets a client's metadata document from a vendor's host. It must
	// refuse private addresses and redirects and bound size and time. nil
	// means that only pinned clients and registered ones are known.
	Fetch func(ctx context.Context, url string) ([]byte, error)
	// Log receives one line a decision and a refusal; nil means none.
	Log *slog.Logger
}

// Server is the authorization server. Its methods Authorize, Wait, Here,
// Token, Register, RevokeToken and Metadata are HTTP handlers; the others are for the
// owner's side and the resource server. All are safe for concurrent use.
type Server struct {
	opt     Options
	seal    sealer
	pool    *pool
	docs    *documents
	unknown unknownList
	hold    time.Duration // how long a poll is held open

	registers                          *shares
	authorizeEach, waitEach, tokenEach *Limiter
	wrongCodes, unknownNews            *Limiter
	arrivals                           arrivals

	keyMu sync.Mutex // guards key
	key   []byte     // of the successors; read from the store when first needed

	usedMu sync.Mutex           // guards used
	used   map[string]time.Time // last use of each grant as the store has it
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
		o.Changes = func() string { return "Change your Coda docs" }
	}
	if o.OnChange == nil {
		o.OnChange = func() {}
	}
	if o.OnAsk == nil {
		o.OnAsk = func(string) {}
	}
	if o.OwnerURL == nil {
		o.OwnerURL = func() string { return "" }
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return &Server{
		opt: o, seal: newSealer(), pool: newPool(), docs: newDocuments(o.Fetch, o.Now),
		hold: 25 * time.Second, used: map[string]time.Time{},
		registers:     newShares(o.Now),
		authorizeEach: NewLimiter(o.Now, 30, time.Second),
		waitEach:      NewLimiter(o.Now, 120, 250*time.Millisecond),
		tokenEach:     NewLimiter(o.Now, 120, 250*time.Millisecond),
		wrongCodes:    NewLimiter(o.Now, 20, 3*time.Second),
		unknownNews:   NewLimiter(o.Now, 5, time.Second),
	}
}
