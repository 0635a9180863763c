package public

import (
	"errors"
	"fmt"
	"net/http"

	"codabridge/server/door"
	"codabridge/server/jsonrpc"
)

// readBody reads a body of at most limit bytes, or answers why not. A long one
// waits unread until there is a place for it, which the caller gives back.
func (p *Public) readBody(w http.ResponseWriter, req *http.Request, limit int64) (body []byte, long *door.Place, ok bool) {
	if req.ContentLength < 0 || req.ContentLength > LongBody || req.Header.Get("Content-Encoding") != "" {
		long, ok = p.place(w, req, p.limits.long, callWait)
		if !ok {
			return nil, nil, false
		}
	}
	body, err := door.ReadWhole(w, req, limit, door.ClientPatience)
	if len(body) <= LongBody {
		long.Leave() // its length had not been said, and is nothing to wait for
	}
	var tooLong *http.MaxBytesError
	switch {
	case err == nil:
		return body, long, true
	case errors.As(err, &tooLong):
		p.refuseRPC(w, req, http.StatusRequestEntityTooLarge, jsonrpc.InvalidRequest, "too_long",
			fmt.Sprintf("The request is longer than %d KiB. Send fewer rows or less text at once.", limit>>10))
	case errors.Is(err, door.ErrSlowBody):
		p.refuseRPC(w, req, http.StatusRequestTimeout, jsonrpc.InvalidRequest, "slow_body", "The request body did not arrive in time.")
	case errors.Is(err, door.ErrEncoding):
		p.refuseRPC(w, req, http.StatusUnsupportedMediaType, jsonrpc.ParseError, "unsupported_encoding",
			"The request body is coded in a way that is not taken here. Send it as it is, or with gzip.")
	case errors.Is(err, door.ErrNotCoded):
		p.refuseRPC(w, req, http.StatusBadRequest, jsonrpc.ParseError, "not_coded",
			"The request body is not what its Content-Encoding says. Send it as it is, or with gzip.")
	default:
		p.refuseRPC(w, req, http.StatusBadRequest, jsonrpc.ParseError, "cut_body", "The request body did not arrive whole.")
	}
	return nil, long, false
}
