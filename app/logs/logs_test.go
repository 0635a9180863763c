package logs

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

func open(t *testing.T, dir string) *File {
	t.Helper()
	f, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

func TestOldFilesGoAndNoLineIsLostInBetween(t *testing.T) {
	dir := t.TempDir()
	f := open(t, dir)
	f.max = 2000
	var wg sync.WaitGroup
	for w := range 4 {
		wg.Go(func() {
			for i := range 50 {
				fmt.Fprintf(f, "writer %d line %02d\n", w, i)
			}
		})
	}
	wg.Wait()
	var all strings.Builder
	names, _ := filepath.Glob(filepath.Join(dir, Name+"*"))
	for _, n := range names {
		b, err := os.ReadFile(n)
		if err != nil {
			t.Fatal(err)
		}
		if len(b) > 2000 {
			t.Errorf("%s has %d bytes", n, len(b))
		}
		all.Write(b)
	}
	if got := strings.Count(all.String(), "\n"); got != 200 {
		t.Errorf("%d lines in %d files, want 200", got, len(names))
	}
	for i := range 5000 {
		fmt.Fprintf(f, "line %d of many\n", i)
	}
	if names, _ := filepath.Glob(filepath.Join(dir, Name+"*")); len(names) != files {
		t.Errorf("%d files are kept, want %d", len(names), files)
	}
	if info, _ := os.Stat(filepath.Join(dir, Name)); info.Mode().Perm() != 0o600 {
		t.Errorf("the log is open to others: %v", info.Mode())
	}
}

func TestALineIsJSONInTheFileAndWordsForPeople(t *testing.T) {
	dir := t.TempDir()
	var terminal bytes.Buffer
	log := Both(slog.New(slog.NewTextHandler(&terminal, nil)), open(t, dir))
	log.Info("server: refused", "status", 403, "host", "evil.example")
	log.Warn("tunnel: lost", "why", "no network")
	if !strings.Contains(terminal.String(), "status=403") {
		t.Errorf("terminal: %s", terminal.String())
	}
	var out bytes.Buffer
	if err := Show(context.Background(), &out, dir, View{}); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(out.String(), "\n")
	if !strings.HasSuffix(lines[0], "  server: refused  status=403  host=evil.example") || !strings.HasSuffix(lines[1], "  WARN tunnel: lost  why=no network") {
		t.Errorf("for people:\n%s", out.String())
	}
	out.Reset()
	if err := Show(context.Background(), &out, dir, View{Lines: 1, JSON: true}); err != nil {
		t.Fatal(err)
	}
	if got := out.String(); strings.Count(got, "\n") != 1 || !strings.Contains(got, `"msg":"tunnel: lost"`) {
		t.Errorf("the last line as JSON: %q", got)
	}
}

// TestALogThatCouldNotBeOpenedComesBack: one failure to open the next file had
// switched the log off until the program was started again.
func TestALogThatCouldNotBeOpenedComesBack(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	f := open(t, dir)
	f.max = 10
	fmt.Fprintln(f, "before, and long enough")
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	fmt.Fprintln(f, "lost")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	fmt.Fprintln(f, "back")
	if b, err := os.ReadFile(filepath.Join(dir, Name)); err != nil || string(b) != "back\n" {
		t.Errorf("%q %v", b, err)
	}
	f.Close()
	fmt.Fprintln(f, "after the end")
	if b, err := os.ReadFile(filepath.Join(dir, Name)); err != nil || string(b) != "back\n" {
		t.Errorf("%q %v", b, err)
	}
}

func TestFollowGoesOnOverARotation(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dir := t.TempDir()
		f := open(t, dir)
		f.max = 100
		fmt.Fprintln(f, "before")
		r, w := io.Pipe()
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		defer cancel()
		done := make(chan error, 1)
		go func() {
			done <- Show(ctx, w, dir, View{JSON: true, Follow: true})
			w.Close()
		}()
		buf := make([]byte, 1<<12)
		n, _ := r.Read(buf)
		got := string(buf[:n])
		for i := range 20 {
			want := fmt.Sprintf("line %02d, long enough to make new files", i)
			fmt.Fprintln(f, want)
			for !strings.Contains(got, want) {
				n, err := r.Read(buf)
				if err != nil {
					t.Fatalf("%v; so far:\n%s", err, got)
				}
				got += string(buf[:n])
			}
		}
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}

func TestNoLogIsSaid(t *testing.T) {
	if err := Show(context.Background(), io.Discard, t.TempDir(), View{}); err != ErrNone {
		t.Errorf("%v", err)
	}
}
