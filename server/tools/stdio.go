package tools

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"codabridge/server/caller"

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
			s.take(l)
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
		if l.tooLong = l.tooLong || len(l.text)+len(part) > maxLine; !l.tooLong {
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

// take answers a message. Only calls run beside one another; the rest is
// quick, and a client may count on its order.
func (s *stdio) take(l line) {
	text := bytes.TrimSpace(l.text)
	switch {
	case l.tooLong:
		s.write(mcp.NewJSONRPCError(mcp.NewRequestId(nil), mcp.PARSE_ERROR, "A message may be 8 MB long at most.", nil))
		return
	case len(text) == 0:
		return
	}
	var m struct {
		Method string          `json:"method"`
		ID     json.RawMessage `json:"id"`
	}
	_ = json.Unmarshal(text, &m) // HandleMessage answers what is no JSON
	if odd := OddID(m.ID, m.Method); odd != "" {
		s.write(mcp.NewJSONRPCError(mcp.NewRequestId(nil), mcp.INVALID_REQUEST, odd, nil))
		return
	}
	complete := Completing(m.ID, m.Method, text)
	isCall := len(m.ID) > 0 && string(m.ID) != "null"
	switch {
	case asksCoda[m.Method] && isCall:
		select {
		case s.slots <- struct{}{}:
		case <-s.ctx.Done():
			return
		}
		s.calls.Go(func() {
			defer func() { <-s.slots }()
			s.answer(text, complete)
		})
	case m.Method == "subscriptions/listen" && isCall:
		s.streams.Go(func() { s.answer(text, complete) })
	default:
		s.answer(text, complete)
	}
}

// answer writes the answer to a message; complete may be nil.
func (s *stdio) answer(text []byte, complete func([]byte) []byte) {
	defer func() {
		if p := recover(); p != nil {
			s.t.o.Log.Error("tools: panic in stdio", "panic", fmt.Sprint(p))
		}
	}()
	if resp := s.t.mcp.HandleMessage(s.ctx, text); resp != nil {
		s.writeWhole(resp, complete)
	}
}

func (s *stdio) write(message any) { s.writeWhole(message, nil) }

func (s *stdio) writeWhole(message any, complete func([]byte) []byte) {
	b, err := json.Marshal(message)
	if err != nil {
		s.t.o.Log.Error("tools: encode answer", "err", err)
		return
	}
	if complete != nil {
		b = complete(b)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.broken != nil {
		return
	}
	if _, err := s.out.Write(append(b, '\n')); err != nil {
		s.broken = fmt.Errorf("tools: write stdio: %w", err)
		s.end()
	}
}

// forward writes what the server says of itself.
func (s *stdio) forward(notes <-chan mcp.JSONRPCNotification) {
	for {
		select {
		case n := <-notes:
			s.write(n)
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
