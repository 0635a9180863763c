package programs

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"codabridge/server/fault"
)

// backupEnding is what the copy of a file is called that is made before our
// entry goes in.
const backupEnding = ".codabridge-backup"

// largest is how many bytes a file may have.
const largest = 64 << 20

// byteOrderMark begins some files of Windows.
var byteOrderMark = []byte("\xef\xbb\xbf")

// file is one file of another program as it was read.
type file struct {
	path   string // as it is named
	target string // where links lead
	exists bool
	mode   fs.FileMode
	raw    []byte
	last   func() // called right before the file is replaced, in tests
}

// text is the file without its byte order mark.
func (f file) text() []byte { return bytes.TrimPrefix(f.raw, byteOrderMark) }

// with is the text with the byte order mark that the file has.
func (f file) with(text []byte) []byte {
	if bytes.HasPrefix(f.raw, byteOrderMark) {
		return append(append([]byte{}, byteOrderMark...), text...)
	}
	return text
}

// read reads a file that may be missing. A link that leads nowhere is refused,
// since nobody knows what was meant.
func read(path string) (f file, err error) {
	f = file{path: path, target: path, mode: 0o600}
	info, err := os.Lstat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return f, nil
	}
	if err != nil {
		return f, shape(reasonOf(err))
	}
	if info.Mode()&fs.ModeSymlink != 0 {
		f.target, err = filepath.EvalSymlinks(path)
		if err != nil {
			return f, shape("it is a link that leads nowhere")
		}
		info, err = os.Stat(f.target)
		if err != nil {
			return f, shape(reasonOf(err))
		}
	}
	f.exists, f.mode = true, info.Mode()
	switch {
	case !info.Mode().IsRegular():
		return f, shape("it is no file")
	case info.Size() > largest:
		return f, shape(fmt.Sprintf("it has more than %d MB", largest>>20))
	}
	f.raw, err = os.ReadFile(f.target)
	if err != nil {
		return f, shape(reasonOf(err))
	}
	return f, nil
}

// mayWrite says why a file is not to be written. The owner has said so by its
// mode, even where we could.
func (f file) mayWrite() error {
	if f.exists && f.mode.Perm()&0o222 == 0 {
		return shape("it is read-only")
	}
	return nil
}

func reasonOf(err error) string {
	if errors.Is(err, fs.ErrPermission) {
		return "this user may not read or write it"
	}
	return fault.Reason(err).Error()
}

// errChanged says that another program has written a file since it was read.
var errChanged = errors.New("another program has written the file meanwhile")

// holding is how long a program may hold its file open before we give up, on
// systems where that is in the way.
const holding = time.Second

// replace writes a file anew in one step, if it is still as it was read. The
// mode stays, and the owner where the system lets us give files away.
func (f file) replace(raw []byte) error {
	beside, err := f.writeBeside(raw)
	if err != nil {
		return shape(reasonOf(err))
	}
	defer os.Remove(beside)
	if now, err := read(f.path); err != nil || now.exists != f.exists || now.target != f.target || !bytes.Equal(now.raw, f.raw) {
		return errChanged
	}
	if !f.exists {
		// A link is made only where nothing is; file systems without links rename.
		if err := os.Link(beside, f.target); errors.Is(err, fs.ErrExist) {
			return errChanged
		} else if err == nil {
			return nil
		}
		return patiently(func() error { return os.Rename(beside, f.target) })
	}
	if f.last != nil {
		f.last()
	}
	return f.trade(beside, raw)
}

// trade puts a new file in the place of the one that was read. What comes out is
// looked at: if it is not what was read, it goes back, and so does what was
// written while it went back.
func (f file) trade(beside string, raw []byte) error {
	expected, placed := f.raw, raw
	for range 100 {
		swapped, err := swap(beside, f.target)
		if err != nil {
			return shape(reasonOf(err))
		}
		if !swapped {
			return patiently(func() error { return os.Rename(beside, f.target) })
		}
		out, err := os.ReadFile(beside)
		switch {
		case err != nil:
			return shape(reasonOf(err))
		case !bytes.Equal(out, expected):
			expected, placed = placed, out
		case bytes.Equal(placed, raw):
			return nil
		default:
			return errChanged
		}
	}
	return errChanged
}

// Names of files that are there for a moment: besideMark follows the name of the
// file that is written anew, goneEnding that of one that is removed.
const (
	besideMark = ".codabridge-"
	goneEnding = ".codabridge-gone"
)

// writeBeside writes a file of its own into the folder of another.
func (f file) writeBeside(raw []byte) (path string, err error) {
	t, err := os.CreateTemp(filepath.Dir(f.target), "."+filepath.Base(f.target)+besideMark+"*")
	if err != nil {
		return "", err
	}
	_, err = t.Write(raw)
	if err == nil {
		err = t.Chmod(f.mode.Perm())
	}
	if err == nil {
		err = t.Sync()
	}
	if closed := t.Close(); err == nil {
		err = closed
	}
	if err == nil && f.exists {
		keepOwner(f.target, t.Name())
	}
	if err != nil {
		os.Remove(t.Name())
		return "", err
	}
	return t.Name(), nil
}

// remove takes a file away that we have made, if it is still as it was read.
func (f file) remove() error {
	aside := f.target + goneEnding
	if err := patiently(func() error { return os.Rename(f.target, aside) }); err != nil {
		return err
	}
	defer os.Remove(aside)
	if was, err := os.ReadFile(aside); err == nil && bytes.Equal(was, f.raw) {
		return nil
	}
	if err := os.Link(aside, f.target); err != nil && !errors.Is(err, fs.ErrExist) {
		return patiently(func() error { return os.Rename(aside, f.target) })
	}
	return errChanged
}

// patiently tries again while another program holds the file, which Windows does
// not let us rename then.
func patiently(do func() error) error {
	until := time.Now().Add(holding)
	for {
		err := do()
		if err == nil {
			return nil
		}
		if !heldOpen(err) || time.Now().After(until) {
			return shape(reasonOf(err))
		}
		time.Sleep(holding / 20)
	}
}

func (f file) backupPath() string { return f.path + backupEnding }

// backup is the copy beside a file; nil when there is none. An empty copy is not
// nil.
func (f file) backup() []byte {
	raw, err := os.ReadFile(f.backupPath())
	if err != nil {
		return nil
	}
	return append([]byte{}, raw...)
}

// keepCopy writes the copy, for this user alone: such files hold keys.
func (f file) keepCopy() error {
	if err := os.WriteFile(f.backupPath(), f.raw, 0o600); err != nil {
		return shape("no copy can be kept beside it: " + reasonOf(err))
	}
	return os.Chmod(f.backupPath(), 0o600)
}
