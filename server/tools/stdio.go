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

// stdio is one conversation over a pair of streams.
type stdio struct {
	t       *Tools
	talk    Talk
	ctx     context.Context // of all messages; ends with the conversation
	end     context.CancelFunc
	calls   sync.WaitGroup // answers still to come
	streams sync.WaitGroup // requests that last until the end
	slots   chan struct{}  // bounds the calls that are worked on at once
	resting chan struct{}  // bounds those that only wait beside them
	left    chan struct{}  // closed at the end of the input

	// handle's alone:
	version string // of MCP, once initialize has agreed on one
	number  int    // of the line that was taken last

	mu      sync.Mutex // guards broken and cancels, and holds answers apart
	broken  error
	cancels map[string]context.CancelFunc // by the id of a request
}

// ServeStdio speaks MCP with whoever writes to in, one JSON message a line,
// until the input, talk.Until or ctx ends. Calls that run by then are still
// answered, within the tools' deadline. When ctx ends first, a blocked read of
// in is left behind until its owner closes it.
func (t *Tools) ServeStdio(ctx context.Context, in io.Reader, talk Talk) error {
	session := server.NewInProcessSession(fmt.Sprintf("stdio-%d", t.stdios.Add(1)), nil)
	if err := t.mcp.RegisterSession(ctx, session); err != nil {
		return fmt.Errorf("tools: serve stdio: %w", err)
	}
	defer t.mcp.UnregisterSession(context.WithoutCancel(ctx), session.SessionID())
	if talk.Caller.ID == "" {
		talk.Caller = caller.Local("", talk.Caller.Reach)
	}
	ctx, cancel := context.WithCancel(t.mcp.WithContext(ctx, session))
	defer cancel()
	s := &stdio{t: t, talk: talk, end: cancel, slots: make(chan struct{}, mostAtOnce), resting: make(chan struct{}, 2*mostAtOnce),
		left: make(chan struct{}), cancels: map[string]context.CancelFunc{}}
	s.ctx = caller.WithSeat(ctx, caller.Seat{Rest: s.rest, Left: s.left})
	s.streams.Go(func() { s.forward(session.ClientNotifications()) })
	s.read(in)
	s.finish()
	return s.broken
}

// read hands every line on until the input, the output or ctx ends.
func (s *stdio) read(in io.Reader) {
	lines := make(chan line)
	go func() {
		defer close(lines)
		r := bufio.NewReaderSize(in, 64<<10)
		for {
			l := readLine(r)
			select {
			case lines <- l:
			case <-s.ctx.Done():
				return
			case <-s.talk.Until:
				_, _ = io.Copy(io.Discard, r) // whoever writes must not hang
				return
			}
			if l.err != nil {
				return
			}
		}
	}()
	for {
		select {
		case <-s.ctx.Done():
			close(s.left)
			return
		case <-s.talk.Until:
			return
		case l := <-lines:
			s.handle(l)
			if l.err != nil {
				if !errors.Is(l.err, io.EOF) {
					s.t.o.Log.Error("tools: read stdio", "err", l.err)
				}
				close(s.left)
				return
			}
		}
	}
}

// line is one message, or why there is none. The last line of the input may
// come without a newline, and then with io.EOF.
type line struct {
	text    []byte
	tooLong bool
	err     error
}

func readLine(r *bufio.Reader) line {
	var l line
	for {
		part, err := r.ReadSlice('\n')
		l.tooLong = l.tooLong || len(l.text)+len(part) > maxLine
		if !l.tooLong {
			l.text = append(l.text, part...)
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			l.err = err
			return l
		}
	}
}

// asksCoda are the methods that may take their time.
var asksCoda = map[string]bool{string(mcp.MethodToolsCall): true, string(mcp.MethodResourcesRead): true, "completion/complete": true}

// handle answers a message, or a batch of them. Only calls run beside one
// another; the rest is quick, and a client may count on its order.
func (s *stdio) handle(l line) {
	if l.err != nil && len(l.text) == 0 && !l.tooLong {
		return // the end, and not a line
	}
	s.number++
	number := s.number
	messages, batch, answer := s.messagesOf(l)
	switch {
	case len(messages) == 0:
		s.taken()
		s.write(number, answer)
	case batch:
		ctx := caller.WithSeat(s.from(messages[0]), caller.Seat{Left: s.left}) // all of them have one place
		s.call(number, func() []byte {
			return jsonrpc.AnswerAll(messages, func(m jsonrpc.Message) []byte { return s.t.answer(ctx, m) })
		})
	default:
		s.takeOne(number, messages[0])
	}
}

// messagesOf reads the messages of a line; where it holds none, answer says why.
func (s *stdio) messagesOf(l line) (messages []jsonrpc.Message, batch bool, answer []byte) {
	switch {
	case l.tooLong:
		return nil, false, jsonrpc.Problem(nil, jsonrpc.ParseError, "A message may be 8 MB long at most.")
	case jsonrpc.Blank(l.text):
		return nil, false, nil
	}
	messages, batch, err := jsonrpc.Read(l.text, s.version)
	if err != nil {
		return nil, false, jsonrpc.ProblemOf(err)
	}
	return messages, batch, nil
}

func (s *stdio) takeOne(number int, m jsonrpc.Message) {
	ctx := s.from(m)
	switch {
	case asksCoda[m.Method] && m.WantsAnswer():
		ctx, done := s.cancellable(ctx, string(m.ID))
		s.call(number, func() []byte {
			defer done()
			return s.t.answer(ctx, m)
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
}

func (s *stdio) taken() { s.talk.To.Taken() }

// call writes an answer once it is there; so many are worked on at once.
func (s *stdio) call(number int, answer func() []byte) {
	select {
	case s.slots <- struct{}{}:
	case <-s.ctx.Done():
		return
	case <-s.talk.Until:
		return
	}
	s.taken()
	s.calls.Go(func() {
		defer func() { <-s.slots }()
		s.write(number, answer())
	})
}

// write writes an answer to a line; none is due where it is empty.
func (s *stdio) write(number int, answer []byte) {
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
func (s *stdio) forward(notes <-chan mcp.JSONRPCNotification) {
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

// finish waits for the answers still to come, then ends what is left.
func (s *stdio) finish() {
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
}
