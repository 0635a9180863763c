package oauth

import (
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

// accepted are the paths below the issuer that a resource may have.
var accepted = []string{"", "/", "/mcp", "/mcp/", "/sse", "/sse/"}

// resource reads the resource parameter, RFC 8707 section 2. The answer is
// without a trailing slash, and empty when none was named. The same one may
// be named twice; two different ones are more than we are.
func resource(q url.Values, issuer string) (string, *fault) {
	found := ""
	for _, value := range q["resource"] {
		if value == "" {
			continue
		}
		path, ok := strings.CutPrefix(value, issuer)
		if !ok || !slices.Contains(accepted, path) {
			return "", &fault{Code: "invalid_target", Text: "the resource is not served here"}
		}
		value = strings.TrimSuffix(value, "/")
		if found != "" && found != value {
			return "", &fault{Code: "invalid_target", Text: "one resource at a time"}
		}
		found = value
	}
	return found, nil
}

// askedScopes reads the scope parameter, RFC 6749 section 3.3. Scopes that we
// do not know are left out; a request that names none of ours, and none at
// all, asks for both.
func askedScopes(scope string) ([]string, *fault) {
	words := strings.Fields(scope)
	var known []string
	for _, s := range []string{ScopeRead, ScopeWrite, ScopeOffline} {
		if slices.Contains(words, s) {
			known = append(known, s)
		}
	}
	switch {
	case len(words) > 0 && len(known) == 0:
		return nil, &fault{Code: "invalid_scope", Text: "the scopes here are coda.read and coda.write"}
	case !slices.Contains(known, ScopeRead) && !slices.Contains(known, ScopeWrite):
		known = append([]string{ScopeRead, ScopeWrite}, known...)
	case !slices.Contains(known, ScopeRead):
		known = append([]string{ScopeRead}, known...)
	}
	return known, nil
}

// narrowed leaves coda.write out unless write is true.
func narrowed(scopes []string, write bool) []string {
	return slices.DeleteFunc(slices.Clone(scopes), func(s string) bool { return s == ScopeWrite && !write })
}
