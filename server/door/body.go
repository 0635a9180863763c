package door

import (
	"bytes"
	"codabridge/server/caller"
	"errors"
	"io"
	"net/http"
	"os"
	"time"
)

// Bodies may be this long, in bytes: a stranger's, and one with a valid token.
const (
	strangerBody = 64 << 10
	ClientBody   = 4 << 20
)

// How long a body may take to arrive. Without a limit a stranger could hold a
// connection for ever by announcing a body and not sending it.
const (
	strangerPatience = 15 * time.Second
	ClientPatience   = time.Minute
)

// ErrSlowBody says that a body did not arrive in time.
var ErrSlowBody = errors.New("server: the body did not arrive in time")

// ReadWhole reads a body of at most limit bytes within patience; its errors are
// ErrSlowBody, an *http.MaxBytesError, or those of the connection. The deadline
// is set only when patience ends: one that was set before would also end the
// library's watch for a client that leaves during a long call.
func ReadWhole(w http.ResponseWriter, req *http.Request, limit int64, patience time.Duration) ([]byte, error) {
	switch {
	case req.ContentLength == 0:
		return nil, nil
	case req.ContentLength > limit: // nothing of it has to be waited for
		return nil, &http.MaxBytesError{Limit: limit}
	}
	timer := time.AfterFunc(patience, func() { http.NewResponseController(w).SetReadDeadline(time.Now()) })
	defer timer.Stop()
	b, err := io.ReadAll(http.MaxBytesReader(w, req.Body, limit))
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return nil, ErrSlowBody
	}
	return b, err
}

// HangUp makes the answer come at once although a body is announced that
// nobody wants: the library would read it before it writes.
func HangUp(w http.ResponseWriter, req *http.Request) {
	if req.ContentLength == 0 {
		return
	}
	w.Header().Set("Connection", "close")
	_ = http.NewResponseController(w).EnableFullDuplex() // for hearOut
}

// farewell is how long a body that nobody wants is listened to.
const farewell = 2 * time.Second

// hearOut takes the rest of a body from a client that has its answer already.
// Closing before would reset the connection, and a proxy in front that still
// sends then answers 502 in place of the 401 that makes a client refresh its
// token. Where the door is crowded nobody is listened to.
func (f *Frame) hearOut(w http.ResponseWriter, req *http.Request) {
	h := w.Header()
	if h.Get("Connection") != "close" || h.Get("Content-Length") == "" || req.ContentLength == 0 || req.Header.Get("Expect") != "" {
		return
	}
	place := f.strangers.Spare(caller.AddressFrom(req.Context()).Key)
	if place == nil {
		return
	}
	defer place.Leave()
	c := http.NewResponseController(w)
	if c.Flush() == nil && c.SetReadDeadline(time.Now().Add(farewell)) == nil {
		place.Idle(func() { _ = c.SetReadDeadline(time.Now()) }, func() { _, _ = io.CopyN(io.Discard, req.Body, ClientBody) })
	}
}

// byteOrderMark is what some programs put before a text in UTF-8.
var byteOrderMark = []byte("\ufeff")

// withWhole hands next a request whose body has arrived; it answers itself
// when it has not.
func (f *Frame) withWhole(w http.ResponseWriter, req *http.Request, next http.HandlerFunc) {
	var body []byte
	var err error
	cut := func() { _ = http.NewResponseController(w).SetReadDeadline(time.Now()) }
	if req.ContentLength != 0 && !idle(req.Context(), cut, func() { body, err = ReadWhole(w, req, strangerBody, strangerPatience) }) {
		f.refuseCrowd(w, req)
		return
	}
	var tooLong *http.MaxBytesError
	switch {
	case err == nil:
		next(w, WithBody(req, bytes.TrimPrefix(body, byteOrderMark)))
	case errors.As(err, &tooLong):
		f.Refuse(w, req, http.StatusRequestEntityTooLarge, "invalid_request", "The body is longer than 64 KiB.")
	case errors.Is(err, ErrSlowBody):
		f.Refuse(w, req, http.StatusRequestTimeout, "slow_body", "The body did not arrive in time.")
	default:
		f.Refuse(w, req, http.StatusBadRequest, "invalid_request", "The body did not arrive whole.")
	}
}

// WithBody is the request with a body that is in memory.
func WithBody(req *http.Request, body []byte) *http.Request {
	req = req.Clone(req.Context())
	req.Body = io.NopCloser(bytes.NewReader(body))
	req.ContentLength = int64(len(body))
	req.TransferEncoding = nil
	return req
}
