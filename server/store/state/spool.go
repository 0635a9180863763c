package state

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"codabridge/server/store"
)

// spoolName is the file in the data folder in which a process that does not
// hold the database notes activity, one JSON object a line. Whoever holds the
// database takes it over.
const spoolName = "activity-alone.jsonl"

// Bounds of the spool: what it holds at most, and the longest line, in bytes.
const (
	maxSpool     = 8 << 20
	maxSpoolLine = 4 << 10
)

// ErrSpoolFull: nothing was noted, since nobody has taken the spool over.
var ErrSpoolFull = errors.New("the file of noted calls is full; it is emptied when codabridge runs")

// AddToSpool notes calls in the data folder at dir without the database. Several
// processes may do so at once. ErrSpoolFull says that there are too many.
func AddToSpool(dir string, calls ...Activity) error {
	f, err := os.OpenFile(filepath.Join(dir, spoolName), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return store.Classify(err)
	}
	defer func() { _ = f.Close() }()
	if info, err := f.Stat(); err == nil && info.Size() > maxSpool {
		return ErrSpoolFull
	}
	var b bytes.Buffer
	for _, a := range calls {
		line, err := json.Marshal(a)
		if err == nil && len(line) < maxSpoolLine {
			b.Write(append(line, '\n'))
		}
	}
	_, err = f.Write(b.Bytes()) // in one piece, so that lines of two stay whole
	return store.Classify(err)
}

// TakeSpool gives the calls that were noted without the database, oldest first,
// and removes them. A file that a killed process left half taken is taken too.
func TakeSpool(dir string) ([]Activity, error) {
	path := filepath.Join(dir, spoolName)
	err := os.Rename(path, path+"."+time.Now().UTC().Format("20060102T150405.000000000")+".taken")
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, store.Classify(err)
	}
	taken, err := filepath.Glob(globbed(path) + ".*.taken")
	if err != nil {
		return nil, err
	}
	var all []Activity
	for _, name := range taken {
		calls, err := readSpool(name)
		if err == nil {
			err = os.Remove(name)
		}
		if err != nil {
			return all, store.Classify(err)
		}
		all = append(all, calls...)
	}
	return all, nil
}

// Spooled gives the calls that were noted without the database and leaves them.
func Spooled(dir string) ([]Activity, error) {
	calls, err := readSpool(filepath.Join(dir, spoolName))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return calls, store.Classify(err)
}

// readSpool leaves out lines that are none: the last one of a killed process.
func readSpool(path string) (all []Activity, err error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	lines := bufio.NewScanner(io.LimitReader(f, 2*maxSpool))
	lines.Buffer(nil, 2*maxSpoolLine)
	for lines.Scan() {
		var a Activity
		if json.Unmarshal(lines.Bytes(), &a) == nil && !a.Time.IsZero() {
			all = append(all, a)
		}
	}
	return all, lines.Err()
}

// globbed writes a path so that it means itself in a pattern.
func globbed(path string) string {
	if filepath.Separator == '\\' {
		return path // where no path can hold what a pattern gives a meaning to, but for brackets
	}
	return strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`).Replace(path)
}
