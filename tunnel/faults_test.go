package tunnel_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"codabridge/server/fault"
	"codabridge/tunnel"
	"codabridge/tunnel/tunneltest"
)

func TestAnEdgeThatDiesAndComesBackServesTheSameURL(t *testing.T) {
	t.Parallel()
	edge := tunneltest.Start(t)
	r := start(t, edge)
	before := r.phase(tunnel.Online)
	edge.Kill()
	lost := r.phase(tunnel.Reconnecting)
	if lost.URL != before.URL || lost.Sentence == "" || !lost.Since.After(before.Since) {
		t.Errorf("when it died: %+v", lost)
	}
	if code, _ := get(t, client(t, edge), before.URL); code != 404 {
		t.Errorf("the front says %d of an endpoint that is offline", code)
	}
	again := r.until(func(s tunnel.Status) bool {
		return s.Phase == tunnel.Reconnecting && strings.Contains(s.Sentence, "cannot be reached")
	})
	if !again.Since.Equal(lost.Since) {
		t.Errorf("Since moved from %v to %v while it was the same outage", lost.Since, again.Since)
	}
	if err := edge.Revive(); err != nil {
		t.Fatal(err)
	}
	after := r.phase(tunnel.Online)
	if after.URL != before.URL || after.Sentence != "" || after.Account != before.Account {
		t.Errorf("before %+v, after %+v", before, after)
	}
	if code, body := get(t, client(t, edge), before.URL+"/again"); code != 200 || body != "hello /again" {
		t.Errorf("answer %d %q", code, body)
	}
}

func TestASessionThatIsKickedComesBackWithTheSameURL(t *testing.T) {
	t.Parallel()
	edge := tunneltest.Start(t)
	r := start(t, edge)
	before := r.phase(tunnel.Online)
	edge.Kick()
	r.phase(tunnel.Reconnecting)
	if after := r.phase(tunnel.Online); after.URL != before.URL {
		t.Errorf("%q became %q", before.URL, after.URL)
	}
	if in := edge.SignIns(); len(in) != 2 || in[1].ClientID == "" {
		t.Errorf("signed in as %+v: the second must continue the first", in)
	}
	if code, _ := get(t, client(t, edge), before.URL); code != 200 {
		t.Errorf("status %d", code)
	}
}

func TestAURLThatChangesOnARebindIsNoticed(t *testing.T) {
	t.Parallel()
	edge, r := online(t)
	edge.HandOut("new-heron-3.ngrok-free.dev")
	edge.Kick()
	r.phase(tunnel.Reconnecting)
	s := r.phase(tunnel.Online)
	if s.URL != "https://new-heron-3.ngrok-free.dev" {
		t.Errorf("online as %q", s.URL)
	}
	if code, _ := get(t, client(t, edge), s.URL); code != 200 {
		t.Errorf("status %d", code)
	}
}

func TestTheDashboardCanStopAndRestartButNotUpdate(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	edge := tunneltest.Start(t)
	r := start(t, edge)
	url := r.phase(tunnel.Online).URL

	if refused, err := edge.Send(ctx, tunneltest.Update); err != nil || !strings.Contains(refused, "cannot update itself") {
		t.Errorf("update: %q, %v", refused, err)
	}
	if refused, err := edge.Send(ctx, tunneltest.Restart); err != nil || refused != "" {
		t.Errorf("restart: %q, %v", refused, err)
	}
	r.phase(tunnel.Reconnecting)
	if s := r.phase(tunnel.Online); s.URL != url {
		t.Errorf("after the restart: %+v", s)
	}
	if refused, err := edge.Send(ctx, tunneltest.Stop); err != nil || refused != "" {
		t.Errorf("stop: %q, %v", refused, err)
	}
	err := r.end()
	if failure, ok := fault.As(err); !ok || failure.Code != tunnel.CodeStopped || !strings.Contains(failure.Sentence, "stopped from the ngrok dashboard") {
		t.Errorf("after the stop: %v", err)
	}
}

