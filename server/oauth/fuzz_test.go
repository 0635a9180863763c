package oauth

import (
	"encoding/json"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

func FuzzTokenForm(f *testing.F) {
	h := newHarness(f)
	h.s.tokenEach = NewLimiter(h.clock.Now, 1<<30, 1)
	f.Add(h.exchangeForm("cbc_x").Encode())
	f.Add("grant_type=refresh_token&refresh_token=cbr_" + strings.Repeat("x", 43) + "&client_id=" + chatgpt)
	f.Add("grant_type=%zz&a;b=c")
	f.Fuzz(func(t *testing.T, body string) {
		w := h.direct("POST", PathToken, "192.0.2.1", "application/x-www-form-urlencoded", body)
		var answer fault
		if err := json.Unmarshal(w.Body.Bytes(), &answer); err != nil || answer.Code == "" || answer.Code == "server_error" || w.Code/100 != 4 {
			t.Fatalf("%q: %d %s", body, w.Code, w.Body)
		}
	})
}

func FuzzAuthorize(f *testing.F) {
	h := newHarness(f)
	h.s.authorizeEach = NewLimiter(h.clock.Now, 1<<30, 1)
	f.Add(h.asking().Encode())
	f.Add("client_id=" + chatgpt + "&redirect_uri=" + chatgptRedirect)
	f.Fuzz(func(t *testing.T, query string) {
		r := newRequest(PathAuthorize, query)
		if r == nil {
			return
		}
		w := h.serve(r)
		to := w.Header().Get("Location")
		if place, _, _ := strings.Cut(to, "?"); w.Code == 302 && !allowedRedirect(place) {
			t.Fatalf("%q redirects to %q", query, to)
		}
		if w.Code != 200 && w.Code != 302 && w.Code != 400 {
			t.Fatalf("%q: %d", query, w.Code)
		}
	})
}

func FuzzRegistration(f *testing.F) {
	f.Add([]byte(`{"redirect_uris":["http://localhost/cb"],"client_name":"x","token_endpoint_auth_method":"none"}`))
	f.Add([]byte(`{"redirect_uris":["http://localhost/cb"],"redirect_uris":["https://evil.test"]}`))
	f.Add([]byte(`[[[[`))
	f.Fuzz(func(t *testing.T, body []byte) {
		reg, err := readRegistration(body)
		if err != nil {
			return
		}
		for _, uri := range reg.Redirects {
			if !registrable(uri) {
				t.Fatalf("%q registers %q", body, uri)
			}
		}
		out, err := json.Marshal(reg)
		if err != nil || strings.Contains(string(out), ":null") || len([]rune(reg.Name)) > nameLength+1 || !utf8.ValidString(reg.Name) {
			t.Fatalf("%q echoes %s %v", body, out, err)
		}
	})
}

func FuzzDocument(f *testing.F) {
	f.Add("https://vscode.dev/c.json", []byte(`{"client_id":"https://vscode.dev/c.json","redirect_uris":["https://vscode.dev/redirect"]}`))
	f.Add("https://[::1]/c.json", []byte(`{"client_id":"https://[::1]/c.json","client_secret":"x","redirect_uris":["http://localhost/"]}`))
	f.Add("https://vscode.dev/../c.json", []byte(`{}`))
	f.Fuzz(func(t *testing.T, id string, body []byte) {
		if k, ok := newUnknown(id, chatgptRedirect, time.Now()); ok && k.Host != "" &&
			(documentURL(id) != nil || strings.ContainsAny(k.Host, ":[]@/") || !strings.HasPrefix(id, "https://"+k.Host+"/")) {
			t.Fatalf("%q is listed as %+v", id, k)
		}
		c, err := readDocument(id, body)
		if err != nil {
			return
		}
		for _, uri := range c.redirects {
			if !registrable(uri) {
				t.Fatalf("%q gives %q", body, uri)
			}
		}
		if c.secret != nil || !c.selfNamed || len(c.redirects) == 0 || !utf8.ValidString(c.name) {
			t.Fatalf("%q gives %+v", body, c)
		}
	})
}
