package tunnel

import (
	"cmp"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"os"
	"regexp"
	"strings"
	"sync"
)

// Pages of ngrok that sentences lead to.
const (
	tokenPage   = "https://dashboard.ngrok.com/get-started/your-authtoken"
	agentsPage  = "https://dashboard.ngrok.com/agents"
	domainsPage = "https://dashboard.ngrok.com/domains"
	billingPage = "https://dashboard.ngrok.com/billing"
	userPage    = "https://dashboard.ngrok.com/user/settings"
	usagePage   = "https://dashboard.ngrok.com/usage"
	pointsPage  = "https://dashboard.ngrok.com/endpoints"
	errorPages  = "https://ngrok.com/docs/errors/"
)

const (
	sentenceLost = "The connection to ngrok was lost. codabridge is connecting again."
	keepsTrying  = " codabridge keeps trying."
	triesSlowly  = " codabridge tries again every few minutes by itself, and at once when you press Start."
)

// advice is what an error means for the owner.
type advice struct {
	code, sentence, link string
	fatal                bool // trying again does not help: codabridge itself needs something else
	slow                 bool // it may pass, but not soon
	taken                bool // the URL is online elsewhere: for a while that is an old connection of our own
}

// rule gives one sentence to several codes of ngrok.
type rule struct {
	codes    string
	sentence string
	link     string
	again    again
}

// again says whether trying again helps.
type again int

const (
	never  again = iota // the owner has to give codabridge something else first
	slowly              // what the owner does elsewhere ends it, or time alone
	soon                // it passes by itself
)

// rules holds each code at which an agent must stop asking, those at which it
// asks slowly, and the one at which it just goes on. Codes that are not here are
// retried with their number shown.
var rules = []rule{
	{"4018", "ngrok needs an authtoken. Copy yours from " + tokenPage + " and paste it on the codabridge page.", tokenPage, never},
	{"105 106 107 300", "ngrok did not accept the authtoken. Copy it again from " + tokenPage + " and paste it on the codabridge page.", tokenPage, never},
	{"119 120 121 124", "ngrok does not accept this version of codabridge any more. Install the newest codabridge, then press Start.", "", never},
	{"108", "This ngrok account already runs as many agents as its plan allows. Stop one of them at " + agentsPage + ".", agentsPage, slowly},
	{"102 103 205 247 338", "ngrok has suspended this account or waits for a payment. Look at " + billingPage + ".", billingPage, slowly},
	{"123", "ngrok waits for the account's e-mail address to be confirmed. Confirm it at " + userPage + ".", userPage, slowly},
	{"115 116 118 122 126 127", "ngrok does not let this account connect from this network (an IP restriction of the account). Change the network or the restriction.", "", slowly},
	{"15013", "This ngrok account has no free dev domain yet. Open " + domainsPage + " once to get it.", domainsPage, slowly},
	{"313 314 319 320 9037 326 327 328 329 330 331", "ngrok does not let this account use the wanted address. Reserve it at " + domainsPage + ", or empty the address field on the codabridge page to use the account's free dev domain.", domainsPage, slowly},
	{"324 350 18021", "This ngrok account already has as many endpoints as its plan allows. Stop one of them at " + pointsPage + ".", pointsPage, slowly},
	{"714 715 716 717 718 719 720 721 723 724 725 726 727 728 729 730 731 732 733 734", "This ngrok account has used up what its plan allows for this month. Look at " + usagePage + ".", usagePage, slowly},
	{"334", "Another program already serves this address: another copy is running, perhaps codabridge on another computer or an ngrok agent of yours. Stop it (" + pointsPage + " shows it).", pointsPage, slowly},
	{"128 722", "ngrok has a problem of its own at the moment." + keepsTrying, "https://status.ngrok.com", soon},
}

var advices = index(rules)

func index(rules []rule) map[string]advice {
	all := map[string]advice{}
	for _, r := range rules {
		for number := range strings.FieldsSeq(r.codes) {
			code := "ERR_NGROK_" + number
			all[code] = advice{
				code: code, sentence: r.sentence, link: cmp.Or(r.link, page(code)),
				fatal: r.again == never, slow: r.again == slowly, taken: number == "334",
			}
		}
	}
	return all
}

func page(code string) string { return errorPages + strings.ToLower(code) }

// advise looks a code up.
func advise(code string) advice {
	if a, ok := advices[code]; ok {
		return a
	}
	return advice{code: code, link: page(code),
		sentence: fmt.Sprintf("ngrok refused with %s; %s says what it means.%s", code, page(code), keepsTrying)}
}

// The code stands in the text, in one of two spellings; the types of the library
// that carry it are not the same for events and for returned errors.
var codePattern = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`(?i)ERR_NGROK_\d+`) })

// explain turns an error of the library into advice. Nothing of the error's text
// but the code goes into it: the service quotes the authtoken there.
func (t *Tunnel) explain(err error) advice {
	if code := codePattern().FindString(err.Error()); code != "" {
		return advise(strings.ToUpper(code))
	}
	return advice{sentence: t.network(err) + keepsTrying}
}

func (t *Tunnel) network(err error) string {
	var proxy *proxyError
	var dns *net.DNSError
	var timeout net.Error
	var dial *net.OpError
	switch {
	case errors.As(err, &proxy):
		return "The outgoing proxy " + proxy.host + " did not connect codabridge to ngrok (" + proxy.why + "). Check HTTPS_PROXY, or let the proxy pass " + t.server + "."
	case untrusted(err):
		return "Something between this computer and ngrok (a company's proxy or an antivirus program) opens the encrypted connection, so codabridge does not use it. Let it pass " + t.server + ", or use another network."
	case errors.As(err, &dns):
		return "This computer cannot find " + dns.Name + ": it seems to be offline, or its DNS does not work."
	case errors.As(err, &timeout) && timeout.Timeout(), errors.Is(err, os.ErrDeadlineExceeded), errors.Is(err, context.DeadlineExceeded):
		return "ngrok did not answer at " + t.server + ": the computer is offline, or a firewall is in the way."
	case errors.As(err, &dial) && dial.Op == "dial":
		return "ngrok cannot be reached at " + t.server + ": the computer is offline, or a firewall is in the way."
	}
	return "The connection to ngrok was lost."
}

// untrusted says whether the certificate was the trouble. muxado passes some
// errors of its transport on as text.
func untrusted(err error) bool {
	var verify *tls.CertificateVerificationError
	var unknown x509.UnknownAuthorityError
	return errors.As(err, &verify) || errors.As(err, &unknown) || strings.Contains(err.Error(), "x509: ")
}
