package main

import (
	"bytes"
	"context"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"codabridge/app"
	"codabridge/app/desktop/desktest"
	"codabridge/app/doctor"
	"codabridge/server/coda/codatest"
	"codabridge/tunnel/tunneltest"
)

// patient is an installation that a test breaks before the doctor comes.
type patient struct {
	*program
	w    *world
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

// sick is one broken installation. want are the lines that are not ok, each
// "name: status: text".
var sick = map[string]struct {
	env     func(w *world) []string // nil means both secrets in the environment
	breakIt func(p *patient)
	want    []string
}{
	"a token that Coda does not know must not look like a network fault": {
		env:     func(w *world) []string { return w.with("no-such-token") },
		breakIt: func(p *patient) { p.online() },
		want:    []string{"Coda token: failed: does not know this token"}},
	"a token of type MCP is told to be the wrong kind": {
		env:     func(w *world) []string { return w.with(codatest.TokenMCP) },
		breakIt: func(p *patient) { p.online() },
		want:    []string{"Coda token: failed: not one of type MCP"}},
	"a token for one doc works, but not for searching": {
		env:     func(w *world) []string { return w.with(codatest.TokenOneDoc) },
		breakIt: func(p *patient) { p.online() },
		want:    []string{"Coda token: warning: limited to one doc"}},
	"a token for reading works, but not for writing": {
		env:     func(w *world) []string { return w.with(codatest.TokenReadOnly) },
		breakIt: func(p *patient) { p.online() },
		want:    []string{"Coda token: warning: restricted, most likely to reading"}},
	"Coda that is down is not a bad token": {
		breakIt: func(p *patient) { p.online(); p.w.coda.Close() },
		want:    []string{"Coda host: failed: cannot be reached"}},
	"Coda in trouble is nobody's fault here": {
		breakIt: func(p *patient) {
			p.online()
			p.w.coda.Set(func(k *codatest.Knobs) { k.Fail, k.FailStatus = -1, 503 })
		},
		want: []string{"Coda host: failed: in trouble (status 503)"}},
	"a slow Coda is named before ChatGPT gives up on it": {
		breakIt: func(p *patient) {
			p.w.coda.Set(func(k *codatest.Knobs) { k.Delay = 2100 * time.Millisecond })
		},
		want: []string{"instance: warning: not running", "Coda host: warning: answers slowly"}},
	"an account that is refused for hours is no wrong token": {
		breakIt: func(p *patient) {
			p.online()
			p.w.coda.Set(func(k *codatest.Knobs) { k.Refuse = -1 })
		},
		want: []string{"Coda token: failed: 429, too many requests"}},
	"a network that wants a sign-in catches the questions to Coda": {
		breakIt: func(p *patient) {
			p.online()
			p.w.coda.Set(func(k *codatest.Knobs) { k.Redirect = "http://captive.example" })
		},
		want: []string{"Coda host: failed: wants a sign-in"}},
	"a locked keyring is not an empty one": {
		env: func(w *world) []string { return w.env },
		breakIt: func(p *patient) {
			bus := desktest.StartBus(p.t)
			keyring := desktest.StartKeyring(p.t, bus, p.t.TempDir(), "pw")
			p.env = append(p.env, "DBUS_SESSION_BUS_ADDRESS="+bus.Addr)
			if out, code := p.feed(codaCanary+"\n", "login", "coda"); code != 0 {
				p.t.Fatalf("login: %s", out)
			}
			keyring.Lock(p.t)
			p.serve(app.PhaseSetup)
			p.await("the word about the keyring", func(s app.State) bool { return !strings.HasPrefix(s.Sentence, "Waiting") })
		},
		want: []string{"keyring: failed: locked"}},
	"a server without D-Bus has no keyring": {
		env:  func(w *world) []string { return append(w.env, "NGROK_AUTHTOKEN="+ngrokCanary) },
		want: []string{"instance: warning: not running", "keyring: failed: no D-Bus session"}},
	"no token at all is said with where to get one": {
		env: func(w *world) []string { return append(w.env, "NGROK_AUTHTOKEN="+ngrokCanary) },
		breakIt: func(p *patient) {
			bus := desktest.StartBus(p.t)
			desktest.StartKeyring(p.t, bus, p.t.TempDir(), "pw")
			p.env = append(p.env, "DBUS_SESSION_BUS_ADDRESS="+bus.Addr)
		},
		want: []string{"instance: warning: not running", "Coda token: failed: There is no Coda token yet"}},
	"a port that another program has": {
		breakIt: func(p *patient) {
			l, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				p.t.Fatal(err)
			}
			p.t.Cleanup(func() { l.Close() })
			p.args = []string{"--listen", l.Addr().String()}
		},
		want: []string{"instance: warning: not running", "ports: failed: taken by another program"}},
	"a port that another codabridge has": {
		breakIt: func(p *patient) {
			other := &patient{program: newProgram(p.t, p.w.secrets()...), w: p.w}
			s := other.serve(app.PhaseLocal, "--tunnel", "none")
			p.args = []string{"--listen", strings.TrimPrefix(s.LocalURL, "http://")}
		},
		want: []string{"instance: warning: not running", "ports: failed: another codabridge, one with another data folder"}},
	"an edge that is down": {
		breakIt: func(p *patient) { p.online(); p.w.edge.Kill() },
		want:    []string{"ngrok network: failed: cannot be reached"}},
	"a network that opens the encrypted connection": {
		breakIt: func(p *patient) {
			other := tunneltest.Start(p.t)
			p.env = append(p.env, "CODABRIDGE_NGROK_CA_FILE="+other.WriteCA(p.t.TempDir()))
			p.serve(app.PhaseConnecting)
		},
		want: []string{"ngrok network: failed: opens the encrypted connection"}},
	"a firewall that answers in ngrok's place": {
		breakIt: func(p *patient) {
			p.env = append(p.env, "CODABRIDGE_NGROK_CONNECT_URL="+p.w.edge.FrontAddr())
			p.serve(app.PhaseConnecting)
		},
		want: []string{"ngrok network: failed: does not speak ngrok's protocol"}},
	"an authtoken that ngrok refuses": {
		env: func(w *world) []string {
			return append(w.env, "CODABRIDGE_CODA_TOKEN="+codaCanary, "NGROK_AUTHTOKEN=2badAuthtoken")
		},
		breakIt: func(p *patient) { p.serve(app.PhaseFailed) },
		want:    []string{"ngrok session: failed: did not accept the authtoken (ERR_NGROK_105)"}},
	"an authtoken that ngrok refuses, before the first start": {
		env: func(w *world) []string {
			return append(w.env, "CODABRIDGE_CODA_TOKEN="+codaCanary, "NGROK_AUTHTOKEN=2badAuthtoken")
		},
		want: []string{"instance: warning: not running", "ngrok session: failed: did not accept the authtoken"}},
	"an address that is online elsewhere": {
		breakIt: func(p *patient) {
			p.w.edge.TakeEndpoint(-1)
			p.start("serve")
			p.await("the refusal", func(s app.State) bool { return s.Tunnel.Code == "ERR_NGROK_334" })
		},
		want: []string{"ngrok session: failed: Another program already serves this address"}},
	"a free account whose agents are all taken": {
		breakIt: func(p *patient) { p.w.edge.RefuseSignIns("ERR_NGROK_108", -1); p.serve(app.PhaseFailed) },
		want:    []string{"ngrok session: failed: as many agents as its plan allows"}},
	"a bridge that its owner stopped is not broken": {
		breakIt: func(p *patient) { p.online(); p.owner("/stop"); p.awaitPhase(app.PhaseOff) },
		want:    []string{"instance: warning: its owner has stopped the bridge"}},
	"a proxy that rewrites the Host header": {
		breakIt: func(p *patient) {
			p.behind(func(target *url.URL, proxy *httputil.ReverseProxy) http.Handler {
				proxy.Rewrite = func(r *httputil.ProxyRequest) { r.SetURL(target) }
				return proxy
			})
		},
		want: []string{"address: failed: rewrites the Host header"}},
	"a proxy that makes up a Host of its own": {
		breakIt: func(p *patient) {
			p.behind(func(target *url.URL, proxy *httputil.ReverseProxy) http.Handler {
				proxy.Rewrite = func(r *httputil.ProxyRequest) { r.SetURL(target); r.Out.Host = "backend.internal" }
				return proxy
			})
		},
		want: []string{"address: failed: rewrites the Host header"}},
	"a web server that answers /.well-known with its own page": {
		breakIt: func(p *patient) {
			p.behind(func(_ *url.URL, proxy *httputil.ReverseProxy) http.Handler {
				return onPath("/.well-known/oauth-authorization-server", proxy, func(w http.ResponseWriter, _ *http.Request) {
					w.Header().Set("Content-Type", "text/html")
					fmt.Fprint(w, "<html>It works!</html>")
				})
			})
		},
		want: []string{"discovery: failed: HTML page came instead of JSON"}},
	"a proxy that redirects what ChatGPT posts": {
		breakIt: func(p *patient) {
			p.behind(func(_ *url.URL, proxy *httputil.ReverseProxy) http.Handler {
				return onPath("/register", proxy, func(w http.ResponseWriter, r *http.Request) {
					http.Redirect(w, r, "/register/", http.StatusMovedPermanently)
				})
			})
		},
		want: []string{"registration: failed: redirects"}},
	"a proxy that leads nowhere": {
		breakIt: func(p *patient) {
			p.behind(func(_ *url.URL, proxy *httputil.ReverseProxy) http.Handler {
				proxy.Transport = &http.Transport{DialContext: func(context.Context, string, string) (net.Conn, error) { return nil, syscall.ECONNREFUSED }}
				return proxy
			})
		},
		want: []string{"address: failed: cannot reach codabridge"}},
	"a proxy that keeps the challenge to itself": {
		breakIt: func(p *patient) {
			p.behind(func(_ *url.URL, proxy *httputil.ReverseProxy) http.Handler {
				proxy.ModifyResponse = func(r *http.Response) error { r.Header.Del("WWW-Authenticate"); return nil }
				return proxy
			})
		},
		want: []string{"401 challenge: failed: no WWW-Authenticate header"}},
	"a proxy that drops the token": {
		breakIt: func(p *patient) {
			p.behind(func(target *url.URL, proxy *httputil.ReverseProxy) http.Handler {
				before := proxy.Rewrite
				proxy.Rewrite = func(r *httputil.ProxyRequest) { before(r); r.Out.Header.Del("Authorization") }
				return proxy
			})
		},
		want: []string{"server/discover: failed: drop the Authorization header", "initialize: failed: drop the Authorization header"}},
	"a proxy that drops cookies": {
		breakIt: func(p *patient) {
			p.behind(func(_ *url.URL, proxy *httputil.ReverseProxy) http.Handler {
				proxy.ModifyResponse = func(r *http.Response) error { r.Header.Del("Set-Cookie"); return nil }
				return proxy
			})
		},
		want: []string{"sign-in: failed: cookie may be lost"}},
	"an address that leads to a codabridge of somebody else": {
		breakIt: func(p *patient) {
			other := &patient{program: newProgram(p.t, p.w.secrets()...), w: p.w}
			s := other.serve(app.PhaseLocal, "--tunnel", "none")
			p.online()
			p.args = []string{"--url", s.LocalURL}
		},
		want: []string{"sign-in: failed: does not know the request"}},
	"a database that is damaged": {
		breakIt: func(p *patient) { p.put("state.db", "this is no database") },
		want:    []string{"instance: warning: not running", "database: failed: damaged"}},
	"a database that is damaged in its middle": {
		breakIt: func(p *patient) {
			p.online()
			p.stop(syscall.SIGTERM)
			f, err := os.OpenFile(filepath.Join(p.dir, "state.db"), os.O_WRONLY, 0)
			if err != nil {
				p.t.Fatal(err)
			}
			defer f.Close()
			if _, err := f.WriteAt([]byte(strings.Repeat("rust", 3000)), 4096); err != nil {
				p.t.Fatal(err)
			}
		},
		want: []string{"instance: warning: not running", "database: failed: damaged"}},
	"a search index that cannot be kept": {
		breakIt: func(p *patient) {
			if err := os.MkdirAll(filepath.Join(p.dir, "index.db"), 0o700); err != nil {
				p.t.Fatal(err)
			}
			p.online()
			p.await("the trouble", func(s app.State) bool { return s.Index.Trouble != "" })
		},
		want: []string{"index: warning: cannot be"}},
	"a data folder that is open to others": {
		breakIt: func(p *patient) { p.online(); p.mode(0o755) },
		want:    []string{"data folder: warning: open to other users"}},
	"a data folder that cannot be written": {
		breakIt: func(p *patient) { p.online(); p.mode(0o500) },
		want:    []string{"data folder: failed: cannot be written"}},
	"a setting with a slip in its name": {
		breakIt: func(p *patient) { p.put("config.json", `{"lisen": "127.0.0.1:1"}`) },
		want:    []string{`settings: failed: there is no setting "lisen"`}},
	"a clock that is an hour off": {
		breakIt: func(p *patient) { p.datedCoda(-time.Hour); p.online() },
		want:    []string{"clock: failed: 60 minutes ahead of Coda's"}},
	"a clock that is some minutes off": {
		breakIt: func(p *patient) { p.datedCoda(3 * time.Minute); p.online() },
		want:    []string{"clock: warning: 3 minutes behind Coda's"}},
	"a public URL that is another one than at the last start": {
		breakIt: func(p *patient) {
			p.online()
			p.stop(syscall.SIGTERM)
			p.moveTo("other-name.ngrok-free.dev")
			p.online()
		},
		want: []string{"public URL: warning: calm-otter-7.ngrok-free.dev before"}},
	"a connection that was made at an address of long ago": {
		breakIt: func(p *patient) {
			chat := newAssistant(p.t, p.w.edge.Client(), p.online().PublicURL+"/mcp")
			chat.connect(func(code string) { p.must("approve", code) })
			p.stop(syscall.SIGTERM)
			p.moveTo("other-name.ngrok-free.dev")
			p.online()
			p.stop(syscall.SIGTERM)
			p.online()
		},
		want: []string{"public URL: warning: a connection was made at https://calm-otter-7.ngrok-free.dev"}},
	"search that fails though the token is fine": {
		breakIt: func(p *patient) {
			p.online()
			p.w.coda.Set(func(k *codatest.Knobs) { k.Fail, k.FailStatus, k.FailOperation = -1, 400, "listDocs" })
		},
		want: []string{"search: failed: The tool coda_list_documents failed"}},
	"reading that fails though search is fine": {
		breakIt: func(p *patient) {
			p.online()
			p.w.coda.Set(func(k *codatest.Knobs) { k.Fail, k.FailStatus, k.FailOperation = -1, 400, "getDoc" })
		},
		want: []string{"fetch: failed: The tool fetch failed"}},
	"a public URL that was asked for and is not there": {
		breakIt: func(p *patient) {
			p.env = append(p.env, "CODABRIDGE_TUNNEL=none")
			p.args = []string{"--public"}
			p.serve(app.PhaseLocal)
		},
		want: []string{"address: failed: the tunnel is off"}},
	"an address at which nothing answers": {
		breakIt: func(p *patient) {
			p.online()
			gone := httptest.NewServer(http.NotFoundHandler())
			gone.Close()
			p.args = []string{"--url", gone.URL}
		},
		want: []string{"address: failed: codabridge itself runs"}},
	"a public URL at which ngrok answers in our place": {
		breakIt: func(p *patient) {
			p.online()
			empty := tunneltest.Start(p.t)
			p.through(empty)
		},
		want: []string{"address: failed: Nothing serves this address at the moment"}},
}

