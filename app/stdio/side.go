package stdio

import (
	"bufio"
	"io"
	"maps"
	"slices"
)

// Side is what answers: lines are written to it, and read from it is what a
// Writer at its other end says. CloseWrite ends the lines.
type Side interface {
	io.ReadWriteCloser
	CloseWrite() error
}

// side is one that is or was in use.
type side struct {
	Side
	joined bool // it is a running instance

	// Guarded by the relay's mu:
	sent  int           // lines so far
	taken int           // of them
	lines map[int]*line // by number, those that are not done with
	mute  map[int]bool  // numbers whose answers the client has from elsewhere
	ended bool          // it takes no more
	shut  bool          // no line is written to it any more
}

// hear passes on what a side says until it ends.
func (r *Relay) hear(s *side) {
	in := bufio.NewReaderSize(s, 16<<10)
	for {
		f, err := readFrame(in)
		if err != nil {
			_ = s.Close() // so that no write to it goes on
			r.gone(s)
			return
		}
		switch f.mark {
		case markTaken:
			r.took(s)
		case markEnd:
			r.leaves(s)
		case markAnswer:
			if r.due(s, f.line) {
				r.say(f.message)
			}
		}
	}
}

// took notes that the side works on its next line.
func (r *Relay) took(s *side) {
	r.mu.Lock()
	defer r.mu.Unlock()
	s.taken++
	l := s.lines[s.taken]
	if l == nil {
		return
	}
	l.taken = true
	if !l.awaits() {
		delete(s.lines, s.taken)
		r.quiet(s)
	} else if len(l.text) > keptLine {
		l.text = nil
	}
}

// due tells whether the client waits for an answer that a side gave.
func (r *Relay) due(s *side, number int) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if number == 0 {
		return r.now == s
	}
	mute := s.mute[number]
	delete(s.lines, number)
	delete(s.mute, number)
	r.quiet(s)
	return !mute
}

// quiet ends the lines to a side that is not in use any more, once it has
// nothing to do. It is called with mu held.
func (r *Relay) quiet(s *side) {
	if r.now != s && len(s.lines) == 0 && !s.shut {
		s.shut = true
		_ = s.CloseWrite()
	}
}

// leaves hears that a side takes no more: what it has not taken goes elsewhere.
func (r *Relay) leaves(s *side) {
	r.sending.Lock()
	defer r.sending.Unlock()
	r.resend(r.drop(s, false))
}

// gone hears that a side has ended, in whatever way.
func (r *Relay) gone(s *side) {
	r.sending.Lock()
	defer r.sending.Unlock()
	left := r.drop(s, true)
	var again []*line
	for _, l := range left {
		switch {
		case !l.taken || l.again(r.o.Reads):
			again = append(again, l)
		default:
			r.say(l.lost(r.ctx.Err() != nil))
		}
	}
	r.resend(again)
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closing {
		r.shutAll()
	}
	delete(r.sides, s)
	r.changed()
}

// drop takes a side out of use. It gives the lines that are not done with: all
// of them, or those that were not taken.
func (r *Relay) drop(s *side, all bool) (left []*line) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.now == s {
		r.now = nil
	}
	s.ended = true
	for _, number := range slices.Sorted(maps.Keys(s.lines)) {
		l := s.lines[number]
		if !all && l.taken {
			continue
		}
		delete(s.lines, number)
		if !l.replayed {
			left = append(left, l)
		}
	}
	r.quiet(s)
	return left
}

// resend sends lines of a side that has gone to the one in its place. It is
// called with sending held.
func (r *Relay) resend(lines []*line) {
	for _, l := range lines {
		l.taken = false
		r.send(l)
	}
}
