package tunnel

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"golang.ngrok.com/ngrok/v2"

	"codabridge/server/fault"
)

// Diagnosis is a way to ngrok that works.
type Diagnosis struct {
	Region  string        // of the edge that answered
	Latency time.Duration // of one question in ngrok's own protocol
}

// Diagnose tries the way to ngrok step by step (TCP, TLS, its own protocol)
// without signing in: no authtoken is needed, and a running tunnel notices
// nothing. Only ConnectURL, CAFile and Proxy of the options count. The error is
// a fault whose sentence names the step.
func Diagnose(ctx context.Context, o Options) (Diagnosis, error) {
	o.Authtoken, o.Version, o.Log = "", "", slog.New(slog.DiscardHandler)
	t := New(o)
	s := &session{t: t, dial: &dialer{proxy: t.opts.Proxy}}
	defer s.dial.close()
	options, err := s.options()
	if err != nil {
		return Diagnosis{}, err
	}
	agent, err := ngrok.NewAgent(options...)
	if err != nil {
		return Diagnosis{}, fault.Wrap(err, CodeNoWay, "The way to ngrok cannot be tried. codabridge logs says why.")
	}
	d, ok := agent.(ngrok.Diagnoser)
	if !ok {
		return Diagnosis{}, fault.New(CodeNoWay, "This build of codabridge cannot try the way to ngrok. Install the newest codabridge.")
	}
	result, err := d.Diagnose(ctx, "")
	switch {
	case err == nil:
		return Diagnosis{Region: result.Region, Latency: result.Latency}, nil
	case ngrok.IsMuxadoDiagnoseFailure(err):
		return Diagnosis{}, fault.New(CodeNoWay,
			"Something answers at %s, but does not speak ngrok's protocol: a proxy or firewall may take the connection over. Let it pass %s, or use another network.", t.server, t.server)
	case ngrok.IsTLSDiagnoseFailure(err) && !untrusted(err) && ctx.Err() == nil:
		return Diagnosis{}, fault.New(CodeNoWay,
			"Something answers at %s, but no encrypted connection comes about: a proxy or firewall may be in the way. Let it pass %s, or use another network.", t.server, t.server)
	}
	return Diagnosis{}, fault.New(CodeNoWay, "%s", t.network(err))
}

// edgeRules are codes that the edge shows to visitors, and an agent never gets.
var edgeRules = index([]rule{
	{"3200", "Nothing serves this address at the moment: codabridge is not running, or its tunnel is down. Start codabridge, or press Start in it.", "", soon},
	{"3004", "ngrok got no proper answer from codabridge. Restart codabridge.", "", soon},
	{"8012", "ngrok's agent cannot reach the program behind it. Restart codabridge; if you run ngrok yourself, lead it to the address of --listen.", "", soon},
	{"6024", "This is the warning page that ngrok shows to browsers on its free plan. Press Visit Site, once a week; assistants do not see it.", "", soon},
})

// Explain says what a code of ngrok means: ERR_NGROK_334, 334. known is false
// for a code that is in no table; the link then leads to ngrok's own page.
func Explain(code string) (sentence, link string, known bool) {
	code = "ERR_NGROK_" + strings.TrimPrefix(strings.ToUpper(strings.TrimSpace(code)), "ERR_NGROK_")
	for _, rules := range []map[string]advice{advices, edgeRules} {
		if a, ok := rules[code]; ok {
			return a.sentence, cmp.Or(a.link, page(code)), true
		}
	}
	return fmt.Sprintf("ngrok answered %s; %s says what it means.", code, page(code)), page(code), false
}
