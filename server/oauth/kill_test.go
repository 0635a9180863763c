package oauth

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"math/rand"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"testing"
	"time"

	"codabridge/server/caller"
	store "codabridge/server/store/state"
)

// The child of this test is the test binary itself, busy on one database
// until it is killed. It prints what it was told, a line each, only after it
// was told.
const childDatabase = "CODABRIDGE_KILL_CHILD"

const killIssuer = "https://h.test"

// fact is one thing that was acknowledged.
type fact struct {
	Client  string // registered
	Access  string // token that was given
	Refresh string // current refresh token
	Old     string // the one it replaced
	Setting string
}

func childRan() bool {
	path := os.Getenv(childDatabase)
	if path == "" {
		return false
	}
	st, notice, err := store.Open(path)
	if err != nil || notice != "" {
		fmt.Fprintln(os.Stderr, "child:", err, notice)
		os.Exit(3)
	}
	out := json.NewEncoder(os.Stdout)
	l := &life{s: New(Options{Store: st}), out: out}
	for i := 0; ; i++ {
		if err := l.round(fmt.Sprint(os.Getpid(), "-", i)); err != nil {
			fmt.Fprintln(os.Stderr, "child:", err)
			os.Exit(3)
		}
	}
}

// life is one process's work on the database, through the real handlers.
type life struct {
	s   *Server
	out *json.Encoder
}

func (l *life) round(name string) error {
	free := NewLimiter(time.Now, 1<<30, 1)
	l.s.registers = &shares{all: free}
	l.s.tokenEach, l.s.authorizeEach, l.s.waitEach = free, free, free
	var reg registration
	if err := l.do(l.s.Register, http.MethodPost, PathRegister, "application/json", `{"redirect_uris":["http://localhost/cb"],"token_endpoint_auth_method":"none"}`, 201, &reg); err != nil {
		return err
	}
	_ = l.out.Encode(fact{Client: reg.ID})
	code, err := l.consent(reg.ID)
	if err != nil {
		return err
	}
	p, err := l.token(url.Values{"grant_type": {"authorization_code"}, "client_id": {reg.ID}, "code": {code}, "code_verifier": {verifier}, "redirect_uri": {"http://localhost:1/cb"}})
	if err != nil {
		return err
	}
	_ = l.out.Encode(fact{Client: reg.ID, Access: p.Access, Refresh: p.Refresh})
	for range 3 {
		old := p.Refresh
		p, err = l.token(url.Values{"grant_type": {"refresh_token"}, "client_id": {reg.ID}, "refresh_token": {old}})
		if err != nil {
			return err
		}
		_ = l.out.Encode(fact{Client: reg.ID, Access: p.Access, Refresh: p.Refresh, Old: old})
	}
	if err := l.s.opt.Store.SetSetting(context.Background(), name, name); err != nil {
		return err
	}
	return l.out.Encode(fact{Setting: name})
}

func (l *life) consent(client string) (string, error) {
	q := url.Values{"response_type": {"code"}, "client_id": {client}, "redirect_uri": {"http://localhost:1/cb"},
		"code_challenge": {challengeOf(verifier)}, "code_challenge_method": {"S256"}}
	jar, _ := cookiejar.New(nil)
	w := l.serve(l.s.Authorize, http.MethodGet, PathAuthorize+"?"+q.Encode(), "", "", jar)
	jar.SetCookies(&url.URL{Scheme: "https", Host: "h.test"}, w.Result().Cookies())
	if err := l.s.Approve(context.Background(), shownCode(w.Body.String()), true); err != nil {
		return "", err
	}
	w = l.serve(l.s.Wait, http.MethodGet, PathWait+"?"+q.Encode(), "", "", jar)
	u, err := w.Result().Location()
	if err != nil {
		return "", fmt.Errorf("wait: %d %s", w.Code, w.Body)
	}
	return u.Query().Get("code"), nil
}

func (l *life) token(form url.Values) (p pair, err error) {
	err = l.do(l.s.Token, http.MethodPost, PathToken, "application/x-www-form-urlencoded", form.Encode(), 200, &p)
	return p, err
}

func (l *life) do(h http.HandlerFunc, method, target, kind, body string, status int, to any) error {
	w := l.serve(h, method, target, kind, body, nil)
	if w.Code != status {
		return fmt.Errorf("%s: %d %s", target, w.Code, w.Body)
	}
	return json.Unmarshal(w.Body.Bytes(), to)
}

