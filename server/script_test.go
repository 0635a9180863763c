package server

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// Scripts are transcripts of requests and answers, played against the real
// doors:
//
//	> POST /mcp          a request; its headers and body follow, each after ">"
//	> &state=1           a line that begins with "&" goes on the one before it
//	< 401                the status
//	< Name: value        a header; "*" at its end means "begins so"
//	? text               the body contains this
//	! text               the body does not contain this
//	= a.b.0.c  value     the JSON at this place is value
//	~ iss  value         the redirect has this parameter; without a value, it has none
//	~ to  url            the redirect leads there
//	: NAME json a.b      from here on $NAME is the JSON at this place
//	: NAME sent code     ... or this parameter of the redirect
//	: NAME shown         ... or the code that the page shows
//	: NAME cookie        ... or the cookie that was set
//	: NAME knock         ... or what the page's link carries to the owner's page
//	* approve CODE       the owner says yes, to reading; "approve CODE write": to both
//	* deny CODE          the owner says no
//	* wait 61s           time goes by
//	* read-only on       the owner's switch; off
//	* public URL         the tunnel has another address now
//	* fetch BODY         a client's document, should one be fetched; before, a fetch fails the test
//
// A redirect is the Location header, or "location" in what the waiting page is
// told. A request with the header "Door: owner" goes to the owner's door with
// its session. $H is the public origin, $TOKEN a token that may write, $READER
// one that may only read, $VERIFIER and $CHALLENGE are for PKCE. A line
// starting with # says what bug the step guards.
func TestScripts(t *testing.T) {
	files, err := filepath.Glob("testdata/*.script")
	if err != nil || len(files) == 0 {
		t.Fatal("no scripts", err)
	}
	for _, name := range files {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".script"), func(t *testing.T) {
			t.Parallel()
			h := newHarness(t)
			p := &player{t: t, h: h, vars: map[string]string{
				"H": h.public, "TOKEN": h.writer, "READER": h.reader, "VERIFIER": pkceVerifier, "CHALLENGE": pkceChallenge()}}
			for _, s := range readScript(t, name) {
				p.play(s)
			}
		})
	}
}

// player plays one script and keeps its variables.
type player struct {
	t    *testing.T
	h    *harness
	vars map[string]string
}

var variable = regexp.MustCompile(`\$[A-Z][A-Z0-9]*`)

func (p *player) expand(s string) string {
	return variable.ReplaceAllStringFunc(s, func(name string) string {
		if v, ok := p.vars[name[1:]]; ok {
			return v
		}
		return name
	})
}

// step is one request and what is expected of its answer, or what the owner
// or the clock does.
type step struct {
	at      string // file:line
	request []string
	status  string
	checks  []string
	act     string
}

func readScript(t *testing.T, name string) []step {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	var steps []step
	inRequest := false
	lines := bufio.NewScanner(bytes.NewReader(b))
	lines.Buffer(nil, 1<<20)
	for n := 1; lines.Scan(); n++ {
		line, at := lines.Text(), fmt.Sprintf("%s:%d", filepath.Base(name), n)
		switch {
		case line == "" || strings.HasPrefix(line, "#"):
		case strings.HasPrefix(line, "> &") && inRequest:
			r := steps[len(steps)-1].request
			r[len(r)-1] += line[2:]
		case strings.HasPrefix(line, ">"):
			if !inRequest {
				steps = append(steps, step{at: at})
			}
			s := &steps[len(steps)-1]
			s.request, inRequest = append(s.request, strings.TrimPrefix(strings.TrimPrefix(line, ">"), " ")), true
		case strings.HasPrefix(line, "< ") && inRequest:
			steps[len(steps)-1].status, inRequest = line[2:], false
		case strings.HasPrefix(line, "* "):
			steps = append(steps, step{at: at, act: line[2:]})
		default:
			s := &steps[len(steps)-1]
			s.checks = append(s.checks, line)
		}
	}
	return steps
}

func (p *player) play(s step) {
	p.t.Helper()
	if s.act != "" {
		if err := p.act(p.expand(s.act)); err != nil {
			p.t.Fatalf("%s: %s: %v", s.at, s.act, err)
		}
		return
	}
	resp := p.send(s)
	body, _ := io.ReadAll(resp.Body)
	if got := fmt.Sprint(resp.StatusCode); got != s.status {
		p.t.Errorf("%s: %s: status %s, want %s\n%s", s.at, p.expand(s.request[0]), got, s.status, body)
	}
	for _, c := range s.checks {
		fault := ""
		if strings.HasPrefix(c, ": ") {
			fault = p.keep(strings.Fields(c[2:]), resp, body)
		} else {
			fault = check(p.expand(c), resp, body)
		}
		if fault != "" {
			p.t.Errorf("%s: %s: %s\nheader: %v\nbody: %s", s.at, p.expand(s.request[0]), fault, resp.Header, body)
		}
	}
}

