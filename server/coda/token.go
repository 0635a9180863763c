package coda

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"time"
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

// TokenError says that no API host took the token.
type TokenError struct {
	// Refused is set when a host answered and did not know the token; else
	// none could be asked.
	Refused bool
	// Sentence says what happened and the next step, in plain words.
	Sentence string
	Err      error
}

// Error gives the sentence.
func (e *TokenError) Error() string { return "coda: check token: " + e.Sentence }

// Unwrap gives what the hosts answered.
func (e *TokenError) Unwrap() error { return e.Err }

const (
	sentenceRefused = "Coda does not know this token. Copy it once more, and make sure it is an API token: one of type MCP does not work here."
	sentenceSilent  = "Coda could not be reached, so the token was not checked. Look at the internet connection and try again."
	sentenceTrouble = "Coda answered, but not to the question whose token this is. Try again in a few minutes."
	noteObject      = "This token is limited to one doc or one table: the list of docs stays empty, so give the link of the doc you mean. If it was made with type MCP, make an API token instead."
	noteUnknown     = "This token is restricted, and Coda did not say to what. If something is refused later, make a token without restrictions."
	noteReadOnly    = "This token is restricted, most likely to reading: pages then come as plain text, and Coda refuses edits. For everything else make a token without restrictions."
)

var errNoRepeat = errors.New("not repeated")

// CheckToken finds out live whether a token works and on which host. Each
// base is tried in order (none given means Bases) and the first that answers
// whoami wins. httpClient may be nil.
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
	return TokenInfo{}, tokenError(errors.Join(failures...), failures)
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

func tokenError(all error, each []error) *TokenError {
	e := &TokenError{Sentence: sentenceSilent, Err: all}
	for _, err := range each {
		switch {
		case IsKind(err, KindUnauthorized, KindForbidden):
			e.Refused, e.Sentence = true, sentenceRefused
			return e
		case !IsKind(err, KindNetwork) && !errors.Is(err, context.DeadlineExceeded) && !errors.Is(err, context.Canceled):
			e.Sentence = sentenceTrouble
		}
	}
	return e
}
