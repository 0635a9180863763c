//go:build conformance && soak

package conformance

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"codabridge/server/coda/codatest"
)

// trouble is a row of the table of faults.
type trouble struct {
	name string
	fault
	harmless bool          // every call has to go on
	lasts    time.Duration // at least; zero means the calls alone
}

const (
	callsEach      = 6                // while a fault lasts
	assistantsWait = 50 * time.Second // with room for the way back
)

// Between the bridge and Coda everything may go wrong that toxiproxy can do:
// a call goes on, or it is answered with a sentence, within the time that
// assistants wait; and when it is over the next call is answered again.
func TestSoakFaultsBeforeCoda(t *testing.T) {
	t.Parallel()
	h, p, g := betweenFaults(t)
	for _, c := range []trouble{
		{name: "latency 300 ms", fault: fault{"latency", map[string]any{"latency": 300, "jitter": 100}}, harmless: true},
		{name: "bandwidth 64 KB/s", fault: fault{"bandwidth", map[string]any{"rate": 64}}, harmless: true},
		{name: "slices of 64 bytes", fault: fault{"slicer", map[string]any{"average_size": 64, "size_variation": 32, "delay": 100}}, harmless: true},
		{name: "nothing, then closed after 500 ms", fault: fault{"timeout", map[string]any{"timeout": 500}}},
		{name: "reset at once", fault: fault{"reset_peer", map[string]any{"timeout": 0}}},
		{name: "reset after 200 ms", fault: fault{"reset_peer", map[string]any{"timeout": 200}}},
		{name: "cut after 200 bytes", fault: fault{"limit_data", map[string]any{"bytes": 200}}},
		{name: "nothing at all", fault: fault{"timeout", map[string]any{"timeout": 0}}},
		{name: "down", fault: fault{toxic: "down"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			mend := p.spoil("coda", c.fault)
			s := h.triesAtOnce(callsEach, h.issuer(), g.access)
			mend()
			s.judge(t, "through the edge", c, h.recovers(t, g))
			if s.worst() > assistantsWait {
				t.Errorf("assistants give up after a minute, and the answer took %v", s.worst())
			}
		})
	}
}

// Between the bridge and ngrok too. What a caller out there hears of a broken
// tunnel is ngrok's to tell, so here what counts is that the local door stays
// open all the while, and that the bridge comes back by itself with the same
// address.
func TestSoakFaultsBeforeTheEdge(t *testing.T) {
	t.Parallel()
	h, p, g := betweenFaults(t)
	s, err := h.status()
	if err != nil {
		t.Fatal(err)
	}
	local := h.judge(t, s.LocalURL)
	for _, c := range []trouble{
		{name: "latency 200 ms", fault: fault{"latency", map[string]any{"latency": 200, "jitter": 50}}, harmless: true},
		{name: "bandwidth 128 KB/s", fault: fault{"bandwidth", map[string]any{"rate": 128}}, harmless: true},
		{name: "slices of 64 bytes", fault: fault{"slicer", map[string]any{"average_size": 64, "size_variation": 32, "delay": 100}}, harmless: true},
		{name: "nothing, then closed after 2 s", fault: fault{"timeout", map[string]any{"timeout": 2000}}, lasts: 3 * time.Second},
		{name: "reset at once", fault: fault{"reset_peer", map[string]any{"timeout": 0}}, lasts: 3 * time.Second},
		{name: "down for 5 s", fault: fault{toxic: "down"}, lasts: 5 * time.Second},
		{name: "down for a moment", fault: fault{toxic: "down"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			mend := p.spoil("edge", c.fault)
			began := time.Now()
			var near score
			through := make(chan *score, 1)
			go func() { through <- h.triesAtOnce(callsEach, h.issuer(), g.access) }()
			for len(near.took) < callsEach || time.Since(began) < c.lasts {
				near.add(h.try(s.LocalURL, local.access))
				time.Sleep(50 * time.Millisecond) // the fault is to last, and a caller needs time to think too
			}
			if c.harmless {
				(<-through).judge(t, "through the edge", c, 0)
			}
			mend()
			near.judge(t, "the local door", trouble{name: c.name, harmless: true}, h.recovers(t, g))
			if !c.harmless {
				lost := <-through
				t.Logf("figures: %s, through the edge: %d calls, %d came to nothing, worst %v", where(t), len(lost.took), len(lost.wrong), lost.worst().Round(time.Millisecond))
			}
			if now, err := h.status(); err != nil || now.PublicURL != h.issuer() {
				t.Errorf("the address is %q now, want %q: %v", now.PublicURL, h.issuer(), err)
			}
		})
	}
}

// betweenFaults is a house with toxiproxy on both of its ways out, and a
// client that signed in.
func betweenFaults(t *testing.T) (*house, *toxiproxy, *grant) {
	t.Helper()
	p := startToxiproxy(t)
	h := furnish(t)
	at, err := url.Parse(h.coda.URL())
	if err != nil {
		t.Fatal(err)
	}
	coda := p.before("coda", at.Host)
	at.Host = coda
	h.env = append(h.env, "CODABRIDGE_CODA_URL="+at.String(), "CODABRIDGE_NGROK_CONNECT_URL="+p.before("edge", h.edge.ConnectURL()))
	h.start()
	return h, p, h.judge(t, h.issuer())
}

