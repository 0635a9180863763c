//go:build conformance

package conformance

import (
	"bufio"
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"time"
)

// bridge is one run of "codabridge serve".
type bridge struct {
	cmd  *exec.Cmd
	said *tail
	done chan struct{} // closed when the process is gone
	err  error         // of the process, after done
}

// tail keeps the last lines of a program for the report of a failure.
type tail struct {
	mu    sync.Mutex // guards lines
	lines []string
}

func (t *tail) add(line string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.lines = append(t.lines, line)
	if len(t.lines) > 40 {
		t.lines = t.lines[1:]
	}
}

func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return "  | " + strings.Join(t.lines, "\n  | ")
}

// start runs the bridge and returns when it is online. The bridge prints a
// line whenever its state changes, which is when the status is looked at.
func (h *house) start() {
	h.t.Helper()
	b := &bridge{said: &tail{}, done: make(chan struct{})}
	b.cmd = h.program(context.Background(), "serve", "--listen", "127.0.0.1:0", "--owner-listen", "127.0.0.1:0")
	b.cmd.Env = append(b.cmd.Env, h.env...)
	changed := make(chan struct{}, 1)
	lines, err := h.lines(b.cmd, b.said, func(string) {
		select {
		case changed <- struct{}{}:
		default:
		}
	})
	if err != nil {
		h.t.Fatal(err)
	}
	go func() {
		b.err = lines()
		close(b.done)
	}()
	h.mu.Lock()
	h.bridge = b
	h.mu.Unlock()
	limit := time.After(patience)
	for {
		select {
		case <-changed:
		case <-b.done:
			h.t.Fatalf("the bridge ended: %v\n%s", b.err, b.said)
		case <-limit:
			h.t.Fatalf("the bridge is not online after %v\n%s", patience, b.said)
		}
		if s, err := h.status(); err == nil && s.Phase == "online" && s.PublicURL == h.issuer() {
			return
		}
	}
}

// lines starts cmd and gives a function that reads both of its outputs to
// their end, line by line, and says how it ended.
func (h *house) lines(cmd *exec.Cmd, said *tail, each func(string)) (func() error, error) {
	var both sync.WaitGroup
	var ends []*io.PipeWriter
	for _, to := range []*io.Writer{&cmd.Stdout, &cmd.Stderr} {
		r, w := io.Pipe()
		*to, ends = w, append(ends, w)
		both.Go(func() {
			s := bufio.NewScanner(r)
			s.Buffer(nil, 16<<20)
			for s.Scan() {
				if !strings.HasPrefix(s.Text(), "@secret ") {
					h.note(s.Text())
					said.add(s.Text())
				}
				each(s.Text())
			}
			_, _ = io.Copy(io.Discard, r)
		})
	}
	err := cmd.Start()
	return func() error {
		err := cmd.Wait()
		for _, w := range ends {
			_ = w.Close()
		}
		both.Wait()
		if errors.Is(err, exec.ErrWaitDelay) {
			return nil // what is left of it is of Windows, such as the desktop
		}
		return err
	}, err
}

// end stops the bridge as a service manager does, and wants it gone in the
// five seconds that it has.
func (h *house) end() {
	h.mu.Lock()
	b := h.bridge
	h.mu.Unlock()
	if b == nil {
		return
	}
	if h.wine == nil {
		_ = b.cmd.Process.Signal(os.Interrupt)
	} else if _, err := h.command("quit"); err != nil {
		h.t.Error(err)
	}
	select {
	case <-b.done:
		if b.err != nil {
			h.t.Errorf("the bridge ended badly: %v\n%s", b.err, b.said)
		}
	case <-time.After(5 * time.Second):
		h.t.Errorf("the bridge runs on 5 s after it was told to stop\n%s", b.said)
		_ = b.cmd.Process.Kill()
		<-b.done
	}
	h.mu.Lock()
	h.bridge = nil
	h.mu.Unlock()
}

// restart ends the bridge, gently or not, and starts it again.
func (h *house) restart(how string) {
	h.restarting.Lock()
	defer h.restarting.Unlock()
	if how == "kill" {
		h.mu.Lock()
		b := h.bridge
		h.mu.Unlock()
		_ = b.cmd.Process.Kill()
		<-b.done
		if !h.edge.WaitSessions(0, patience) {
			h.t.Error("the edge still has a session of the killed bridge")
		}
	} else {
		h.end()
	}
	h.start()
}

// log is the end of what the bridge printed.
func (h *house) log() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.bridge == nil {
		return "(the bridge does not run)"
	}
	return h.bridge.said.String()
}
