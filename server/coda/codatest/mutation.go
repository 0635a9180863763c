package codatest

import (
	"fmt"
	"net/http"
	"time"
)

// mutation is an accepted write that waits to be done.
type mutation struct {
	id       string
	number   int // writes are done in the order of their numbers
	doc      *Doc
	apply    func()
	accepted time.Time
	polls    int
	missing  int // so many first polls answer 404
	done     bool
}

// queue accepts a write and gives its request id.
func (s *Server) queue(d *Doc, apply func()) string {
	s.counter++
	id := fmt.Sprintf("mutate:%08x-0c0d-4a1e-8b1d-%012x", s.counter, uint64(s.counter)*7919)
	s.mutations[id] = &mutation{id: id, number: s.counter, doc: d, apply: apply, accepted: time.Now(), missing: s.knobs.MutationNotFound}
	if s.knobs.MutationPolls == 0 && !s.knobs.MutationStuck {
		s.complete(s.mutations[id])
	}
	return id
}

// complete does a write, and those of the same doc that came before it.
func (s *Server) complete(m *mutation) {
	for {
		first := m
		for _, o := range s.mutations {
			if !o.done && o.doc == m.doc && o.number < first.number {
				first = o
			}
		}
		first.done = true
		first.apply()
		first.apply = nil
		first.doc.Updated = time.Now()
		if first == m {
			return
		}
	}
}

// settle does the writes whose time has come.
func (s *Server) settle(now time.Time) {
	after := s.knobs.MutationAfter
	if after == 0 {
		after = 3 * time.Second
	}
	for _, m := range s.mutations {
		switch {
		case m.done && now.Sub(m.accepted) > 24*time.Hour:
			delete(s.mutations, m.id)
		case !m.done && !s.knobs.MutationStuck && now.Sub(m.accepted) >= after:
			s.complete(m)
		}
	}
}

func (s *Server) pendingIn(d *Doc) bool {
	for _, m := range s.mutations {
		if !m.done && m.doc == d {
			return true
		}
	}
	return false
}

func (s *Server) getMutationStatus(r *request) (any, error) {
	m := s.mutations[r.PathValue("request")]
	if m == nil {
		return nil, refuse(http.StatusNotFound, "Could not find a mutation with the specified request ID.")
	}
	if m.missing > 0 {
		m.missing--
		return nil, refuse(http.StatusNotFound, "Could not find a mutation with the specified request ID.")
	}
	m.polls++
	if !m.done && !s.knobs.MutationStuck && m.polls > s.knobs.MutationPolls {
		s.complete(m)
	}
	out := map[string]any{"completed": m.done}
	if m.done && s.knobs.MutationWarning != "" {
		out["warning"] = s.knobs.MutationWarning
	}
	return out, nil
}
