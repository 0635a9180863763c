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
func (h *harness) asking(changes ...string) url.Values {
	q := url.Values{
		"response_type": {"code"}, "client_id": {chatgpt}, "redirect_uri": {chatgptRedirect}, "state": {"oauth_s_1f"},
		"scope": {"coda.read coda.write"}, "code_challenge": {challengeOf(verifier)}, "code_challenge_method": {"S256"},
		"resource": {h.issuer + "/mcp"}, "ui_locales": {"de-DE"},
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
func (h *harness) authorize(c *http.Client, q url.Values) string {
	h.t.Helper()
	r := h.get(c, PathAuthorize+"?"+q.Encode(), "text/html")
	code := shownCode(r.body)
	if r.status != http.StatusOK || code == "" {
		h.t.Fatalf("authorize: %d %s", r.status, r.body)
	}
	return code
}

// poll asks as the page's script does.
func (h *harness) poll(c *http.Client, q url.Values) state {
	h.t.Helper()
	r := h.get(c, PathWait+"?"+q.Encode(), "application/json")
	var st state
	if err := json.Unmarshal([]byte(r.body), &st); err != nil {
		h.t.Fatalf("poll: %d %s", r.status, r.body)
	}
	return st
}

// consent goes from the page to the answer that the client's redirect gets.
func (h *harness) consent(q url.Values, write bool) url.Values {
	h.t.Helper()
	c := h.browser()
	if err := h.s.Approve(context.Background(), h.authorize(c, q), write); err != nil {
		h.t.Fatal(err)
	}
	st := h.poll(c, q)
	if st.Status != "approved" {
		h.t.Fatalf("after approval: %+v", st)
	}
	u, err := url.Parse(st.Location)
	if err != nil {
		h.t.Fatal(err)
	}
	return u.Query()
}

func (h *harness) exchangeForm(code string, changes ...string) url.Values {
	return altered(url.Values{"grant_type": {"authorization_code"}, "client_id": {chatgpt}, "redirect_uri": {chatgptRedirect},
		"code": {code}, "code_verifier": {verifier}, "resource": {h.issuer + "/mcp"}}, changes...)
}

// connect runs the whole flow for ChatGPT.
func (h *harness) connect(write bool) pair {
	h.t.Helper()
	r := h.form(PathToken, h.exchangeForm(h.consent(h.asking(), write).Get("code")))
	return h.pair(r)
}

func (h *harness) pair(r reply) pair {
	h.t.Helper()
	var p pair
	if err := json.Unmarshal([]byte(r.body), &p); err != nil || r.status != http.StatusOK {
		h.t.Fatalf("token: %d %s", r.status, r.body)
	}
	return p
}

func (h *harness) refreshForm(token string, changes ...string) url.Values {
	return altered(url.Values{"grant_type": {"refresh_token"}, "client_id": {chatgpt}, "refresh_token": {token}}, changes...)
}

// works reports whether an access token is accepted.
func (h *harness) works(access string) bool {
	_, err := h.s.Authenticate(context.Background(), h.issuer, access)
	return err == nil
}

func (r reply) errorCode() string {
	var f fault
	_ = json.Unmarshal([]byte(r.body), &f)
	return f.Code
}