// An agent that stops hangs up right behind its answer, which must not be lost.
func TestTheDashboardHasItsAnswerBeforeTheEnd(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	for range 25 {
		edge, r := online(t)
		if refused, err := edge.Send(ctx, tunneltest.Stop); err != nil || refused != "" {
			t.Fatalf("stop: %q, %v", refused, err)
		}
		if failure, ok := fault.As(r.end()); !ok || failure.Code != tunnel.CodeStopped {
			t.Fatalf("after the stop: %v", failure)
		}
	}
}

func TestAnEndpointThatNgrokStops(t *testing.T) {
	t.Parallel()
	t.Run("for a reason that may pass comes back by itself", func(t *testing.T) {
		t.Parallel()
		edge := tunneltest.Start(t)
		r := start(t, edge)
		url := r.phase(tunnel.Online).URL
		if err := edge.StopEndpoints("ERR_NGROK_99998", "The endpoint was stopped."); err != nil {
			t.Fatal(err)
		}
		if s := r.phase(tunnel.Reconnecting); s.Code != "ERR_NGROK_99998" {
			t.Errorf("%+v", s)
		}
		if s := r.phase(tunnel.Online); s.URL != url {
			t.Errorf("%+v", s)
		}
		edge.Kick() // an agent that was used twice would now bind the dead endpoint as well
		r.phase(tunnel.Reconnecting)
		r.phase(tunnel.Online)
		if code, _ := get(t, client(t, edge), url); code != 200 {
			t.Errorf("status %d", code)
		}
	})
	t.Run("for a reason that stays fails with it", func(t *testing.T) {
		t.Parallel()
		edge, r := online(t)
		if err := edge.StopEndpoints("ERR_NGROK_725", "Out of bandwidth."); err != nil {
			t.Fatal(err)
		}
		if s := r.phase(tunnel.Failed); s.Code != "ERR_NGROK_725" || !strings.Contains(s.Sentence, "used up") {
			t.Errorf("%+v", s)
		}
	})
}

func TestAnOldAgentIsWarnedWhileItStillWorks(t *testing.T) {
	t.Parallel()
	edge := tunneltest.Start(t)
	edge.Deprecate(&tunneltest.Deprecation{NextMin: "9.0.0", NextDate: time.Date(2027, 3, 1, 0, 0, 0, 0, time.UTC)})
	s := start(t, edge).phase(tunnel.Online)
	if !strings.Contains(s.Sentence, "2027-03-01") || !strings.Contains(s.Sentence, "newest codabridge") {
		t.Errorf("%+v", s)
	}
}

func TestAComputerThatSleptConnectsAgain(t *testing.T) {
	t.Parallel()
	edge := tunneltest.Start(t)
	ticks := make(chan time.Time)
	r := start(t, edge, func(o *tunnel.Options) { o.Ticks = ticks })
	url := r.phase(tunnel.Online).URL
	now := time.Now()
	for _, after := range []time.Duration{0, 5, 10, 5} { // late ticks and a clock set back are no sleep
		ticks <- now.Add(after * time.Second)
	}
	if n := len(edge.SignIns()); n != 1 {
		t.Fatalf("%d sign-ins without a sleep", n)
	}
	ticks <- now.Add(8 * time.Hour)
	r.phase(tunnel.Reconnecting)
	if s := r.phase(tunnel.Online); s.URL != url {
		t.Errorf("%+v", s)
	}
}

func TestAWishToReconnectIsNotHeldUpByTheLibrarysPauses(t *testing.T) {
	t.Parallel()
	edge, r := online(t)
	edge.Kill()
	r.until(func(s tunnel.Status) bool { return strings.Contains(s.Sentence, "cannot be reached") })
	if err := edge.Revive(); err != nil {
		t.Fatal(err)
	}
	r.Reconnect()
	r.phase(tunnel.Online)
	if in := edge.SignIns(); len(in) != 2 {
		t.Errorf("%d sign-ins", len(in))
	}
}
