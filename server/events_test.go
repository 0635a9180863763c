package server

import (
	"context"
	"regexp"
	"strings"
	"testing"
)

// eventForm is one event as it is written.
var eventForm = regexp.MustCompile(`(?s)event: (\w+)\nid: (\d+)\ndata: (\w+) ([^\n]*)\n\n`)

// TestEveryEventIsProven: whoever has the owner's port can neither make an
// event, nor move, alter or repeat one of ours; and nobody hears without a
// session.
func TestEveryEventIsProven(t *testing.T) {
	h := newHarness(t)
	listen := func(stamp bool) (uint64, string, int) {
		req, n := h.stamped(h.session, "GET", "/events", "")
		if !stamp {
			req.Header.Del("X-Codabridge-Session")
		}
		ctx, leave := context.WithCancel(t.Context())
		leave() // after what there is by now
		rec := h.ownerAnswers(req.WithContext(ctx))
		return n, rec.Body.String(), rec.Code
	}
	if _, body, code := listen(false); code != 401 || strings.Contains(body, "event:") {
		t.Errorf("without a session: %d %s", code, body)
	}
	n, body, _ := listen(true)
	m, _, _ := listen(true)
	all := eventForm.FindAllStringSubmatch(body, -1)
	if len(all) != 2 || all[0][1] != "view" || all[1][1] != "activity" || !strings.Contains(all[0][4], "activity-card") {
		t.Fatalf("%d events: %s", len(all), body)
	}
	for i, e := range all {
		name, proof, data := e[1], e[3], e[4]
		if !h.session.ProvenEvent(n, i+1, name, proof, data) {
			t.Errorf("the event %d has no proof", i+1)
		}
		for what, ok := range map[string]bool{
			"of another stream":  h.session.ProvenEvent(m, i+1, name, proof, data),
			"at another place":   h.session.ProvenEvent(n, i+2, name, proof, data),
			"of another name":    h.session.ProvenEvent(n, i+1, name+"s", proof, data),
			"with other content": h.session.ProvenEvent(n, i+1, name, proof, data+" "),
		} {
			if ok {
				t.Errorf("an event %s passes for ours", what)
			}
		}
	}
}
