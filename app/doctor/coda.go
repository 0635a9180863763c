package doctor

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"time"

	"codabridge/server/coda"
	"codabridge/server/fault"
)

// Account is what Coda says to the token of this installation. It holds no
// secret, so it may cross the socket.
type Account struct {
	// Known says that there is a token; Source is keyring, environment or
	// demo. Trouble is why the keyring could not be asked, a sentence.
	Known           bool
	Source, Trouble string

	// Host answered, with Status to a question without a token; Reach is a
	// sentence when none did. Took is how long it needed.
	Host   string
	Status int
	Reach  string
	Took   time.Duration
	// Skew is how far our clock is ahead of the host's; Dated that it said.
	Skew  time.Duration
	Dated bool

	// Name is the account's. Restriction is one of coda's constants, Note its
	// words. Refusal is a sentence when the token does not work, Kind the kind
	// of error.
	Name, Restriction, Note string
	Refusal, Kind           string
}

const (
	hostLimit  = 10 * time.Second
	tokenLimit = 20 * time.Second
	slowAnswer = 2 * time.Second
	clockLeast = 90 * time.Second
	clockMost  = 10 * time.Minute
)

// Inquire asks the hosts in turn, first without the token, so that a host
// which cannot be reached, a wrong clock and a refused token are told apart.
// An empty token is not asked about.
func Inquire(ctx context.Context, token, source string, bases []string) Account {
	a := Account{Known: token != "", Source: source}
	base := a.probe(ctx, bases)
	if base == "" || token == "" {
		return a
	}
	ctx, cancel := context.WithTimeout(ctx, tokenLimit)
	defer cancel()
	began := time.Now()
	info, err := coda.CheckToken(ctx, nil, token, bases)
	a.Took = max(a.Took, time.Since(began))
	if err == nil {
		a.Name, a.Restriction, a.Note, a.Host = info.User.Name, info.Restriction, info.Note, info.Host
		return a
	}
	a.Refusal, a.Kind = "Coda did not answer.", coda.KindNetwork
	var e *coda.APIError
	if t, ok := fault.As(err); ok {
		a.Refusal = t.Sentence
	}
	if errors.As(err, &e) {
		a.Kind = e.Kind
	}
	if fault.Is(err, coda.CodeTokenRefused) {
		a.Kind = coda.KindUnauthorized
	}
	return a
}

// probe finds the first host that answers at all.
func (a *Account) probe(ctx context.Context, bases []string) string {
	host, reach := "", ""
	for _, base := range bases {
		if a.ask(ctx, base) {
			return base
		}
		if host == "" {
			host, reach = a.Host, a.Reach // the first is the one in use
		}
	}
	a.Host, a.Reach = host, reach
	return ""
}

func (a *Account) ask(ctx context.Context, base string) bool {
	ctx, cancel := context.WithTimeout(ctx, hostLimit)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, base+"/whoami", nil)
	if err != nil {
		a.Reach = "The address of Coda cannot be used."
		return false
	}
	a.Host = req.URL.Host
	req.Header.Set("User-Agent", "codabridge")
	transport := http.DefaultTransport.(*http.Transport).Clone()
	defer transport.CloseIdleConnections()
	began := time.Now()
	resp, err := transport.RoundTrip(req)
	if err != nil {
		a.Reach = reason(err)
		return false
	}
	defer resp.Body.Close()
	_, _ = io.Copy(io.Discard, io.LimitReader(resp.Body, 64<<10))
	now := time.Now()
	a.Reach, a.Status, a.Took = "", resp.StatusCode, now.Sub(began)
	if date, err := http.ParseTime(resp.Header.Get("Date")); err == nil {
		// The header has whole seconds and was written between the two times.
		a.Dated, a.Skew = true, began.Add(a.Took/2).Sub(date.Add(500*time.Millisecond))
	}
	return true
}

// inquire asks once, where the token is: in the running instance, else here.
func (v *visit) inquire(ctx context.Context) Account {
	if v.account != nil {
		return *v.account
	}
	var a Account
	var err error
	if v.running {
		a, err = v.o.Bridge.Account(ctx)
	}
	if !v.running || err != nil {
		a = Account{Reach: "It was not asked."}
		if v.o.Account != nil {
			a = v.o.Account(ctx)
		}
	}
	v.account = &a
	return a
}

