// Package logs keeps the program's log: lines for people on the terminal, and
// JSON lines in a rotating file in the data folder.
//
// # Decisions
//
// The file is written by the instance that holds the data folder's lock, so
// there is one writer and rotation needs no care for others. It is five files
// of five megabytes, closed to other users. What may stand in a line is decided
// where it is written: who, what, why refused; no contents, no secrets, no
// query strings. What a terminal would obey is escaped, so that the file may be
// printed as it is. Of the lines that callers from outside cause, the file keeps
// so many a minute.
package logs

import (
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
)

// Name is the current log file in the data folder; older ones are Name.1 to
// Name.4, the oldest last.
const Name = "codabridge.log"

const (
	files   = 5
	maxSize = 5 << 20 // bytes
)

// File is the rotating file. It is safe for concurrent use.
type File struct {
	path string
	max  int64

	mu     sync.Mutex // guards the rest
	f      *os.File   // nil while it cannot be opened
	size   int64
	closed bool
}

// Open opens, or makes, the log file in the data folder.
func Open(dataDir string) (*File, error) {
	l := &File{path: filepath.Join(dataDir, Name), max: maxSize}
	if err := l.open(); err != nil {
		return nil, fmt.Errorf("logs: open: %w", err)
	}
	return l, nil
}

func (l *File) open() error {
	f, err := os.OpenFile(l.path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	info, err := f.Stat()
	if err != nil {
		f.Close()
		return err
	}
	l.f, l.size = f, info.Size()
	return nil
}

// Write appends one line. A line that would make the file too long begins the
// next file; one that cannot be written is dropped, since a full disk must not
// stop the bridge.
func (l *File) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.f != nil && l.size > 0 && l.size+int64(len(p)) > l.max {
		l.rotate()
	}
	if l.closed || l.f == nil && l.open() != nil { // what kept it shut may pass
		return len(p), nil
	}
	n, err := l.f.Write(p)
	l.size += int64(n)
	return len(p), err
}

// rotate moves every file one place on. Where that fails the current file goes
// on growing rather than losing lines.
func (l *File) rotate() {
	l.f.Close()
	l.f = nil
	os.Remove(fmt.Sprintf("%s.%d", l.path, files-1))
	for i := files - 1; i > 1; i-- {
		os.Rename(fmt.Sprintf("%s.%d", l.path, i-1), fmt.Sprintf("%s.%d", l.path, i))
	}
	os.Rename(l.path, l.path+".1")
}

// Close ends the file; later lines go nowhere.
func (l *File) Close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.closed = true
	if l.f == nil {
		return nil
	}
	err := l.f.Close()
	l.f = nil
	return err
}

// Both gives a logger that writes to the terminal's and, as JSON lines, to w.
func Both(terminal *slog.Logger, w io.Writer) *slog.Logger {
	return slog.New(slog.NewMultiHandler(terminal.Handler(), boundCallers(slog.NewJSONHandler(Screen(w), nil))))
}
