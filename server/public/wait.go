package public

import "net/http"

// waitForOwner is the waiting page's long poll; it must end when we stop.
func (p *Public) waitForOwner(w http.ResponseWriter, req *http.Request) {
	ctx, cancel := p.frame.UntilDrain(req.Context())
	defer cancel()
	p.o.OAuth.Wait(w, req.WithContext(ctx))
}
