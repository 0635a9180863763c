package app

import (
	"errors"
	"path/filepath"
	"time"

	"codabridge/app/config"
	store "codabridge/server/store/state"
	"codabridge/server/tools"
)

// policy is what the owner decided of programs over stdio; where that cannot be
// read, nothing may be changed.
func (s *stdioProcess) policy(id string) tools.Policy {
	known, err := s.decisions()
	if err != nil {
		return tools.PolicyRead
	}
	return decided(known, id)
}

// reach is which docs the owner chose for programs over stdio; where that cannot
// be read, those that were chosen when it could, and at first none.
func (s *stdioProcess) reach(id string) (documents []string, chosen bool) {
	known, err := s.decisions()
	if err != nil && known == nil {
		return []string{noDocument}, true
	}
	return reached(known, id)
}

// noDocument is no doc's id.
const noDocument = "-"

// decisions are the owner's. No instance runs that knows them, so they are read
// where that keeps them. With an error they are the last that could be read.
func (s *stdioProcess) decisions() (map[string]store.Policy, error) {
	s.policiesMu.Lock()
	defer s.policiesMu.Unlock()
	if time.Since(s.policiesRead) <= time.Second {
		return s.policies, nil
	}
	known, err := store.ReadPolicies(s.ctx, filepath.Join(s.cfg.DataDir, stateName))
	if err != nil {
		s.log.Error("app: read what this program may do", "err", err)
		return s.policies, err
	}
	if known == nil {
		known = map[string]store.Policy{}
	}
	s.policies, s.policiesRead = known, time.Now()
	return known, nil
}

// askAlways follows which changes wait for the owner; where that cannot be read,
// all do.
func (s *stdioProcess) askAlways() []string {
	if s.cfg.DecidedElsewhere("ask_always") {
		return s.cfg.AskAlways
	}
	value, err := s.cfg.Now("ask_always")
	if err == nil && value == "" {
		return config.Defaults().AskAlways
	}
	kinds, parseErr := config.ParseAskAlways(value)
	if err != nil || parseErr != nil {
		s.log.Warn("app: read which changes always ask", "err", errors.Join(err, parseErr))
		return config.AskKinds()
	}
	return kinds
}

// readOnly follows the owner's switch while the session lasts.
func (s *stdioProcess) readOnly() bool {
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
