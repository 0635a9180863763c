package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"codabridge/app/autostart"
	"codabridge/app/config"
	"codabridge/app/desktop"
	"codabridge/app/logs"
	"codabridge/app/programs"
	"codabridge/app/secret"
	"codabridge/server"
	"codabridge/server/actions"
	"codabridge/server/coda"
	"codabridge/server/door"
	"codabridge/server/fault"
	"codabridge/server/index"
	"codabridge/server/oauth"
	store "codabridge/server/store/state"
	"codabridge/server/tools"
	"codabridge/server/tools/changes"
)

// Options is what an App is made of.
type Options struct {
	Config  config.Config
	Version string
	// Log gets the program's log; nil discards it.
	Log *slog.Logger
	// Desktop allows notifications, and opens the owner's page when set-up is
	// needed; not if the system has started us AtLogin.
	Desktop, AtLogin bool
	// Succeeds has it wait until the instance that started it has ended.
	Succeeds bool
}

// App is the bridge. New assembles it and opens nothing; Run is its life.
type App struct {
	version string
	log     *slog.Logger
	desktop bool
	silent  bool // opens no page by itself
	waits   bool // for the end of the instance that has started this one
	keyring *secret.Keyring
	coda    *coda.Client
	ready   chan struct{}
	cancel  context.CancelFunc
	began   time.Time

	// Made by Run.
	store   *store.Store
	oauth   *oauth.Server
	tools   *tools.Tools
	index   *index.Index
	journal *changes.Journal
	server  *server.Server

	recorded   atomic.Int64 // how often what is shown of changes has changed
	restarting atomic.Bool  // a new instance waits for the end of this one

	notes   *notes          // finished tool calls, to be noted
	today   today           // what connections did since midnight
	joined  *joined         // stdio processes that this instance answers
	calling door.InFlight   // requests of the public doors
	quota   quota           // what passed the tunnel this month
	errands sync.WaitGroup  // what was begun on the side; ends with life
	life    context.Context // of Run
	kick    chan struct{}   // tells keepTunnel that what is wanted has changed
	woken   chan struct{}   // tells it that the computer slept, or is on another network

	looked    lookout    // at Coda, for GET /healthz?deep=1
	examining sync.Mutex // held while the doctor works for the owner's page
	loading   sync.Mutex // held from before the secrets are read until they are in use
	// deciding is held from before config.json is read until what was decided
	// is in force, so that of two decisions at once neither is lost.
	deciding sync.Mutex
	wanting  sync.Mutex // held while a Start or Stop is being remembered

	settings part[config.Config]
	vault    part[vault]
	bridge   part[bridge]
	updates  part[updatesKnown]
	policies part[map[string]store.Policy]
	warning  part[string]               // what the owner has not dismissed yet
	started  part[map[string]time.Time] // when programs of this computer came
	computer *programs.Computer
	atLogin  *autostart.Switch
	leaving  atomic.Bool // the data folder goes when Run has ended
	made     made        // the State of all of them
	news     news

	// Set by openDoors, before anything is served.
	local string // origin of the public door on this computer
	owner string // origin of the owner's door
}

// ErrRunning says that another instance has the data folder.
var ErrRunning = errors.New("it is running already with this data folder")

// New assembles the bridge.
func New(o Options) *App {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	a := &App{
		version: o.Version, log: o.Log, desktop: o.Desktop, silent: o.AtLogin, waits: o.Succeeds,
		keyring: secret.New(secret.Options{}), computer: newComputer(o.Config), atLogin: newSwitch(o.Config),
		ready: make(chan struct{}), news: news{changed: make(chan struct{})}, kick: make(chan struct{}, 1), woken: make(chan struct{}, 1),
	}
	a.notes = newNotes(o.Log, a.writeActivity)
	a.joined = newJoined()
	a.settings.v = o.Config
	for _, stale := range []**atomic.Bool{&a.settings.stale, &a.vault.stale, &a.bridge.stale, &a.warning.stale,
		&a.started.stale, &a.policies.stale, &a.updates.stale} {
		*stale = &a.made.stale
	}
	return a
}

func newCodaClient(cfg config.Config, base func() string, token func() (string, error), version string, log *slog.Logger) *coda.Client {
	o := coda.Options{Base: base, Token: token, Log: log, UserAgent: "codabridge/" + version}
	if cfg.Demo {
		o.Limits = coda.NoLimits() // the limits are the service's, and there is none
	}
	return coda.New(o)
}

// Ready is closed when both doors are open.
func (a *App) Ready() <-chan struct{} { return a.ready }

// Quit ends Run.
func (a *App) Quit() {
	if a.cancel != nil {
		a.cancel()
	}
}