// outcome is how one call went.
type outcome struct {
	took  time.Duration
	said  string // the sentence of a call that the bridge answered with an error
	wrong string // what may not be
}

// try lists the rows of the sample's first table, which no cache answers.
func (h *house) try(door, token string) outcome {
	began := time.Now()
	body := fmt.Sprintf(`{"jsonrpc":"2.0","id":"f","method":"tools/call","params":{"name":"coda_list_rows","arguments":{"document":%q,"table":%q,"limit":20}}}`, "Product Roadmap", "Projects")
	req, err := http.NewRequest(http.MethodPost, door+"/mcp", strings.NewReader(body))
	if err != nil {
		return outcome{wrong: err.Error()}
	}
	for k, v := range map[string]string{"Content-Type": "application/json", "Accept": "application/json, text/event-stream", "Authorization": "Bearer " + token} {
		req.Header.Set(k, v)
	}
	web := h.web(door)
	web.Timeout = time.Minute
	defer web.CloseIdleConnections()
	res, err := web.Do(req)
	if err != nil {
		return outcome{took: time.Since(began), wrong: err.Error()}
	}
	defer func() { _ = res.Body.Close() }()
	text, err := io.ReadAll(res.Body)
	o := outcome{took: time.Since(began)}
	var a struct {
		Result *struct {
			IsError bool
			Content []struct{ Text string }
		}
	}
	switch {
	case err != nil:
		o.wrong = err.Error()
	case res.StatusCode != http.StatusOK || json.Unmarshal(text, &a) != nil || a.Result == nil || len(a.Result.Content) != 1:
		o.wrong = fmt.Sprintf("%s: %s", res.Status, short(string(text)))
	case a.Result.IsError:
		o.said = a.Result.Content[0].Text
		o.wrong = notASentence(o.said)
	}
	return o
}

// triesAtOnce makes n calls at the same time.
func (h *house) triesAtOnce(n int, door, token string) *score {
	outcomes := make(chan outcome)
	for range n {
		go func() { outcomes <- h.try(door, token) }()
	}
	s := &score{}
	for range n {
		s.add(<-outcomes)
	}
	return s
}

// notASentence says what keeps text from being one that helps.
func notASentence(text string) string {
	switch {
	case !strings.HasSuffix(text, ".") || strings.Count(text, " ") < 4 || len(text) > 600:
		return "not a sentence: " + short(text)
	case strings.Contains(text, codatest.Token) || strings.Contains(text, "127.0.0.1") || strings.Contains(text, "goroutine"):
		return "says what it should not: " + short(text)
	}
	return ""
}

// score sums up the calls of one fault.
type score struct {
	took  []time.Duration
	said  []string
	wrong []string
}

func (s *score) add(o outcome) {
	s.took = append(s.took, o.took)
	if o.wrong != "" {
		s.wrong = append(s.wrong, o.wrong)
	} else if o.said != "" {
		s.said = append(s.said, o.said)
	}
}

func (s *score) worst() time.Duration {
	if len(s.took) == 0 {
		return 0
	}
	return slices.Max(s.took)
}

// where is the fault that a test is about, as the figures name it.
func where(t *testing.T) string {
	side, name, _ := strings.Cut(strings.TrimPrefix(t.Name(), "TestSoakFaults"), "/")
	return strings.NewReplacer("Before", "before ", "The", "the ").Replace(side) + ": " + strings.ReplaceAll(name, "_", " ")
}

// judge prints the figures and fails the test on what may not be.
func (s *score) judge(t *testing.T, door string, c trouble, back time.Duration) {
	t.Helper()
	var b bytes.Buffer
	fmt.Fprintf(&b, "figures: %s, %s: %d calls, %d answered, %d with a sentence, worst %v, back after %v",
		where(t), door, len(s.took), len(s.took)-len(s.said)-len(s.wrong), len(s.said),
		s.worst().Round(time.Millisecond), back.Round(time.Millisecond))
	if len(s.said) > 0 {
		fmt.Fprintf(&b, ": %q", s.said[0])
	}
	t.Log(b.String())
	for _, w := range s.wrong {
		t.Errorf("%s: a call came to nothing: %s", c.name, w)
	}
	if c.harmless && len(s.said) > 0 {
		t.Errorf("%s: %d calls failed, and none had to: %s", c.name, len(s.said), s.said[0])
	}
}

// recovers waits until a call through the edge is answered again, and says
// how long that took.
func (h *house) recovers(t *testing.T, g *grant) time.Duration {
	t.Helper()
	began := time.Now()
	for {
		o := h.try(h.issuer(), g.access)
		if o.wrong == "" && o.said == "" {
			return time.Since(began)
		}
		if time.Since(began) > time.Minute {
			t.Fatalf("a minute after the fault: %+v\nThe bridge said:\n%s", o, h.log())
		}
		time.Sleep(100 * time.Millisecond)
	}
}
