package tunnel_test

import (
	"context"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"codabridge/server/fault"
	"codabridge/tunnel"
	"codabridge/tunnel/tunneltest"
)

func TestTheWayToNgrokIsTriedStepByStep(t *testing.T) {
	t.Parallel()
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_ = closed.Close()
	for name, test := range map[string]struct {
		change func(t *testing.T, edge *tunneltest.Edge, o *tunnel.Options)
		want   string // in the sentence; empty means it works
	}{
		"an edge that is well":          {nil, ""},
		"by way of the company's proxy": {func(_ *testing.T, e *tunneltest.Edge, o *tunnel.Options) { o.Proxy = proxyOf(e.ProxyURL()) }, ""},
		"nothing listens":               {func(_ *testing.T, _ *tunneltest.Edge, o *tunnel.Options) { o.ConnectURL = closed.Addr().String() }, "cannot be reached"},
		"the name does not exist":       {func(_ *testing.T, _ *tunneltest.Edge, o *tunnel.Options) { o.ConnectURL = "edge.invalid:443" }, "cannot find edge.invalid"},
		"a proxy that is gone": {func(_ *testing.T, _ *tunneltest.Edge, o *tunnel.Options) {
			o.Proxy = proxyOf("http://" + closed.Addr().String())
		}, "outgoing proxy"},
		"a stranger's certificate":                 {stranger, "opens the encrypted connection"},
		"it does not speak TLS":                    {func(_ *testing.T, e *tunneltest.Edge, o *tunnel.Options) { o.ConnectURL = e.HTTPFrontAddr() }, "no encrypted connection"},
		"it speaks TLS, but not ngrok's protocol":  {func(_ *testing.T, e *tunneltest.Edge, o *tunnel.Options) { o.ConnectURL = e.FrontAddr() }, "does not speak ngrok's protocol"},
		"it takes the connection and says nothing": {func(t *testing.T, _ *tunneltest.Edge, o *tunnel.Options) { o.ConnectURL = silentHost(t) }, "did not answer"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			edge := tunneltest.Start(t)
			o := tunnel.Options{ConnectURL: edge.ConnectURL(), CAFile: edge.WriteCA(t.TempDir())}
			if test.change != nil {
				test.change(t, edge, &o)
			}
			ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
			defer cancel()
			d, err := tunnel.Diagnose(ctx, o)
			if test.want == "" {
				if err != nil || d.Region != tunneltest.Region || d.Latency <= 0 {
					t.Errorf("%+v %v", d, err)
				}
				return
			}
			if f, ok := fault.As(err); !ok || !strings.Contains(f.Sentence, test.want) {
				t.Errorf("%v, want %q", err, test.want)
			}
		})
	}
}

func proxyOf(link string) func(*http.Request) (*url.URL, error) {
	u, _ := url.Parse(link)
	return http.ProxyURL(u)
}

func stranger(t *testing.T, _ *tunneltest.Edge, o *tunnel.Options) {
	o.CAFile = tunneltest.Start(t).WriteCA(t.TempDir())
}

// silentHost takes connections and never writes.
func silentHost(t *testing.T) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	return l.Addr().String()
}

func TestDiagnosingDisturbsNoTunnel(t *testing.T) {
	t.Parallel()
	edge, _ := online(t)
	o := tunnel.Options{ConnectURL: edge.ConnectURL(), CAFile: edge.WriteCA(t.TempDir())}
	if _, err := tunnel.Diagnose(context.Background(), o); err != nil {
		t.Fatal(err)
	}
	if n := len(edge.SignIns()); n != 1 {
		t.Errorf("%d sign-ins; the diagnosis needs none", n)
	}
	res, err := client(t, edge).Get(edge.URL() + "/")
	if err != nil {
		t.Fatalf("the tunnel does not serve any more: %v", err)
	}
	_ = res.Body.Close()
}

func TestEveryKindOfCodeIsExplained(t *testing.T) {
	t.Parallel()
	for code, want := range map[string]string{
		"105": "did not accept", "ERR_NGROK_334": "already serves this address", "err_ngrok_6024": "Visit Site",
		"3200": "Nothing serves", "3004": "no proper answer", "8012": "cannot reach the program", "727": "used up", "4018": "needs an authtoken",
	} {
		if s, link, known := tunnel.Explain(code); !known || !strings.Contains(s, want) || !strings.HasPrefix(link, "https://") {
			t.Errorf("%s: %q %q %t", code, s, link, known)
		}
	}
	if s, link, known := tunnel.Explain("99999"); known || !strings.Contains(s, "ERR_NGROK_99999") || !strings.HasSuffix(link, "err_ngrok_99999") {
		t.Errorf("an unknown code: %q %q %t", s, link, known)
	}
}