func (l *life) serve(h http.HandlerFunc, method, target, kind, body string, jar http.CookieJar) *httptest.ResponseRecorder {
	r := httptest.NewRequestWithContext(caller.WithOrigin(context.Background(), killIssuer), method, killIssuer+target,
		bytes.NewReader([]byte(body)))
	r.Header.Set("Content-Type", kind)
	if jar != nil {
		for _, c := range jar.Cookies(r.URL) {
			r.AddCookie(c)
		}
	}
	w := httptest.NewRecorder()
	h(w, r)
	return w
}

// TestKillLosesNothingThatWasAcknowledged kills a busy process at random
// points, 200 of them in the soak unless CODABRIDGE_KILL_POINTS says otherwise, and looks
// after each whether all that it had been told is there.
func TestKillLosesNothingThatWasAcknowledged(t *testing.T) {
	points := soaking(200, 20)
	if n, err := strconv.Atoi(os.Getenv("CODABRIDGE_KILL_POINTS")); err == nil {
		points = n
	}
	const lanes = 4
	var mu sync.Mutex
	total := 0
	var wg sync.WaitGroup
	for lane := range lanes {
		rng := rand.New(rand.NewSource(int64(lane)))
		path := filepath.Join(t.TempDir(), "state.db")
		wg.Go(func() {
			for range points / lanes {
				facts, err := killOnce(path, time.Duration(rng.Intn(30_000))*time.Microsecond)
				if err == nil {
					err = verify(path, facts)
				}
				if err != nil {
					t.Error(err)
					return
				}
				mu.Lock()
				total += len(facts)
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	t.Logf("%d kills, %d acknowledged facts, none lost", points/lanes*lanes, total)
	if total < points {
		t.Errorf("the children did too little: %d facts", total)
	}
}

// killOnce lets a child work until a moment after its first fact.
func killOnce(path string, after time.Duration) ([]fact, error) {
	exe, err := os.Executable()
	if err != nil {
		return nil, err
	}
	cmd := exec.Command(exe)
	cmd.Env = append(os.Environ(), childDatabase+"="+path)
	var complaint bytes.Buffer
	cmd.Stderr = &complaint
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	var facts []fact
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		var f fact
		if json.Unmarshal(lines.Bytes(), &f) != nil {
			continue // the last line was cut by the kill
		}
		facts = append(facts, f)
		if len(facts) == 1 {
			time.AfterFunc(after, func() { _ = cmd.Process.Kill() })
		}
	}
	_ = cmd.Wait()
	if complaint.Len() > 0 {
		return nil, fmt.Errorf("%s", complaint.String())
	}
	return facts, nil
}

// verify opens the database as the next process would. The last refresh may
// have happened without its answer being heard; then the old token brings it.
func verify(path string, facts []fact) error {
	st, notice, err := store.Open(path)
	if err != nil || notice != "" {
		return fmt.Errorf("open after the kill: %v %s", err, notice)
	}
	defer func() { _ = st.Close() }()
	ctx := context.Background()
	l := &life{s: New(Options{Store: st})}
	for i, f := range facts {
		if f.Setting != "" {
			if v, _, err := st.Setting(ctx, f.Setting); v != f.Setting {
				return fmt.Errorf("setting %s is lost: %v", f.Setting, err)
			}
			continue
		}
		if _, err := st.Client(ctx, f.Client); err != nil {
			return fmt.Errorf("a client is lost: %w", err)
		}
		if f.Access == "" {
			continue
		}
		if _, err := l.s.Authenticate(ctx, killIssuer, f.Access); err != nil {
			return fmt.Errorf("an access token is lost: %w", err)
		}
		if i < len(facts)-1 {
			continue
		}
		form := url.Values{"grant_type": {"refresh_token"}, "client_id": {f.Client}, "refresh_token": {f.Refresh}}
		first, err := l.token(form)
		if err != nil {
			return fmt.Errorf("the last refresh token is lost: %w", err)
		}
		if second, err := l.token(form); err != nil || second.Refresh != first.Refresh {
			return fmt.Errorf("a refresh gave two successors: %v", err)
		}
	}
	return nil
}
