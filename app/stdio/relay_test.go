package stdio

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"sync"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// pipe is one end of a side within this process.
type pipe struct {
	*io.PipeReader
	*io.PipeWriter
}

// newPipe makes a side within this process and its other end.
func newPipe() (side, other Side) {
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

// instance is a far end: it answers each line with its own name and the line's
// method, and can be killed at any moment.
type instance struct {
	name string
	side Side

	mu    sync.Mutex // guards seen
	more  *sync.Cond // tells of more in it
	seen  []string   // the lines that it took
	held  bool       // it takes lines and does not answer
	ended chan struct{}
}

func begin(name string, held bool) (*instance, Side) {
	side, other := newPipe()
	i := &instance{name: name, side: other, held: held, ended: make(chan struct{})}
	i.more = sync.NewCond(&i.mu)
	go i.serve()
	return i, side
}

func (i *instance) serve() {
	defer close(i.ended)
	defer i.side.Close()
	out, in := NewWriter(i.side), bufio.NewReader(i.side)
	for n := 1; ; n++ {
		text, err := readLine(in)
		if err != nil {
			return
		}
		out.Taken()
		i.mu.Lock()
		i.seen = append(i.seen, strings.TrimSpace(string(text)))
		i.more.Broadcast()
		i.mu.Unlock()
		var m message
		if json.Unmarshal(text, &m) != nil || !m.request() || i.held {
			continue
		}
		if out.Answer(n, fmt.Appendf(nil, `{"id":%s,"by":%q}`, m.ID, i.name)) != nil {
			return
		}
	}
}

func (i *instance) took() []string {
	i.mu.Lock()
	defer i.mu.Unlock()
	return append([]string(nil), i.seen...)
}

// await waits until it took so many lines.
func (i *instance) await(n int) {
	i.mu.Lock()
	defer i.mu.Unlock()
	for len(i.seen) < n {
		i.more.Wait()
	}
}

// kill ends it without a word.
func (i *instance) kill() {
	_ = i.side.Close()
	<-i.ended
}

// client talks to a relay.
type client struct {
	t    *testing.T
	in   *io.PipeWriter
	out  *bufio.Scanner
	over chan error
}

func (c *client) send(lines ...string) {
	c.t.Helper()
	for _, l := range lines {
		if _, err := io.WriteString(c.in, l+"\n"); err != nil {
			c.t.Error(err)
			return
		}
	}
}

func (c *client) hears(want string) {
	c.t.Helper()
	if !c.out.Scan() || !strings.Contains(c.out.Text(), want) {
		c.t.Fatalf("heard %q, want %q", c.out.Text(), want)
	}
}

// house is where instances run, one at a time, and what is begun alone.
type house struct {
	mu      sync.Mutex // guards the fields below
	running Side
	why     error
	alone   []*near
}

func (h *house) join(context.Context) (Side, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	side := h.running
	h.running = nil
	switch {
	case side != nil:
		return side, nil
	case h.why != nil:
		return nil, h.why
	}
	return nil, ErrNone
}

func (h *house) serveAlone(said Said) Near {
	h.mu.Lock()
	defer h.mu.Unlock()
	i := &near{name: fmt.Sprint("alone ", len(h.alone)+1), said: said}
	h.alone = append(h.alone, i)
	return i
}

func (h *house) start(i Side) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.running = i
}

func talk(t *testing.T, h *house) *client {
	t.Helper()
	in, write := io.Pipe()
	read, out := io.Pipe()
	c := &client{t: t, in: write, out: bufio.NewScanner(read), over: make(chan error, 1)}
	r := New(Options{Join: h.join, Alone: h.serveAlone, Reads: func(tool string) bool { return tool == "search" }, Log: slog.New(slog.DiscardHandler)})
	go func() {
		c.over <- r.Run(context.WithoutCancel(t.Context()), in, out)
		out.Close()
	}()
	t.Cleanup(func() {
		c.in.Close()
		for c.out.Scan() {
			t.Errorf("a line nobody asked for: %q", c.out.Text())
		}
		if err := <-c.over; err != nil {
			t.Error(err)
		}
	})
	return c
}

