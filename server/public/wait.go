package public

import (
	"context"
	"net/http"

	"codabridge/server/oauth"
)

// waitForOwner is the waiting page's long poll. It is answered at once when we
// stop and when the door is crowded; the page asks again.
func (p *Public) waitForOwner(w http.ResponseWriter, req *http.Request) {
	p.frame.LongPoll(req.Context(), func(until context.Context) {
		p.o.OAuth.Wait(w, req.WithContext(oauth.WithPatience(req.Context(), until)))
	})
}
