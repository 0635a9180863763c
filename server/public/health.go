package public

import (
	"net/http"

	"codabridge/server/caller"
	"codabridge/server/door"
)

// deepGuard lets everybody ask whether the door is open, and those with a token
// or a key how what is behind it does.
func (p *Public) deepGuard() door.Guard {
	return door.Guard{Name: "deep", Admit: func(req *http.Request) (caller.Caller, error) {
		if !door.AsksDeep(req) {
			return caller.Caller{}, door.Instead(door.ServeHealth)
		}
		return p.admit(req)
	}}
}

func (p *Public) serveDeepHealth(w http.ResponseWriter, req *http.Request) {
	door.WriteJSON(w, http.StatusOK, p.o.Health(req.Context()))
}

// Streams is how many event streams are open.
func (p *Public) Streams() int { return p.limits.streams.Open() }
