package oauth

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"regexp"
)

// asking is a good authorization request of ChatGPT, with changes: name,
// value, …; an empty value removes the parameter.
func (b *bed) asking(changes ...string) url.Values {
	q := url.Values{
		"response_type": {"code"}, "client_id": {chatgpt}, "redirect_uri": {chatgptRedirect}, "state": {"oauth_s_1f"},
		"scope": {"coda.read coda.write"}, "code_challenge": {challengeOf(verifier)}, "code_challenge_method": {"S256"},
		"resource": {b.issuer + "/mcp"}, "ui_locales": {"de-DE"},
	}
	return altered(q, changes...)
}

func altered(q url.Values, changes ...string) url.Values {
	for i := 0; i < len(changes); i += 2 {
		q.Del(changes[i])
		if changes[i+1] != "" {
			q.Set(changes[i], changes[i+1])
		}
	}
	return q
}

var codeElement = regexp.MustCompile(`id="code">([^<]*)<`)

func shownCode(page string) string {
	m := codeElement.FindStringSubmatch(page)
	if m == nil {
		return ""
	}
	return m[1]
}

// authorize opens the page and returns the code it shows.
func (b *bed) authorize(c *http.Client, q url.Values) string {
	b.t.Helper()
	r := b.get(c, PathAuthorize+"?"+q.Encode(), "text/html")
	code := shownCode(r.body)
	if r.status != http.StatusOK || code == "" {
		b.t.Fatalf("authorize: %d %s", r.status, r.body)
	}
	return code
}

// poll asks as the page's script does.
func (b *bed) poll(c *http.Client, q url.Values) state {
	b.t.Helper()
	r := b.get(c, PathWait+"?"+q.Encode(), "application/json")
	var st state
	if err := json.Unmarshal([]byte(r.body), &st); err != nil {
		b.t.Fatalf("poll: %d %s", r.status, r.body)
	}
	return st
}

// consent goes from the page to the answer that the client's redirect gets.
func (b *bed) consent(q url.Values, write bool) url.Values {
	b.t.Helper()
	c := b.browser()
	if err := b.s.Approve(context.Background(), b.authorize(c, q), write); err != nil {
		b.t.Fatal(err)
	}
	st := b.poll(c, q)
	if st.Status != "approved" {
		b.t.Fatalf("after approval: %+v", st)
	}
	u, err := url.Parse(st.Location)
	if err != nil {
		b.t.Fatal(err)
	}
	return u.Query()
}

func (b *bed) exchangeForm(code string, changes ...string) url.Values {
	return altered(url.Values{"grant_type": {"authorization_code"}, "client_id": {chatgpt}, "redirect_uri": {chatgptRedirect},
		"code": {code}, "code_verifier": {verifier}, "resource": {b.issuer + "/mcp"}}, changes...)
}

// connect runs the whole flow for ChatGPT.
func (b *bed) connect(write bool) pair {
	b.t.Helper()
	r := b.form(PathToken, b.exchangeForm(b.consent(b.asking(), write).Get("code")))
	return b.pair(r)
}

func (b *bed) pair(r reply) pair {
	b.t.Helper()
	var p pair
	if err := json.Unmarshal([]byte(r.body), &p); err != nil || r.status != http.StatusOK {
		b.t.Fatalf("token: %d %s", r.status, r.body)
	}
	return p
}

func (b *bed) refreshForm(token string, changes ...string) url.Values {
	return altered(url.Values{"grant_type": {"refresh_token"}, "client_id": {chatgpt}, "refresh_token": {token}}, changes...)
}

// works reports whether an access token is accepted.
func (b *bed) works(access string) bool {
	_, err := b.s.Authenticate(context.Background(), b.issuer, access)
	return err == nil
}

func (r reply) errorCode() string {
	var f fault
	_ = json.Unmarshal([]byte(r.body), &f)
	return f.Code
}
