package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand"
	"net/http"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"codabridge/app"
	"codabridge/app/control"
)

// killPoints is how often the busy program is killed in each of so many data
// folders, which are worked on beside each other.
const (
	killFolders = 4
	killPoints  = 50
)

// facts are what the program has acknowledged before it was killed.
type facts struct {
	client   string // the last client that got its 201
	readOnly bool   // the last switch that was confirmed
	pending  bool   // the switch was being turned when the program was killed
	clients  int    // how many were registered in all
	turns    int
}

// TestKillLosesNothingThatWasAcknowledged kills the built program at seeded
// random points of a busy run: clients that registered stay registered, and
// the switch stays where it was confirmed. (Grants and tokens under kill -9
// are the subject of a test of their own in server/oauth.)
func TestKillLosesNothingThatWasAcknowledged(t *testing.T) {
	t.Parallel()
	for folder := range killFolders {
		t.Run(fmt.Sprint("folder ", folder), func(t *testing.T) {
			t.Parallel()
			killed(t, rand.New(rand.NewSource(20261121+int64(folder))))
		})
	}
}

// killed kills one program again and again, on one data folder.
func killed(t *testing.T, random *rand.Rand) {
	t.Helper()
	w := newHarness(t)
	p := newProgram(t, append(w.secrets(), "CODABRIDGE_TUNNEL=none")...)
	var f facts
	for point := range killPoints {
		p.start("serve")
		s := p.quickly()
		f.check(t, point, s)
		f = f.busy(t, p, s.LocalURL, time.Duration(random.Intn(12_000))*time.Microsecond)
		if t.Failed() {
			return
		}
	}
	aside, _ := filepath.Glob(filepath.Join(p.dir, "state.db.*"))
	if len(aside) > 0 {
		t.Errorf("a sound database was taken for a damaged one: %v", aside)
	}
	if f.clients < killPoints || f.turns < killPoints {
		t.Errorf("it did too little between the kills: %d clients registered, %d turns of the switch", f.clients, f.turns)
	}
	t.Logf("%d kills, %d clients registered, %d turns of the switch, nothing lost", killPoints, f.clients, f.turns)
}

// quickly waits for the started program; it looks more often than await.
func (p *program) quickly() app.State {
	p.t.Helper()
	for end := time.Now().Add(30 * time.Second); time.Now().Before(end); time.Sleep(2 * time.Millisecond) {
		if s, err := p.state(); err == nil {
			return s
		}
	}
	p.t.Fatalf("it did not start again:\n%s", p.out)
	return app.State{}
}

// check compares what there is after a kill with what was acknowledged.
func (f facts) check(t *testing.T, point int, s app.State) {
	t.Helper()
	if s.ReadOnly != f.readOnly && !f.pending {
		t.Errorf("kill %d: Read-only is %v, but %v was confirmed", point, s.ReadOnly, f.readOnly)
	}
	if s.Warning != "" {
		t.Errorf("kill %d: %s", point, s.Warning)
	}
	if f.client == "" {
		return
	}
	link := s.LocalURL + "/authorize?response_type=code&client_id=" + f.client + "&redirect_uri=http%3A%2F%2F127.0.0.1%3A9%2Fcb&code_challenge=" +
		strings.Repeat("A", 43) + "&code_challenge_method=S256"
	resp, err := http.Get(link)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if body, _ := io.ReadAll(resp.Body); resp.StatusCode != 200 {
		t.Errorf("kill %d: the client %s is lost: %s", point, f.client, body)
	}
}

// busy registers a client, and goes on with clients and with the switch until
// the program is killed, the given time after that.
func (f facts) busy(t *testing.T, p *program, origin string, life time.Duration) facts {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	over := p.over
	f.client = register(ctx, origin, f.clients)
	if f.client == "" {
		t.Fatal("the program that has just started registers no client")
	}
	f.clients++
	f.turn(ctx, p)
	if f.pending {
		t.Fatal("the program that has just started turns no switch")
	}
	time.AfterFunc(life, func() { p.cmd.Process.Signal(syscall.SIGKILL) })
	for {
		select {
		case <-over:
			return f
		default:
		}
		if id := register(ctx, origin, f.clients); id != "" {
			f.client, f.clients = id, f.clients+1
		}
		f.turn(ctx, p)
	}
}

// turn turns the switch; it stays pending when the program was killed meanwhile.
func (f *facts) turn(ctx context.Context, p *program) {
	want := !f.readOnly
	f.pending = true
	if err := control.NewClient(p.dir).Do(ctx, "read-only", nil, "on", fmt.Sprint(want)); err == nil {
		f.readOnly, f.pending, f.turns = want, false, f.turns+1
	}
}

// register registers one client and gives its id, or nothing when the program
// was killed meanwhile.
func register(ctx context.Context, origin string, n int) string {
	body := fmt.Sprintf(`{"client_name":"client %d","redirect_uris":["http://127.0.0.1:9/cb"],"token_endpoint_auth_method":"none"}`, n)
	req, _ := http.NewRequestWithContext(ctx, "POST", origin+"/register", strings.NewReader(body))
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return ""
	}
	defer resp.Body.Close()
	var v struct {
		ID string `json:"client_id"`
	}
	if resp.StatusCode != 201 || json.NewDecoder(resp.Body).Decode(&v) != nil {
		return ""
	}
	return v.ID
}
