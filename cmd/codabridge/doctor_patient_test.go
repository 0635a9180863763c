package main

import (
	"bytes"
	"encoding/json"
	"encoding/pem"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"codabridge/app"
	"codabridge/app/doctor"
	"codabridge/server/owner/ownertest"
	"codabridge/tunnel/tunneltest"
)

// patient is an installation that a test breaks before the doctor comes.
type patient struct {
	*program
	w    *harness
	args []string // of the doctor
}

// examine runs the doctor and checks that the exit code is by the worst
// result.
func (p *patient) examine() doctor.Report {
	p.t.Helper()
	out, code := p.run(append(append([]string{"doctor", "--json"}, p.program.args...), p.args...)...)
	var r doctor.Report
	if err := json.Unmarshal([]byte(out), &r); err != nil {
		p.t.Fatalf("exit %d: %v: %s", code, err, out)
	}
	if want := map[doctor.Status]int{doctor.OK: 0, doctor.Warning: 0, doctor.Failed: 1}[r.Worst]; code != want {
		p.t.Errorf("exit code %d, the worst is %s", code, r.Worst)
	}
	return r
}

// serve starts the instance and waits for its phase.
func (p *patient) serve(phase app.Phase, args ...string) app.State {
	p.t.Helper()
	p.start(append([]string{"serve"}, args...)...)
	return p.awaitPhase(phase)
}

func (p *patient) online() app.State { p.t.Helper(); return p.serve(app.PhaseOnline) }

// trust makes the doctor's process trust a certificate, as the owner's system
// would.
func (p *patient) trust(certificate []byte) {
	path := filepath.Join(p.t.TempDir(), "ca.pem")
	if err := os.WriteFile(path, certificate, 0o600); err != nil {
		p.t.Fatal(err)
	}
	p.env = append(p.env, "SSL_CERT_FILE="+path)
}

// behind puts a proxy of the owner's own before the bridge and starts it. bend
// is what the proxy does wrong.
func (p *patient) behind(bend func(target *url.URL, proxy *httputil.ReverseProxy) http.Handler) {
	p.t.Helper()
	target, forward := &url.URL{}, &httputil.ReverseProxy{}
	forward.Rewrite = func(r *httputil.ProxyRequest) {
		r.SetURL(target)
		r.Out.Host = r.In.Host
		r.SetXForwarded()
		// Go's proxy closes a request's body at the first byte of the answer,
		// and where it has not yet seen the body's end, cuts the answer off.
		body, _ := io.ReadAll(r.In.Body)
		r.Out.Body = io.NopCloser(bytes.NewReader(body))
	}
	front := httptest.NewTLSServer(bend(target, forward))
	p.t.Cleanup(front.Close)
	s := p.serve(app.PhaseOnline, "--public-url", front.URL)
	u, _ := url.Parse(s.LocalURL)
	*target = *u
	p.trust(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: front.Certificate().Raw}))
	p.args = append(p.args, "--url", front.URL)
}

func straight(_ *url.URL, p *httputil.ReverseProxy) http.Handler { return p }

// fits wants the lines that are not ok to be these and no others.
func (p *patient) fits(found, want []string) {
	p.t.Helper()
	ok := len(found) == len(want)
	for _, w := range want {
		head, text := w[:strings.LastIndex(w, ": ")+2], w[strings.LastIndex(w, ": ")+2:]
		some := false
		for _, f := range found {
			some = some || strings.HasPrefix(f, head) && strings.Contains(f, text)
		}
		ok = ok && some
	}
	if !ok {
		p.t.Errorf("found:\n  %s\nwant:\n  %s", strings.Join(found, "\n  "), strings.Join(want, "\n  "))
	}
}

// leftNothing wants no connection or request of the doctor to remain.
func (p *patient) leftNothing() {
	p.t.Helper()
	s, err := p.state()
	if err != nil {
		return // nothing runs
	}
	for _, c := range s.Connections {
		if c.Client == doctor.ClientName {
			p.t.Errorf("the doctor's connection stayed: %+v", c)
		}
	}
	if len(s.Waiting) > 0 {
		p.t.Errorf("a request stayed: %+v", s.Waiting)
	}
}

// with is the environment with another Coda token.
func (w *harness) with(token string) []string {
	return append([]string{"CODABRIDGE_CODA_TOKEN=" + token, "NGROK_AUTHTOKEN=" + ngrokCanary}, w.env...)
}

// onPath answers paths that begin so in the proxy's place.
func onPath(prefix string, next http.Handler, f http.HandlerFunc) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, prefix) {
			f(w, r)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// owner presses a button of the owner's page.
func (p *patient) owner(path string) {
	p.t.Helper()
	do := http.DefaultClient.Do
	page, err := ownertest.Open(do, p.link())
	if err != nil {
		p.t.Fatal(err)
	}
	if status, body, err := page.Post(do, path, nil); err != nil || status != http.StatusOK {
		p.t.Fatalf("%s: %d %s %v", path, status, body, err)
	}
}

// put writes a file into the data folder.
func (p *patient) put(name, text string) {
	p.t.Helper()
	if err := os.MkdirAll(p.dir, 0o700); err != nil {
		p.t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(p.dir, name), []byte(text), 0o600); err != nil {
		p.t.Fatal(err)
	}
}

func (p *patient) mode(mode os.FileMode) {
	p.t.Helper()
	if err := os.Chmod(p.dir, mode); err != nil {
		p.t.Fatal(err)
	}
	p.t.Cleanup(func() { os.Chmod(p.dir, 0o700) })
}

// datedCoda puts a clock that is off before the fake Coda.
func (p *patient) datedCoda(off time.Duration) {
	u, _ := url.Parse(p.w.coda.URL())
	proxy := httputil.NewSingleHostReverseProxy(&url.URL{Scheme: u.Scheme, Host: u.Host})
	proxy.ModifyResponse = func(r *http.Response) error {
		r.Header.Set("Date", time.Now().Add(off).UTC().Format(http.TimeFormat))
		return nil
	}
	s := httptest.NewServer(proxy)
	p.t.Cleanup(s.Close)
	p.env = append(p.env, "CODABRIDGE_CODA_URL="+s.URL+u.Path)
}

// moveTo gives the account another dev domain.
func (p *patient) moveTo(domain string) {
	edge := tunneltest.Start(p.t, tunneltest.Options{Authtokens: []string{ngrokCanary}, Domain: domain})
	p.env = append(p.env, "CODABRIDGE_NGROK_CONNECT_URL="+edge.ConnectURL(), "CODABRIDGE_NGROK_CA_FILE="+edge.WriteCA(p.t.TempDir()))
}

// through sends the doctor to the public URL, as an edge answers it.
func (p *patient) through(edge *tunneltest.Edge) {
	p.t.Helper()
	ca, err := os.ReadFile(edge.WriteCA(p.t.TempDir()))
	if err != nil {
		p.t.Fatal(err)
	}
	p.trust(ca)
	p.env = append(p.env, "HTTPS_PROXY="+edge.ProxyURL())
	p.args = append(p.args, "--public")
}
