package tunnel

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"codabridge/server/fault"
)

// Options says what to connect and how. Authtoken, Handler and Server are needed.
type Options struct {
	Authtoken string       // of the owner's ngrok account; never shown or logged
	URL       string       // wanted address, https://name; empty is the account's dev domain
	Handler   http.Handler // serves what comes through the tunnel, and only that
	// Server makes the HTTP server of the handler, with its bounds, anew for each
	// connection to ngrok.
	Server func(http.Handler) *http.Server

	// OnStatus gets every status in order, always from one goroutine. It may take
	// its time: the tunnel does not wait for it. Nil drops them.
	OnStatus func(Status)

	Version string       // of this program; told to ngrok when it is a semantic version
	Log     *slog.Logger // nil logs nothing

	// ConnectURL (host:port) and CAFile (PEM) lead to another edge than ngrok's.
	// They are for tests and support: both or neither.
	ConnectURL, CAFile string

	// Proxy finds the outgoing proxy; nil is http.ProxyFromEnvironment.
	Proxy func(*http.Request) (*url.URL, error)

	Heartbeat   time.Duration    // between two heartbeats; 0 is 10 s
	Tolerance   time.Duration    // for a late heartbeat; 0 is 15 s
	TakenWindow time.Duration    // how long to wait for a URL that is online elsewhere; 0 is 60 s
	Slow        time.Duration    // between two tries of what is refused for now, five times that after a while; 0 is a minute
	Ticks       <-chan time.Time // the clock that shows a sleep; nil ticks every 5 s
}

// Tunnel is one way in from the internet. It is made by New and works while Run
// runs.
type Tunnel struct {
	opts   Options
	server string // host:port that is dialled, for sentences
	log    *slog.Logger
	nudge  chan struct{}
	news   *announcer

	mu      sync.Mutex
	running bool
	taken   time.Time // since when the URL was found online elsewhere
}

// New prepares a tunnel and opens nothing.
func New(o Options) *Tunnel {
	o.Authtoken = strings.TrimSpace(o.Authtoken)
	o.TakenWindow, o.Slow = cmp.Or(o.TakenWindow, time.Minute), cmp.Or(o.Slow, time.Minute)
	if o.Proxy == nil {
		o.Proxy = http.ProxyFromEnvironment
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return &Tunnel{
		opts: o, server: cmp.Or(o.ConnectURL, "connect.ngrok-agent.com:443"),
		log:   slog.New(&discreet{next: o.Log.Handler(), secret: o.Authtoken}),
		nudge: make(chan struct{}, 1),
		news:  &announcer{tell: o.OnStatus},
	}
}

// Run connects and serves until ctx ends, which is no error, or until the tunnel
// failed for good, which is a fault. What may pass, such as an address that is
// online elsewhere, is Failed for as long and tried again slowly. It returns
// within three seconds of ctx's
// end whatever the network or a handler does. Its last status is Off or Failed.
func (t *Tunnel) Run(ctx context.Context) error {
	if t.opts.Handler == nil || t.opts.Server == nil {
		return errors.New("tunnel: run: no handler, or nothing that serves it")
	}
	if !t.begin() {
		return errors.New("tunnel: run: it is running already")
	}
	defer t.end()
	defer t.news.start()()
	ctx, cancel := context.WithCancel(ctx)
	defer t.watchClock(ctx)()
	defer cancel()

	t.news.set(Status{Phase: Connecting})
	err := t.keep(ctx)
	if failure, ok := fault.As(err); ok {
		t.log.Warn("tunnel: failed", "code", failure.Code, "why", failure.Sentence)
		t.news.set(failed(failure))
		return fmt.Errorf("tunnel: %w", failure)
	}
	t.news.set(Status{Phase: Off})
	return err
}

// Reconnect drops the connection and makes a new one at once, with the same URL:
// after a sleep, after a change of networks, or because the owner asks for it.
// Without a running Run it does nothing.
func (t *Tunnel) Reconnect() {
	select {
	case t.nudge <- struct{}{}:
	default:
	}
}

// check finds settings that cannot work; they fail before anything is dialled.
func (t *Tunnel) check() *fault.Error {
	o := t.opts
	if (o.ConnectURL == "") != (o.CAFile == "") {
		return fault.New(CodeSettings, "The address of another ngrok edge and its CA file go together. Set CODABRIDGE_NGROK_CONNECT_URL and CODABRIDGE_NGROK_CA_FILE, or neither.")
	}
	if o.Authtoken == "" {
		return asFault(advise("ERR_NGROK_4018"))
	}
	if o.URL == "" {
		return nil
	}
	u, err := url.Parse(o.URL)
	if err != nil || u.Scheme != "https" || u.Host == "" || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.User != nil {
		return fault.New(CodeSettings, "%q is not an address such as https://name.ngrok.app. "+
			"Correct it on the codabridge page, or empty the field to use the account's free dev domain.", o.URL).At(domainsPage)
	}
	return nil
}

func (t *Tunnel) begin() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.running {
		return false
	}
	t.running, t.taken = true, time.Time{}
	select {
	case <-t.nudge: // asked for while nothing ran
	default:
	}
	return true
}

func (t *Tunnel) end() {
	t.mu.Lock()
	t.running = false
	t.mu.Unlock()
}

// keep makes one agent after the other until ctx ends or there is no more hope.
func (t *Tunnel) keep(ctx context.Context) error {
	if failure := t.check(); failure != nil {
		return failure
	}
	refused := 0 // times in a row that it was refused
	for wait := time.Duration(0); ; {
		began := time.Now()
		err := t.connect(ctx)
		refusal, _ := fault.As(err)
		switch {
		case ctx.Err() != nil:
			return nil
		case refusal != nil && mayPass(refusal.Code):
			refused = t.refusedFor(refusal, refused)
			t.pause(ctx, t.slowWait(refused))
			continue
		case refusal != nil:
			return refusal
		case errors.Is(err, errAgain), time.Since(began) > 2*time.Minute:
			wait = 0
		}
		if !errors.Is(err, errAgain) {
			wait = min(max(2*wait, time.Second), 30*time.Second)
		}
		t.news.change(func(now *Status) {
			if now.Phase == Online {
				now.lose()
				now.Code, now.Sentence, now.Link = "", sentenceLost, ""
			}
		})
		t.pause(ctx, wait)
	}
}

// refusedFor shows a refusal that may pass, and counts how often it came in a
// row.
func (t *Tunnel) refusedFor(f *fault.Error, before int) int {
	level, times := slog.LevelDebug, before+1
	if now := t.news.last(); now.Phase != Failed || now.Code != NgrokCode(f.Code) {
		level, times = slog.LevelWarn, 1
	}
	t.log.Log(context.Background(), level, "tunnel: refused for now", "code", f.Code, "why", f.Sentence, "time", times)
	now := failed(f)
	now.Sentence += triesSlowly
	t.news.set(now)
	return times
}

// manyRefusals is how often in a row a refusal is asked about after a minute;
// from then on it is asked about every five.
const manyRefusals = 5

func (t *Tunnel) slowWait(refused int) time.Duration {
	if refused > manyRefusals {
		return 5 * t.opts.Slow
	}
	return t.opts.Slow
}

// pause waits, but not past ctx's end or a wish to reconnect.
func (t *Tunnel) pause(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	case <-t.nudge:
	}
}
