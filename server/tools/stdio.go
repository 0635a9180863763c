package tools

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"codabridge/server/caller"
	"codabridge/server/jsonrpc"
	"codabridge/server/turns"

	"github.com/mark3labs/mcp-go/mcp"
	"github.com/mark3labs/mcp-go/server"
)

// Lines is where the answers of a conversation go. Its methods may be called
// at once.
type Lines interface {
	// Taken hears of each line of the input, in their order and before
	// anything is done about it.
	Taken()
	// Answer takes the answer to the line of this number, which counts from
	// one, or with zero what the server says of itself.
	Answer(line int, message []byte) error
}

// Talk is what a conversation over a pair of streams is held with.
type Talk struct {
	// Caller is who is at the far end; its Name and ID are those of a program
	// on this computer (caller.Local), unless they are given.
	Caller caller.Caller
	// Named hears the name that the far end gives itself, once.
	Named func(caller.Caller)
	// To is where the answers go.
	To Lines
	// Until ends the reading: what was not taken by then is left to another,
	// and calls at work are still answered. Nil means the end of the input.
	Until <-chan struct{}
}

// maxLine is the longest message read over stdio, in bytes; Coda takes 2 MB.
const maxLine = 8 << 20

// mostAtOnce is how many calls of a conversation are worked on at once.
const mostAtOnce = 32

// Stdio is one conversation over a pair of streams.
type Stdio struct {
	t       *Tools
	talk    Talk
	session server.ClientSession
	ctx     context.Context // of all messages; ends with the conversation
	end     context.CancelFunc
	calls   sync.WaitGroup // answers still to come
	streams sync.WaitGroup // requests that last until the end
	slots   chan struct{}  // bounds the calls that are worked on at once
	resting chan struct{}  // bounds those that only wait beside them
	left    chan struct{}  // closed by Leave
	leave   sync.Once

	taking  sync.Mutex // guards what follows; held while a line is taken
	closed  bool       // no line is taken any more
	version string     // of MCP, once initialize has agreed on one
	number  int        // of the line that was taken last

	mu      sync.Mutex // guards broken and cancels, and holds answers apart
	broken  error
	cancels map[string]context.CancelFunc // by the id of a request
}

// Begin begins a conversation whose lines are given to Line; Finish ends it.
func (t *Tools) Begin(ctx context.Context, talk Talk) (*Stdio, error) {
	session := server.NewInProcessSession(fmt.Sprintf("stdio-%d", t.stdios.Add(1)), nil)
	if err := t.mcp.RegisterSession(ctx, session); err != nil {
		return nil, fmt.Errorf("tools: serve stdio: %w", err)
	}
	if talk.Caller.ID == "" {
		talk.Caller = caller.Local("", talk.Caller.Reach)
	}
	ctx, cancel := context.WithCancel(t.mcp.WithContext(ctx, session))
	s := &Stdio{t: t, talk: talk, session: session, end: cancel, slots: make(chan struct{}, mostAtOnce),
		resting: make(chan struct{}, 2*mostAtOnce), left: make(chan struct{}), cancels: map[string]context.CancelFunc{}}
	s.ctx = caller.WithSeat(ctx, caller.Seat{Rest: s.rest, Left: s.left})
	s.streams.Go(func() { s.forward(session.ClientNotifications()) })
	return s, nil
}

// ServeStdio speaks MCP with whoever writes to in, one JSON message a line,
// until the input, talk.Until or ctx ends. Calls that run by then are still
// answered, within the tools' deadline. When ctx ends first, a blocked read of
// in is left behind until its owner closes it.
func (t *Tools) ServeStdio(ctx context.Context, in io.Reader, talk Talk) error {
	s, err := t.Begin(ctx, talk)
	if err != nil {
		return err
	}
	read := make(chan struct{})
	go func() { defer close(read); s.read(in) }()
	select {
	case <-read:
	case <-talk.Until:
	case <-s.ctx.Done():
		s.Leave()
	}
	return s.Finish()
}

// read takes lines until the input, the output or ctx ends.
func (s *Stdio) read(in io.Reader) {
	r := bufio.NewReaderSize(in, 64<<10)
	turns.Take(func() (rest func(), more bool) {
		text, err := turns.ReadLine(r, maxLine)
		select {
		case <-s.talk.Until:
			_, _ = io.Copy(io.Discard, r) // whoever writes must not hang
			return nil, false
		default:
		}
		if len(text) > 0 {
			rest = s.Line(text)
		}
		if err != nil {
			if !errors.Is(err, io.EOF) {
				s.t.o.Log.Error("tools: read stdio", "err", err)
			}
			s.Leave()
		}
		return rest, err == nil && s.ctx.Err() == nil
	})
}

