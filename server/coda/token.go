package coda

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"codabridge/server/fault"
)

// Restrictions of a token, as far as they can be told without writing.
const (
	RestrictNone     = ""
	RestrictObject   = "object"    // one doc or one table
	RestrictReadOnly = "read_only" // most likely reading only
	RestrictUnknown  = "unknown"   // restricted, but the list of docs could not be asked for
)

// TokenInfo is what is known of a token that works.
type TokenInfo struct {
	Base   string // the REST base that answered
	Host   string // its host name
	User   User
	Scoped bool
	// Restriction is one of the Restrict constants.
	Restriction string
	// Note explains the restriction to the owner in plain words, or is empty.
	Note string
}

// Why no API host took a token.
const (
	// CodeTokenRefused: a host answered and did not know the token.
	CodeTokenRefused fault.Code = "coda_token_refused"
	// CodeSilent: no host could be asked.
	CodeSilent fault.Code = "coda_silent"
	// CodeTrouble: a host answered, but not to the question.
	CodeTrouble fault.Code = "coda_trouble"
)

const (
	noteObject   = "This token is limited to one doc or one table: the list of docs stays empty, so give the link of the doc you mean. If it was made with type MCP, make an API token instead."
	noteUnknown  = "This token is restricted, and Coda did not say to what. If something is refused later, make a token without restrictions."
	noteReadOnly = "This token is restricted, most likely to reading: pages then come as plain text, and Coda refuses edits. For everything else make a token without restrictions."
)

var errNoRepeat = errors.New("not repeated")

// CheckToken finds out live whether a token works and on which host. Each
// base is tried in order (none given means Bases) and the first that answers
// whoami wins. httpClient may be nil. The error wraps a fault with one of the codes
// CodeTokenRefused, CodeSilent and CodeTrouble.
//
// A restricted token is told from the list of docs: refused, it is bound to
// one doc or table; answered, only the kind of operation is left to be
// restricted, and since it could GET, it may be bound to reading. That cannot
// be proved without a write, so the first refused write says it for sure.
func CheckToken(ctx context.Context, httpClient *http.Client, token string, bases []string) (TokenInfo, error) {
	if len(bases) == 0 {
		bases = Bases()
	}
	var failures []error
	for _, base := range bases {
		c := New(Options{
			Base: func() string { return base }, Token: func() (string, error) { return token, nil },
			HTTP: httpClient,
			// A person waits: say what is wrong at once instead of repeating.
			Sleep: func(context.Context, time.Duration) error { return errNoRepeat },
		})
		info, err := c.identify(ctx, base)
		if httpClient == nil {
			c.CloseIdleConnections() // they were made for this one question
		}
		if err == nil {
			return info, nil
		}
		failures = append(failures, err)
		if ctx.Err() != nil {
			break
		}
	}
	return TokenInfo{}, fmt.Errorf("coda: check token: %w", notTaken(failures))
}

// identify asks one base whose token it is and, if it is a restricted one,
// what it may do.
func (c *Client) identify(ctx context.Context, base string) (TokenInfo, error) {
	user, err := c.WhoAmI(ctx)
	if err != nil {
		return TokenInfo{}, err
	}
	info := TokenInfo{Base: base, User: user, Scoped: user.Scoped}
	if u, err := url.Parse(base); err == nil {
		info.Host = u.Hostname()
	}
	if !user.Scoped {
		return info, nil
	}
	_, err = c.ListDocs(ctx, DocQuery{Limit: 1})
	switch {
	case err == nil:
		info.Restriction, info.Note = RestrictReadOnly, noteReadOnly
	case IsKind(err, KindForbidden, KindUnauthorized, KindNotFound):
		info.Restriction, info.Note = RestrictObject, noteObject
	default:
		info.Restriction, info.Note = RestrictUnknown, noteUnknown
	}
	return info, nil
}

// notTaken says of all that the hosts answered what tells the owner most.
func notTaken(each []error) *fault.Error {
	all := errors.Join(each...)
	e := fault.Wrap(all, CodeSilent, "Coda could not be reached, so the token was not checked. Look at the internet connection and try again.")
	for _, err := range each {
		switch {
		case IsKind(err, KindUnauthorized, KindForbidden):
			return fault.Wrap(all, CodeTokenRefused,
				"Coda (now Superhuman Docs) does not know this token. Copy it once more from https://docs.superhuman.com/account, under API settings; one of type MCP does not work here.")
		case !IsKind(err, KindNetwork) && !errors.Is(err, context.DeadlineExceeded) && !errors.Is(err, context.Canceled):
			e = fault.Wrap(all, CodeTrouble, "Coda answered, but not to the question whose token this is. Try again in a few minutes.")
		}
	}
	return e
}
