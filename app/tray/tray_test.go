//go:build !windows && !darwin

package tray

import (
	"context"
	"errors"
	"image"
	"image/color"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/godbus/dbus/v5"

	"codabridge/app/desktop/desktest"
	"codabridge/server/state"
)

// looksLike waits until the icon is the picture of l, pixel by pixel.
func looksLike(t *testing.T, it desktest.Item, l look) {
	t.Helper()
	want := decoded(t, "icons/tray-"+string(l)+".png")
	desktest.Eventually(t, "the icon is "+string(l), func() bool { return same(it.Icon(t), want) })
}

func same(a, b image.Image) bool {
	if a.Bounds() != b.Bounds() {
		return false
	}
	for y := range a.Bounds().Dy() {
		for x := range a.Bounds().Dx() {
			if color.RGBAModel.Convert(a.At(x, y)) != color.RGBAModel.Convert(b.At(x, y)) {
				return false
			}
		}
	}
	return true
}

func TestTrayShowsTheStateAndDoesWhatIsClicked(t *testing.T) {
	t.Parallel()
	p, it := shown(t, state.PhaseOff)
	for name, want := range map[string]any{"Id": "codabridge", "Title": "codabridge", "Status": "Active", "ItemIsMenu": false} {
		if got := it.Prop(t, name); got != want {
			t.Errorf("%s is %v, want %v", name, got, want)
		}
	}
	looksLike(t, it, lookOff)
	if l := line(t, it, "Stopped"); l.Enabled {
		t.Error("the status line can be clicked")
	}
	if l := line(t, it, "Copy public URL"); l.Enabled {
		t.Error("there is no URL to copy yet")
	}
	it.Click(t, "Start")
	p.want(t, "start")

	p.show(t, ready(state.PhaseReconnecting))
	looksLike(t, it, lookTrouble)
	p.show(t, ready(state.PhaseOnline))
	looksLike(t, it, lookOn)
	line(t, it, "Online · quiet-otter.ngrok-free.app")
	if got, want := it.Tooltip(t), "codabridge: Online\n"+publicURL; got != want {
		t.Errorf("tooltip %q, want %q", got, want)
	}
	it.Click(t, "Copy public URL")
	p.want(t, "copy")
	it.Click(t, "Open codabridge")
	p.want(t, `open ""`)
	it.Click(t, "Read-only")
	p.want(t, "read-only true")
	if line(t, it, "Read-only").Check {
		t.Error("ticked before the bridge agreed")
	}
	p.show(t, with(ready(state.PhaseOnline), func(s *state.State) { s.ReadOnly = true }))
	desktest.Eventually(t, "a tick", func() bool { return line(t, it, "Read-only").Check })
	it.Click(t, "Doctor")
	p.want(t, `open "doctor"`)
	it.Click(t, "Pause")
	p.want(t, "pause")
	p.show(t, with(ready(state.PhaseOnline), func(s *state.State) { s.Paused = true }))
	looksLike(t, it, lookOff)
	line(t, it, "Paused · quiet-otter.ngrok-free.app")
	it.Click(t, "Resume")
	p.want(t, "start")
	p.show(t, ready(state.PhaseOnline))
	line(t, it, "Pause")
	it.Click(t, "Stop")
	p.want(t, "stop")

	waiting := with(ready(state.PhaseOnline), func(s *state.State) { s.Waiting = []state.WaitingRequest{chatGPT} })
	waiting.Waiting[0].RedirectHost = "under_score.example"
	p.show(t, waiting)
	looksLike(t, it, lookWaiting)
	line(t, it, "1 sign-in waits… (under_score.example)")
	it.Click(t, "1 sign-in waits… (under_score.example)")
	p.want(t, `open "approve"`)
	p.show(t, ready(state.PhaseOnline))
	desktest.Eventually(t, "the approval has gone", func() bool {
		_, there := it.Menu(t).Find("1 sign-in waits… (under_score.example)")
		return !there
	})
	it.Click(t, "Quit codabridge")
	p.want(t, "quit")
	p.ends(t)
}

// TestWhatWaitsIsOpenedByAClick, and a leave to write is given and ended, for
// the connection that the line names.
func TestWhatWaitsIsOpenedByAClick(t *testing.T) {
	t.Parallel()
	p, it := shown(t, state.PhaseOnline)
	p.show(t, with(ready(state.PhaseOnline), crowded))
	looksLike(t, it, lookWaiting)
	line(t, it, "1 change waits…")
	it.Click(t, "1 change waits…")
	p.want(t, `open "changes"`)
	it.Click(t, "1 sign-in waits… (chatgpt.com)")
	p.want(t, `open "approve"`)
	if m := it.Menu(t); len(m) > 12 {
		t.Errorf("%d lines:\n%s", len(m), m)
	}
	it.Click(t, "Allow ChatGPT to write for 30 minutes")
	p.want(t, "allow c1")
	until := time.Date(2026, 11, 27, 14, 35, 0, 0, time.Local)
	p.show(t, with(ready(state.PhaseOnline), func(s *state.State) {
		s.Writing = state.WritingState{Connection: "c2", Client: "Claude", Until: until}
	}))
	line(t, it, "Claude may write until 14:35: end now")
	it.Click(t, "Claude may write until 14:35: end now")
	p.want(t, "end c2")
	p.show(t, with(ready(state.PhaseOnline), func(s *state.State) { s.Changes.Waiting = 12 }))
	line(t, it, "12 changes wait…")
	it.Activate(t)
	p.want(t, `open "changes"`)
}

