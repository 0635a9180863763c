package tools

import (
	"context"
	"log/slog"
	"sync/atomic"
	"time"

	"codabridge/server/caller"
	"codabridge/server/coda"
	"codabridge/server/index"
	"codabridge/server/tools/changes"
	"codabridge/server/tools/find"

	"github.com/mark3labs/mcp-go/mcp"
	"github.com/mark3labs/mcp-go/server"
)

// Options are the settings of Tools. Only Coda is required. Every func must be
// safe for concurrent use.
type Options struct {
	Coda *coda.Client
	// Ready says whether there is a Coda token. While ok is false every call
	// answers the sentence. Nil means always.
	Ready func() (sentence string, ok bool)
	// ReadOnly is the owner's switch against all writing. Nil means off.
	ReadOnly func() bool
	// Documents is the allow-list of doc ids; nil or an empty answer means
	// all that the token reaches.
	Documents func() []string
	// Policy is what the owner decided a caller may change, by its ID, asked anew
	// each time; empty where nothing was decided. Nil decides nothing.
	Policy func(id string) Policy
	// Reach is which docs the owner lets a caller see, by its ID, asked anew each
	// time: the only ones, or none for all; chosen is false where nothing was
	// decided. Nil decides nothing.
	Reach func(id string) (documents []string, chosen bool)
	// AskAlways are the kinds of changes (changes.Deletes and so on) that wait for
	// the owner whatever the policy, asked anew each time. Nil means none.
	AskAlways func() []string
	// Changes records each write with how it was before. Nil keeps no record.
	Changes *changes.Journal
	// Index is the full-text index that search asks first. Nil means that
	// search knows names only.
	Index *index.Index
	// Toolset says which tools are offered, anew for every list and call. Nil
	// means the core set.
	Toolset func() Toolset
	// Challenge gives the Bearer challenge (RFC 6750 section 3) that asks the
	// client for a scope; it travels as _meta["mcp/www_authenticate"] of a
	// refused write. Nil or an empty answer sends none.
	Challenge func(ctx context.Context, scope string) string
	// OnCall hears of every finished call.
	OnCall func(Call)
	// Stopped tells whether the owner lets no assistant in just now. It binds
	// programs over stdio, which come through no door; nil means no.
	Stopped func() bool
	// Paused tells whether every call is answered with that; nil means no.
	Paused func() bool
	// OnCodaError hears of errors that only the owner can mend: a refused
	// token (401), a missing right (403), a rate limit that does not end.
	OnCodaError func(error)
	// Account says whose account this is, as far as that is known without
	// asking Coda; empty when it is not. Nil means never.
	Account func() string
	// Structured makes every tool answer with structuredContent beside the
	// text, and declare its outputSchema. Without it only search and fetch do.
	Structured bool
	// Version is shown to clients; empty means "dev".
	Version string
	// Log gets what went wrong inside; nil discards.
	Log *slog.Logger
	// Now is the clock of caches and windows; nil means time.Now.
	Now func() time.Time
	// Deadline ends a tool call; zero means 45 s, since ChatGPT gives up
	// after 60.
	Deadline time.Duration
	// WriteWait is how long a write may wait to be applied; zero means 10 s.
	WriteWait time.Duration
	// SearchBudget is how long a search may gather names; zero means 5 s.
	SearchBudget time.Duration
}

// Call is one finished tool call, without any contents.
type Call struct {
	Caller caller.Caller
	Tool   string
	// Document and DocumentName are of the doc that the call was about, the
	// first that it opened; empty when it was about none.
	Document, DocumentName string
	Status                 caller.Status
	Started                time.Time
	Duration               time.Duration
	BytesIn                int // the arguments
	BytesOut               int // the answer, counted once
}

