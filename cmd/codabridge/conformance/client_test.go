//go:build conformance

package conformance

import (
	"context"
	"fmt"
	"io"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"
)

// client is one run of a program that judges the bridge.
type client struct {
	name    string
	program string // empty means Node
	args    []string
	env     []string
	browser func(h *house, authorize string) error // nil means by plain HTTP
	limit   time.Duration                          // zero means a minute
}

// script is a run of one of our own scripts.
func script(name string, args ...string) client {
	return client{name: name, args: append([]string{filepath.Join(tools, "scripts", name+".mjs")}, args...)}
}

// packaged is a run of a package's own program.
func packaged(name, file string, args ...string) client {
	return client{name: name, args: append([]string{filepath.Join(tools, "node_modules", filepath.FromSlash(file))}, args...)}
}

// nodeEnv leads a Node program to the edge by the bridge's real https name.
func (h *house) nodeEnv() []string {
	return append(h.ownEnv(),
		"NODE_OPTIONS=--require="+h.edge.NodePreload(h.dir),
		"NODE_EXTRA_CA_CERTS="+h.edge.WriteCA(h.dir),
		"CODABRIDGE_BINARY="+binary,
		"NO_COLOR=1", "NO_UPDATE_NOTIFIER=1", "BROWSER=true")
}

// run runs c to its end and returns what it printed. Two kinds of lines are
// acted on. A line of ours begins with @ and gets "ok" on stdin once it is
// done: "@authorize URL" opens the browser, "@restart stop|kill" restarts the
// bridge; "@secret TOKEN" wants no answer and is not printed. And any other
// line with the address of our sign-in page opens it too.
func (h *house) run(t *testing.T, c client) (string, error) {
	t.Helper()
	if c.program == "" {
		needNode(t)
		c.program = node
	}
	if c.limit == 0 {
		c.limit = time.Minute
	}
	ctx, cancel := context.WithTimeout(context.Background(), c.limit)
	defer cancel()
	cmd := exec.CommandContext(ctx, c.program, c.args...)
	cmd.Env = append(h.nodeEnv(), c.env...)
	cmd.Dir = h.dir
	said := &tail{}
	d := &driver{h: h, c: c, seen: map[string]bool{}}
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = in.Close() }()
	d.in = in
	read, err := h.lines(cmd, said, d.line)
	if err != nil {
		t.Fatal(err)
	}
	err = read()
	d.work.Wait()
	if d.err != nil {
		err = d.err
	}
	if err != nil {
		return d.out.String(), fmt.Errorf("%s: %w\n%s\nThe bridge said:\n%s", c.name, err, said, h.log())
	}
	return d.out.String(), nil
}

// must is run for a client that has to end well.
func (h *house) must(t *testing.T, c client) string {
	t.Helper()
	out, err := h.run(t, c)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// driver acts on the lines of one client.
type driver struct {
	h    *house
	c    client
	in   io.Writer
	work sync.WaitGroup

	mu   sync.Mutex // guards what follows; lines come from two streams
	seen map[string]bool
	out  strings.Builder
	err  error
}

var signIn = regexp.MustCompile(`https://[a-z0-9.-]+/authorize\?[^\s"'<>\x1b]+`)

func (d *driver) line(line string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	word, rest, _ := strings.Cut(line, " ")
	switch word {
	case "@secret":
		d.h.keep("a token that the bridge gave out", rest)
		return
	case "@authorize":
		d.act(func() error { return d.open(rest) })
	case "@restart":
		d.act(func() error { d.h.restart(rest); return nil })
	default:
		if url := signIn.FindString(line); url != "" && !d.seen[url] {
			d.seen[url] = true
			d.work.Go(func() { d.failed(d.open(url)) })
		}
	}
	d.out.WriteString(line + "\n")
}

// act does what a client of ours asked for and tells it when it is done.
func (d *driver) act(f func() error) {
	d.work.Go(func() {
		err := f()
		d.failed(err)
		answer := "ok\n"
		if err != nil {
			answer = "failed\n"
		}
		_, _ = io.WriteString(d.in, answer)
	})
}

func (d *driver) open(url string) error {
	if d.c.browser != nil {
		return d.c.browser(d.h, url)
	}
	_, err := d.h.visit(url, readWrite)
	return err
}

func (d *driver) failed(err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if err != nil && d.err == nil {
		d.err = err
	}
}
