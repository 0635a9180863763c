// Package fault is the one error that crosses the borders between rooms with a
// sentence for a person or a model: a code for callers that decide, the
// sentence, and the cause.
//
// Each room declares the codes of its own faults as constants of type Code,
// with a comment that says what they mean, and makes faults with New and Wrap.
// A test reads both out of the source and keeps .github/ERRORS.md of them.
//
// # Decisions
//
//   - Callers compare codes, never sentences. Who only shows a fault takes the
//     sentence of As, and leaves out what was put around it on the way.
//   - Error is the sentence alone. A room whose name should stand in a log
//     wraps the fault: fmt.Errorf("coda: check token: %w", fault).
//   - Errors that are the wire form of a standard stay what they are: the
//     answers of OAuth (RFC 6749, 7591, 8707), of the doors, of JSON-RPC, and
//     Coda's own (coda.APIError, which holds a status and whether the request
//     was sent). So do those that one room makes and decides on: what makes a
//     file of the store unusable, a proxy that did not connect the tunnel,
//     and the exit codes of the command line.
package fault

import (
	"errors"
	"fmt"
	"slices"
)

// Code says what happened, for programs: lower case, with underscores. ngrok's
// own codes (ERR_NGROK_334) stay as they are.
type Code string

// Error is an error whose sentence was written to be shown.
type Error struct {
	Code Code
	// Sentence says what happened and what to do next. It holds no secret.
	Sentence string
	// Link leads to a page that helps, or is empty.
	Link string
	// About is the operation or thing meant where a caller puts it into its
	// own words, or empty.
	About string
	// Cause is what led to it, or nil. It is for logs and for errors.Is, not
	// for the eyes of a person.
	Cause error
}

// Error is the sentence.
func (e *Error) Error() string { return e.Sentence }

// Unwrap is the cause.
func (e *Error) Unwrap() error { return e.Cause }

// New makes a fault without a cause; the sentence is formatted as by Sprintf, with
// the program's commands as they are Typed.
func New(code Code, format string, args ...any) *Error {
	return &Error{Code: code, Sentence: fmt.Sprintf(TypedFormat(format), args...)}
}

// Wrap makes a fault that cause led to.
func Wrap(cause error, code Code, format string, args ...any) *Error {
	return &Error{Code: code, Sentence: fmt.Sprintf(TypedFormat(format), args...), Cause: cause}
}

// At is the same fault with a page that helps.
func (e *Error) At(link string) *Error {
	linked := *e
	linked.Link = link
	return &linked
}

// With is err with more said behind its sentence; an error that is no fault
// stays as it is.
func With(err error, more string) error {
	e, ok := As(err)
	if !ok {
		return err
	}
	longer := *e
	longer.Sentence += more
	return &longer
}

// As finds the fault in what err wraps.
func As(err error) (*Error, bool) { return errors.AsType[*Error](err) }

// Is reports whether err is or wraps a fault with one of the codes.
func Is(err error, codes ...Code) bool {
	e, ok := As(err)
	return ok && slices.Contains(codes, e.Code)
}

// Plain is the sentence of a fault as an error of its own, without the words
// that were put around it; other errors stay as they are.
func Plain(err error) error {
	if e, ok := As(err); ok {
		return e
	}
	return err
}