func TestLeftClickStartsOrOpens(t *testing.T) {
	t.Parallel()
	p, it := shown(t, state.PhaseOff)
	it.Activate(t)
	p.want(t, "start")
	p.show(t, with(ready(state.PhaseOnline), func(s *state.State) { s.Waiting = []state.WaitingRequest{chatGPT} }))
	looksLike(t, it, lookWaiting)
	it.Activate(t)
	p.want(t, `open "approve"`)
}

func TestQuickClicksAreNotLost(t *testing.T) {
	t.Parallel()
	p, it := shown(t, state.PhaseOnline)
	id := line(t, it, "Open codabridge").ID
	for range 5 {
		it.Event(t, id)
	}
	for range 5 {
		p.want(t, `open ""`)
	}
}

func TestIconComesBackAfterAPanelRestart(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		prompt bool
	}{
		{"plain", false},
		{"after a dialog of the keyring, which ends the library's own watch", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			b, home := desktest.StartBus(t), t.TempDir()
			w := desktest.StartWatcher(t, b)
			p := startChild(t, b.Env(t, home), ready(state.PhaseOnline))
			w.Item(t)
			if c.prompt {
				k := desktest.StartKeyring(t, b, home, "pw")
				dialog := desktest.StartPrompter(t, b)
				k.Lock(t)
				p.order(t, order{Get: "coda-token"})
				dialog.Wait(t)
				p.want(t, "get: The keyring has not answered")
				dialog.Dismiss(t)
			}
			w.Crash()
			w = desktest.StartWatcher(t, b)
			it := w.Item(t)
			it.Click(t, "Stop")
			p.want(t, "stop")
			// It looks whether the panel has the icon, and would register it now.
			desktest.Eventually(t, "it looks for itself", func() bool { return w.Asked() > 0 })
			it.Click(t, "Quit codabridge")
			p.want(t, "quit")
			p.ends(t)
			if n := w.Count(); n != 1 {
				t.Errorf("registered %d times with the new panel", n)
			}
		})
	}
}

func TestIconComesBackWhenTheLibraryHasGivenUp(t *testing.T) {
	t.Parallel()
	b := desktest.StartBus(t)
	w := desktest.StartWatcher(t, b)
	p := startChild(t, b.Env(t, t.TempDir()), ready(state.PhaseOnline))
	it := w.Item(t)
	// A signal with two values ends the library's watch: its known bug.
	foreign := &dbus.Message{Type: dbus.TypeSignal, Headers: map[dbus.HeaderField]dbus.Variant{
		dbus.FieldDestination: dbus.MakeVariant(it.Name),
		dbus.FieldPath:        dbus.MakeVariant(dbus.ObjectPath("/elsewhere")),
		dbus.FieldInterface:   dbus.MakeVariant("org.freedesktop.Secret.Prompt"),
		dbus.FieldMember:      dbus.MakeVariant("Completed"),
		dbus.FieldSignature:   dbus.MakeVariant(dbus.ParseSignatureMust("bb")),
	}, Body: []any{true, true}}
	if call := b.Conn(t).Send(foreign, nil); call != nil && call.Err != nil {
		t.Fatal(call.Err)
	}
	w.Crash()
	w = desktest.StartWatcher(t, b)
	w.Item(t).Click(t, "Stop")
	p.want(t, "stop")
}

func TestTrayWithoutAHostWaitsForOne(t *testing.T) {
	t.Parallel()
	b := desktest.StartBus(t)
	p := startChild(t, b.Env(t, t.TempDir()), ready(state.PhaseOnline))
	b.WaitName(t, "org.kde.StatusNotifierItem-"+strconv.Itoa(p.Cmd.Process.Pid)+"-1", true)
	w := desktest.StartWatcher(t, b)
	w.Item(t).Click(t, "Quit codabridge")
	p.want(t, "quit")
	for line := range p.Out { // the library says on stderr that it could not register at first
		if line != "ended: <nil>" {
			t.Error(line)
		}
	}
}

func TestTrayWithoutABusEndsAtOnce(t *testing.T) {
	t.Parallel()
	p := startChild(t, (*desktest.Bus)(nil).Env(t, t.TempDir()), ready(state.PhaseOnline))
	p.want(t, "ended: tray: no session bus")
}

func TestTerminationEndsTheTray(t *testing.T) {
	t.Parallel()
	b := desktest.StartBus(t)
	w := desktest.StartWatcher(t, b)
	p := startChild(t, b.Env(t, t.TempDir()), ready(state.PhaseOnline))
	w.Item(t)
	if err := p.Cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	p.ends(t)
}

func TestCheckTellsNoBusFromNoHost(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	b := desktest.StartBus(t)
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent")
	if err := Check(ctx); !errors.Is(err, ErrNoBus) {
		t.Error(err)
	}
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", b.Addr)
	if err := Check(ctx); !errors.Is(err, ErrNoHost) {
		t.Error(err)
	}
	w := desktest.StartWatcher(t, b)
	if err := Check(ctx); err != nil {
		t.Error(err)
	}
	w.Crash()
	b.WaitName(t, watcherName, false)
	if err := Check(ctx); !errors.Is(err, ErrNoHost) {
		t.Error(err)
	}
}