// asksCoda are the methods that may take their time.
var asksCoda = map[string]bool{string(mcp.MethodToolsCall): true, string(mcp.MethodResourcesRead): true, "completion/complete": true}

// Line takes a message, or a batch of them; lines come one after the other. Only
// calls run beside one another; the rest is quick, and a client may count on its
// order. What is left to do about a call is given back, to be run beside others.
func (s *Stdio) Line(text []byte) (rest func()) {
	s.taking.Lock()
	defer s.taking.Unlock()
	if s.closed {
		return nil
	}
	s.number++
	number := s.number
	messages, batch, answer := s.messagesOf(text)
	switch {
	case len(messages) == 0:
		s.taken()
		s.write(number, answer)
		return nil
	case batch:
		ctx := caller.WithSeat(s.from(messages[0]), caller.Seat{Left: s.left}) // all of them have one place
		return s.call(number, func() []byte {
			return jsonrpc.AnswerAll(messages, func(m jsonrpc.Message) []byte { return s.t.answer(ctx, m) })
		})
	}
	return s.takeOne(number, messages[0])
}

// messagesOf reads the messages of a line; where it holds none, answer says why.
func (s *Stdio) messagesOf(text []byte) (messages []jsonrpc.Message, batch bool, answer []byte) {
	switch {
	case len(text) > maxLine:
		return nil, false, jsonrpc.Problem(nil, jsonrpc.ParseError, "A message may be 8 MB long at most.")
	case jsonrpc.Blank(text):
		return nil, false, nil
	}
	messages, batch, err := jsonrpc.Read(text, s.version)
	if err != nil {
		return nil, false, jsonrpc.ProblemOf(err)
	}
	return messages, batch, nil
}

func (s *Stdio) takeOne(number int, m jsonrpc.Message) (rest func()) {
	ctx := s.from(m)
	switch {
	case asksCoda[m.Method] && m.WantsAnswer():
		ctx, done := s.cancellable(ctx, m)
		return s.call(number, func() []byte {
			defer done()
			return s.t.answerCall(ctx, m)
		})
	case m.Method == "subscriptions/listen" && m.WantsAnswer():
		s.taken()
		s.streams.Go(func() { s.write(number, s.t.answer(ctx, m)) })
	default:
		s.taken()
		if m.Method == "notifications/cancelled" {
			s.cancel(m.Body)
		}
		answer := s.t.answer(ctx, m)
		if m.Method == "initialize" {
			s.version = agreedVersion(answer)
		}
		s.write(number, answer)
	}
	return nil
}

func (s *Stdio) taken() { s.talk.To.Taken() }

// call gives what writes an answer once it is there; so many are worked on at
// once.
func (s *Stdio) call(number int, answer func() []byte) (rest func()) {
	select {
	case s.slots <- struct{}{}:
	case <-s.ctx.Done():
		return nil
	case <-s.talk.Until:
		return nil
	}
	s.taken()
	s.calls.Add(1)
	return func() {
		defer s.calls.Done()
		defer func() { <-s.slots }()
		s.write(number, answer())
	}
}

// write writes an answer to a line; none is due where it is empty.
func (s *Stdio) write(number int, answer []byte) {
	if len(answer) == 0 {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.broken != nil {
		return
	}
	if err := s.talk.To.Answer(number, answer); err != nil {
		s.broken = fmt.Errorf("tools: write stdio: %w", err)
		s.end()
	}
}

// forward writes what the server says of itself.
func (s *Stdio) forward(notes <-chan mcp.JSONRPCNotification) {
	for {
		select {
		case n := <-notes:
			if b, err := json.Marshal(n); err == nil {
				s.write(0, b)
			}
		case <-s.ctx.Done():
			return
		}
	}
}

// Leave says that who is at the far end has left: calls that wait for the owner
// wait in vain. It may be called twice.
func (s *Stdio) Leave() { s.leave.Do(func() { close(s.left) }) }

// Left is closed by Leave.
func (s *Stdio) Left() <-chan struct{} { return s.left }

// Finish takes no more lines, waits for the answers still to come, then ends what
// is left. The error is why an answer could not be given.
func (s *Stdio) Finish() error {
	s.taking.Lock()
	s.closed = true
	s.taking.Unlock()
	done := make(chan struct{})
	go func() { s.calls.Wait(); close(done) }()
	limit := time.NewTimer(s.t.o.Deadline + 2*time.Second)
	defer limit.Stop()
	select {
	case <-done:
	case <-s.ctx.Done():
	case <-limit.C:
	}
	s.end()
	<-done
	s.streams.Wait()
	s.t.mcp.UnregisterSession(context.WithoutCancel(s.ctx), s.session.SessionID())
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.broken
}
