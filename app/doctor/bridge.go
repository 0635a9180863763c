package doctor

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"syscall"
	"time"

	"codabridge/server/coda"
	"codabridge/server/fault"
	"codabridge/server/state"
	"codabridge/tunnel"
)

// instance finds the program that has the data folder.
func (v *visit) instance(ctx context.Context) finding {
	s, running, err := v.o.Bridge.Status(ctx)
	switch {
	case err != nil:
		return failed("Start codabridge again.", "%v", err)
	case !running:
		f := warn("", "codabridge is not running with this data folder, so what ChatGPT does cannot be rehearsed.")
		f.stop = true
		return f
	}
	v.running, v.state = true, s
	if s.Phase == state.PhaseOff {
		f := warn("Press Start on the owner's page (codabridge open).", "codabridge is running, but its owner has stopped the bridge: every assistant is refused.")
		f.stop = true
		return f
	}
	return ok("codabridge %s is running. %s", s.Version, s.Sentence)
}

// ports are asked for when nothing runs; a running instance has them.
func (v *visit) ports(ctx context.Context) finding {
	if v.running {
		return ok("Assistants on this computer: %s, the owner's page: %s", v.state.LocalURL, v.state.OwnerURL)
	}
	var free []string
	for _, p := range []struct{ flag, addr string }{{"--listen", v.o.Listen}, {"--owner-listen", v.o.OwnerListen}} {
		if !strings.HasSuffix(p.addr, ":0") {
			free = append(free, p.addr)
		}
		l, err := net.Listen("tcp", p.addr)
		if err == nil {
			l.Close()
			continue
		}
		next := fmt.Sprintf("End that program, or choose another port with %s.", p.flag)
		switch {
		case isBridge(ctx, p.addr):
			return failed(next, "%s is taken by another codabridge, one with another data folder.", p.addr)
		case answers(p.addr) || errors.Is(err, syscall.EADDRINUSE):
			return failed(next, "%s is taken by another program.", p.addr)
		}
		return failed(fmt.Sprintf("Choose another address with %s.", p.flag), "%s cannot be used: %v", p.addr, err)
	}
	if len(free) == 0 {
		return ok("The ports are free ones at each start.")
	}
	return ok("Free: %s.", strings.Join(free, ", "))
}

// answers tells that somebody listens there; the error of a taken port is not
// the same on every system.
func answers(addr string) bool {
	conn, err := net.DialTimeout("tcp", addr, time.Second)
	if err == nil {
		conn.Close()
	}
	return err == nil
}

// isBridge asks who has a port.
func isBridge(ctx context.Context, addr string) bool {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+addr+"/health", nil)
	if err != nil {
		return false
	}
	resp, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		return false
	}
	defer resp.Body.Close()
	b, _ := io.ReadAll(io.LimitReader(resp.Body, 200))
	return strings.TrimSpace(string(b)) == `{"status":"ok"}`
}

func (v *visit) kind() string {
	if v.running {
		return v.state.Tunnel.Kind
	}
	return v.o.Tunnel
}

func (v *visit) ngrokNetwork(ctx context.Context) finding {
	if v.kind() != state.TunnelNgrok {
		return none
	}
	ctx, cancel := context.WithTimeout(ctx, 15*time.Second)
	defer cancel()
	d, err := tunnel.Diagnose(ctx, tunnel.Options{ConnectURL: v.o.NgrokConnectURL, CAFile: v.o.NgrokCAFile})
	if f, ok := fault.As(err); ok {
		return failedWith(f.Sentence, "")
	}
	if err != nil {
		return failed("", "%v", err)
	}
	return ok("TCP, TLS and ngrok's own protocol work (region %s, %d ms).", cmp.Or(d.Region, "unknown"), d.Latency.Milliseconds())
}