func (v *visit) codaHost(ctx context.Context) finding {
	a := v.inquire(ctx)
	switch {
	case a.Reach != "":
		return failed("", "%s cannot be reached: %s", a.Host, a.Reach)
	case a.Status >= 500:
		return failed("Wait, and look at status.superhuman.com. Nothing is wrong on this computer.", "%s answers, but is in trouble (status %d).", a.Host, a.Status)
	case a.Status >= 300 && a.Status < 400:
		return failed("Sign in to the network in a browser, or look at the setting --coda-url.", "%s sends us to another address: a network that wants a sign-in, or a wrong address.", a.Host)
	case a.Took > slowAnswer:
		return warn("Try again later; ask ChatGPT for less at once meanwhile. It gives up on a call after 60 seconds.", "%s answers slowly: a small question took %.1f s.", a.Host, a.Took.Seconds())
	}
	return ok("%s answers in %d ms.", a.Host, a.Took.Milliseconds())
}

func (v *visit) clock(ctx context.Context) finding {
	a := v.inquire(ctx)
	if !a.Dated {
		return skip("%s did not say what time it is.", a.Host)
	}
	off, way := a.Skew.Abs(), "ahead of"
	if a.Skew < 0 {
		way = "behind"
	}
	switch {
	case off > clockMost:
		return failed("", "This computer's clock is %s %s Coda's. Secure connections and sign-ins fail with a wrong clock.", spoken(off), way)
	case off > clockLeast:
		return warn("", "This computer's clock is %s %s Coda's.", spoken(off), way)
	}
	return ok("It agrees with Coda's clock.")
}

// spoken rounds a time for people.
func spoken(d time.Duration) string {
	switch {
	case d >= 2*time.Hour:
		return plural(int(d.Round(time.Hour).Hours()), "hour")
	case d >= 2*time.Minute:
		return plural(int(d.Round(time.Minute).Minutes()), "minute")
	}
	return plural(int(d.Round(time.Second).Seconds()), "second")
}

func (v *visit) codaToken(ctx context.Context) finding {
	a := v.inquire(ctx)
	switch {
	case !a.Known:
		return failed("Make an API token (not an MCP token) at docs.superhuman.com/account, then paste it on the owner's page or run: codabridge login coda", "There is no Coda token yet.")
	case a.Kind == coda.KindRateLimited, a.Kind == coda.KindStuck, a.Status == http.StatusTooManyRequests:
		return failed("Wait a few minutes, and end other programs that use the same account. If it stays for hours, only Coda's support can lift it.", "Coda refuses every request for now (429, too many requests by this account).")
	case a.Kind == coda.KindUnauthorized:
		return failed("Make a new API token, not one of type MCP, at docs.superhuman.com/account and run: codabridge login coda", "%s", a.Refusal)
	case a.Refusal != "":
		return failed("Wait a little and try again.", "%s", a.Refusal)
	case a.Restriction != coda.RestrictNone:
		return warn("If that is what you want, nothing. Otherwise make a token without restrictions.", "%s (the account of %s)", a.Note, a.Name)
	}
	return ok("Coda knows it: the account of %s, without restrictions.", a.Name)
}

// reason words a failed connection without the address, which may hold more
// than a line should.
func reason(err error) string {
	var u *url.Error
	if errors.As(err, &u) {
		err = u.Err
	}
	var name *net.DNSError
	var dial *net.OpError
	var verify *tls.CertificateVerificationError
	switch {
	case errors.As(err, &name):
		return "its name is not found. This computer seems to be offline, or its DNS does not work."
	case errors.Is(err, context.DeadlineExceeded):
		return "it does not answer in time."
	case errors.As(err, &verify):
		return "something in between opens the encrypted connection, such as a company's proxy or an antivirus program."
	case errors.As(err, &dial) && dial.Op == "dial":
		return "no connection comes about. This computer is offline, or a firewall is in the way."
	}
	return err.Error() + "."
}
