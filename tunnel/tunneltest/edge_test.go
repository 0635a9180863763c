package tunneltest_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"
	"golang.ngrok.com/ngrok/v2"

	"codabridge/tunnel/tunneltest"
)

// TestMain looks for goroutines at the end, in vain for those that muxado leaves
// behind (see the package comment), and not before the library woke up from its
// pauses.
func TestMain(m *testing.M) {
	code := m.Run()
	for began := time.Now(); code == 0; {
		err := goleak.Find(leftovers...)
		if err == nil {
			break
		}
		if time.Since(began) > 30*time.Second {
			fmt.Fprintln(os.Stderr, err)
			code = 1
		}
	}
	os.Exit(code)
}

// agent connects the plain ngrok library, with nothing of codabridge in between,
// and serves h through it.
func agent(t *testing.T, edge *tunneltest.Edge, h http.HandlerFunc) (publicURL string) {
	t.Helper()
	a, err := ngrok.NewAgent(
		ngrok.WithAuthtoken(tunneltest.Authtoken), ngrok.WithAgentConnectURL(edge.ConnectURL()),
		ngrok.WithAgentConnectCAs(edge.CAPool()), ngrok.WithHeartbeatInterval(heartbeat), ngrok.WithHeartbeatTolerance(2*time.Second),
	)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	l, err := a.Listen(ctx)
	if err != nil {
		t.Fatal(err)
	}
	server, done := &http.Server{Handler: h}, make(chan struct{})
	go func() { defer close(done); _ = server.Serve(l) }()
	t.Cleanup(func() { _ = a.Disconnect(); _ = server.Close(); cancel(); <-done })
	return l.URL().String()
}

func who(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Ngrok-Error-Code", "ERR_NGROK_1")
	_, _ = io.WriteString(w, "host "+r.Host+" proto "+r.Header.Get("X-Forwarded-Proto"))
}

func fetch(t *testing.T, c *http.Client, address string) (*http.Response, string) {
	t.Helper()
	defer c.CloseIdleConnections()
	res, err := c.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res, string(body)
}

func TestTheFrontsKeepTheHostAndTheirOwnErrorHeader(t *testing.T) {
	edge := tunneltest.Start(t)
	address := agent(t, edge, who)
	if address != edge.URL() || !edge.Online("") {
		t.Errorf("the agent got %q, the edge says %q", address, edge.URL())
	}
	for _, test := range []struct{ url, want string }{
		{address, "host " + tunneltest.Domain + " proto https"},
		{strings.Replace(address, "https:", "http:", 1), "host " + tunneltest.Domain + " proto http"},
	} {
		res, body := fetch(t, edge.Client(), test.url)
		if body != test.want || res.Header.Get("Ngrok-Error-Code") != "" {
			t.Errorf("%s: %q, header %v", test.url, body, res.Header)
		}
	}
	if n := edge.Requests(); n != 2 {
		t.Errorf("%d requests were counted", n)
	}
}

func TestAnEndpointThatIsOfflineAndOneThatBreaksHaveTheirCodes(t *testing.T) {
	edge := tunneltest.Start(t)
	if res, _ := fetch(t, edge.Client(), edge.URL()); res.StatusCode != 404 || res.Header.Get("Ngrok-Error-Code") != "ERR_NGROK_3200" {
		t.Errorf("offline: %d %v", res.StatusCode, res.Header)
	}
	address := agent(t, edge, func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
	if res, _ := fetch(t, edge.Client(), address); res.StatusCode != 502 || res.Header.Get("Ngrok-Error-Code") != "ERR_NGROK_3004" {
		t.Errorf("broken: %d %v", res.StatusCode, res.Header)
	}
}

func TestAProxyClientReachesTheFrontByTheRealNameAndNothingElse(t *testing.T) {
	edge := tunneltest.Start(t)
	address := agent(t, edge, who)
	proxy, err := url.Parse(edge.ProxyURL())
	if err != nil {
		t.Fatal(err)
	}
	c := &http.Client{Transport: &http.Transport{Proxy: http.ProxyURL(proxy), TLSClientConfig: trusting(edge)}}
	if _, body := fetch(t, c, address); body != "host "+tunneltest.Domain+" proto https" {
		t.Errorf("answer %q", body)
	}
	local := httptest.NewTLSServer(http.HandlerFunc(who))
	defer local.Close()
	own := local.Client()
	own.Transport.(*http.Transport).Proxy = http.ProxyURL(proxy)
	if res, _ := fetch(t, own, local.URL); res.StatusCode != 200 {
		t.Errorf("loopback by the proxy: %d", res.StatusCode)
	}
	defer c.CloseIdleConnections()
	if res, err := c.Get("https://example.com/"); err == nil || !strings.Contains(err.Error(), "Forbidden") {
		t.Errorf("a name that is not ngrok's: %v, %v", res, err)
	}
}

func TestTheLoopbackURLNeedsNoMapping(t *testing.T) {
	edge := tunneltest.Start(t, tunneltest.Options{Loopback: true})
	address := agent(t, edge, who)
	_, port, _ := net.SplitHostPort(edge.FrontAddr())
	if address != "https://localhost:"+port || address != edge.URL() {
		t.Fatalf("the URL is %q", address)
	}
	c := &http.Client{Transport: &http.Transport{TLSClientConfig: trusting(edge)}}
	if _, body := fetch(t, c, address); body != "host localhost:"+port+" proto https" {
		t.Errorf("answer %q", body)
	}
}

func trusting(edge *tunneltest.Edge) *tls.Config {
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(edge.CAPEM())
	return &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}
}

func TestDiagnoseOfTheLibraryIsAnswered(t *testing.T) {
	edge := tunneltest.Start(t)
	a, err := ngrok.NewAgent(ngrok.WithAgentConnectURL(edge.ConnectURL()), ngrok.WithAgentConnectCAs(edge.CAPool()),
		ngrok.WithHeartbeatInterval(heartbeat))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := a.(ngrok.Diagnoser).Diagnose(t.Context(), ""); err != nil {
		t.Error(err)
	}
}

func TestAnEdgeClosesWithClientsStillThere(t *testing.T) {
	edge, err := tunneltest.New(tunneltest.Options{})
	if err != nil {
		t.Fatal(err)
	}
	agent(t, edge, who)
	conn, err := net.Dial("tcp", strings.TrimPrefix(edge.ProxyURL(), "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := io.WriteString(conn, "CONNECT a.ngrok-free.dev:443 HTTP/1.1\r\nHost: a.ngrok-free.dev:443\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Read(make([]byte, 16)); err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- edge.Close() }()
	select {
	case err := <-done:
		if err != nil {
			t.Error(err)
		}
	case <-time.After(30 * time.Second):
		t.Error("Close did not return")
	}
}
