package oauth

import (
	"net/url"
	"regexp"
	"strconv"
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
var patterns = []*regexp.Regexp{
	regexp.MustCompile(`\Ahttps://chatgpt\.com/connector/oauth/[A-Za-z0-9_-]+\z`),
	regexp.MustCompile(`\Ahttps://(?:chatgpt\.com|chat\.openai\.com)/aip/g-[A-Za-z0-9_-]+/oauth/callback\z`),
}

// loopback is an address on the person's own computer, RFC 8252 section 7.3,
// with the name localhost too, which several clients use.
var loopback = regexp.MustCompile(`\Ahttp://(localhost|127\.0\.0\.1|\[::1\])(?::([0-9]{1,5}))?((?:/[A-Za-z0-9._~-]*)*)\z`)

const longestRedirect = 512

// allowedRedirect reports whether uri may be registered at all.
func allowedRedirect(uri string) bool {
	if len(uri) > longestRedirect {
		return false
	}
	if redirects[uri] {
		return true
	}
	for _, p := range patterns {
		if p.MatchString(uri) {
			return true
		}
	}
	_, _, ok := splitLoopback(uri)
	return ok
}

// sameRedirect reports whether a client that registered one address may ask
// for the other: the same bytes, or a loopback address that differs in its
// port alone.
func sameRedirect(registered, asked string) bool {
	if !allowedRedirect(registered) || !allowedRedirect(asked) {
		return false
	}
	if registered == asked {
		return true
	}
	host, path, ok := splitLoopback(registered)
	host2, path2, ok2 := splitLoopback(asked)
	return ok && ok2 && host == host2 && path == path2
}

func splitLoopback(uri string) (host, path string, ok bool) {
	m := loopback.FindStringSubmatch(uri)
	if m == nil || len(uri) > longestRedirect {
		return "", "", false
	}
	if m[2] != "" {
		if port, err := strconv.Atoi(m[2]); err != nil || port < 1 || port > 65535 {
			return "", "", false
		}
	}
	return m[1], m[3], true
}

// redirectHost names the place an address leads to, for people.
func redirectHost(uri string) string {
	if _, _, ok := splitLoopback(uri); ok {
		return "this computer"
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

// withQuery adds parameters to a redirect address. None of the allowed
// addresses has a query or a fragment of its own.
func withQuery(uri string, q url.Values) string { return uri + "?" + q.Encode() }
