package updates

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
)

// feed is an Atom feed of releases as code hosts publish it.
func feed(tags ...string) string {
	var b strings.Builder
	b.WriteString(`<?xml version="1.0" encoding="UTF-8"?><feed xmlns="http://www.w3.org/2005/Atom"><id>tag:example.org,2008:releases</id><title>Releases</title>`)
	for _, tag := range tags {
		fmt.Fprintf(&b, `<entry><id>tag:example.org,2008:Repository/1/%s</id><title>%s</title><link href="https://evil.example/x"/><content type="html">&lt;p&gt;</content></entry>`, tag, tag)
	}
	return b.String() + `</feed>`
}

func TestTheHighestReleaseOfAFeedCounts(t *testing.T) {
	t.Parallel()
	for want, tags := range map[string][]string{
		"":        {},
		"v1.2.10": {"v1.2.9", "v1.2.10", "v1.2.3", "v1.3.0-rc.1", "nightly", "v01.9.9", "1.2", "v9.9"},
		"2.0.0":   {"2.0.0", "v1.9.9"},
		"v1.0.0":  {"v9.9.9+;b", "v9.9.9+../..", "v8.0.0-1", "v1.0.0", "v99999999999.0.0", "-v3.0.0", "v1.2.3." + strings.Repeat("9", 500)},
	} {
		if got, err := read(strings.NewReader(feed(tags...))); got != want || err != nil {
			t.Errorf("%v: %q %v, want %q", tags, got, err, want)
		}
	}
}

func TestAVersionIsNewerByItsNumbers(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		version, than string
		want          bool
	}{
		{"v1.2.3", "v1.2.2", true}, {"v1.2.3", "1.2.3", false}, {"v1.2.3", "v1.10.0", false}, {"v2.0.0", "1.99.99", true},
		{"v1.2.3", "v1.2.3-rc.1", true}, {"v1.2.3-rc.2", "v1.2.2", false}, {"v1.2.3", "", true}, {"latest", "", false},
		{"v1.2.3", "0.0.0-dev", true}, {"v1.2.3+build", "v1.2.3", false}, {"v99999999999.0.0", "v1.0.0", false},
		{"v1.2.3", "1.2.3-4-gabc123", false}, {"v1.2.4", "1.2.3-4-gabc123-dirty", true}, {"v1.2.3", "1.2.3-4", true},
	} {
		if got := Newer(c.version, c.than); got != c.want {
			t.Errorf("%s newer than %s: %v", c.version, c.than, got)
		}
	}
}

// TestNothingTellsWhoAsks, and what has not changed is not sent again.
func TestNothingTellsWhoAsks(t *testing.T) {
	t.Parallel()
	var asked []*http.Request
	door := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, r)
		if r.Header.Get("If-None-Match") == `"one"` {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		w.Header().Set("ETag", `"one"`)
		w.Header().Set("Set-Cookie", "id=1")
		fmt.Fprint(w, feed("v1.2.3"))
	}))
	defer door.Close()
	first, err := Ask(t.Context(), door.URL+"/o/codabridge/releases.atom", "")
	if err != nil || first.Newest != "v1.2.3" || first.Tag != `"one"` || first.Same {
		t.Fatalf("%+v %v", first, err)
	}
	again, err := Ask(t.Context(), door.URL+"/o/codabridge/releases.atom", first.Tag)
	if err != nil || !again.Same || again.Tag != first.Tag {
		t.Errorf("%+v %v", again, err)
	}
	for _, r := range asked {
		names := []string{}
		for name := range r.Header {
			names = append(names, name)
		}
		slices.Sort(names)
		if got := strings.Join(names, " "); r.UserAgent() != "codabridge" || r.URL.RawQuery != "" ||
			got != "Accept Accept-Encoding Connection User-Agent" && got != "Accept Accept-Encoding Connection If-None-Match User-Agent" {
			t.Errorf("it says %v", r.Header)
		}
	}
}

