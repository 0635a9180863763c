package owner

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"time"
)

const (
	// tickEvery is how often the page hears that the door is still there; texts
	// that tell how long ago something was are made anew then.
	tickEvery = 15 * time.Second
	// restBetween is how long the stream waits between two looks, so that many
	// changes close together are told as one.
	restBetween = 150 * time.Millisecond
	// eventPatience is how long a page may take to read what it is sent.
	eventPatience = 30 * time.Second
)

// events is one stream of server-sent events to a page. Each has a proof of its
// own, over the number of the page's request, its own number, its name and its
// data: a stream has no end that a proof could stand behind.
type events struct {
	w       http.ResponseWriter
	out     *http.ResponseController
	channel *channel
	request uint64
	sent    uint64
}

// send writes an event; an error means that the page has gone.
func (e *events) send(name string, data any) error {
	b, err := json.Marshal(data)
	if err != nil {
		return err
	}
	e.sent++
	proof := seal(e.channel.key, "event", strconv.FormatUint(e.request, 10), strconv.FormatUint(e.sent, 10), name, digest(b))
	_ = e.out.SetWriteDeadline(time.Now().Add(eventPatience))
	if _, err := fmt.Fprintf(e.w, "event: %s\nid: %d\ndata: %s %s\n\n", name, e.sent, proof, b); err != nil {
		return err
	}
	return e.out.Flush()
}

// serveEvents tells the page what has changed for as long as it is open: the
// sections that differ from what it has, and that more is in the record.
func (o *Owner) serveEvents(w http.ResponseWriter, req *http.Request) {
	s, _ := readStamp(req)
	c := o.sessions.channel(s.channel)
	if c == nil || s.digest != digest(nil) {
		o.refuseStranger(w, req)
		return
	}
	if !c.first(s.number) {
		refuseSecond(w)
		return
	}
	ctx, cancel := o.frame.UntilDrain(req.Context())
	defer cancel()
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	e := &events{w: w, out: http.NewResponseController(w), channel: c, request: s.number}
	shown, newest, tick := drawing{}, int64(-1), time.NewTicker(tickEvery)
	defer tick.Stop()
	for {
		changed := o.desk.Changed()
		if o.tell(e, &shown, &newest) != nil || !rest(ctx.Done(), restBetween) {
			return
		}
		select {
		case <-changed:
		case <-tick.C:
			if e.send("tick", struct{}{}) != nil {
				return
			}
		case <-ctx.Done():
			return
		}
	}
}

// rest waits; false when the stream is over.
func rest(over <-chan struct{}, d time.Duration) bool {
	select {
	case <-over:
		return false
	case <-time.After(d):
		return true
	}
}

// tell sends what differs from what was shown.
func (o *Owner) tell(e *events, shown *drawing, newest *int64) error {
	now, err := o.draw()
	if err != nil {
		o.log.Error("server: render owner's page", "err", err)
		return err
	}
	if fresh, news := now.since(*shown); news {
		if err := e.send("view", fresh); err != nil {
			return err
		}
	}
	*shown = now
	last := o.desk.State().Activity.Newest
	if last == *newest {
		return nil
	}
	*newest = last
	return e.send("activity", map[string]int64{"newest": last})
}
