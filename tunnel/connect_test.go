package tunnel_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"codabridge/tunnel"
	"codabridge/tunnel/tunneltest"
)

func get(t *testing.T, c *http.Client, url string) (int, string) {
	t.Helper()
	res, err := c.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, string(body)
}

func TestAFreshTunnelGetsTheDevDomainAndServesIt(t *testing.T) {
	t.Parallel()
	edge := tunneltest.Start(t)
	r := start(t, edge, func(o *tunnel.Options) { o.Version = "v1.2.3" })
	if first := r.until(func(tunnel.Status) bool { return true }); first.Phase != tunnel.Connecting || first.Since.IsZero() {
		t.Errorf("the first status is %+v", first)
	}
	s := r.phase(tunnel.Online)
	if s.URL != "https://"+tunneltest.Domain || s.Region != tunneltest.Region || s.Account != tunneltest.Account ||
		s.Plan != tunneltest.Plan || s.Sentence != "" {
		t.Errorf("online as %+v", s)
	}
	if code, body := get(t, client(t, edge), s.URL+"/a?b=c"); code != 200 || body != "hello /a?b=c" {
		t.Errorf("answer %d %q", code, body)
	}
	in := edge.SignIns()[0]
	if in.ClientType != "codabridge" || in.Version != "1.2.3" {
		t.Errorf("signed in as %+v", in)
	}
	if n := edge.Requests(); n != 1 {
		t.Errorf("%d requests were counted; the tunnel itself must make none, they cost quota", n)
	}
	r.stop()
	if err := r.end(); err != nil {
		t.Error(err)
	}
	r.phase(tunnel.Off)
}

func TestAVersionThatIsNotSemanticIsNotToldToNgrok(t *testing.T) {
	t.Parallel()
	edge := tunneltest.Start(t)
	r := start(t, edge, func(o *tunnel.Options) { o.Version = "dev (built at home)" })
	r.phase(tunnel.Online)
	if in := edge.SignIns()[0]; in.ClientType != "ngrok-go" || strings.Contains(in.UserAgent, "dev") {
		t.Errorf("signed in as %+v", in)
	}
}

func TestAWantedURLIsBoundAndKeptOverAReconnect(t *testing.T) {
	t.Parallel()
	edge := tunneltest.Start(t, tunneltest.Options{Domains: []string{"mine.ngrok.app"}})
	r := start(t, edge, func(o *tunnel.Options) { o.URL = "https://mine.ngrok.app/" })
	for range 2 {
		if s := r.phase(tunnel.Online); s.URL != "https://mine.ngrok.app" {
			t.Errorf("online as %q", s.URL)
		}
		r.Reconnect()
		r.phase(tunnel.Reconnecting)
	}
}

func TestHandlersSeeTheAddressThatTheEdgeAppended(t *testing.T) {
	t.Parallel()
	edge := tunneltest.Start(t)
	saw := make(chan *http.Request, 1)
	r := start(t, edge, func(o *tunnel.Options) {
		o.Handler = http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { saw <- r })
	})
	req, err := http.NewRequest(http.MethodGet, r.phase(tunnel.Online).URL+"/", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("X-Forwarded-For", "192.0.2.9")
	res, err := client(t, edge).Do(req)
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	got := <-saw
	if xff := got.Header.Get("X-Forwarded-For"); xff != "192.0.2.9, 127.0.0.1" {
		t.Errorf("X-Forwarded-For %q", xff)
	}
	if got.Host != tunneltest.Domain || got.Header.Get("X-Forwarded-Proto") != "https" || !strings.HasPrefix(got.RemoteAddr, "127.0.0.1:") {
		t.Errorf("Host %q, X-Forwarded-Proto %q, RemoteAddr %q", got.Host, got.Header.Get("X-Forwarded-Proto"), got.RemoteAddr)
	}
}

