package server

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Scripts are transcripts of requests and answers, played against the real
// public door:
//
//	> POST /mcp          a request; its headers and body follow, each after ">"
//	< 401                the status
//	< Name: value        a header; "*" at its end means "begins so"
//	? text               the body contains this
//	! text               the body does not contain this
//	= a.b.0.c  value     the JSON at this place is value
//
// $H is the public origin, $TOKEN a token that may write, $READER one that may
// only read. A line starting with # says what bug the step guards.
func TestScripts(t *testing.T) {
	files, err := filepath.Glob("testdata/*.script")
	if err != nil || len(files) == 0 {
		t.Fatal("no scripts", err)
	}
	for _, name := range files {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".script"), func(t *testing.T) {
			t.Parallel()
			h := newHarness(t)
			for _, s := range readScript(t, name, h) {
				s.play(t, h)
			}
		})
	}
}

// step is one request and what is expected of its answer.
type step struct {
	at      string // file:line
	request []string
	status  string
	checks  []string
}

func readScript(t *testing.T, name string, h *harness) []step {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	text := strings.NewReplacer("$H", h.public, "$TOKEN", h.writer, "$READER", h.reader).Replace(string(b))
	var steps []step
	inRequest := false
	lines := bufio.NewScanner(strings.NewReader(text))
	lines.Buffer(nil, 1<<20)
	for n := 1; lines.Scan(); n++ {
		line := lines.Text()
		switch {
		case line == "" || strings.HasPrefix(line, "#"):
		case strings.HasPrefix(line, ">"):
			if !inRequest {
				steps = append(steps, step{at: fmt.Sprintf("%s:%d", filepath.Base(name), n)})
			}
			s := &steps[len(steps)-1]
			s.request, inRequest = append(s.request, strings.TrimPrefix(strings.TrimPrefix(line, ">"), " ")), true
		case strings.HasPrefix(line, "< ") && inRequest:
			steps[len(steps)-1].status, inRequest = line[2:], false
		default:
			s := &steps[len(steps)-1]
			s.checks = append(s.checks, line)
		}
	}
	return steps
}

func (s step) play(t *testing.T, h *harness) {
	t.Helper()
	resp := h.do(s.build(t, h))
	body, _ := io.ReadAll(resp.Body)
	if got := fmt.Sprint(resp.StatusCode); got != s.status {
		t.Errorf("%s: %s: status %s, want %s\n%s", s.at, s.request[0], got, s.status, body)
	}
	for _, c := range s.checks {
		if fault := check(c, resp, body); fault != "" {
			t.Errorf("%s: %s: %s\nbody: %s", s.at, s.request[0], fault, body)
		}
	}
}

func (s step) build(t *testing.T, h *harness) *http.Request {
	t.Helper()
	method, path, _ := strings.Cut(s.request[0], " ")
	head, body := s.request[1:], ""
	for i, l := range head {
		if l == "" {
			head, body = head[:i], strings.Join(head[i+1:], "\n")
			break
		}
	}
	req := httptest.NewRequest(method, "http://placeholder"+path, strings.NewReader(body))
	req.Host = strings.TrimPrefix(h.public, "https://")
	for _, l := range head {
		name, value, ok := strings.Cut(l, ": ")
		if !ok {
			t.Fatalf("%s: %q is no header", s.at, l)
		}
		if name == "Host" {
			req.Host = value
			continue
		}
		req.Header.Add(name, value)
	}
	if req.Header.Get("Content-Type") == "" && method == "POST" {
		req.Header.Set("Content-Type", "application/json")
	}
	return req
}

// check gives what is wrong, or nothing.
func check(c string, resp *http.Response, body []byte) string {
	mark, rest := c[:1], strings.TrimPrefix(c[1:], " ")
	switch mark {
	case "?":
		if !bytes.Contains(body, []byte(rest)) {
			return fmt.Sprintf("the body lacks %q", rest)
		}
	case "!":
		if bytes.Contains(body, []byte(rest)) {
			return fmt.Sprintf("the body has %q", rest)
		}
	case "=":
		place, want, _ := strings.Cut(rest, " ")
		if got := at(body, place); got != strings.TrimSpace(want) {
			return fmt.Sprintf("%s is %s, want %s", place, got, want)
		}
	case "<":
		return checkHeader(rest, resp.Header)
	default:
		return "unknown line " + c
	}
	return ""
}

func checkHeader(line string, h http.Header) string {
	name, want, _ := strings.Cut(line, ":")
	want = strings.TrimSpace(want)
	got := strings.Join(h.Values(name), " | ")
	if begin, cut := strings.CutSuffix(want, "*"); cut && begin != "" {
		if strings.HasPrefix(got, begin) {
			return ""
		}
	} else if got == want {
		return ""
	}
	return fmt.Sprintf("%s is %q, want %q", name, got, want)
}

// at finds the JSON value at a dotted place, as text; an event stream is read
// as the JSON of its data line.
func at(body []byte, place string) string {
	if i := bytes.Index(body, []byte("data: ")); i >= 0 && !bytes.HasPrefix(body, []byte("{")) {
		body, _, _ = bytes.Cut(body[i+6:], []byte("\n"))
	}
	var v any
	if err := json.Unmarshal(body, &v); err != nil {
		return "not JSON"
	}
	for key := range strings.SplitSeq(place, ".") {
		switch x := v.(type) {
		case map[string]any:
			v = x[key]
		case []any:
			i := 0
			if _, err := fmt.Sscan(key, &i); err != nil || i >= len(x) {
				return "nothing"
			}
			v = x[i]
		default:
			return "nothing"
		}
	}
	if s, ok := v.(string); ok {
		return s
	}
	b, _ := json.Marshal(v)
	return string(b)
}
