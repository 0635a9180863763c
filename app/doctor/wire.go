package doctor

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"time"
)

// mostPublic is how many requests one examination may send to the public URL.
const mostPublic = 25

// wire sends requests to one address and counts them.
type wire struct {
	base   string
	client *http.Client
	sent   int
	most   int  // 0 means no bound
	quota  bool // they count against the owner's month at ngrok
}

var errSpent = errors.New("the doctor has sent as many requests as it allows itself")

func newWire(base string, most int) *wire {
	jar, _ := cookiejar.New(nil) // without options it cannot fail
	return &wire{base: base, most: most, client: &http.Client{
		Timeout: 50 * time.Second, Jar: jar, Transport: http.DefaultTransport.(*http.Transport).Clone(),
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// answer is what came back.
type answer struct {
	path   string
	status int
	header http.Header
	body   []byte
}

// do sends one request; path begins with a slash, headers are pairs.
func (w *wire) do(ctx context.Context, method, path, body string, headers ...string) (answer, error) {
	if w.most > 0 && w.sent >= w.most {
		return answer{}, errSpent
	}
	w.sent++
	req, err := http.NewRequestWithContext(ctx, method, w.base+path, strings.NewReader(body))
	if err != nil {
		return answer{}, errors.New("its address cannot be used")
	}
	req.Header.Set("User-Agent", "codabridge-doctor")
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	resp, err := w.client.Do(req)
	if err != nil {
		return answer{}, errors.New(reason(err))
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(io.LimitReader(resp.Body, 4<<20))
	short, _, _ := strings.Cut(path, "?") // a query may hold a code
	return answer{path: short, status: resp.StatusCode, header: resp.Header, body: b}, err
}

func (w *wire) get(ctx context.Context, path string) (answer, error) {
	return w.do(ctx, http.MethodGet, path, "", "Accept", "application/json")
}

func (w *wire) form(ctx context.Context, path string, values url.Values) (answer, error) {
	return w.do(ctx, http.MethodPost, path, values.Encode(), "Content-Type", "application/x-www-form-urlencoded", "Accept", "application/json")
}

// json decodes an answer that has to be JSON with this status.
func (a answer) json(status int, into any) bool {
	return a.status == status && a.isJSON() && json.Unmarshal(a.body, into) == nil
}

func (a answer) isJSON() bool { return a.media() == "application/json" }

func (a answer) media() string {
	t, _, _ := mime.ParseMediaType(a.header.Get("Content-Type"))
	return t
}

// fault gives the name of an error in OAuth's form, or nothing.
func (a answer) fault() (code, text string) {
	var e struct {
		Error       string `json:"error"`
		Description string `json:"error_description"`
	}
	if json.Unmarshal(a.body, &e) != nil {
		return "", ""
	}
	return e.Error, e.Description
}

// strange words an answer that is not the one wanted, by who seems to have
// given it.
func (v *visit) strange(a answer, err error, wanted string) finding {
	if err != nil {
		next := ""
		if v.wire.base != v.state.LocalURL {
			next = fmt.Sprintf("See whether the address is right, and whether the proxy or tunnel there runs and leads to %s. codabridge itself runs.", v.state.LocalURL)
		}
		return failed(next, "%s cannot be reached: %v", v.wire.base, err)
	}
	if code := a.header.Get("Ngrok-Error-Code"); code != "" {
		f := v.coded(code)
		f.means = "ngrok answered instead of codabridge: " + f.means
		return f
	}
	code, text := a.fault()
	where := fmt.Sprintf("%s at %s", a.told(), a.path)
	switch {
	case code == "unknown_host":
		return v.hostChanged("a name that it does not know")
	case code == "stopped":
		return failed("Press Start on the owner's page (codabridge open).", "The bridge is stopped.")
	case a.status == http.StatusTooManyRequests:
		return failed("Wait a minute, then run the doctor again.", "codabridge refuses more requests from this address for a moment (429).")
	case a.status == http.StatusBadGateway, a.status == http.StatusGatewayTimeout:
		return failed("Let your proxy lead to "+v.state.LocalURL+".", "%s: a proxy in front cannot reach codabridge.", where)
	case a.status >= 300 && a.status < 400:
		return failed("Let your proxy answer without a redirect, for every path.", "%s: something in front redirects, and ChatGPT does not follow that.", where)
	case a.media() == "text/html" || bytes.HasPrefix(bytes.TrimSpace(a.body), []byte("<")):
		return failed(fmt.Sprintf("Let your proxy pass every path, /.well-known/ too, unchanged to %s.", v.state.LocalURL),
			"An HTML page came instead of JSON: %s. A proxy or web server in front answers this address itself.", where)
	case code != "":
		return failed("", "%s, where %s is wanted: %s (%s)", where, wanted, text, code)
	}
	return failed("", "%s, where %s is wanted.", where, wanted)
}

func (a answer) told() string {
	return fmt.Sprintf("status %d (%s)", a.status, strings.TrimSpace(a.media()))
}

func (v *visit) hostChanged(to string) finding {
	next := fmt.Sprintf("Let the proxy pass the Host header on (nginx: proxy_set_header Host $host; Apache: ProxyPreserveHost On), and start codabridge with --public-url %s.", v.wire.base)
	return failed(next, "A proxy in front rewrites the Host header: requests to %s come to codabridge as %s, so every address that it gives to ChatGPT would be wrong.", v.wire.base, to)
}
