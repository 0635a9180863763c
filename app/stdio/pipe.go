package stdio

import "io"

// pipe is one end of a side within this process.
type pipe struct {
	*io.PipeReader
	*io.PipeWriter
}

// Pipe makes a side within this process and its other end.
func Pipe() (side, other Side) {
	lines, toOther := io.Pipe()
	said, toSide := io.Pipe()
	return pipe{said, toOther}, pipe{lines, toSide}
}

// CloseWrite ends what is written here.
func (p pipe) CloseWrite() error { return p.PipeWriter.Close() }

// Close ends both ways.
func (p pipe) Close() error {
	_ = p.PipeReader.Close()
	return p.PipeWriter.Close()
}
