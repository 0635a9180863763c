package door

import (
	"math/bits"
	"net/http"
	"sync"
	"time"

	"codabridge/server/caller"
	"codabridge/server/fault"
)

// Refuse answers with an error and logs one line that names no secret.
func (f *Frame) Refuse(w http.ResponseWriter, req *http.Request, status int, code, sentence string) {
	f.Note(req, status, code)
	HangUp(w, req)
	WriteError(w, status, code, sentence)
}

// Note writes the one line that a refusal leaves: where it came to, from what
// page and why; never the query, which may hold a code. Repeats leave a line
// now and then, with how many they were.
func (f *Frame) Note(req *http.Request, status int, why string) {
	e := event{status, why, fault.Clip(req.Method, 20), fault.Clip(req.URL.Path, 120), fault.Clip(req.Host, 120),
		fault.Clip(req.Header.Get("Origin"), 120), caller.AddressFrom(req.Context()).Key}
	times, worth := f.repeats.count(e)
	if !worth {
		return
	}
	line := []any{"status", e.status, "why", e.why, "method", e.method, "path", e.path, "host", e.host, "origin", e.origin, "addr", e.addr}
	if times > 1 {
		line = append(line, "times", times)
	}
	f.log.Info("server: refused", line...)
}

// event is what two refusals have in common that are one to a reader.
type event struct {
	status                                int
	why, method, path, host, origin, addr string
}

// repeats counts refusals that are alike, so that a program which asks again
// and again, such as a page left open over a restart, does not push all other
// lines out of the log: the 1st, 2nd, 4th, 8th ... is worth a line, and the
// first after a pause.
type repeats struct {
	now func() time.Time

	mu   sync.Mutex // guards seen
	seen map[event]repeat
}

type repeat struct {
	times int
	last  time.Time
}

const (
	repeatPause = 10 * time.Minute // after which a refusal is news again
	maxRepeats  = 1000             // kinds that are counted; past it counting begins anew
)

func (r *repeats) count(e event) (times int, worth bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	now := r.now()
	was := r.seen[e]
	if now.Sub(was.last) > repeatPause {
		was.times = 0
	}
	if len(r.seen) >= maxRepeats {
		clear(r.seen)
	}
	was.times++
	r.seen[e] = repeat{was.times, now}
	return was.times, bits.OnesCount(uint(was.times)) == 1
}
