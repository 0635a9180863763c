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
	if req.ContentLength < 0 || req.ContentLength > LongBody {
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
	default:
		p.refuseRPC(w, req, http.StatusBadRequest, jsonrpc.ParseError, "cut_body", "The request body did not arrive whole.")
	}
	return nil, long, false
}
