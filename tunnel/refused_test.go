package tunnel_test

import (
	"strings"
	"testing"
	"time"

	"codabridge/server/fault"
	"codabridge/tunnel"
	"codabridge/tunnel/tunneltest"
)

var refusals = map[string]struct {
	set      func(*tunneltest.Edge)
	change   func(*tunnel.Options)
	code     fault.Code
	sentence string
}{
	"no authtoken at all":         {nil, func(o *tunnel.Options) { o.Authtoken = " " }, "ERR_NGROK_4018", "needs an authtoken"},
	"a mistyped authtoken":        {nil, func(o *tunnel.Options) { o.Authtoken = "2mistypedAuthtoken_abcdefghijklmnop" }, "ERR_NGROK_105", "did not accept the authtoken"},
	"an authtoken that was reset": {refuse("ERR_NGROK_107"), nil, "ERR_NGROK_107", "did not accept the authtoken"},
	"a version that is too old":   {refuse("ERR_NGROK_121"), nil, "ERR_NGROK_121", "newest codabridge"},
}

func TestARefusalThatOnlyTheOwnerCanEndFailsAtOnce(t *testing.T) {
	t.Parallel()
	for name, test := range refusals {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			edge := tunneltest.Start(t)
			if test.set != nil {
				test.set(edge)
			}
			r := start(t, edge, func(o *tunnel.Options) {
				if test.change != nil {
					test.change(o)
				}
			})
			err := r.end()
			failure, ok := fault.As(err)
			if !ok || failure.Code != test.code || !strings.Contains(failure.Sentence, test.sentence) || failure.Link == "" {
				t.Fatalf("Run ended with %#v", err)
			}
			if tries := len(edge.SignIns()) + len(edge.Binds()); tries > 2 {
				t.Errorf("it signed in %d times and asked for an address %d times", len(edge.SignIns()), len(edge.Binds()))
			}
			if s := r.phase(tunnel.Failed); s.Code != string(failure.Code) || s.Sentence != failure.Sentence || s.Link != failure.Link {
				t.Errorf("the status is %+v, the error %+v", s, failure)
			}
		})
	}
}

// passing are refusals whose cause may pass though codabridge does nothing.
var passing = map[string]struct {
	set      func(*tunneltest.Edge)
	change   func(*tunnel.Options)
	code     string
	sentence string
	end      func(*tunneltest.Edge)
}{
	"a fourth agent on a free account":        {refuse("ERR_NGROK_108"), nil, "ERR_NGROK_108", "as many agents", welcome},
	"an account that is suspended":            {refuse("ERR_NGROK_103"), nil, "ERR_NGROK_103", "suspended", welcome},
	"an e-mail address that is not confirmed": {refuse("ERR_NGROK_123"), nil, "ERR_NGROK_123", "e-mail", welcome},
	"a network that the account forbids":      {refuse("ERR_NGROK_115"), nil, "ERR_NGROK_115", "network", welcome},
	"a month's share that is used up":         {refuse("ERR_NGROK_725"), nil, "ERR_NGROK_725", "for this month", welcome},
	"an address of somebody else": {func(e *tunneltest.Edge) { e.RefuseBinds("ERR_NGROK_320", -1) }, nil,
		"ERR_NGROK_320", "free dev domain", (*tunneltest.Edge).Release},
	"an account without its dev domain": {func(e *tunneltest.Edge) { e.RefuseBinds("ERR_NGROK_15013", -1) }, nil,
		"ERR_NGROK_15013", "no free dev domain yet", (*tunneltest.Edge).Release},
	"more endpoints than the plan has": {func(e *tunneltest.Edge) { e.RefuseBinds("ERR_NGROK_324", -1) }, nil,
		"ERR_NGROK_324", "endpoints", (*tunneltest.Edge).Release},
	"an address that stays online elsewhere": {func(e *tunneltest.Edge) { e.TakeEndpoint(-1) },
		func(o *tunnel.Options) { o.TakenWindow = time.Millisecond }, "ERR_NGROK_334", "another copy is running", (*tunneltest.Edge).Release},
}

func welcome(e *tunneltest.Edge) { e.RefuseSignIns("", 0) }

// TestARefusalThatMayPassIsTriedAgain: a computer that slept found its address
// online elsewhere for minutes, and the tunnel was over for good.
func TestARefusalThatMayPassIsTriedAgain(t *testing.T) {
	t.Parallel()
	for name, test := range passing {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			edge := tunneltest.Start(t)
			test.set(edge)
			r := start(t, edge, func(o *tunnel.Options) {
				o.Slow = 20 * time.Millisecond
				if test.change != nil {
					test.change(o)
				}
			})
			s := r.phase(tunnel.Failed)
			if s.Code != test.code || !strings.Contains(s.Sentence, test.sentence) || !strings.Contains(s.Sentence, "tries again") || s.Link == "" {
				t.Fatalf("%+v", s)
			}
			for began := tries(edge); tries(edge) < began+3; { // it goes on, and says nothing new
				r.quiet()
			}
			test.end(edge)
			if s := r.phase(tunnel.Online); s.Code != "" || s.Sentence != "" {
				t.Errorf("once online: %+v", s)
			}
		})
	}
}

func tries(e *tunneltest.Edge) int { return len(e.SignIns()) + len(e.Binds()) }

