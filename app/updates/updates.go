// Package updates asks the feed of releases whether there is a newer version.
//
// # Decisions
//
//   - Nobody is asked without the owner's yes, nothing is downloaded, and nothing
//     tells who asks: no version, no id, and no cookie. What the server could
//     count is an address, as with any page.
//   - A feed decides nothing but a number: the link is made from the feed's own
//     address, so that a feed that was taken over leads to no other place.
//   - The feed is an Atom feed as code hosts publish it, not an interface with a
//     limit per address.
package updates

import (
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Bounds of one question.
const (
	longest = 256 << 10 // bytes of a feed that are read
	patient = 10 * time.Second
)

// Answer is what a feed said.
type Answer struct {
	// Newest is the highest version in it, such as v1.2.3; empty when it has none.
	Newest string
	// Tag is for the next question (RFC 9110 section 8.8.3).
	Tag string
	// Same says that it has not changed since the question with this tag.
	Same bool
}

// entry is what of an Atom feed is read.
type entry struct {
	ID string `xml:"http://www.w3.org/2005/Atom id"`
}

// Ask asks a feed; tag is that of the last answer, or empty.
func Ask(ctx context.Context, feed, tag string) (Answer, error) {
	ctx, cancel := context.WithTimeout(ctx, patient)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, feed, http.NoBody)
	if err != nil {
		return Answer{}, fmt.Errorf("updates: %w", err)
	}
	req.Header.Set("User-Agent", "codabridge")
	req.Header.Set("Accept", "application/atom+xml")
	if tag != "" {
		req.Header.Set("If-None-Match", tag)
	}
	transport := &http.Transport{Proxy: http.ProxyFromEnvironment, DisableKeepAlives: true}
	resp, err := (&http.Client{Transport: transport, CheckRedirect: sameHost}).Do(req)
	if err != nil {
		return Answer{}, fmt.Errorf("updates: %w", err)
	}
	defer resp.Body.Close()
	switch resp.StatusCode {
	case http.StatusNotModified:
		return Answer{Tag: tag, Same: true}, nil
	case http.StatusOK:
	default:
		return Answer{}, fmt.Errorf("updates: the feed answers %d", resp.StatusCode)
	}
	newest, err := read(resp.Body)
	return Answer{Newest: newest, Tag: clipped(resp.Header.Get("ETag"))}, err
}

// sameHost follows a redirect to the same host only, and not for ever.
func sameHost(req *http.Request, via []*http.Request) error {
	if len(via) > 3 || req.URL.Host != via[0].URL.Host || req.URL.Scheme != via[0].URL.Scheme {
		return errors.New("the feed leads elsewhere")
	}
	return nil
}

// clipped drops a tag that nobody should keep.
func clipped(tag string) string {
	if len(tag) > 200 || strings.ContainsFunc(tag, func(r rune) bool { return r < ' ' || r > '~' }) {
		return ""
	}
	return tag
}

// atom is the namespace of a feed (RFC 4287).
const atom = "http://www.w3.org/2005/Atom"

var errNoFeed = errors.New("updates: what came is no feed of releases")

// read finds the highest version of a feed. A feed that is too long, or is none,
// says so.
func read(r io.Reader) (newest string, err error) {
	limited := &io.LimitedReader{R: r, N: longest + 1}
	newest, err = highest(xml.NewDecoder(limited))
	if limited.N <= 0 {
		return "", errors.New("updates: the feed is too long")
	}
	return newest, err
}

// highest reads the entries of a feed that stand in it themselves, not those of
// what it holds.
func highest(d *xml.Decoder) (newest string, err error) {
	d.Entity = map[string]string{} // none but XML's own
	for inside := false; ; {
		token, err := d.Token()
		switch {
		case errors.Is(err, io.EOF) && inside:
			return newest, nil
		case err != nil:
			return "", errNoFeed
		}
		begin, is := token.(xml.StartElement)
		switch {
		case !is:
		case !inside && begin.Name == xml.Name{Space: atom, Local: "feed"}:
			inside = true
		case !inside:
			return "", errNoFeed
		case begin.Name == xml.Name{Space: atom, Local: "entry"}:
			var e entry
			if err := d.DecodeElement(&e, &begin); err != nil {
				return "", errNoFeed
			}
			if v := strings.TrimSpace(e.ID[strings.LastIndexAny(e.ID, "/:")+1:]); Newer(v, newest) {
				newest = v
			}
		default:
			if err := d.Skip(); err != nil {
				return "", errNoFeed
			}
		}
	}
}

// form is a version, with or without a v before it (Semantic Versioning 2.0.0).
var form = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^v?(0|[1-9]\d{0,8})\.(0|[1-9]\d{0,8})\.(0|[1-9]\d{0,8})(-[0-9A-Za-z.-]{1,40})?(\+[0-9A-Za-z.-]{1,40})?$`)
})

// between is the end of a version that git describe makes of a commit after a
// release, which is no pre-release.
var between = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^-\d+-g[0-9a-f]+(-dirty)?$`) })

// Newer tells whether a version is a released one and higher than another, which
// may be empty, a pre-release or a build in between. What is no version is never
// newer, and anything released is newer than it.
func Newer(version, than string) bool {
	a, b := form().FindStringSubmatch(version), form().FindStringSubmatch(than)
	if a == nil || a[4] != "" {
		return false
	}
	if b == nil {
		return true
	}
	for i := 1; i <= 3; i++ {
		x, _ := strconv.Atoi(a[i]) // nine digits at most
		y, _ := strconv.Atoi(b[i])
		if x != y {
			return x > y
		}
	}
	return b[4] != "" && !between().MatchString(b[4])
}

// Page is where a version of a feed is described: beside the feed, whose name is
// releases.atom.
func Page(feed, version string) string {
	u, err := url.Parse(feed)
	if err != nil || version == "" {
		return ""
	}
	return u.JoinPath("..", "releases", "tag", version).String()
}

// CheckFeed says whether an address can be that of a feed: https, or http on this
// computer.
func CheckFeed(feed string) error {
	u, err := url.Parse(feed)
	switch {
	case err != nil || u.Host == "" || u.User != nil || u.Fragment != "":
	case u.Scheme == "https":
		return nil
	case u.Scheme == "http" && (u.Hostname() == "127.0.0.1" || u.Hostname() == "localhost" || u.Hostname() == "::1"):
		return nil
	}
	return errors.New("the feed of releases is an https address")
}
