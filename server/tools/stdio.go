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

// maxLine is the longest message read over stdio, in bytes; Coda takes 2 MB.
const maxLine = 8 << 20

// stdio is one conversation over a pair of streams.
type stdio struct {
	t       *Tools
	ctx     context.Context // of all messages; ends with the conversation
	end     context.CancelFunc
	calls   sync.WaitGroup // answers still to come
	streams sync.WaitGroup // requests that last until the end
	slots   chan struct{}  // bounds the calls at once
	version string         // of MCP, once initialize has agreed on one; handle's alone

	mu     sync.Mutex // guards out and broken
	out    io.Writer
	broken error
}

// ServeStdio speaks MCP over in and out, one JSON message a line, until the
// input or ctx ends. Calls that run at the end of input are still answered,
// within the tools' deadline. Nothing else is written to out. When ctx ends
// first, a blocked read of in is left behind until its owner closes it.
func (t *Tools) ServeStdio(ctx context.Context, in io.Reader, out io.Writer) error {
	session := server.NewInProcessSession(fmt.Sprintf("stdio-%d", t.stdios.Add(1)), nil)
	if err := t.mcp.RegisterSession(ctx, session); err != nil {
		return fmt.Errorf("tools: serve stdio: %w", err)
	}
	defer t.mcp.UnregisterSession(context.WithoutCancel(ctx), session.SessionID())
	ctx, cancel := context.WithCancel(caller.With(t.mcp.WithContext(ctx, session), thisComputer))
	defer cancel()
	s := &stdio{t: t, ctx: ctx, end: cancel, out: out, slots: make(chan struct{}, 32)}
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
			}
			if l.err != nil {
				return
			}
		}
	}()
	for {
		select {
		case <-s.ctx.Done():
			return
		case l := <-lines:
			s.handle(l)
			if l.err != nil {
				if !errors.Is(l.err, io.EOF) {
					s.t.o.Log.Error("tools: read stdio", "err", l.err)
				}
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
	switch {
	case l.tooLong:
		s.write(jsonrpc.Problem(nil, jsonrpc.ParseError, "A message may be 8 MB long at most."))
		return
	case jsonrpc.Blank(l.text):
		return
	}
	messages, batch, err := jsonrpc.Read(l.text, s.version)
	if err != nil {
		s.write(jsonrpc.ProblemOf(err))
		return
	}
	if batch {
		s.call(func() []byte {
			return jsonrpc.AnswerAll(messages, func(m jsonrpc.Message) []byte { return s.t.answer(s.ctx, m) })
		})
		return
	}
	m := messages[0]
	switch {
	case asksCoda[m.Method] && m.WantsAnswer():
		s.call(func() []byte { return s.t.answer(s.ctx, m) })
	case m.Method == "subscriptions/listen" && m.WantsAnswer():
		s.streams.Go(func() { s.write(s.t.answer(s.ctx, m)) })
	default:
		answer := s.t.answer(s.ctx, m)
		if m.Method == "initialize" {
			s.version = agreedVersion(answer)
		}
		s.write(answer)
	}
}

// call writes an answer once it is there; so many are worked on at once.
func (s *stdio) call(answer func() []byte) {
	select {
	case s.slots <- struct{}{}:
	case <-s.ctx.Done():
		return
	}
	s.calls.Go(func() {
		defer func() { <-s.slots }()
		s.write(answer())
	})
}

// write writes an answer as a line; none is due where it is empty.
func (s *stdio) write(answer []byte) {
	if len(answer) == 0 {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.broken != nil {
		return
	}
	if _, err := s.out.Write(append(answer, '\n')); err != nil {
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
				s.write(b)
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
