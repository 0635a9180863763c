package tools

import (
	"context"
	"encoding/json"

	"codabridge/server/caller"
	"codabridge/server/fault"
	"codabridge/server/jsonrpc"
)

// cancellable is ctx until done, or until the client cancels the request. The
// library does the same, but knows a request only once it works on it, and a
// client may cancel before.
func (s *Stdio) cancellable(ctx context.Context, m jsonrpc.Message) (context.Context, func()) {
	ctx, cancel := context.WithCancel(ctx)
	id := string(m.ID)
	if m.Call == nil {
		id = sameID(m.ID)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.cancels[id] = cancel
	return ctx, func() {
		cancel()
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.cancels, id)
	}
}

// cancel ends the request that a notification names.
func (s *Stdio) cancel(notification []byte) {
	var m struct {
		Params struct{ RequestID json.RawMessage }
	}
	if json.Unmarshal(notification, &m) != nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if cancel := s.cancels[sameID(m.Params.RequestID)]; cancel != nil {
		cancel()
	}
}

// sameID is an id in one spelling: 1.0 is 1. An id of a plain call has it.
func sameID(id json.RawMessage) string {
	var v any
	if json.Unmarshal(id, &v) != nil {
		return string(id)
	}
	b, err := json.Marshal(v)
	if err != nil {
		return string(id)
	}
	return string(b)
}

// rest is caller.Seat's: the place of a call that only waits is another's. So many
// rest; one more would keep the program from reading.
func (s *Stdio) rest(_ context.Context, wait func() (again bool)) error {
	select {
	case s.resting <- struct{}{}:
	default:
		return caller.ErrCrowded
	}
	defer func() { <-s.resting }()
	<-s.slots
	wait()
	s.slots <- struct{}{} // those who have them end, each by its deadline
	return nil
}

// from is the context of a message. The caller is called as the program calls
// itself, unless its owner gave it a name.
func (s *Stdio) from(m jsonrpc.Message) context.Context {
	if s.talk.Caller.ID == caller.LocalID {
		if name := clientName(m.Body); name != "" {
			s.talk.Caller = caller.Local(fault.ClipLine(name, caller.LongestName), s.talk.Caller.Reach)
			if s.talk.Named != nil {
				s.talk.Named(s.talk.Caller)
			}
		}
	}
	return caller.With(s.ctx, s.talk.Caller)
}
