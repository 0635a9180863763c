package coda

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"codabridge/server/fault"
)

// Kinds of an APIError, for callers that decide on them.
const (
	KindBadRequest   = "bad_request"   // 400: the arguments are wrong
	KindUnauthorized = "unauthorized"  // 401: the token is unknown or revoked
	KindForbidden    = "forbidden"     // 403: the token may not do this
	KindNotFound     = "not_found"     // 404: no such thing, or not visible
	KindGone         = "gone"          // 410: it was deleted
	KindTooLarge     = "too_large"     // a row, request or answer over the limit
	KindDocTooLarge  = "doc_too_large" // the doc is over 125 MB, which has no API
	KindNotReady     = "not_ready"     // 400: the doc is not up to date yet
	KindRateLimited  = "rate_limited"  // 429: too many requests
	KindStuck        = "stuck"         // 429 three times in a row: waiting does not help
	KindUnavailable  = "unavailable"   // 5xx: Coda is in trouble
	KindMoved        = "moved"         // 3xx: the answer points to another host
	KindExportFailed = "export_failed" // the page could not be exported
	KindNetwork      = "network"       // no answer at all
	KindOdd          = "odd"           // an answer that makes no sense
)

var (
	// ErrBusy says that our own limiter would wait past the deadline.
	ErrBusy = errors.New("too many requests at once")
	// ErrSegment says that an id or name cannot stand in an address.
	ErrSegment = errors.New("this is not a usable id or name")
)

// APIError is what Coda answered instead of a result, or that it did not.
type APIError struct {
	// Operation is what was tried, such as "list rows".
	Operation string
	// Status is the HTTP status, or 0 when the request was not answered.
	Status int
	// Kind is one of the Kind constants.
	Kind string
	// Message is Coda's own text where there is one, else ours. It never
	// holds the token.
	Message string
	// RetryAfter is what Coda asked to wait; zero when it did not say.
	RetryAfter time.Duration
	// Unsent is set when no connection came about, so that Coda has certainly
	// not heard of the request.
	Unsent bool
	// Err is the cause when there was no answer.
	Err error
}

// Error gives the operation, the status and the message.
func (e *APIError) Error() string {
	switch {
	case e.Status == 0 && e.Err != nil:
		return fmt.Sprintf("coda: %s: %s: %v", e.Operation, e.Message, e.Err)
	case e.Status == 0:
		return fmt.Sprintf("coda: %s: %s", e.Operation, e.Message)
	}
	return fmt.Sprintf("coda: %s: Coda answered %d: %s", e.Operation, e.Status, e.Message)
}

// Unwrap gives the cause, so that a context's end is still seen.
func (e *APIError) Unwrap() error { return e.Err }

// IsKind reports whether err is an APIError of one of the kinds.
func IsKind(err error, kinds ...string) bool {
	var e *APIError
	if !errors.As(err, &e) {
		return false
	}
	for _, k := range kinds {
		if e.Kind == k {
			return true
		}
	}
	return false
}

// NothingDone reports whether the error of a write says for certain that Coda
// has done nothing: it refused the request, or never heard of it.
func NothingDone(err error) bool {
	var e *APIError
	if !errors.As(err, &e) {
		return !errors.Is(err, context.Canceled) && !errors.Is(err, context.DeadlineExceeded)
	}
	return e.Unsent || IsKind(err, KindBadRequest, KindUnauthorized, KindForbidden, KindNotFound, KindGone, KindTooLarge, KindDocTooLarge,
		KindNotReady, KindRateLimited, KindStuck, KindMoved)
}

// MessageOf is what Coda, or the client in its place, said of an error.
func MessageOf(err error) (message string, ok bool) {
	var e *APIError
	if !errors.As(err, &e) {
		return "", false
	}
	return e.Message, true
}

func kindOf(status int, message string) string {
	switch {
	case status == http.StatusBadRequest && strings.Contains(message, "not yet up to date"):
		return KindNotReady
	case status == http.StatusBadRequest && (strings.Contains(message, "exceeds maximum size") ||
		strings.Contains(message, "entity too large")), status == http.StatusRequestEntityTooLarge:
		return KindTooLarge
	case status == http.StatusBadRequest && isDocTooLarge(strings.ToLower(message)):
		return KindDocTooLarge
	case status == http.StatusUnauthorized:
		return KindUnauthorized
	case status == http.StatusForbidden:
		return KindForbidden
	case status == http.StatusNotFound:
		return KindNotFound
	case status == http.StatusGone:
		return KindGone
	case status == http.StatusTooManyRequests:
		return KindRateLimited
	case status >= 500:
		return KindUnavailable
	case status >= 300 && status < 400:
		return KindMoved
	case status >= 400:
		return KindBadRequest
	}
	return KindOdd
}

// isDocTooLarge recognises the refusal of a doc over 125 MB, whose words are
// not documented.
func isDocTooLarge(message string) bool {
	return strings.Contains(message, "doc") && (strings.Contains(message, "too large") || strings.Contains(message, "size limit"))
}

// errorBody holds the shapes of an error answer: the plain envelope, the
// packs' validationErrors and the request validator's issues.
type errorBody struct {
	StatusMessage string `json:"statusMessage"`
	Message       string `json:"message"`
	Error         string `json:"error"`
	CodaDetail    struct {
		ValidationErrors []detail `json:"validationErrors"`
		Issues           []detail `json:"issues"`
	} `json:"codaDetail"`
}

type detail struct {
	Path    any    `json:"path"` // a string in one shape, a list in the other
	Message string `json:"message"`
}

func (d detail) String() string {
	at := ""
	switch p := d.Path.(type) {
	case string:
		at = p
	case []any:
		parts := make([]string, len(p))
		for i, s := range p {
			parts[i] = fmt.Sprint(s)
		}
		at = strings.Join(parts, ".")
	}
	if at == "" {
		return d.Message
	}
	return at + ": " + d.Message
}

// errorMessage finds the most telling text of an error answer.
func errorMessage(status int, body []byte) string {
	var e errorBody
	if lenient(json.Unmarshal(body, &e)) != nil {
		return http.StatusText(status) // a gateway's HTML page says nothing
	}
	text := cmp.Or(e.Message, e.Error, e.StatusMessage, http.StatusText(status))
	for _, d := range append(e.CodaDetail.ValidationErrors, e.CodaDetail.Issues...) {
		if d.Message != "" && !strings.Contains(text, d.Message) {
			text += "; " + d.String()
		}
	}
	return fault.Clip(text, 600)
}

// lenient lets a field of an unexpected type pass: encoding/json has filled
// the rest by then. An answer that is as a whole of another shape stays an
// error.
func lenient(err error) error {
	var mismatch *json.UnmarshalTypeError
	if errors.As(err, &mismatch) && mismatch.Field != "" {
		return nil
	}
	return err
}
