package logs

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"
)

// ErrNone says that there is no log in the data folder yet.
var ErrNone = errors.New("there is no log yet: codabridge has not run with this data folder")

// View says what Show prints.
type View struct {
	Lines  int  // the last so many; 0 means all of the current file
	JSON   bool // as JSON lines
	Follow bool // go on with new ones until ctx ends
}

// Show prints the log of a data folder.
func Show(ctx context.Context, out io.Writer, dataDir string, v View) error {
	path := filepath.Join(dataDir, Name)
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return ErrNone
	}
	if err != nil {
		return fmt.Errorf("logs: open: %w", err)
	}
	defer func() { f.Close() }()
	b, err := io.ReadAll(f)
	if err != nil {
		return fmt.Errorf("logs: read: %w", err)
	}
	if v.Lines > 0 && bytes.Count(b, []byte("\n")) < v.Lines {
		if older, err := os.ReadFile(path + ".1"); err == nil {
			b = append(older, b...)
		}
	}
	if err := print(out, last(b, v.Lines), v.JSON); err != nil || !v.Follow {
		return err
	}
	f, err = follow(ctx, out, f, v.JSON)
	return err
}

// last gives the last n lines, or all when n is 0.
func last(b []byte, n int) []byte {
	if n == 0 {
		return b
	}
	i := len(bytes.TrimRight(b, "\n"))
	for ; n > 0 && i >= 0; n-- {
		i = bytes.LastIndexByte(b[:i], '\n')
	}
	return b[i+1:]
}

// followEvery is how often the file is looked at; no system tells the same
// way that a file has grown.
const followEvery = 250 * time.Millisecond

// follow prints what is added to f, and goes on with the file that takes its
// place when it is rotated away. It returns the file that is open at the end.
func follow(ctx context.Context, out io.Writer, f *os.File, raw bool) (*os.File, error) {
	path := f.Name()
	tick := time.NewTicker(followEvery)
	defer tick.Stop()
	for {
		next := replaced(f, path) // before reading, so that nothing is missed
		b, err := io.ReadAll(f)
		if err != nil {
			return f, fmt.Errorf("logs: follow: %w", err)
		}
		if err := print(out, b, raw); err != nil {
			return f, err
		}
		if next != nil {
			f.Close()
			f = next
			continue
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return f, nil
		}
	}
}

// replaced opens the file that now has the name, if it is another one.
func replaced(f *os.File, path string) *os.File {
	have, err := f.Stat()
	if err != nil {
		return nil
	}
	now, err := os.Stat(path)
	if err != nil || os.SameFile(have, now) {
		return nil
	}
	next, err := os.Open(path)
	if err != nil {
		return nil
	}
	return next
}

// print writes lines of JSON, or for people.
func print(out io.Writer, b []byte, raw bool) error {
	if raw {
		_, err := out.Write(Escape(b)) // an older file has it as it came
		return err
	}
	lines := bufio.NewScanner(bytes.NewReader(b))
	lines.Buffer(nil, maxSize)
	for lines.Scan() {
		if _, err := fmt.Fprintln(out, Plain(readable(lines.Bytes()))); err != nil {
			return err
		}
	}
	return lines.Err()
}

// readable turns one JSON line into words: time, level where it is not INFO,
// message, then the rest in its order.
func readable(line []byte) string {
	d := json.NewDecoder(bytes.NewReader(line))
	d.UseNumber()
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return string(line)
	}
	var when, level, text string
	rest := ""
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return string(line)
		}
		var value any
		if err := d.Decode(&value); err != nil {
			return string(line)
		}
		switch key {
		case "time":
			when = shortTime(fmt.Sprint(value))
		case "level":
			level = fmt.Sprint(value)
		case "msg":
			text = fmt.Sprint(value)
		default:
			rest += fmt.Sprintf("  %v=%v", key, value)
		}
	}
	if level != "INFO" {
		text = level + " " + text
	}
	return when + "  " + text + rest
}

func shortTime(s string) string {
	t, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		return s
	}
	return t.Local().Format("2006-01-02 15:04:05")
}