func TestEventsArriveAsTheyAreSentAndAClientThatLeavesIsNoticed(t *testing.T) {
	t.Parallel()
	edge := tunneltest.Start(t)
	next, left := make(chan struct{}), make(chan struct{})
	r := start(t, edge, func(o *tunnel.Options) {
		o.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "text/event-stream")
			out := http.NewResponseController(w)
			for i := range 3 {
				_, _ = fmt.Fprintf(w, "data: %d\n\n", i)
				_ = out.Flush()
				<-next // the following event is not even written before this one arrived
			}
			<-r.Context().Done()
			close(left)
		})
	})
	ctx, leave := context.WithCancel(context.Background())
	defer leave()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, r.phase(tunnel.Online).URL+"/sse", nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := client(t, edge).Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	lines := bufio.NewScanner(res.Body)
	for i := range 3 {
		if !lines.Scan() || lines.Text() != fmt.Sprintf("data: %d", i) {
			t.Fatalf("event %d is %q, %v", i, lines.Text(), lines.Err())
		}
		lines.Scan()
		next <- struct{}{}
	}
	leave()
	select {
	case <-left:
	case <-time.After(patience):
		t.Error("the handler did not notice that its client left")
	}
}

func TestBigBodiesAndAHundredAtOnceComeBackWhole(t *testing.T) {
	t.Parallel()
	edge := tunneltest.Start(t)
	r := start(t, edge, func(o *tunnel.Options) {
		o.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			body, err := io.ReadAll(r.Body)
			if err != nil {
				w.WriteHeader(http.StatusBadRequest)
			}
			_, _ = w.Write(body)
		})
	})
	c, url := client(t, edge), r.phase(tunnel.Online).URL
	echo := func(n int) error {
		sent := bytes.Repeat([]byte{byte(n), 'x', '\n'}, n)
		res, err := c.Post(url+"/", "application/octet-stream", bytes.NewReader(sent))
		if err != nil {
			return err
		}
		defer res.Body.Close()
		got, err := io.ReadAll(res.Body)
		if err == nil && sha256.Sum256(got) != sha256.Sum256(sent) {
			err = fmt.Errorf("%d bytes came back as %d others (status %d)", len(sent), len(got), res.StatusCode)
		}
		return err
	}
	if err := echo(3 << 20); err != nil {
		t.Error(err)
	}
	var all sync.WaitGroup
	for i := range 100 {
		all.Go(func() {
			if err := echo(1000 + i); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
}

func TestABrowserMeetsTheWarningPageOnceAndProgramsNever(t *testing.T) {
	t.Parallel()
	edge := tunneltest.Start(t)
	edge.Interstitial(true)
	r := start(t, edge)
	c, url := client(t, edge), r.phase(tunnel.Online).URL+"/authorize?state=1"
	for name, test := range map[string]struct {
		header http.Header
		warned bool
	}{
		"a browser that comes for the first time":    {http.Header{"User-Agent": {"Mozilla/5.0"}, "Accept": {"text/html,*/*"}}, true},
		"a browser that clicked Visit Site":          {http.Header{"User-Agent": {"Mozilla/5.0"}, "Accept": {"text/html"}, "Cookie": {"abuse_interstitial=" + tunneltest.Domain}}, false},
		"a browser's script that asks for JSON":      {http.Header{"User-Agent": {"Mozilla/5.0"}, "Accept": {"application/json"}}, false},
		"a program that accepts HTML":                {http.Header{"User-Agent": {"python-httpx/0.27"}, "Accept": {"text/html"}}, false},
		"a browser that sends the skipping header":   {http.Header{"User-Agent": {"Mozilla/5.0"}, "Accept": {"text/html"}, "Ngrok-Skip-Browser-Warning": {"1"}}, false},
		"a browser with the cookie of another host":  {http.Header{"User-Agent": {"Mozilla/5.0"}, "Accept": {"text/html"}, "Cookie": {"abuse_interstitial=other.ngrok-free.dev"}}, true},
		"a client that sends neither of the headers": {http.Header{"User-Agent": {""}}, false},
	} {
		req, err := http.NewRequest(http.MethodGet, url, nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header = test.header
		res, err := c.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(res.Body)
		_ = res.Body.Close()
		if warned := res.Header.Get("Ngrok-Error-Code") == "ERR_NGROK_6024"; warned != test.warned || warned != strings.Contains(string(body), "Visit Site") {
			t.Errorf("%s: code %q, body %q", name, res.Header.Get("Ngrok-Error-Code"), body)
		}
	}
}
