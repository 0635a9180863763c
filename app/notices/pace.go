package notices

import "time"

// Between two notices of what others cause: at first, and at last.
const (
	firstPause   = time.Minute
	longestPause = time.Hour
)

// pace holds back notices that nobody answers: each pause is twice the one
// before.
type pace struct {
	last  time.Time
	pause time.Duration
	owing bool // something came that was not told yet
}

// due says whether one may be told now, and if not, when.
func (p *pace) due(now time.Time) (is bool, at time.Time) {
	if at := p.last.Add(p.pause); !p.last.IsZero() && now.Before(at) {
		return false, at
	}
	p.last = now
	p.pause = min(max(2*p.pause, firstPause), longestPause)
	return true, time.Time{}
}

// answered begins anew: the owner is there.
func (p *pace) answered() { p.pause = min(p.pause, firstPause) }
