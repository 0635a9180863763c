package oauth

import (
	"cmp"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"codabridge/server/caller"
)

// redirects are the addresses that well-known clients send people back to.
// Nothing else but a loopback address may be registered, which is what stops
// a stranger from having a code sent to a place of their own.
var redirects = map[string]bool{
	"https://chatgpt.com/connector_platform_oauth_redirect":               true,
	"https://chatgpt.com/backend-api/aip/connectors/links/oauth/callback": true,
	"https://claude.ai/api/mcp/auth_callback":                             true,
	"https://claude.com/api/mcp/auth_callback":                            true,
	"cursor://anysphere.cursor-mcp/oauth/callback":                        true,
	"https://www.cursor.com/agents/mcp/oauth/callback":                    true,
	"https://cursor.com/oauth/mcp/callback":                               true,
	"https://vscode.dev/redirect":                                         true,
	"https://insiders.vscode.dev/redirect":                                true,
}

// patterns are the addresses with a part that differs from one connector or
// GPT to the next.
var patterns = sync.OnceValue(func() []*regexp.Regexp {
	return []*regexp.Regexp{
		regexp.MustCompile(`\Ahttps://chatgpt\.com/connector/oauth/[A-Za-z0-9_-]+\z`),
		regexp.MustCompile(`\Ahttps://(?:chatgpt\.com|chat\.openai\.com)/aip/g-[A-Za-z0-9_-]+/oauth/callback\z`),
	}
})

// loopback is an address on the person's own computer, RFC 8252 section 7.3,
// with the name localhost too, which several clients use. Path and query are
// those of RFC 3986 sections 3.3 and 3.4.
var loopback = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`\Ahttp://((?i:localhost)|127\.0\.0\.1|\[::1\])(?::([0-9]{1,5}))?` +
		`((?:/` + pchar + `*)*)(\?(?:` + pchar + `|[/?])*)?\z`)
})

// pchar is RFC 3986 section 3.3, without encoded control characters: a program
// that decodes one into a header or a log finds a line of a stranger's there.
const pchar = `(?:[A-Za-z0-9._~!$&'()*+,;=:@-]|%(?:[2-6][0-9A-Fa-f]|7[0-9A-Ea-e]|[89A-Fa-f][0-9A-Fa-f]))`

// answerParams are what the answer adds to a redirect address, which must not
// have them already: a client that reads the first of two reads a stranger's.
var answerParams = []string{"code", "state", "iss", "error", "error_description", "error_uri"}

const longestRedirect = 512

// allowedRedirect reports whether uri may be registered at all.
func allowedRedirect(uri string) bool {
	if len(uri) > longestRedirect {
		return false
	}
	if redirects[uri] {
		return true
	}
	for _, p := range patterns() {
		if p.MatchString(uri) {
			return true
		}
	}
	return isLoopback(uri)
}

// sameRedirect reports whether a client that registered one address may ask
// for the other: the same bytes, or a loopback address that differs in its
// port alone.
func sameRedirect(registered, asked string) bool {
	if !registrable(registered) || !registrable(asked) {
		return false
	}
	a, ok := splitLoopback(registered)
	b, ok2 := splitLoopback(asked)
	if ok && ok2 {
		return a.host == b.host && a.rest == b.rest
	}
	return registered == asked
}

// exactRedirect reports whether the token endpoint is given the address that
// the code was sent to: the port counts here.
func exactRedirect(sent, given string) bool {
	a, ok := splitLoopback(sent)
	b, ok2 := splitLoopback(given)
	if ok && ok2 {
		return a == b
	}
	return sent == given
}

// localRedirect is a loopback address in the parts that are compared. rest is
// path and query; an empty path is "/" (RFC 3986 section 6.2.3).
type localRedirect struct{ host, port, rest string }

func splitLoopback(uri string) (localRedirect, bool) {
	m := loopback().FindStringSubmatch(uri)
	if m == nil || len(uri) > longestRedirect {
		return localRedirect{}, false
	}
	if m[2] != "" {
		if port, err := strconv.Atoi(m[2]); err != nil || port < 1 || port > 65535 {
			return localRedirect{}, false
		}
	}
	if q, err := url.ParseQuery(strings.TrimPrefix(m[4], "?")); err != nil || slices.ContainsFunc(answerParams, q.Has) {
		return localRedirect{}, false
	}
	return localRedirect{host: strings.ToLower(m[1]), port: m[2], rest: cmp.Or(m[3], "/") + m[4]}, true
}

func isLoopback(uri string) bool {
	_, ok := splitLoopback(uri)
	return ok
}

// place names where an address leads to, for people. A loopback address is on
// the computer of whoever asked, which is this one only if they asked here.
func place(uri string, f caller.Address) string {
	if isLoopback(uri) && !f.Local {
		return "a program on another computer (" + f.String() + ")"
	}
	return redirectHost(uri)
}

// placeAt is place for a connection, of which the issuer is known: the origin
// without encryption is this computer's own door.
func placeAt(uri, issuer string) string {
	if isLoopback(uri) && !strings.HasPrefix(issuer, "http://") {
		return "a program on another computer"
	}
	return redirectHost(uri)
}

func redirectHost(uri string) string {
	if isLoopback(uri) {
		return caller.ThisComputer
	}
	u, err := url.Parse(uri)
	if err != nil {
		return "unknown"
	}
	if u.Scheme != "https" {
		return u.Scheme + "://" + u.Host
	}
	return u.Host
}

// withQuery adds parameters to a redirect address, after those it has. None of
// the allowed addresses has a fragment.
func withQuery(uri string, q url.Values) string {
	switch {
	case !strings.Contains(uri, "?"):
		uri += "?"
	case !strings.HasSuffix(uri, "?") && !strings.HasSuffix(uri, "&"):
		uri += "&"
	}
	return uri + q.Encode()
}