func TestTheDoctorNamesTheCause(t *testing.T) {
	t.Parallel()
	for name, c := range sick {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			env := w.secrets()
			if c.env != nil {
				env = c.env(w)
			}
			p := &patient{program: newProgram(t, env...), w: w}
			if c.breakIt != nil {
				c.breakIt(p)
			}
			r := p.examine()
			var found []string
			for _, l := range r.Checks {
				if l.Status == doctor.Warning || l.Status == doctor.Failed {
					found = append(found, fmt.Sprintf("%s: %s: %s Next: %s", l.Name, l.Status, l.Means, l.Next))
					if l.Next == "" || l.Means == "" {
						t.Errorf("%s says nothing to do", l.Name)
					}
				}
			}
			p.fits(found, c.want)
			p.leftNothing()
		})
	}
}

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
func (w *world) with(token string) []string {
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
	origin, key, _ := strings.Cut(p.link(), "/#key=")
	resp, err := http.PostForm(origin+"/session", url.Values{"key": {key}})
	if err != nil {
		p.t.Fatal(err)
	}
	defer resp.Body.Close()
	req, _ := http.NewRequest(http.MethodPost, origin+path, nil)
	req.Header.Set("X-Codabridge-Session", fmt.Sprint(decode(p.t, resp.Body)["session"]))
	done, err := http.DefaultClient.Do(req)
	if err != nil || done.StatusCode != http.StatusOK {
		p.t.Fatalf("%s: %v %v", path, done, err)
	}
	done.Body.Close()
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

func TestAHealthyInstallationIsWellByEveryWay(t *testing.T) {
	t.Parallel()
	for name, prepare := range map[string]func(p *patient){
		"on this computer":        func(p *patient) { p.online() },
		"with read-only on":       func(p *patient) { p.serve(app.PhaseOnline, "--read-only") },
		"by the public URL":       func(p *patient) { p.online(); p.through(p.w.edge) },
		"by the owner's proxy":    func(p *patient) { p.behind(straight) },
		"without a tunnel at all": func(p *patient) { p.serve(app.PhaseLocal, "--tunnel", "none") },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			p := &patient{program: newProgram(t, w.secrets()...), w: w}
			prepare(p)
			before := w.edge.Requests()
			r := p.examine()
			for _, c := range r.Checks {
				if c.Status != doctor.OK {
					t.Errorf("%s: %s: %s", c.Name, c.Status, c.Means)
				}
				if c.Name == "read-only" && (name == "with read-only on") != strings.Contains(c.Means, "Read-only is on") {
					t.Errorf("read-only: %s", c.Means)
				}
			}
			used := w.edge.Requests() - before
			t.Logf("%d requests, %d of them by the edge", r.Requests, used)
			if name == "by the public URL" {
				if used != r.Requests || used > 25 || !strings.HasPrefix(r.Through, "https://") {
					t.Errorf("%d requests came to the edge, %d reported through %s", used, r.Requests, r.Through)
				}
				if out := p.must("doctor", "--public"); !strings.Contains(out, "of the 20,000 a month") {
					t.Errorf("it does not say what it used:\n%s", out)
				}
			} else if used != 0 {
				t.Errorf("%d requests of the quota were used without being asked for", used)
			}
			p.leftNothing()
		})
	}
}

// TestADoctorThatIsKilledLeavesNoConnection kills it while it waits for Coda.
func TestADoctorThatIsKilledLeavesNoConnection(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	p := &patient{program: newProgram(t, append(w.secrets(), "CODABRIDGE_TUNNEL=none")...), w: w}
	p.serve(app.PhaseLocal)
	w.coda.Set(func(k *codatest.Knobs) { k.Delay = 1500 * time.Millisecond })
	cmd := exec.Command(built, "doctor")
	cmd.Env = p.env
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	p.await("the doctor's connection", func(s app.State) bool {
		return len(s.Connections) == 1 && s.Connections[0].Client == doctor.ClientName
	})
	cmd.Process.Kill()
	cmd.Wait()
	p.await("its end", func(s app.State) bool { return len(s.Connections) == 0 })
}
