package coda

import "time"

// strain is what is known of refusals that are not our doing: another program asks
// with the same token, or Coda counts otherwise than it says. The class is quiet
// for a while then, for all, and has half as many places, which come back little by
// little.
type strain struct {
	fewer  int       // places that are not given out
	rounds int       // of refusals, with no quiet stretch between them
	since  time.Time // when the last one began; what had its place before tells nothing new
	eases  time.Time // when some of the places come back; zero where none is missing
}

// easePart is the part of all places that comes back at a time.
const easePart = 10

// longestRounds is after how many rounds the wait grows no more: 2, 6, 18 s.
const longestRounds = 3

// ease gives places back when there was no refusal for the length of a window.
func (s *strain) ease(now time.Time, most int, life time.Duration) {
	for !s.eases.IsZero() && !now.Before(s.eases) {
		s.rounds = 0
		s.fewer -= max(most/easePart, 1)
		s.eases = s.eases.Add(life)
		if s.fewer <= 0 {
			s.fewer, s.eases = 0, time.Time{}
		}
	}
}

// refused notes that Coda refused the request of a place, and how long it asks to be
// left alone; zero where it does not say.
func (p place) refused(asked time.Duration) {
	if p.in == nil {
		return
	}
	w := p.in
	w.mu.Lock()
	defer w.mu.Unlock()
	now := time.Now()
	pause := asked
	if p.given.After(w.strain.since) {
		w.strain.rounds = min(w.strain.rounds+1, longestRounds)
		w.strain.since = now
		w.strain.fewer = w.most - w.places()/2
		pause = refusalPause(w.strain.rounds, asked)
	}
	if until := now.Add(pause); until.After(w.shut) {
		w.shut = until
	}
	w.strain.eases = w.shut.Add(w.life)
	w.wake(now)
}
