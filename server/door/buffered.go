package door

import (
	"net/http"
	"strconv"
)

// Buffered is a response that is kept back until it is whole. It cannot flush,
// so no handler makes a stream of it.
type Buffered struct {
	Head   http.Header
	Status int // 0 is 200
	Body   []byte
}

// Header is that of the response.
func (b *Buffered) Header() http.Header { return b.Head }

// WriteHeader keeps the status.
func (b *Buffered) WriteHeader(status int) { b.Status = status }

// Write keeps more of the body.
func (b *Buffered) Write(more []byte) (int, error) {
	b.Body = append(b.Body, more...)
	return len(more), nil
}

// Send writes the response as it is now.
func (b *Buffered) Send(w http.ResponseWriter) {
	for name, values := range b.Head {
		w.Header()[name] = values
	}
	w.Header().Set("Content-Length", strconv.Itoa(len(b.Body)))
	if b.Status != 0 {
		w.WriteHeader(b.Status)
	}
	w.Write(b.Body)
}