func call(id int, tool string) string {
	return fmt.Sprintf(`{"jsonrpc":"2.0","id":%d,"method":"tools/call","params":{"name":%q}}`, id, tool)
}

// TestWhatAKilledInstanceTook: of what it had taken a read is made again, a
// write is not and its client hears so; what it had not taken goes on whole.
func TestWhatAKilledInstanceTook(t *testing.T) {
	h := &house{}
	dies, side := begin("dies", true)
	h.start(side)
	c := talk(t, h)
	hello := `{"jsonrpc":"2.0","id":"h","method":"initialize"}`
	c.send(hello, `{"jsonrpc":"2.0","method":"notifications/initialized"}`, call(1, "coda_create_rows"), call(2, "search"))
	dies.await(4)
	dies.kill()
	c.hears("not known whether it was done") // id 1, before what is sent again
	answers := map[string]bool{}
	for range 2 {
		if !c.out.Scan() {
			t.Fatal("no answer")
		}
		answers[c.out.Text()] = true
	}
	if !answers[`{"id":2,"by":"alone 1"}`] || !answers[`{"id":"h","by":"alone 1"}`] {
		t.Errorf("answers %v", answers)
	}
	if took := strings.Join(h.alone[0].took(), "\n"); strings.Contains(took, "coda_create_rows") || strings.Count(took, "search") != 1 {
		t.Errorf("the next side took\n%s", took)
	}

	next, side := begin("next", false)
	h.start(side)
	c.send(call(3, "coda_create_rows"))
	c.hears(`{"id":3,"by":"next"}`)
	if took := next.took(); len(took) < 3 || took[0] != hello || !strings.Contains(took[1], "initialized") {
		t.Errorf("what the client said of itself was not said to the next: %v", took)
	}
}

// TestWhatAnInstanceThatEndsLeaves goes elsewhere, writes too, since it says so
// before it has taken them; what it took it still answers.
func TestWhatAnInstanceThatEndsLeaves(t *testing.T) {
	h := &house{}
	side, other := newPipe()
	h.start(side)
	c := talk(t, h)
	go c.send(call(1, "coda_create_rows"), call(2, "coda_create_rows"))
	in, out := bufio.NewReader(other), NewWriter(other)
	for range 2 {
		if _, err := readLine(in); err != nil {
			t.Fatal(err)
		}
	}
	out.Taken()
	out.End()
	c.hears(`{"id":2,"by":"alone 1"}`)
	if err := out.Answer(1, []byte(`{"id":1,"by":"the one that ends"}`)); err != nil {
		t.Fatal(err)
	}
	c.hears(`{"id":1,"by":"the one that ends"}`)
	_ = other.Close()
}

// TestAHalfFrameOfAKilledInstanceIsNoAnswer: nothing of it reaches the client.
func TestAHalfFrameOfAKilledInstanceIsNoAnswer(t *testing.T) {
	h := &house{}
	side, other := newPipe()
	h.start(side)
	c := talk(t, h)
	go c.send(call(1, "search"))
	if _, err := readLine(bufio.NewReader(other)); err != nil {
		t.Fatal(err)
	}
	NewWriter(other).Taken()
	if _, err := io.WriteString(other, `=1 {"id":1,"by":"half`); err != nil {
		t.Fatal(err)
	}
	_ = other.Close()
	c.hears(`{"id":1,"by":"alone 1"}`)
}

func TestAnInstanceThatRefusesIsNotAskedAgainAtOnce(t *testing.T) {
	h := &house{why: fmt.Errorf("another version")}
	c := talk(t, h)
	c.send(call(1, "search"))
	c.hears("alone 1")
	_, side := begin("too late", false)
	defer side.Close()
	h.start(side)
	c.send(call(2, "search"))
	c.hears("alone 1")
}