// act does what a "*" line says.
func (p *player) act(line string) error {
	verb, rest, _ := strings.Cut(line, " ")
	switch verb {
	case "approve":
		code, more, _ := strings.Cut(rest, " ")
		return p.h.server.Approve(p.t.Context(), code, more == "write")
	case "deny":
		return p.h.server.Deny(p.t.Context(), rest)
	case "wait":
		d, err := time.ParseDuration(rest)
		p.h.clock.Advance(d)
		return err
	case "read-only":
		p.h.readOnly.Store(rest == "on")
	case "public":
		p.h.setPublicURL(rest)
		p.vars["H"] = rest
	case "fetch":
		p.h.fetched = func(string) ([]byte, error) { return []byte(rest), nil }
	default:
		return errors.New("unknown step")
	}
	return nil
}

// Where pages keep what people and their browsers take from them.
var (
	shownCode = regexp.MustCompile(`id="code">([^<]*)<`)
	knockLink = regexp.MustCompile(`#knock=([^"]+)"`)
)

// keep does what a ":" line says, or tells why it cannot.
func (p *player) keep(words []string, resp *http.Response, body []byte) string {
	value := ""
	switch kind := strings.Join(words[1:], " "); {
	case strings.HasPrefix(kind, "json "):
		value = at(body, words[2])
	case strings.HasPrefix(kind, "sent "):
		value = redirectOf(resp, body).Query().Get(words[2])
	case kind == "cookie" && len(resp.Cookies()) == 1:
		value = resp.Cookies()[0].Name + "=" + resp.Cookies()[0].Value
	case kind == "shown":
		value = group(shownCode, body)
	case kind == "knock":
		value = group(knockLink, body)
	}
	if value == "" || value == "null" || value == "nothing" {
		return "there is nothing to keep as $" + words[0]
	}
	p.vars[words[0]] = value
	return ""
}

func group(re *regexp.Regexp, body []byte) string {
	if m := re.FindSubmatch(body); m != nil {
		return string(m[1])
	}
	return ""
}

// redirectOf is where an answer sends the browser.
func redirectOf(resp *http.Response, body []byte) *url.URL {
	to := resp.Header.Get("Location")
	if to == "" {
		to = at(body, "location")
	}
	u, err := url.Parse(to)
	if err != nil {
		return &url.URL{}
	}
	return u
}

// send plays a request. Bodies are JSON, at the endpoints of tokens and on
// the owner's door forms, unless a header says otherwise.
func (p *player) send(s step) *http.Response {
	p.t.Helper()
	method, path, _ := strings.Cut(p.expand(s.request[0]), " ")
	head, body := s.request[1:], ""
	for i, l := range head {
		if l == "" {
			head, body = head[:i], p.expand(strings.Join(head[i+1:], "\n"))
			break
		}
	}
	req := httptest.NewRequest(method, "http://placeholder"+path, strings.NewReader(body))
	req.Host = strings.TrimPrefix(p.h.publicURL(), "https://")
	handler := p.h.handler
	for _, l := range head {
		name, value, ok := strings.Cut(p.expand(l), ": ")
		switch {
		case !ok:
			p.t.Fatalf("%s: %q is no header", s.at, l)
		case name == "Host":
			req.Host = value
		case name == "Door":
			handler, req.Host = p.h.owner, "127.0.0.1:8086"
			p.h.session.Stamp(req, body)
		default:
			req.Header.Add(name, value)
		}
	}
	if req.Header.Get("Content-Type") == "" && method == "POST" {
		kind := "application/json"
		if req.Host == "127.0.0.1:8086" || path == "/token" || path == "/revoke" {
			kind = "application/x-www-form-urlencoded"
		}
		req.Header.Set("Content-Type", kind)
	}
	if path == "/events" { // which goes on for as long as somebody listens
		ctx, leave := context.WithCancel(req.Context())
		leave()
		req = req.WithContext(ctx)
	}
	rec := httptest.NewRecorder()
	handler.ServeHTTP(rec, req)
	return rec.Result()
}
