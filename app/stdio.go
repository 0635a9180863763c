package app

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"path/filepath"
	"runtime/debug"
	"sync"
	"time"

	"codabridge/app/channel"
	"codabridge/app/config"
	"codabridge/app/desktop"
	"codabridge/app/joining"
	"codabridge/app/secret"
	"codabridge/app/stdio"
	"codabridge/server/caller"
	"codabridge/server/coda"
	"codabridge/server/coda/codatest"
	"codabridge/server/fault"
	"codabridge/server/index"
	store "codabridge/server/store/state"
	"codabridge/server/tools"
)

// StdioOptions is what a stdio process is made of.
type StdioOptions struct {
	Config  config.Config
	Version string
	// Client is the name that the owner gave the program at the other end;
	// empty means what it calls itself.
	Client string
	Log    *slog.Logger
	In     io.Reader
	Out    io.Writer
}

// Stdio serves the tools over in and out until in ends: by the running instance
// of the data folder, and in this process while there is none. Then there is no
// HTTP, no tunnel and no database of its own, and the keyring is read at the first
// call that needs it, so that the list of tools is there at once.
func Stdio(ctx context.Context, o StdioOptions) error {
	s := &stdioProcess{ctx: ctx, cfg: o.Config, o: o, log: o.Log}
	defer s.close()
	debug.SetGCPercent(roomToStart)
	defer time.AfterFunc(settled, settle).Stop()
	if begun := joining.Current(); begun != nil {
		return begun.Go(joining.Rest{Alone: s.alone, Reads: tools.Reads})
	}
	relay := stdio.New(stdio.Options{Join: s.join, Alone: s.alone, Reads: tools.Reads, Log: o.Log})
	return relay.Run(ctx, o.In, o.Out)
}

// settled is when a start is over: what it took of memory is given back then,
// since most of such processes wait for a day. Till then a collection would only
// keep the client waiting: a start makes little more than the heap that the first
// one comes at.
const (
	settled     = 700 * time.Millisecond
	roomToStart = 400
	usualRoom   = 100
)

func settle() {
	debug.SetGCPercent(usualRoom)
	debug.FreeOSMemory()
}

// stdioProcess is what a stdio session keeps.
type stdioProcess struct {
	ctx context.Context // of the whole session
	cfg config.Config
	o   StdioOptions
	log *slog.Logger

	slim    sync.Once
	serving sync.WaitGroup // what alone began
	keyring *secret.Keyring

	mu    sync.Mutex // guards what follows; held while the keyring is asked
	token string
	shows *desktop.Presence // from the first question on

	policiesMu   sync.Mutex // guards what follows; never held while somebody is asked
	policies     map[string]store.Policy
	policiesRead time.Time
}

// join connects to the running instance.
func (s *stdioProcess) join(ctx context.Context) (stdio.Side, error) {
	c, err := joining.Join(ctx, s.cfg, s.o.Client)
	if errors.Is(err, channel.ErrNotRunning) {
		return nil, stdio.ErrNone
	}
	if err != nil {
		return nil, err
	}
	s.slim.Do(func() { time.AfterFunc(time.Second, slim) })
	return c, nil
}

// slim gives back what the start of the program took and a process that only
// carries lines does not need: one of several runs for each client, all day.
func slim() {
	debug.SetGCPercent(25)
	debug.FreeOSMemory()
}

