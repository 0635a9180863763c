package secret

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"codabridge/app/desktop/desktest"
	"codabridge/server/fault"
)

// TestMain lets the test program stand for the real one: a keyring can only be
// judged from a process with an environment of its own.
func TestMain(m *testing.M) {
	if os.Getenv("SECRET_CHILD") == "1" {
		child()
		return
	}
	goleak.VerifyTestMain(m)
}

// child obeys lines like "get coda-token" and answers each with one line.
func child() {
	limit := func(name string) time.Duration { d, _ := time.ParseDuration(os.Getenv(name)); return d }
	k := New(Options{ReadLimit: limit("READ_LIMIT"), WriteLimit: limit("WRITE_LIMIT")})
	in := bufio.NewScanner(os.Stdin)
	for in.Scan() {
		w := append(strings.Fields(in.Text()), "", "")
		value, source := "", ""
		var err error
		switch w[0] {
		case "get":
			value, err = k.Get(context.Background(), w[1])
		case "lookup":
			value, source, err = k.Lookup(context.Background(), w[1])
		case "set":
			err = k.Set(context.Background(), w[1], w[2])
		case "delete":
			err = k.Delete(context.Background(), w[1])
		case "leaks": // the shared connection of go-keyring stays, nothing of ours may
			err = goleak.Find(goleak.IgnoreAnyFunction("github.com/godbus/dbus/v5.(*Conn).inWorker"),
				goleak.IgnoreAnyFunction("github.com/godbus/dbus/v5.newConn.func1"))
		case "unlock":
			err = k.Unlock(context.Background())
		}
		fmt.Println(answer(strings.TrimSpace(value+" "+source), err))
	}
}

func answer(value string, err error) string {
	u, unavailable := fault.As(err)
	switch {
	case err == nil:
		return strings.TrimSpace("ok " + value)
	case errors.Is(err, ErrNotFound):
		return "not found"
	case unavailable:
		return kind(err) + ": " + u.Sentence
	}
	return "other error: " + err.Error()
}

func kind(err error) string {
	for _, known := range []error{errNoBus, errNoService, errNoCollection, errDialogOpen, errLocked, errNotKept} {
		if errors.Is(err, known) {
			return known.Error()
		}
	}
	return "unknown (" + err.Error() + ")"
}

// program is a running child.
type program struct{ *desktest.Child }

func startChild(t *testing.T, env []string) program {
	t.Helper()
	return program{desktest.StartChild(t, append(env, "SECRET_CHILD=1"))}
}

// send gives an order without waiting for its answer.
func (p program) send(t *testing.T, order string) {
	t.Helper()
	if _, err := fmt.Fprintln(p.In, order); err != nil {
		t.Fatal(err)
	}
}

// want gives an order and checks how its answer begins.
func (p program) want(t *testing.T, order, prefix string) string {
	t.Helper()
	p.send(t, order)
	got := p.Line(t)
	if !strings.HasPrefix(got, prefix) {
		t.Errorf("%s: got %q, want %q", order, got, prefix)
	}
	return got
}
