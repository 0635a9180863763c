package tunnel

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"net/url"
	"testing"
	"testing/synctest"
	"time"
)

// far reads at the other end of a pipe; each read gets one write.
type far struct {
	t *testing.T
	net.Conn
}

func (f far) gets(want string) {
	f.t.Helper()
	b := make([]byte, 1<<20)
	n, err := f.Read(b)
	if string(b[:n]) != want || err != nil {
		f.t.Errorf("got %q, %v; want %q", b[:n], err, want)
	}
}

func (f far) ends() {
	f.t.Helper()
	if n, err := f.Read(make([]byte, 1)); err != io.EOF {
		f.t.Errorf("got %d bytes, %v; want the end", n, err)
	}
}

// gathered runs a test with a gathering connection and its far end, by a clock
// that moves only when all wait.
func gathered(t *testing.T, test func(t *testing.T, g *gathering, f far)) {
	synctest.Test(t, func(t *testing.T) {
		near, other := net.Pipe()
		g := gather(near)
		defer g.Close()
		defer other.Close()
		test(t, g, far{t, other})
	})
}

func puts(t *testing.T, w io.Writer, texts ...string) {
	t.Helper()
	for _, text := range texts {
		if n, err := io.WriteString(w, text); n != len(text) || err != nil {
			t.Fatalf("write %q: %d, %v", text, n, err)
		}
	}
}

func TestALoneWriteWaitsForNothing(t *testing.T) {
	gathered(t, func(t *testing.T, g *gathering, f far) {
		began := time.Now()
		for range 3 {
			puts(t, g, "lone")
			f.gets("lone")
		}
		if waited := time.Since(began); waited != 0 {
			t.Errorf("it took %v", waited)
		}
	})
}

func TestWhatIsWrittenWhileASendIsUnderWayGoesOutTogether(t *testing.T) {
	gathered(t, func(t *testing.T, g *gathering, f far) {
		puts(t, g, "first")
		synctest.Wait() // it is being sent
		puts(t, g, "head ", "content, ", "and another")
		f.gets("first")
		f.gets("head content, and another")
	})
}

func TestClosingLosesNothing(t *testing.T) {
	for name, end := range map[string]func(g *gathering){
		"at once":    func(g *gathering) { _ = g.Close() },
		"as TLS":     func(g *gathering) { _ = g.SetWriteDeadline(time.Now()); _ = g.Close() },
		"in a hurry": func(g *gathering) { _ = g.SetDeadline(time.Now().Add(-time.Hour)); _ = g.Close() },
		"twice":      func(g *gathering) { go g.Close(); _ = g.Close() },
	} {
		t.Run(name, func(t *testing.T) {
			gathered(t, func(t *testing.T, g *gathering, f far) {
				puts(t, g, "on its way")
				synctest.Wait()
				puts(t, g, "the answer")
				go end(g)
				synctest.Wait()
				if n, err := g.Write([]byte("too late")); n != 0 || !errors.Is(err, net.ErrClosed) {
					t.Errorf("a write after the end: %d, %v", n, err)
				}
				f.gets("on its way")
				f.gets("the answer")
				f.ends()
			})
		})
	}
}

func TestClosingDoesNotWaitForAPeerThatDoesNotRead(t *testing.T) {
	gathered(t, func(t *testing.T, g *gathering, f far) {
		puts(t, g, "nobody", " reads this")
		began := time.Now()
		_ = g.Close()
		if waited := time.Since(began); waited != lastWords {
			t.Errorf("it took %v", waited)
		}
		f.ends()
	})
}

func TestAFailedWriteIsToldToWritersAndReaders(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		near, other := net.Pipe()
		defer other.Close()
		cut := &broken{Conn: near}
		g := gather(cut)
		defer g.Close()
		read := make(chan error, 1)
		go func() { _, err := g.Read(make([]byte, 1)); read <- err }()
		puts(t, g, "taken")
		synctest.Wait()
		for range 2 {
			if n, err := g.Write([]byte("more")); n != 0 || !errors.Is(err, errBroken) {
				t.Errorf("a later write: %d, %v", n, err)
			}
		}
		if err := <-read; err == nil {
			t.Error("who reads was not told")
		}
		if cut.writes != 1 {
			t.Errorf("%d writes were tried", cut.writes)
		}
	})
}

var errBroken = errors.New("the cable is cut")

type broken struct {
	net.Conn
	writes int
}

func (b *broken) Write([]byte) (int, error) { b.writes++; return 0, errBroken }

// Writers wait while much is taken; what they are told was written arrives in
// order, and one that waits learns of the end.
func TestMuchIsWrittenNoFasterThanItIsRead(t *testing.T) {
	gathered(t, func(t *testing.T, g *gathering, f far) {
		random := rand.New(rand.NewPCG(1, 2))
		var all []byte
		wrote := make(chan error, 1)
		go func() {
			for len(all) < 20*mostGathered {
				p := make([]byte, random.IntN(3*mostGathered))
				for i := range p {
					p[i] = byte(random.Uint32())
				}
				all = append(all, p...)
				if _, err := g.Write(p); err != nil {
					wrote <- err
					return
				}
			}
			wrote <- g.Close()
		}()
		synctest.Wait()
		if len(g.taken) > mostGathered {
			t.Errorf("%d bytes wait", len(g.taken))
		}
		got, err := io.ReadAll(f)
		if err := errors.Join(err, <-wrote); err != nil || !bytes.Equal(got, all) {
			t.Errorf("%d of %d bytes arrived, %v", len(got), len(all), err)
		}
	})
	gathered(t, func(t *testing.T, g *gathering, _ far) {
		wrote := make(chan error, 1)
		go func() { _, err := g.Write(make([]byte, 5*mostGathered)); wrote <- err }()
		synctest.Wait()
		_ = g.Close()
		if err := <-wrote; err == nil {
			t.Error("a writer that waited was not told of the end")
		}
	})
}

// The dialer hands out such connections, with a proxy and without, and closes
// none that still has something to say.
func TestTheDialersConnectionsGather(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	d := &dialer{proxy: func(*http.Request) (*url.URL, error) { return nil, nil }}
	for _, end := range []func(){d.drop, d.close} {
		conn, err := d.DialContext(context.Background(), "tcp", l.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		if _, ok := conn.(*gathering); !ok {
			t.Errorf("a %T", conn)
		}
		other, err := l.Accept()
		if err != nil {
			t.Fatal(err)
		}
		puts(t, conn, "the answer to the dashboard")
		end()
		if got, err := io.ReadAll(other); string(got) != "the answer to the dashboard" || err != nil {
			t.Errorf("%q, %v", got, err)
		}
		_ = other.Close()
	}
}
