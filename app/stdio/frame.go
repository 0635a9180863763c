package stdio

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
	"sync"

	"codabridge/server/turns"
)

// What a side says, one a line: that it took the next line, an answer behind
// the number of its line, or that it takes no more.
const (
	markTaken  = '+'
	markAnswer = '='
	markEnd    = '!'
)

// Writer is the answering end of a side: it says what was taken, and answers.
type Writer struct {
	mu  sync.Mutex // holds lines apart
	out io.Writer
	err error
}

// NewWriter makes the answering end of a side over out.
func NewWriter(out io.Writer) *Writer { return &Writer{out: out} }

// Taken says that the next line is being worked on. Where that cannot be said
// the next Answer is an error.
func (w *Writer) Taken() { _ = w.write([]byte{markTaken, '\n'}) }

// Answer gives the answer to a line, by its number from one; zero is for what
// the server says of itself.
func (w *Writer) Answer(line int, message []byte) error {
	b := make([]byte, 0, len(message)+16)
	b = strconv.AppendInt(append(b, markAnswer), int64(line), 10)
	b = append(append(append(b, ' '), message...), '\n')
	return w.write(b)
}

// End says that no line is taken any more.
func (w *Writer) End() { _ = w.write([]byte{markEnd, '\n'}) }

func (w *Writer) write(b []byte) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.err == nil {
		_, w.err = w.out.Write(b)
	}
	return w.err
}

// frame is one thing that a side said.
type frame struct {
	mark    byte
	line    int
	message []byte // with its newline
}

var errFrame = errors.New("stdio: the other end does not speak as it should")

// readFrame reads the next one. A last line without its newline is what a
// process wrote when it was killed, and nothing.
func readFrame(r *bufio.Reader) (frame, error) {
	text, err := r.ReadBytes('\n')
	if err != nil {
		return frame{}, err
	}
	if len(text) == 2 && (text[0] == markTaken || text[0] == markEnd) {
		return frame{mark: text[0]}, nil
	}
	number, message, ok := bytes.Cut(text[1:], []byte(" "))
	if text[0] != markAnswer || !ok {
		return frame{}, errFrame
	}
	line, err := strconv.Atoi(string(number))
	if err != nil || line < 0 {
		return frame{}, fmt.Errorf("%w (%q)", errFrame, number)
	}
	return frame{mark: markAnswer, line: line, message: message}, nil
}

// MaxLine is the longest message that is read, in bytes. Of a longer one the
// first part goes on, which is enough to be refused.
const MaxLine = 8 << 20

// readLine reads a message and ends it with a newline. What goes beyond MaxLine
// by more than a byte is dropped.
func readLine(r *bufio.Reader) (text []byte, err error) {
	text, err = turns.ReadLine(r, MaxLine)
	if len(text) > 0 && text[len(text)-1] != '\n' {
		text = append(text, '\n')
	}
	return text, err
}
