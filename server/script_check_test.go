package server

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
)

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
	case "~":
		return checkRedirect(rest, redirectOf(resp, body))
	case "<":
		return checkHeader(rest, resp.Header)
	default:
		return "unknown line " + c
	}
	return ""
}

func checkRedirect(line string, to *url.URL) string {
	name, want, _ := strings.Cut(line, " ")
	want = strings.TrimSpace(want)
	got := to.Query().Get(name)
	if name == "to" {
		got = (&url.URL{Scheme: to.Scheme, Host: to.Host, Path: to.Path}).String()
	}
	if got == want {
		return ""
	}
	return fmt.Sprintf("the redirect %s has %s %q, want %q", to, name, got, want)
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
