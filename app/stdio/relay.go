package stdio

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"sync"
	"time"

	"codabridge/server/turns"
)

// Options is what a Relay is given.
type Options struct {
	// Join connects to the running instance; the error says why that is not
	// done. ErrNone says that there is none.
	Join func(ctx context.Context) (Side, error)
	// Alone serves in this process, and says what it has to to what it is given.
	Alone func(Said) Near
	// Reads tells whether a tool never changes anything.
	Reads func(tool string) bool
	// Look is how often it is looked whether an instance runs by now, while
	// none answers; zero means 1 s.
	Look time.Duration
	Log  *slog.Logger
}

// ErrNone says that no instance runs on the data folder.
var ErrNone = errors.New("stdio: no instance runs")

// refusedFor is how long an instance that refused is not asked again.
const refusedFor = 10 * time.Second

// Relay carries the messages of one client.
type Relay struct {
	o   Options
	ctx context.Context
	end context.CancelFunc

	sending sync.Mutex // held while a line is being sent, so that their order stays
	refused time.Time  // when an instance refused last; guarded by sending
	why     string     // its words

	mu      sync.Mutex // guards the fields below, and what a side says is guarded
	now     *side      // in use; nil before the first, and after one has gone
	sides   map[*side]bool
	hello   []byte // the client's initialize, and that it is done
	ready   []byte
	change  chan struct{} // closed at the next change of sides
	closing bool          // the input has ended

	writing sync.Mutex // guards out and broken
	out     io.Writer
	broken  error
}

// New makes a relay; it opens nothing.
func New(o Options) *Relay {
	if o.Look <= 0 {
		o.Look = time.Second
	}
	return &Relay{o: o, sides: map[*side]bool{}, change: make(chan struct{})}
}

// Run carries messages until the input has ended and everything is answered, or
// ctx ends. When ctx ends first, a blocked read of in is left behind until its
// owner closes it. The error is why out could not be written.
func (r *Relay) Run(ctx context.Context, in io.Reader, out io.Writer) error {
	r.ctx, r.end = context.WithCancel(ctx)
	defer r.end()
	r.out = out
	var looking sync.WaitGroup
	looking.Go(r.look)
	read := make(chan struct{})
	go func() {
		defer close(read)
		r.read(in)
	}()
	select {
	case <-read:
		r.finish()
	case <-r.ctx.Done():
		r.leave()
	}
	r.end()
	r.closeAll()
	looking.Wait()
	r.writing.Lock()
	defer r.writing.Unlock()
	return r.broken
}

// read takes every line of the input.
func (r *Relay) read(in io.Reader) {
	from := bufio.NewReaderSize(in, 16<<10)
	turns.Take(func() (rest func(), more bool) {
		text, err := readLine(from)
		if len(text) > 0 {
			rest = r.take(read(text))
		}
		return rest, err == nil && r.ctx.Err() == nil
	})
}

func (r *Relay) take(l *line) (rest func()) {
	r.sending.Lock()
	defer r.sending.Unlock()
	rest = r.send(l)
	switch { // from the next side on
	case l.is("initialize"):
		r.introduced(l.text, nil)
	case l.is("notifications/initialized"):
		r.introduced(r.hello, l.text)
	}
	return rest
}

// introduced keeps what the client said of itself.
func (r *Relay) introduced(hello, ready []byte) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.hello, r.ready = hello, ready
}

// send sends a line to the side in use. It is called with sending held. What is left
// to do about it is run without.
func (r *Relay) send(l *line) (rest func()) {
	s := r.side()
	if s == nil {
		return nil
	}
	return r.write(s, l)
}

// write writes a line to a side. Where that fails the side has gone, and hear
// finds the line among those that were not taken.
func (r *Relay) write(s *side, l *line) (rest func()) {
	r.mu.Lock()
	s.sent++
	s.lines[s.sent] = l
	if l.replayed {
		s.mute[s.sent] = true
	}
	r.mu.Unlock()
	if s.near != nil {
		return s.near.Line(l.text)
	}
	_, _ = s.far.Write(l.text)
	return nil
}

// side is the one that the next line goes to: an instance where one runs, else
// this process. It is called with sending held.
func (r *Relay) side() *side {
	r.mu.Lock()
	now := r.now
	r.mu.Unlock()
	if now != nil && now.far != nil || r.ctx.Err() != nil {
		return now
	}
	if s := r.join(); s != nil {
		return s
	}
	if now == nil {
		now = newSide(nil)
		now.near = r.o.Alone(Said{r, now})
		r.use(now)
	}
	return now
}

// join moves to the running instance; nil where there is none, or it refuses.
// It is called with sending held.
func (r *Relay) join() *side {
	if time.Since(r.refused) < refusedFor {
		return nil
	}
	s, err := r.o.Join(r.ctx)
	switch {
	case err == nil:
		r.refused, r.why = time.Time{}, ""
		joined := newSide(s)
		r.use(joined)
		return joined
	case errors.Is(err, ErrNone) || r.ctx.Err() != nil:
		return nil
	}
	r.refused = time.Now()
	if r.why != err.Error() {
		r.why = err.Error()
		r.o.Log.Warn("stdio: served by this process alone", "why", err.Error())
	}
	return nil
}

// use brings a side into use: it hears what the client said of itself, and what
// the client listens to.
func (r *Relay) use(s *side) {
	replay := r.replace(s)
	if s.far != nil {
		go r.hear(s)
	}
	for _, l := range replay {
		if rest := r.write(s, l); rest != nil {
			go rest()
		}
	}
}

func newSide(far Side) *side { return &side{far: far, lines: map[int]*line{}, mute: map[int]bool{}} }

// replace puts a side in the place of the one before and gives what is to be
// said to it again.
func (r *Relay) replace(s *side) (replay []*line) {
	r.mu.Lock()
	defer r.mu.Unlock()
	before := r.now
	r.now, r.sides[s] = s, true
	r.changed()
	for _, text := range [][]byte{r.hello, r.ready} {
		if text != nil {
			l := read(text)
			l.replayed = true
			replay = append(replay, l)
		}
	}
	if before == nil {
		return replay
	}
	for number, l := range before.lines {
		if l.is("subscriptions/listen") {
			delete(before.lines, number)
			before.mute[number] = true
			replay = append(replay, read(l.text))
		}
	}
	r.quiet(before)
	return replay
}

// changed wakes those who wait for a change of sides. It is called with mu held.
func (r *Relay) changed() {
	close(r.change)
	r.change = make(chan struct{})
}

// say writes a line to the client.
func (r *Relay) say(text []byte) {
	if len(text) == 0 {
		return
	}
	r.writing.Lock()
	defer r.writing.Unlock()
	if r.broken != nil {
		return
	}
	if _, err := r.out.Write(text); err != nil {
		r.broken = fmt.Errorf("stdio: write: %w", err)
		r.end()
	}
}
