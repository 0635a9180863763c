package door

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"net/http"
	"os"
	"strings"
	"time"

	"codabridge/server/caller"
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

// What ReadWhole says of a body: it did not arrive in time, is coded in another way
// than gzip, or is not what gzip makes.
var (
	ErrSlowBody  = errors.New("server: the body did not arrive in time")
	ErrEncoding  = errors.New("server: the body is coded in a way that is not taken")
	ErrNotCoded  = errors.New("server: the body is not coded as it says")
	takenCodings = "gzip, identity"
)

// ReadWhole reads a body of at most limit bytes within patience, one that is coded
// with gzip decoded (RFC 9110 section 8.4); its errors are those above, an
// *http.MaxBytesError, or those of the connection. The deadline
// is set only when patience ends: one that was set before would also end the
// library's watch for a client that leaves during a long call.
func ReadWhole(w http.ResponseWriter, req *http.Request, limit int64, patience time.Duration) ([]byte, error) {
	switch {
	case req.ContentLength == 0:
		return nil, nil
	case req.ContentLength > limit: // nothing of it has to be waited for
		return nil, &http.MaxBytesError{Limit: limit}
	}
	coded := false
	switch strings.ToLower(strings.TrimSpace(strings.Join(req.Header.Values("Content-Encoding"), ","))) {
	case "", "identity":
	case "gzip", "x-gzip":
		coded = true
	default:
		w.Header().Set("Accept-Encoding", takenCodings) // RFC 9110 section 15.5.16
		return nil, ErrEncoding
	}
	timer := time.AfterFunc(patience, func() { http.NewResponseController(w).SetReadDeadline(time.Now()) })
	defer timer.Stop()
	b, err := io.ReadAll(http.MaxBytesReader(w, req.Body, limit))
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return nil, ErrSlowBody
	}
	if err != nil || !coded {
		return b, err
	}
	return decoded(b, limit)
}

// decoded is what gzip has made a body of, no longer than limit either.
func decoded(b []byte, limit int64) ([]byte, error) {
	z, err := gzip.NewReader(bytes.NewReader(b))
	if err != nil {
		return nil, ErrNotCoded
	}
	out, err := io.ReadAll(io.LimitReader(z, limit+1))
	switch {
	case int64(len(out)) > limit:
		return nil, &http.MaxBytesError{Limit: limit}
	case err != nil:
		return nil, ErrNotCoded
	}
	return out, nil
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
	case errors.Is(err, ErrEncoding):
		f.Refuse(w, req, http.StatusUnsupportedMediaType, "unsupported_encoding", "The body is coded in a way that is not taken here. Send it as it is, or with gzip.")
	case errors.Is(err, ErrNotCoded):
		f.Refuse(w, req, http.StatusBadRequest, "invalid_request", "The body is not what its Content-Encoding says. Send it as it is, or with gzip.")
	default:
		f.Refuse(w, req, http.StatusBadRequest, "invalid_request", "The body did not arrive whole.")
	}
}

// WithBody is the request with a body that is in memory.
func WithBody(req *http.Request, body []byte) *http.Request {
	req = req.Clone(req.Context())
	req.Body = io.NopCloser(bytes.NewReader(body))
	req.ContentLength = int64(len(body))
	req.Header.Del("Content-Encoding")
	req.TransferEncoding = nil
	return req
}
