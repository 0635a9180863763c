package state_test

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"codabridge/server/caller"
	"codabridge/server/oauth"
	store "codabridge/server/store/state"
)

const (
	issuer   = "https://h.test"
	client   = "https://chatgpt.com/oauth/client.json"
	redirect = "https://chatgpt.com/connector_platform_oauth_redirect"
	verifier = "a-verifier-of-at-least-forty-three-characters-0123456789"
)

// TestSignInOnADiskThatFailsGrantsNothingAndLosesNothing runs each step of a
// sign-in first on a disk that is full, or may only be read, and then again
// when it is well. What fails must leave the code, the refresh token and the
// owner's request as they were; what is acknowledged must be there.
func TestSignInOnADiskThatFailsGrantsNothingAndLosesNothing(t *testing.T) {
	t.Parallel()
	for name, fail := range map[string]func(*store.Store, bool) error{"full": fill, "read only": (*store.Store).Forbid} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "state.db")
			db, notice, err := store.Open(path)
			if err != nil || notice != "" {
				t.Fatal(err, notice)
			}
			defer db.Close()
			b := &harness{t: t, s: oauth.New(oauth.Options{Store: db}), fail: func(on bool) {
				if err := fail(db, on); err != nil {
					t.Fatal(err)
				}
			}}
			if _, err := db.FirstSetting(t.Context(), "oauth-successor-key", strings.Repeat("ab", 32)); err != nil {
				t.Fatal(err)
			}
			const lives = 30
			var given []string
			for i := range lives {
				b.addr = fmt.Sprintf("192.%d.2.1", i) // one network may not register so many
				given = append(given, b.life())
			}
			for _, access := range given {
				if _, err := b.s.Authenticate(t.Context(), issuer, access); err != nil {
					t.Error("what was acknowledged is lost:", err)
				}
			}
			if list, err := b.s.Connections(t.Context()); err != nil || len(list) != lives {
				t.Errorf("%d connections of %d, %v", len(list), lives, err)
			}
			if b.failed < 10 {
				t.Errorf("only %d steps failed: this tested nothing", b.failed)
			}
			t.Logf("disk %s: %d steps failed and worked afterwards, %d found room", name, b.failed, b.fine)
		})
	}
}

// fill uses up the room inside the pages there are, too.
func fill(s *store.Store, full bool) error {
	if err := s.Fill(full); err != nil || !full {
		return err
	}
	for {
		err := s.SetSetting(context.Background(), "filler"+rand.Text(), strings.Repeat("x", 64))
		if errors.Is(err, store.ErrDiskFull) {
			return nil
		} else if err != nil {
			return err
		}
	}
}

type harness struct {
	t            *testing.T
	s            *oauth.Server
	fail         func(bool)
	addr         string
	failed, fine int
}

// try does a step on the failing disk, where it must fail as ours and not as
// the client's, and then on the well one. On a full disk it may find room in
// a page that is there; then it is acknowledged and not done again.
func (b *harness) try(what string, do func() (status int)) {
	b.t.Helper()
	b.fail(true)
	status := do()
	b.fail(false)
	if status/100 <= 3 {
		b.fine++
		return
	}
	b.failed++
	if status != http.StatusInternalServerError {
		b.t.Errorf("%s on the failing disk: %d", what, status)
	}
	if status := do(); status/100 > 3 {
		b.t.Fatalf("%s when the disk is well again: %d", what, status)
	}
}

var shown = regexp.MustCompile(`id="code">([^<]*)<`)

// life is a registration, a sign-in and a refresh.
func (b *harness) life() (access string) {
	b.try("a registration", func() int {
		return b.send(b.s.Register, "POST", "/register", "application/json", `{"redirect_uris":["http://localhost/cb"]}`, "").Code
	})
	sum := sha256.Sum256([]byte(verifier))
	q := "?" + url.Values{"response_type": {"code"}, "client_id": {client}, "redirect_uri": {redirect},
		"code_challenge": {base64.RawURLEncoding.EncodeToString(sum[:])}, "code_challenge_method": {"S256"}}.Encode()
	w := b.send(b.s.Authorize, "GET", "/authorize"+q, "", "", "")
	cookie, code := strings.Split(w.Header().Get("Set-Cookie"), ";")[0], shown.FindStringSubmatch(w.Body.String())[1]
	b.try("the owner's yes", func() int {
		if b.s.Approve(b.t.Context(), code, true) != nil {
			return http.StatusInternalServerError
		}
		return http.StatusOK
	})
	b.try("the authorization code", func() int {
		w = b.send(b.s.Wait, "GET", "/authorize/wait"+q, "", "", cookie)
		return w.Code
	})
	to, _ := url.Parse(w.Header().Get("Location"))
	var p struct{ Access_token, Refresh_token string }
	b.token("the exchange of the code", &p, url.Values{"grant_type": {"authorization_code"}, "client_id": {client}, "redirect_uri": {redirect},
		"code": {to.Query().Get("code")}, "code_verifier": {verifier}})
	for i := range 3 {
		b.token(fmt.Sprintf("refresh %d", i), &p, url.Values{"grant_type": {"refresh_token"}, "client_id": {client}, "refresh_token": {p.Refresh_token}})
	}
	return p.Access_token
}

func (b *harness) token(what string, to any, form url.Values) {
	b.t.Helper()
	b.try(what, func() int {
		w := b.send(b.s.Token, "POST", "/token", "application/x-www-form-urlencoded", form.Encode(), "")
		if w.Code == http.StatusOK {
			if err := json.Unmarshal(w.Body.Bytes(), to); err != nil {
				b.t.Fatal(err)
			}
		} else if strings.Contains(w.Body.String(), "sqlite") || strings.Contains(w.Body.String(), "database") {
			b.t.Errorf("%s tells a stranger too much: %s", what, w.Body)
		}
		return w.Code
	})
}

func (b *harness) send(h http.HandlerFunc, method, target, kind, body, cookie string) *httptest.ResponseRecorder {
	ctx := caller.WithAddress(caller.WithOrigin(b.t.Context(), issuer), caller.AddressOf(b.addr))
	r := httptest.NewRequestWithContext(ctx, method, issuer+target, strings.NewReader(body))
	r.Header.Set("Content-Type", kind)
	r.Header.Set("Cookie", cookie)
	w := httptest.NewRecorder()
	h(w, r)
	return w
}