// ngrokSession looks at the running instance's tunnel; without one it connects
// once with the authtoken.
func (v *visit) ngrokSession(ctx context.Context) finding {
	if v.kind() != state.TunnelNgrok {
		return none
	}
	if !v.running {
		return v.tryNgrok(ctx)
	}
	t, s := v.state.Tunnel, v.state
	switch {
	case !t.Ready && v.account != nil && v.account.Trouble != "":
		return needs("keyring")
	case !t.Ready:
		return noAuthtoken()
	case s.Phase == state.PhaseOnline && t.Code == "":
		return ok("Online, with the plan %s.", cmp.Or(t.Plan, "unknown"))
	case s.Phase == state.PhaseOnline:
		return warn("", "%s (%s)", s.Sentence, t.Code)
	case s.Phase == state.PhaseOff, s.Phase == state.PhaseSetup:
		return skip("The tunnel is not wanted: %s", s.Sentence)
	case t.Code != "":
		return v.coded(t.Code)
	case s.Phase == state.PhaseFailed:
		return failedWith(s.Sentence, seeLink(s.HelpURL))
	}
	return warn("Wait a moment and run the doctor again.", "%s", s.Sentence)
}

// coded explains a code of ngrok.
func (v *visit) coded(code string) finding {
	sentence, link, _ := tunnel.Explain(code)
	f := failedWith(sentence, seeLink(link))
	f.means = strings.TrimSuffix(f.means, ".") + " (" + code + ")."
	return f
}

const tokenPage = "https://dashboard.ngrok.com/get-started/your-authtoken"

func seeLink(link string) string {
	if link == "" {
		return ""
	}
	return "Look at " + link
}

// ErrNoAuthtoken says that there is no authtoken to try.
var ErrNoAuthtoken = errors.New("doctor: no ngrok authtoken")

func noAuthtoken() finding {
	return failed("Copy yours from "+tokenPage+" to the owner's page, or run: codabridge login ngrok", "There is no ngrok authtoken yet.")
}

func (v *visit) tryNgrok(ctx context.Context) finding {
	if v.o.TryNgrok == nil {
		return none
	}
	sentence, err := v.o.TryNgrok(ctx)
	if errors.Is(err, ErrNoAuthtoken) {
		return noAuthtoken()
	}
	if err != nil {
		return failedWith(err.Error(), "")
	}
	return ok("%s", sentence)
}

func (v *visit) publicURL(context.Context) finding {
	s := v.state
	switch {
	case s.Tunnel.Kind == state.TunnelNone:
		return ok("There is none: the tunnel is off, and only programs on this computer can connect.")
	case s.PublicURL == "":
		return skip("It is not known yet.")
	case s.Tunnel.Before != "" && s.Tunnel.Before != s.PublicURL:
		return warn("", "It is %s now; it was %s before. What was connected there finds nothing any more.", s.PublicURL, s.Tunnel.Before)
	}
	old := map[string]bool{}
	for _, c := range s.Connections {
		if strings.HasPrefix(c.Issuer, "https://") && c.Issuer != s.PublicURL {
			old[c.Issuer] = true
		}
	}
	for issuer := range old {
		return warn("", "It is %s now, but a connection was made at %s and does not work any more.", s.PublicURL, issuer)
	}
	return ok("%s, the same as last time.", s.PublicURL)
}

// index looks at the search index, without which search finds names only.
func (v *visit) index(context.Context) finding {
	x := v.state.Index
	done := fmt.Sprintf("%d of %d pages and %d rows", x.PagesRead, x.Pages, x.Rows)
	switch {
	case !x.Enabled:
		return ok("Off: search finds names only. Switch it on with: codabridge index on")
	case v.account != nil && v.account.Restriction == coda.RestrictObject && x.Docs == 0:
		return skip("The token reaches one document only. Name it in the setting documents, and its pages and rows can be searched.")
	case x.Trouble != "":
		return warn("", "%s", x.Trouble)
	case x.Paused:
		return ok("Paused, with %s. Go on with: codabridge index resume", done)
	case x.Percent < 100:
		return ok("It is being made: %s so far.", done)
	}
	return ok("Complete, with %s in %s.", done, x.Size())
}

func (v *visit) readOnly(context.Context) finding {
	if v.state.ReadOnly {
		return ok("Read-only is on: no assistant can change anything, and tools that write are hidden. Turn it off on the owner's page.")
	}
	return ok("Off: assistants may write where you allowed it.")
}
