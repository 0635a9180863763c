package state

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"sync"
	"testing"
	"time"
)

func TestFileIsPrivateEvenWhenItWasNotBefore(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("modes are a matter of Unix")
	}
	path := filepath.Join(t.TempDir(), "a folder with ? # % and spaces.db")
	s := openAt(t, path)
	if err := errors.Join(s.Close(), os.Chmod(path, 0o644)); err != nil {
		t.Fatal(err)
	}
	s = openAt(t, path)
	if err := s.SetSetting(t.Context(), "k", "v"); err != nil {
		t.Fatal(err)
	}
	for _, ending := range []string{"", "-wal", "-shm"} {
		info, err := os.Stat(path + ending)
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode().Perm() != 0o600 {
			t.Errorf("%s has mode %v", ending, info.Mode())
		}
	}
}

func TestEverythingIsThereAfterReopening(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "state.db")
	s := openAt(t, path)
	ctx := t.Context()
	c := Client{ID: "client-g", Name: "X", RedirectURIs: []string{"http://127.0.0.1/cb"}, AuthMethod: "client_secret_post", Secret: []byte{1, 2}, Created: noon}
	if err := s.AddClient(ctx, c, Room{Limit: 10, Age: time.Hour}); err != nil {
		t.Fatal(err)
	}
	g := addGrant(t, s, "g")
	if err := s.AddCode(ctx, Code{Hash: []byte("code"), Challenge: "ch", Created: noon, Grant: g}); err != nil {
		t.Fatal(err)
	}
	err := s.SpendCode(ctx, []byte("code"), func(c Code) (Issue, error) {
		if c.Challenge != "ch" || c.Grant.ClientName != "ChatGPT" {
			return Issue{}, fmt.Errorf("code came back as %+v", c)
		}
		return Issue{Resource: "https://h.test/mcp",
			Tokens: []Token{{Hash: []byte("a"), Kind: Access, Scopes: []string{"coda.read"}, Created: noon, Expires: noon.Add(time.Hour)}}}, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.SetSetting(ctx, "url", "https://h.test"); err != nil {
		t.Fatal(err)
	}
	if err := s.AddActivity(ctx, noon, Activity{Time: noon, Tool: "search", Connection: "ChatGPT",
		Status: "ok", Duration: 3 * time.Millisecond, In: 1, Out: 2}); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = openAt(t, path)
	back, err := s.Client(ctx, "client-g")
	if err != nil || !back.Granted || !bytes.Equal(back.Secret, c.Secret) ||
		back.RedirectURIs[0] != c.RedirectURIs[0] || !back.Created.Equal(noon) {
		t.Errorf("client came back as %+v, %v", back, err)
	}
	tok, err := s.Token(ctx, []byte("a"), Access)
	if err != nil || tok.Grant.Resource != "https://h.test/mcp" || !tok.Expires.Equal(noon.Add(time.Hour)) {
		t.Errorf("token came back as %+v, %v", tok, err)
	}
	if v, ok, err := s.Setting(ctx, "url"); v != "https://h.test" || !ok || err != nil {
		t.Errorf("setting came back as %q %v %v", v, ok, err)
	}
	a, err := s.Activity(ctx, ActivityFilter{}, 10)
	if err != nil || len(a) != 1 || a[0].Duration != 3*time.Millisecond || !a[0].Time.Equal(noon) {
		t.Errorf("activity came back as %+v, %v", a, err)
	}
}

func TestFloodOfClientsKeepsThoseWithGrantsAndThoseThatWait(t *testing.T) {
	t.Parallel()
	s, ctx := fresh(t), t.Context()
	room := Room{Limit: 20, Age: 24 * time.Hour, Keep: []string{"waits"}}
	add := func(id string, at time.Time) {
		t.Helper()
		if err := s.AddClient(ctx, Client{ID: id, Created: at}, room); err != nil {
			t.Fatal(err)
		}
	}
	add("client-kept", noon)
	addGrant(t, s, "kept")
	add("waits", noon)
	for i := range 100 {
		add(fmt.Sprint("flood-", i), noon.Add(time.Duration(i)*time.Second))
	}
	all, granted, err := s.CountClients(ctx)
	if err != nil || all != 22 || granted != 1 {
		t.Errorf("%d clients, %d granted, %v; want 20 + 1 that waits + 1 granted", all, granted, err)
	}
	for id, want := range map[string]bool{"client-kept": true, "waits": true, "flood-99": true, "flood-80": true, "flood-79": false} {
		if _, err := s.Client(ctx, id); (err == nil) != want {
			t.Errorf("%s: %v, want kept %v", id, err, want)
		}
	}
	add("next-day", noon.Add(48*time.Hour))
	if all, _, _ := s.CountClients(ctx); all != 2 {
		t.Errorf("a day later %d clients are left, want the granted and the new one", all)
	}
}

func TestCodeIsSpentOnceAndItsReplayTakesTheGrant(t *testing.T) {
	t.Parallel()
	s, ctx := fresh(t), t.Context()
	g := addGrant(t, s, "g")
	if err := s.AddCode(ctx, Code{Hash: []byte("code"), Created: noon, Grant: g}); err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	var mu sync.Mutex
	won, replays, gone := 0, 0, 0
	for i := range 8 {
		wg.Go(func() {
			err := s.SpendCode(ctx, []byte("code"), func(Code) (Issue, error) {
				return Issue{Tokens: []Token{{Hash: []byte{byte(i)}, Kind: Access, Created: noon, Expires: noon.Add(time.Hour)}}}, nil
			})
			mu.Lock()
			defer mu.Unlock()
			switch {
			case err == nil:
				won++
			case errors.Is(err, ErrReplayed):
				replays++
			case errors.Is(err, ErrNotFound):
				gone++
			default:
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if won != 1 || replays != 1 || gone != 6 {
		t.Errorf("%d won, %d replays, %d unknown; want 1, 1, 6", won, replays, gone)
	}
	if grants, _ := s.Grants(ctx); len(grants) != 0 {
		t.Error("the replayed grant is still there")
	}
}

func TestRefusedCodeIsSpentAllTheSame(t *testing.T) {
	t.Parallel()
	s, ctx := fresh(t), t.Context()
	g := addGrant(t, s, "g")
	if err := s.AddCode(ctx, Code{Hash: []byte("code"), Created: noon, Grant: g}); err != nil {
		t.Fatal(err)
	}
	no := errors.New("wrong verifier")
	if err := s.SpendCode(ctx, []byte("code"), func(Code) (Issue, error) { return Issue{}, no }); !errors.Is(err, no) {
		t.Fatal(err)
	}
	if err := s.SpendCode(ctx, []byte("code"), func(c Code) (Issue, error) { return Issue{}, no }); !errors.Is(err, no) {
		t.Errorf("a second wrong try: %v", err)
	}
	if grants, err := s.Grants(ctx); err != nil || len(grants) != 1 {
		t.Errorf("a second wrong try ended the connection: %v %v", grants, err)
	}
	err := s.SpendCode(ctx, []byte("code"), func(c Code) (Issue, error) {
		if !c.Used {
			t.Error("it does not count as used")
		}
		return Issue{Tokens: []Token{{Hash: []byte("x"), Kind: Access, Created: noon, Expires: noon}}}, nil
	})
	if grants, _ := s.Grants(ctx); !errors.Is(err, ErrReplayed) || len(grants) != 0 {
		t.Errorf("then the right one: %v", err)
	}
}

func TestRefreshingForeverKeepsTheDatabaseSmall(t *testing.T) {
	t.Parallel()
	s, ctx := fresh(t), t.Context()
	g := addGrant(t, s, "g")
	if err := s.AddGrant(ctx, Grant{ID: "g2", ClientID: "c", Created: noon},
		Token{Hash: []byte("r0"), Kind: Refresh, Created: noon, Expires: noon.Add(time.Hour), Grant: Grant{ID: "g2"}}); err != nil {
		t.Fatal(err)
	}
	_ = g
	for i := range 60 {
		at := noon.Add(time.Duration(i+1) * time.Second)
		err := s.SpendRefresh(ctx, fmt.Append(nil, "r", i), fmt.Append(nil, "r", i+1), func(_ Token, next Successor) (Issue, error) {
			if next != None {
				t.Errorf("%d: it has a successor already", i)
			}
			return Issue{Rotated: at, Tokens: []Token{
				{Hash: fmt.Append(nil, "a", i+1), Kind: Access, Created: at, Expires: at.Add(time.Hour)},
				{Hash: fmt.Append(nil, "r", i+1), Kind: Refresh, Created: at, Expires: at.Add(time.Hour)}}}, nil
		})
		if err != nil {
			t.Fatal(i, err)
		}
	}
	var access int
	if err := s.db.Read().QueryRow(`SELECT count(*) FROM tokens WHERE kind = 'access'`).Scan(&access); err != nil || access != accessPerGrant {
		t.Errorf("%d access tokens, %v", access, err)
	}
	if _, err := s.Token(ctx, []byte("a60"), Access); err != nil {
		t.Error("the newest access token is gone:", err)
	}
}

func TestExpiredRowsLeaveOnTheWay(t *testing.T) {
	t.Parallel()
	s, ctx := fresh(t), t.Context()
	addGrant(t, s, "old")
	if err := s.AddGrant(ctx, Grant{ID: "later", ClientID: "c", Created: noon.Add(2 * time.Hour)}); err != nil {
		t.Fatal(err)
	}
	grants, err := s.Grants(ctx)
	if err != nil || len(grants) != 1 || grants[0].ID != "later" {
		t.Errorf("grants without tokens: %+v, %v", grants, err)
	}
}

// TestADecisionThatPanicsSpendsNothing: the code and the refresh token stand
// as they did, and others can be spent.
func TestADecisionThatPanicsSpendsNothing(t *testing.T) {
	t.Parallel()
	s, ctx := fresh(t), t.Context()
	g := addGrant(t, s, "g")
	r := Token{Hash: []byte("r"), Kind: Refresh, Created: noon, Expires: noon.Add(time.Hour), Grant: Grant{ID: "g2"}}
	if err := s.AddGrant(ctx, Grant{ID: "g2", ClientID: "c", Created: noon}, r); err != nil {
		t.Fatal(err)
	}
	if err := s.AddCode(ctx, Code{Hash: []byte("code"), Created: noon, Grant: g}); err != nil {
		t.Fatal(err)
	}
	for _, spend := range []func(){
		func() { _ = s.SpendCode(ctx, []byte("code"), func(Code) (Issue, error) { panic("a fault of ours") }) },
		func() {
			_ = s.SpendRefresh(ctx, []byte("r"), []byte("next"), func(Token, Successor) (Issue, error) { panic("a fault of ours") })
		},
	} {
		func() {
			defer func() { _ = recover() }()
			spend()
			t.Error("the panic was swallowed")
		}()
	}
	one := func(hash string) Issue {
		return Issue{Rotated: noon, Tokens: []Token{{Hash: []byte(hash), Kind: Access, Created: noon, Expires: noon.Add(time.Hour)}}}
	}
	if err := s.SpendCode(ctx, []byte("code"), func(Code) (Issue, error) { return one("a"), nil }); err != nil {
		t.Error(err)
	}
	if err := s.SpendRefresh(ctx, []byte("r"), []byte("next"), func(Token, Successor) (Issue, error) { return one("b"), nil }); err != nil {
		t.Error(err)
	}
}