// TestAFeedOfAWrongShapeDoesNoHarm: it is an error and nothing else.
func TestAFeedOfAWrongShapeDoesNoHarm(t *testing.T) {
	t.Parallel()
	huge := feed("v9.9.9")
	for name, body := range map[string]string{
		"nothing": "", "a page": "<!doctype html><html><body>hello</body></html>", "JSON": `{"tag_name": "v9.9.9"}`,
		"cut": huge[:len(huge)-20], "huge": strings.Replace(huge, "<title>", "<title>"+strings.Repeat("x", 300<<10), 1),
		"entities": `<!DOCTYPE f [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><feed><entry><id>&b;/v9.9.9</id></entry></feed>`,
		"RSS":      `<rss version="2.0"><channel><item><guid>v9.9.9</guid></item></channel></rss>`, "a feed of nobody": "<feed><entry><id>v9.9.9</id></entry></feed>",
		"deep": `<feed xmlns="http://www.w3.org/2005/Atom">` + strings.Repeat("<entry>", 100_000), "binary": "\x00\x01\x02",
	} {
		if got, err := read(strings.NewReader(body)); err == nil || got != "" {
			t.Errorf("%s: %q %v", name, got, err)
		}
	}
	inside := `<feed xmlns="http://www.w3.org/2005/Atom"><x><entry><id>v9.9.9</id></entry></x><entry><content><entry><id>v8.8.8</id></entry></content><id>v1.0.0</id></entry></feed>`
	if got, err := read(strings.NewReader(inside)); got != "v1.0.0" || err != nil {
		t.Errorf("entries of what a feed holds: %q %v", got, err)
	}
	elsewhere := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, huge) }))
	defer elsewhere.Close()
	door := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/away":
			http.Redirect(w, r, elsewhere.URL, http.StatusFound)
		case "/moved":
			http.Redirect(w, r, "/feed", http.StatusMovedPermanently)
		case "/feed":
			fmt.Fprint(w, huge)
		case "/loop":
			http.Redirect(w, r, "/loop", http.StatusFound)
		default:
			w.WriteHeader(http.StatusForbidden)
		}
	}))
	defer door.Close()
	for path, ok := range map[string]bool{"/away": false, "/moved": true, "/loop": false, "/none": false} {
		if got, err := Ask(t.Context(), door.URL+path, ""); (err == nil) != ok {
			t.Errorf("%s: %+v %v", path, got, err)
		}
	}
}

func TestTheLinkIsOfTheFeedsOwnPlace(t *testing.T) {
	t.Parallel()
	if got := Page("https://github.com/o/codabridge/releases.atom", "v1.2.3"); got != "https://github.com/o/codabridge/releases/tag/v1.2.3" {
		t.Error(got)
	}
	for feed, ok := range map[string]bool{
		"https://github.com/o/codabridge/releases.atom": true, "http://127.0.0.1:8080/releases.atom": true,
		"http://github.com/o/x.atom": false, "file:///etc/passwd": false, "": false, "https://user@x/f": false,
	} {
		if err := CheckFeed(feed); (err == nil) != ok {
			t.Errorf("%q: %v", feed, err)
		}
	}
}

func TestWhatIsNewIsOfTheVersion(t *testing.T) {
	t.Parallel()
	const log = "# Changes\n\n## Next\n\nNew:\n\n- Comes later.\n\n## v1.3.0 (2026-12-01)\n\n- **One** with `code`. More of it, see 1.2.\n- *Two*.\n- Three.\n\n## \n\n- Nowhere.\n\n##  \n- Nor here.\n\n## 1.2.0\n\n- Old.\n"
	for version, want := range map[string]string{"v1.3.0": "One with code.|Two.", "1.2.0": "Old.", "9.9.9": "Comes later.", "": "Comes later."} {
		if got := strings.Join(News(log, version, 2), "|"); got != want {
			t.Errorf("%s: %q", version, got)
		}
	}
}
