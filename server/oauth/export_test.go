package oauth

import "time"

// SetHold changes how long a poll is held, for tests that wait for it.
func (s *Server) SetHold(d time.Duration) { s.hold = d }
