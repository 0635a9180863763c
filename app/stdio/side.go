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

// Near is a side within this process, which is called where another one is written
// to, so that no goroutine has to be woken for a line.
type Near interface {
	// Line takes a line, with its newline; lines come one after the other. What is
	// left to do about it is given back, to be run beside others.
	Line(text []byte) (rest func())
	// End says that no line comes any more; what was taken is still answered.
	End()
	// Close ends it at once.
	Close()
}

// Said is where a Near side says what it has to, as a Writer at the other end of
// one that is written to.
type Said struct {
	relay *Relay
	side  *side
}

// Taken says that the next line is being worked on.
func (s Said) Taken() { s.relay.took(s.side) }

// Answer gives the answer to a line, by its number from one; zero is for what the
// server says of itself.
func (s Said) Answer(line int, message []byte) error {
	if s.relay.due(s.side, line) {
		s.relay.say(append(message, '\n'))
	}
	return nil
}

// Gone says that it has ended, in whatever way. It is not called within another
// call of the side.
func (s Said) Gone() { s.relay.gone(s.side) }

// side is one that is or was in use: a running instance, or this process.
type side struct {
	far  Side
	near Near

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
	in := bufio.NewReaderSize(s.far, 16<<10)
	for {
		f, err := readFrame(in)
		if err != nil {
			_ = s.far.Close() // so that no write to it goes on
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
		s.shutDown()
	}
}

// shutDown ends the lines to a side. It is called with mu held.
func (s *side) shutDown() {
	s.shut = true
	if s.near != nil {
		s.near.End()
	} else {
		_ = s.far.CloseWrite()
	}
}

func (s *side) close() {
	if s.near != nil {
		s.near.Close()
	} else {
		_ = s.far.Close()
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
		if rest := r.send(l); rest != nil {
			go rest()
		}
	}
}