// TestARefusalIsNotAskedAboutBeforeItsTime, unless the owner wants it, or the
// computer wakes up.
func TestARefusalIsNotAskedAboutBeforeItsTime(t *testing.T) {
	t.Parallel()
	edge := tunneltest.Start(t)
	edge.TakeEndpoint(-1)
	r := start(t, edge, func(o *tunnel.Options) { o.TakenWindow, o.Slow = time.Millisecond, time.Hour })
	r.phase(tunnel.Failed)
	edge.Release()
	r.Reconnect()
	r.phase(tunnel.Online)
	if n := len(edge.Binds()); n > 4 {
		t.Errorf("it asked for the address %d times", n)
	}
}

func refuse(code string) func(*tunneltest.Edge) {
	return func(e *tunneltest.Edge) { e.RefuseSignIns(code, -1) }
}

func TestTheSessionLimitOfAnAccountIsNamed(t *testing.T) {
	t.Parallel()
	edge := tunneltest.Start(t)
	edge.LimitSessions(1)
	start(t, edge).phase(tunnel.Online)
	if s := start(t, edge).phase(tunnel.Failed); s.Code != "ERR_NGROK_108" {
		t.Errorf("the second agent: %+v", s)
	}
}

func TestAnAddressThatIsOnlineElsewhereIsWaitedForAWhile(t *testing.T) {
	t.Parallel()
	t.Run("and taken when it comes free", func(t *testing.T) {
		t.Parallel()
		edge := tunneltest.Start(t)
		edge.TakeEndpoint(1)
		r := start(t, edge)
		s := r.until(func(s tunnel.Status) bool { return s.Code == "ERR_NGROK_334" })
		if s.Phase != tunnel.Connecting || !strings.Contains(s.Sentence, "online elsewhere") {
			t.Errorf("while it waits: %+v", s)
		}
		r.phase(tunnel.Online)
	})
	t.Run("and called another's when it never does", func(t *testing.T) {
		t.Parallel()
		edge := tunneltest.Start(t)
		edge.TakeEndpoint(-1)
		r := start(t, edge, func(o *tunnel.Options) { o.TakenWindow = 200 * time.Millisecond })
		s := r.phase(tunnel.Failed)
		if s.Code != "ERR_NGROK_334" || !strings.Contains(s.Sentence, "another copy is running") {
			t.Errorf("in the end: %+v", s)
		}
	})
	t.Run("also after a reconnect, while the old session lingers", func(t *testing.T) {
		t.Parallel()
		edge, r := online(t)
		edge.TakeEndpoint(1)
		edge.Kick()
		r.until(func(s tunnel.Status) bool { return s.Phase == tunnel.Reconnecting && s.Code == "ERR_NGROK_334" })
		r.phase(tunnel.Online)
	})
	t.Run("and called another's after a reconnect too", func(t *testing.T) {
		t.Parallel()
		edge := tunneltest.Start(t)
		r := start(t, edge, func(o *tunnel.Options) { o.TakenWindow = 200 * time.Millisecond })
		r.phase(tunnel.Online)
		edge.TakeEndpoint(-1)
		edge.Kick()
		if s := r.phase(tunnel.Failed); s.Code != "ERR_NGROK_334" {
			t.Errorf("in the end: %+v", s)
		}
	})
}

func TestATokenThatIsRevokedWhileOnlineFailsAtTheReconnect(t *testing.T) {
	t.Parallel()
	edge, r := online(t)
	edge.RefuseSignIns("ERR_NGROK_107", -1)
	edge.Kick()
	if s := r.phase(tunnel.Failed); s.Code != "ERR_NGROK_107" {
		t.Errorf("%+v", s)
	}
}

func TestAnUnknownCodeIsShownAndRetried(t *testing.T) {
	t.Parallel()
	edge := tunneltest.Start(t)
	edge.RefuseSignIns("ERR_NGROK_99999", 1)
	r := start(t, edge)
	s := r.until(func(s tunnel.Status) bool { return s.Code != "" })
	if s.Phase != tunnel.Connecting || s.Code != "ERR_NGROK_99999" || !strings.Contains(s.Link, "err_ngrok_99999") {
		t.Errorf("%+v", s)
	}
	if s := r.phase(tunnel.Online); s.Code != "" || s.Sentence != "" {
		t.Errorf("once online: %+v", s)
	}
}

func TestWhileThereIsNoWayToNgrokTheStatusSaysWhy(t *testing.T) {
	t.Parallel()
	const closed = "127.0.0.1:1" // a port that was just closed may become another test's
	other := tunneltest.Start(t)
	for name, test := range map[string]struct {
		change   func(t *testing.T, o *tunnel.Options)
		sentence string
	}{
		"nothing answers":          {func(_ *testing.T, o *tunnel.Options) { o.ConnectURL = closed }, "cannot be reached at " + closed},
		"the name is not found":    {func(_ *testing.T, o *tunnel.Options) { o.ConnectURL = "edge.invalid:443" }, "cannot find edge.invalid"},
		"a stranger's certificate": {func(t *testing.T, o *tunnel.Options) { o.CAFile = other.WriteCA(t.TempDir()) }, "opens the encrypted connection"},
		"it speaks something else": {func(_ *testing.T, o *tunnel.Options) { o.ConnectURL = other.HTTPFrontAddr() }, "connection to ngrok was lost"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := start(t, tunneltest.Start(t), func(o *tunnel.Options) { test.change(t, o) })
			s := r.until(func(s tunnel.Status) bool { return strings.Contains(s.Sentence, test.sentence) })
			if s.Phase != tunnel.Connecting || !strings.Contains(s.Sentence, "keeps trying") {
				t.Errorf("%+v", s)
			}
		})
	}
}
