package oauth

import (
	"cmp"
	"net/url"
	"slices"
	"strings"
)

// single reports the first of the named parameters that is given twice, which
// RFC 6749 section 3.1 forbids; empty when none is. Parameters that nobody
// here knows do not matter.
func single(q url.Values, names ...string) string {
	for _, name := range names {
		if len(q[name]) > 1 {
			return name
		}
	}
	return ""
}

// ResourcePaths are the addresses of one issuer that serve MCP, each a
// resource with a document of its own (RFC 9728 section 3.1), as clients and
// their owners spell them. They stand here alone.
func ResourcePaths() []string { return []string{"", "/", "/mcp", "/mcp/", "/sse", "/sse/"} }

// resource reads the resource parameter, RFC 8707 section 2. All addresses of
// an issuer are one resource, with or without a query: clients name one of
// them at the authorization endpoint and another one later. The answer is the
// issuer, or empty when none was named. Another origin is refused.
func resource(q url.Values, issuer string) (string, *fault) {
	found := ""
	for _, value := range q["resource"] {
		if value == "" {
			continue
		}
		if !isOurs(value, issuer) {
			return "", &fault{Code: "invalid_target", Text: "the resource is not served here"}
		}
		found = issuer
	}
	return found, nil
}

// isOurs reports whether an address is one of an issuer's. Scheme and host may
// be spelled in any case and with the port that goes without saying (RFC 3986
// section 6.2).
func isOurs(value, issuer string) bool {
	u, err := url.Parse(value)
	own, err2 := url.Parse(issuer)
	if err != nil || err2 != nil || u.User != nil || strings.Contains(value, "#") {
		return false
	}
	return u.Scheme == own.Scheme && strings.EqualFold(u.Hostname(), own.Hostname()) && portOf(u) == portOf(own) &&
		slices.Contains(ResourcePaths(), u.Path)
}

// portOf is the port of an address, also where it goes without saying.
func portOf(u *url.URL) string {
	return cmp.Or(u.Port(), map[string]string{"https": "443", "http": "80"}[u.Scheme])
}

// askedScopes reads the scope parameter, RFC 6749 section 3.3. Scopes that we
// do not know are ignored; a request that names none of ours asks for both.
// The token answer says what was granted.
func askedScopes(scope string) []string {
	words := strings.Fields(scope)
	var known []string
	for _, s := range []string{ScopeRead, ScopeWrite, ScopeOffline} {
		if slices.Contains(words, s) {
			known = append(known, s)
		}
	}
	switch {
	case !slices.Contains(known, ScopeRead) && !slices.Contains(known, ScopeWrite):
		known = append([]string{ScopeRead, ScopeWrite}, known...)
	case !slices.Contains(known, ScopeRead):
		known = append([]string{ScopeRead}, known...)
	}
	return known
}

// narrowed leaves coda.write out unless write is true.
func narrowed(scopes []string, write bool) []string {
	return slices.DeleteFunc(slices.Clone(scopes), func(s string) bool { return s == ScopeWrite && !write })
}