// serve makes what answers, and goes on until that has ended.
func (s *stdioProcess) serve(ctx context.Context, said stdio.Said, made chan<- *tools.Stdio) error {
	base := func() string { return s.cfg.CodaURL }
	if s.cfg.Demo {
		fake, err := startSample()
		if err != nil {
			return err
		}
		defer fake.Close()
		s.use(codatest.Token)
		base = fake.URL
	}
	notes := newNotes(s.log, func(_ context.Context, calls []store.Activity) error {
		return store.AddToSpool(s.cfg.DataDir, calls...)
	})
	var noting sync.WaitGroup
	defer noting.Wait()
	noteCtx, endNotes := context.WithCancel(context.WithoutCancel(ctx))
	defer endNotes()
	noting.Go(func() { notes.keep(noteCtx) })
	client := newCodaClient(s.cfg, base, s.codaToken, s.o.Version, s.log)
	x := s.newIndex(client, base)
	defer x.Close()
	noting.Go(func() { x.Follow(noteCtx) })
	var t *tools.Tools
	journal := s.newJournal(client, base, func(ctx context.Context) bool { return t.MayWrite(ctx) })
	defer s.leave()
	defer journal.Close()
	t = tools.New(tools.Options{
		Index: x,
		Coda:  client, Changes: journal, Policy: s.policy, AskAlways: s.askAlways, Reach: s.reach,
		Ready: s.ready, ReadOnly: s.readOnly, Documents: func() []string { return s.cfg.Documents }, Stopped: s.cfg.Stopped, Paused: s.cfg.Paused,
		Toolset: func() tools.Toolset { return toolsetOf(s.cfg) }, OnCodaError: s.onCodaError, Version: s.o.Version, Log: s.log, Structured: s.cfg.Structured,
		OnCall: func(c tools.Call) { notes.add(false, noteOf(c)) },
	})
	who := caller.Local(fault.ClipLine(s.o.Client, caller.LongestName), caller.Reach{Write: true})
	talk, err := t.Begin(ctx, tools.Talk{Caller: who, To: said})
	if err != nil {
		return err
	}
	made <- talk
	return untilLeft(ctx, talk)
}

// newIndex is the index of the data folder, which the app keeps: what is written
// here is brought there, and nothing else.
func (s *stdioProcess) newIndex(client *coda.Client, base func() string) *index.Index {
	return index.New(index.Options{
		Path: filepath.Join(s.cfg.DataDir, indexName), Coda: client, Reader: true, Log: s.log,
		Owner:   s.owner(base),
		Enabled: s.indexed, Paused: s.indexPaused, Excluded: s.excluded, Documents: func() []string { return s.cfg.Documents },
	})
}

// close waits for what was begun.
func (s *stdioProcess) close() { s.serving.Wait() }

func (s *stdioProcess) use(token string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.token = token
}

func (s *stdioProcess) codaToken() (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.token == "" {
		return "", errNoToken
	}
	return s.token, nil
}

func (s *stdioProcess) ready() (sentence string, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.token != "" {
		return "", true
	}
	if s.keyring == nil {
		s.keyring = secret.New(secret.Options{})
	}
	token, _, err := s.keyring.Lookup(context.Background(), secret.Coda)
	unavailable, ok := fault.As(err)
	switch {
	case err == nil:
		s.token = token
		return "", true
	case ok:
		return "codabridge cannot read the Coda token: " + unavailable.Sentence, false
	}
	return fault.Typed("codabridge has no Coda token yet. Its owner can start codabridge and paste one on its page, or run in a terminal: codabridge login coda. Then ask again; nothing needs a restart."), false
}

// indexed follows the owner's switch of the search index.
func (s *stdioProcess) indexed() bool {
	if s.cfg.DecidedElsewhere("index") {
		return s.cfg.Index
	}
	value, err := s.cfg.Now("index")
	return err == nil && value != "off"
}

// indexPaused tells that the owner wants nothing to be read for the index now.
func (s *stdioProcess) indexPaused() bool {
	if s.cfg.DecidedElsewhere("index") {
		return s.cfg.IndexPaused
	}
	value, err := s.cfg.Now("index")
	return err == nil && value == "paused"
}

// now follows a switch of the owner's while the session lasts: whether the
// setting of a key is what is given, or not set.
func (s *stdioProcess) now(key string, at bool, is string) bool {
	if s.cfg.DecidedElsewhere(key) {
		return at
	}
	value, err := s.cfg.Now(key)
	return err == nil && (value == is || value == "")
}

// excluded follows the owner's choice of docs that are left out of search.
func (s *stdioProcess) excluded() []string {
	if s.cfg.DecidedElsewhere("index_exclude") {
		return s.cfg.IndexExclude
	}
	value, err := s.cfg.Now("index_exclude")
	if err != nil {
		s.log.Warn("app: read which docs are left out", "err", err)
		return s.cfg.IndexExclude
	}
	if value == "" {
		return nil
	}
	ids, err := config.SplitList(value)
	if err != nil {
		return s.cfg.IndexExclude
	}
	return ids
}

// onCodaError forgets a token that Coda refused, so that the next call reads
// the keyring again.
func (s *stdioProcess) onCodaError(err error) {
	if !coda.IsKind(err, coda.KindUnauthorized) || s.cfg.Demo {
		return
	}
	s.mu.Lock()
	s.token = ""
	s.mu.Unlock()
}