// Run opens everything, serves until ctx ends or Quit is called, and closes
// everything in order. Errors of opening name what is in the way.
func (a *App) Run(ctx context.Context) error {
	err := a.run(ctx)
	if a.leaving.Load() {
		err = errors.Join(err, removeData(a.config().DataDir))
	}
	return err
}

func (a *App) run(ctx context.Context) error {
	ctx, a.cancel = context.WithCancel(ctx)
	a.began = time.Now()
	defer a.cancel()
	a.life = ctx
	unlock, err := a.claim(ctx)
	if err != nil {
		return err
	}
	defer unlock()
	desktop.RemoveLinks(a.config().DataDir)
	file, err := logs.Open(a.config().DataDir)
	if err != nil {
		return fmt.Errorf("the log cannot be written: %w", err)
	}
	defer file.Close()
	a.log = logs.Both(a.log, file)
	a.log.Info("app: started", "version", a.version, "go", runtime.Version())
	defer func() { a.log.Info("app: ended") }()
	if err := a.openStore(); err != nil {
		return err
	}
	defer a.store.Close()
	doors, err := a.openDoors()
	if err != nil {
		return err
	}
	a.correctAutostart()
	a.assemble()
	defer a.journal.Close()
	a.loadActivity(ctx)
	a.loadQuota(ctx)
	return a.serve(ctx, doors)
}

// claim makes this the one instance of its data folder.
func (a *App) claim(ctx context.Context) (release func(), err error) {
	if a.waits {
		if err := awaitBefore(ctx, a.config().DataDir); err != nil {
			return nil, err
		}
	}
	held, err := desktop.Lock(a.config().DataDir)
	if errors.Is(err, desktop.ErrLocked) {
		return nil, ErrRunning
	}
	if err != nil {
		return nil, fmt.Errorf("the data folder %s cannot be used: %w", a.config().DataDir, err)
	}
	return held.Release, nil
}

// CodeUnusable: the database cannot be opened, so codabridge cannot start.
const CodeUnusable fault.Code = "app_database_unusable"

// unusable says why the database cannot be opened.
func (a *App) unusable(err error) error {
	if cause := store.Hindrance(err); cause != nil {
		return fault.Wrap(err, CodeUnusable, "codabridge cannot start with the data folder %s: %v. Mend that, then start it again.", a.config().DataDir, cause)
	}
	return fmt.Errorf("the database cannot be opened: %w", err)
}

func (a *App) openStore() error {
	s, notice, err := store.Open(filepath.Join(a.config().DataDir, stateName))
	if err != nil {
		return a.unusable(err)
	}
	a.store = s
	a.warn(notice)
	if notice != "" {
		a.log.Warn("app: database", "notice", notice)
	}
	return a.loadStored()
}

// assemble builds the rooms on what is open.
func (a *App) assemble() {
	a.oauth = oauth.New(oauth.Options{
		Store: a.store, AccessTTL: a.config().AccessTTL, ReadOnly: a.ReadOnly, Log: a.log,
		OwnerURL: a.ownerOrigin,
		Fetch:    server.ClientDocuments(),
		Changes:  a.changes,
		OnChange: a.onRequests,
		OnAsk:    func(id string) { a.keepPolicy(store.Policy{Caller: id, Mode: string(tools.PolicyAsk)}) },
	})
	a.coda = newCodaClient(a.config(), a.codaURL, a.codaToken, a.version, a.log)
	a.index = a.newIndex()
	a.journal = a.newJournal()
	a.tools = tools.New(tools.Options{
		Coda: a.coda, Index: a.index, Changes: a.journal, Policy: a.policy, AskAlways: a.askAlways, Reach: a.reach, Ready: a.toolsReady,
		ReadOnly: a.ReadOnly, Documents: a.documents, Account: a.accountName,
		Toolset: a.toolset, Stopped: a.stopped, Paused: a.paused, Challenge: server.Challenge, OnCall: a.onCall, OnCodaError: a.onCodaError, Version: a.version, Log: a.log,
		Structured: a.config().Structured,
	})
	a.server = server.New(server.Options{
		OAuth: a.oauth, MCP: a.tools.Streamable(), Streams: a.tools.SSE(), Desk: a,
		Actions: actions.New(a.tools, a.version), Health: a.health,
		PublicURL: a.publicURL, Proxied: a.proxied, LocalURL: a.localOrigin, LocalHosts: a.localHosts, OwnerURL: a.ownerOrigin,
		ReadOnly: a.ReadOnly, Stopped: a.stopped, Version: a.version, Log: a.log,
	})
}
