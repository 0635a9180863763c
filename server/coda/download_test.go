package coda_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"codabridge/server/coda"
	"codabridge/server/coda/codatest"
)

// exporting answers as Coda does to an export whose file is at link.
type exporting struct{ link string }

func (e exporting) RoundTrip(r *http.Request) (*http.Response, error) {
	body := `{"id":"e1","status":"inProgress"}`
	if r.Method == http.MethodGet {
		body = fmt.Sprintf(`{"id":"e1","status":"complete","downloadLink":%q}`, e.link)
	}
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body)), Request: r}, nil
}

// house is a computer in the owner's network that tells what it should not.
func house(t *testing.T) (addr string, asked *atomic.Int32) {
	t.Helper()
	asked = new(atomic.Int32)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			asked.Add(1)
			_, _ = io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nsecret")
			_ = c.Close()
		}
	}()
	return l.Addr().String(), asked
}

// TestADownloadLinkLeadsToTheInternetOnly: an answer of Coda that points into
// the owner's computer or network is refused before a byte goes there.
func TestADownloadLinkLeadsToTheInternetOnly(t *testing.T) {
	t.Parallel()
	addr, asked := house(t)
	port := addr[strings.LastIndex(addr, ":"):]
	links := []string{"http://" + addr + "/blobs/1", "https://" + addr + "/blobs/1", "https://localhost" + port + "/", "http://localhost" + port + "/",
		"https://[::1]" + port + "/", "https://[::ffff:127.0.0.1]" + port + "/", "https://127.1" + port + "/", "https://2130706433" + port + "/", "https://0" + port + "/",
		"https://user:pw@93.184.216.34/", "http://93.184.216.34/", "ftp://93.184.216.34/", "file:///etc/passwd", "//93.184.216.34/"}
	for _, host := range []string{"10.0.0.1", "192.168.1.1", "172.16.0.1", "169.254.169.254", "168.63.129.16", "100.100.100.200", "192.0.0.192", "198.18.0.1",
		"[fe80::1]", "[fd00:ec2::254]", "[64:ff9b::a9fe:a9fe]", "[2002:a9fe:a9fe::]", "[::ffff:169.254.169.254]", "[::ffff:a9fe:a9fe]"} {
		links = append(links, "https://"+host+"/latest/meta-data/", "http://"+host+"/latest/meta-data/")
	}
	for _, link := range links {
		c := coda.New(coda.Options{HTTP: &http.Client{Transport: exporting{link}}, Sleep: new(clock).sleep, Limits: coda.NoLimits(),
			Token: func() (string, error) { return "t", nil }})
		c.Guard().Dial = func(_ context.Context, _, to string) (net.Conn, error) {
			t.Errorf("%s: %s was dialled", link, to)
			return nil, errors.New("no")
		}
		text, err := c.ExportPage(t.Context(), "d", "p", coda.Markdown)
		if err == nil || text != "" || !coda.IsKind(err, coda.KindOdd, coda.KindNetwork) || strings.Contains(err.Error(), "meta-data") {
			t.Errorf("%s: %q, %v", link, text, err)
		}
	}
	if asked.Load() != 0 {
		t.Errorf("%d connections into the house", asked.Load())
	}
}

// TestADownloadDialsTheAddressThatItChecked: a name is looked up once, and a
// redirect is looked at like the link itself.
func TestADownloadDialsTheAddressThatItChecked(t *testing.T) {
	t.Parallel()
	for name, k := range map[string]struct {
		answers string // what the name service says of each name
		dialled string
		refused bool
	}{
		"a public name":                     {answers: "93.184.216.34", dialled: "93.184.216.34:443"},
		"a name that leads into the house":  {answers: "192.168.1.1", refused: true},
		"one private address among several": {answers: "93.184.216.34 10.0.0.1", refused: true},
		"Azure's own":                       {answers: "168.63.129.16", refused: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := coda.New(coda.Options{HTTP: &http.Client{Transport: exporting{"https://files.example/1"}}, Sleep: new(clock).sleep, Limits: coda.NoLimits(),
				Token: func() (string, error) { return "t", nil }})
			c.Guard().Resolve = func(context.Context, string) (all []netip.Addr, err error) {
				for a := range strings.FieldsSeq(k.answers) {
					all = append(all, netip.MustParseAddr(a))
				}
				return all, nil
			}
			dialled := ""
			c.Guard().Dial = func(_ context.Context, _, to string) (net.Conn, error) {
				dialled = to
				return nil, errors.New("enough")
			}
			_, err := c.ExportPage(t.Context(), "d", "p", coda.Markdown)
			if dialled != k.dialled || coda.IsKind(err, coda.KindOdd) != k.refused {
				t.Errorf("dialled %q, %v", dialled, err)
			}
		})
	}
}

// TestARedirectOfADownloadIsLookedAt: by one that is allowed, because the base
// is on this computer, a download does not get into the network.
func TestARedirectOfADownloadIsLookedAt(t *testing.T) {
	t.Parallel()
	for _, to := range []string{"http://10.0.0.1/", "https://10.0.0.1/", "https://169.254.169.254/", "http://93.184.216.34/", "https://[::ffff:10.0.0.1]/", "ftp://127.0.0.1/", "loop"} {
		var files *httptest.Server
		files = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if to == "loop" {
				http.Redirect(w, r, files.URL, http.StatusFound)
				return
			}
			http.Redirect(w, r, to, http.StatusFound)
		}))
		c := coda.New(coda.Options{Base: func() string { return "http://127.0.0.1:1/apis/v1" }, HTTP: &http.Client{Transport: exporting{files.URL}},
			Sleep: new(clock).sleep, Limits: coda.NoLimits(), Token: func() (string, error) { return "t", nil }})
		if _, err := c.ExportPage(t.Context(), "d", "p", coda.Markdown); !coda.IsKind(err, coda.KindOdd) || !strings.Contains(err.Error(), "was not followed") {
			t.Errorf("%s: %v", to, err)
		}
		c.CloseIdleConnections()
		files.Close()
	}
}

// TestAnExportThatPanicsLetsTheNextOneThrough: the place of the page is given
// back.
func TestAnExportThatPanicsLetsTheNextOneThrough(t *testing.T) {
	t.Parallel()
	var fault atomic.Bool
	c, _, _ := connect(t, codatest.Options{})
	doc := firstDoc(t, c)
	fault.Store(true)
	bad, _, _ := connect(t, codatest.Options{}, func(o *coda.Options) {
		o.Sleep = func(ctx context.Context, _ time.Duration) error {
			if fault.Load() {
				panic("a fault of ours")
			}
			return ctx.Err()
		}
	})
	for range 3 {
		func() {
			defer func() { _ = recover() }()
			_, _ = bad.ExportPage(t.Context(), doc, "Overview", coda.Markdown)
			t.Error("the panic was swallowed")
		}()
	}
	fault.Store(false)
	if text, err := bad.ExportPage(t.Context(), doc, "Overview", coda.Markdown); err != nil || text == "" {
		t.Errorf("afterwards: %v", err)
	}
}