// Tools serves the tools. It opens nothing and starts nothing by itself.
type Tools struct {
	o      Options
	list   []tool
	byName map[string]*tool
	eras   eras
	itself itself
	mcp    *server.MCPServer
	hooks  *server.Hooks
	find   *find.Finder
	done   repeats
	own    ownWrites
	texts  *find.Cache[pageText]
	// noExport holds the docs whose pages the token was refused to export.
	noExport *find.Cache[bool]
	// pendingPages holds the request ids of pages that were created and may not be
	// there yet, by page id.
	pendingPages *find.Cache[string]
	// questions holds those of coda_query_rows that have more to say, by cursor.
	questions *find.Cache[*question]
	// rowsAt holds where rows go on, by the cursors of coda_list_rows.
	rowsAt *find.Cache[rowsAt]
	// changesAt holds where lists of changes go on, by the cursors of
	// coda_recent_changes.
	changesAt *find.Cache[changesAt]
	// self is whose account this is.
	self   *find.Cache[coda.User]
	stdios atomic.Int64 // stdio sessions so far, for their ids
}

// New assembles the tools.
func New(o Options) *Tools {
	setDefaults(&o)
	t := &Tools{o: o, find: find.New(find.Options{Coda: o.Coda, Documents: o.Documents, Reach: o.Reach, Now: o.Now}), done: newRepeats(o.Now),
		texts:    find.NewCache[pageText](o.Now, 4),
		noExport: find.NewCache[bool](o.Now, 200), pendingPages: find.NewCache[string](o.Now, 200),
		questions: find.NewCache[*question](o.Now, 8), self: find.NewCache[coda.User](o.Now, 1),
		rowsAt: find.NewCache[rowsAt](o.Now, 500), changesAt: find.NewCache[changesAt](o.Now, 200)}
	if o.Index != nil {
		o.Coda.OnWrite(o.Index.Wrote) // so that the next search finds what was written
	}
	t.hooks = &server.Hooks{}
	t.hooks.AddAfterListTools(t.arrange)
	t.hooks.AddAfterInitialize(t.instructInitialized)
	t.hooks.AddAfterDiscover(t.instructDiscovered)
	t.mcp = server.NewMCPServer(serverName, o.Version,
		server.WithTitle(serverTitle),
		server.WithDescription(serverDescription),
		server.WithToolCapabilities(false),
		server.WithResourceCapabilities(false, false),
		server.WithPromptCapabilities(false),
		server.WithCompletions(),
		server.WithResourceCompletionProvider(completion{t}),
		server.WithPromptCompletionProvider(completion{t}),
		server.WithPromptFilter(t.offeredPrompts),
		withViews(),
		server.WithHooks(t.hooks))
	t.list, t.byName = declarations(), map[string]*tool{}
	t.itself.who = mcp.Implementation{Name: serverName, Version: o.Version, Title: serverTitle, Description: serverDescription}
	for i := range t.list {
		d := &t.list[i]
		t.byName[d.name] = d
		t.mcp.AddTool(d.describe(t.structured(d)), func(ctx context.Context, req mcp.CallToolRequest) (*mcp.CallToolResult, error) {
			return t.call(ctx, d, req)
		})
	}
	t.addResources()
	t.addView()
	t.addPrompts()
	return t
}

func setDefaults(o *Options) {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Version == "" {
		o.Version = "dev"
	}
	setDuration(&o.Deadline, 45*time.Second)
	setDuration(&o.WriteWait, 10*time.Second)
	setDuration(&o.SearchBudget, 5*time.Second)
}

func setDuration(d *time.Duration, fallback time.Duration) {
	if *d <= 0 {
		*d = fallback
	}
}

// Names lists the tools that are offered, in the order of tools/list.
func (t *Tools) Names() []string {
	var names []string
	set := t.toolset()
	for _, d := range t.list {
		if set.offers(&d) {
			names = append(names, d.name)
		}
	}
	return names
}

// Forget drops what is remembered of documents and writes: for a new Coda
// token, under which the same names may mean other documents.
func (t *Tools) Forget() {
	t.find.ForgetAll()
	t.done.forget()
	t.own.forget()
	t.texts.Clear()
	t.noExport.Clear()
	t.pendingPages.Clear()
	t.questions.Clear()
	t.self.Clear()
	t.rowsAt.Clear()
	t.changesAt.Clear()
}

// MayWrite tells whether the caller of ctx may change documents just now.
func (t *Tools) MayWrite(ctx context.Context) bool { return t.barred(ctx) == "" }
