package server

import "net/http"

// Finding is one line of the doctor, for the owner's page.
type Finding struct {
	Name   string `json:"name"`
	Status string `json:"status"` // ok, warning, failed or skipped
	Means  string `json:"means"`
	Next   string `json:"next"`
}

// examine runs the doctor for the owner's page. It ends when the page goes
// away or the program stops.
func (s *Server) examine(w http.ResponseWriter, req *http.Request) {
	ctx, cancel := s.untilDrain(req.Context())
	defer cancel()
	lines, err := s.o.Desk.Examine(ctx)
	if err != nil {
		reply(w, "", err)
		return
	}
	writeJSON(w, http.StatusOK, map[string]any{"findings": lines})
}
