package tunneltest

import (
	"bufio"
	"io"
	"sync"

	"golang.ngrok.com/muxado/v2"
	"golang.ngrok.com/muxado/v2/frame"
)

// config gives the edge's end of a session larger reads, one write for each frame
// instead of two, and no frame for each read, so that measurements through the edge
// show what the agent costs and not what this edge does.
func config() *muxado.Config {
	return &muxado.Config{NewFramer: func(r io.Reader, w io.Writer) frame.Framer {
		framer := frame.NewFramer(bufio.NewReaderSize(r, 32<<10), &joiner{to: w})
		return &thrifty{Framer: framer, owed: map[frame.StreamId]uint32{}}
	}}
}

// updateAt is how many bytes of a stream are read before its peer is told that it
// may send as many more: a quarter of a window.
const updateAt = 64 << 10

// thrifty tells of what was read in steps of updateAt. One goroutine of the session
// writes to it.
type thrifty struct {
	frame.Framer
	owed map[frame.StreamId]uint32 // read and not told of, of streams that are open
}

func (t *thrifty) WriteFrame(f frame.Frame) error {
	id := f.StreamId()
	switch f := f.(type) {
	case *frame.WndInc:
		t.owed[id] += f.WindowIncrement()
		if t.owed[id] < updateAt {
			return nil
		}
		if err := f.Pack(id, t.owed[id]); err != nil {
			return err
		}
		delete(t.owed, id)
	case *frame.Rst:
		delete(t.owed, id)
	case *frame.Data:
		if f.Fin() {
			delete(t.owed, id)
		}
	}
	return t.Framer.WriteFrame(f)
}

// A frame starts with eight bytes: 24 bits of length, four of type, four of
// flags, 32 of stream. Only data frames are written in two parts.
const (
	frameHead = 8
	frameData = byte(frame.TypeData) << 4
)

// joiner holds the head of a data frame back until its body comes. One goroutine
// of the session writes to it.
type joiner struct {
	to   io.Writer
	held []byte
}

func (j *joiner) Write(p []byte) (int, error) {
	if len(j.held) == 0 && len(p) == frameHead && p[3]&0xF0 == frameData && p[0]|p[1]|p[2] != 0 {
		j.held = append(j.held, p...)
		return len(p), nil
	}
	if len(j.held) == 0 {
		return j.to.Write(p)
	}
	j.held = append(j.held, p...)
	_, err := j.to.Write(j.held)
	j.held = j.held[:0]
	return len(p), err
}

// stream is a muxado stream that is left alone after a failed write: it is closed
// by then, and muxado would use the frame again that the dying session's writer
// may still hold.
type stream struct {
	muxado.Stream
	writing sync.Mutex // held for each write; guards failed
	failed  bool
}

func (s *stream) Write(p []byte) (int, error) {
	s.writing.Lock()
	defer s.writing.Unlock()
	n, err := s.Stream.Write(p)
	s.failed = s.failed || err != nil
	return n, err
}

func (s *stream) Close() error {
	s.writing.Lock()
	defer s.writing.Unlock()
	if s.failed {
		return nil
	}
	return s.Stream.Close()
}

// open opens a stream of a type to the agent.
func (s *session) open(kind muxado.StreamType) (*stream, error) {
	raw, err := s.mux.OpenTypedStream(kind)
	if err != nil {
		return nil, err
	}
	return &stream{Stream: raw}, nil
}
