package app

import (
	"context"
	"io"
	"log/slog"
	"path/filepath"
	"sync"

	"codabridge/app/config"
	"codabridge/app/secret"
	"codabridge/server/coda"
	"codabridge/server/coda/codatest"
	"codabridge/server/fault"
	"codabridge/server/index"
	"codabridge/server/tools"
)

// Stdio serves the tools over in and out until in ends: no HTTP, no tunnel, no
// database. The keyring is read at the first call that needs it, so that the
// list of tools is there at once, and a token that the owner adds later is
// found by the next call.
func Stdio(ctx context.Context, cfg config.Config, version string, log *slog.Logger, in io.Reader, out io.Writer) error {
	s := &stdio{cfg: cfg, keyring: secret.New(secret.Options{}), log: log}
	base := func() string { return cfg.CodaURL }
	if cfg.Demo {
		fake, err := startSample()
		if err != nil {
			return err
		}
		defer fake.Close()
		s.token, base = codatest.Token, fake.URL
	}
	x := index.New(index.Options{Path: filepath.Join(cfg.DataDir, indexName), Log: log, Enabled: s.indexed, Excluded: s.excluded,
		Owner: func() string { token, _ := s.codaToken(); return index.OwnerOf(token, base()) }})
	defer x.Close()
	t := tools.New(tools.Options{
		Index: x,
		Coda:  newCodaClient(cfg, base, s.codaToken, version, log),
		Ready: s.ready, ReadOnly: s.readOnly, Documents: func() []string { return cfg.Documents },
		Toolset: func() tools.Toolset { return toolsetOf(cfg) }, OnCodaError: s.onCodaError, Version: version, Log: log,
	})
	return t.ServeStdio(ctx, in, out)
}

// stdio is what a stdio session keeps.
type stdio struct {
	cfg     config.Config
	keyring *secret.Keyring
	log     *slog.Logger

	mu    sync.Mutex // guards token; held while the keyring is asked
	token string
}

func (s *stdio) codaToken() (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.token == "" {
		return "", errNoToken
	}
	return s.token, nil
}

func (s *stdio) ready() (sentence string, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.token != "" {
		return "", true
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
	return "codabridge has no Coda token yet. Run in a terminal: codabridge login coda. Then ask again; nothing needs a restart.", false
}

// indexed follows the owner's switch of the search index.
func (s *stdio) indexed() bool {
	if s.cfg.DecidedElsewhere("index") {
		return s.cfg.Index
	}
	value, err := s.cfg.Now("index")
	return err == nil && value != "off"
}

// excluded follows the owner's choice of docs that are left out of search.
func (s *stdio) excluded() []string {
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

// readOnly follows the owner's switch while the session lasts.
func (s *stdio) readOnly() bool {
	if s.cfg.DecidedElsewhere("read_only") {
		return s.cfg.ReadOnly
	}
	value, err := s.cfg.Now("read_only")
	if err != nil {
		s.log.Warn("app: read the Read-only switch", "err", err)
		return true // when in doubt, nothing is changed
	}
	on, err := config.ParseBool(value)
	return err == nil && on
}

// onCodaError forgets a token that Coda refused, so that the next call reads
// the keyring again.
func (s *stdio) onCodaError(err error) {
	if !coda.IsKind(err, coda.KindUnauthorized) || s.cfg.Demo {
		return
	}
	s.mu.Lock()
	s.token = ""
	s.mu.Unlock()
}
