//go:build !windows && !darwin

package tray

import (
	"image"
	"image/color"
	"testing"

	"codabridge/app/desktop/desktest"
	"codabridge/server/state"
)

// The colours by which the icons are known.
var grounds = map[look]color.RGBA{
	lookOff:     {0x6b, 0x72, 0x80, 0xff},
	lookOn:      {0x0b, 0x8a, 0x5f, 0xff},
	lookWaiting: {0xf5, 0x9e, 0x0b, 0xff}, // of its dot
	lookTrouble: {0xd4, 0x24, 0x3a, 0xff},
}

// A real panel draws the icon, a real pointer opens the menu and a real key
// chooses from it; with a light desktop and a dark one.
func TestRealPanelDrawsIconAndMenu(t *testing.T) {
	t.Parallel()
	for name, theme := range map[string]desktest.Theme{"light": desktest.Light, "dark": desktest.Dark} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := desktest.StartDesktop(t, theme)
			p := startChild(t, d.Env(), ready(state.PhaseOff))
			drawn := func(l look) {
				t.Helper()
				desktest.Eventually(t, "the panel shows the icon "+string(l), func() bool {
					return desktest.Count(d.Shot(t, ""), desktest.Icon, grounds[l]) > 40
				})
				d.Shot(t, "tray-"+name+"-"+string(l))
			}
			drawn(lookOff)
			p.show(t, ready(state.PhaseReconnecting))
			drawn(lookTrouble)
			p.show(t, with(ready(state.PhaseOnline), crowded))
			drawn(lookWaiting)
			chooseApprove(t, d, p, name)
			p.show(t, ready(state.PhaseOnline))
			drawn(lookOn)
			d.Click(t, 1)
			p.want(t, `open ""`)
			d.KillPanel(t)
			d.StartPanel(t)
			drawn(lookOn)
		})
	}
}

// chooseApprove opens the menu, takes its picture and chooses the second line
// that can be chosen: the change that waits, and the sign-in.
func chooseApprove(t *testing.T, d *desktest.Desktop, p program, name string) {
	t.Helper()
	below := image.Rect(0, desktest.PanelHeight+2, 400, 300)
	closed := desktest.Count(d.Shot(t, ""), below, color.Black)
	d.Click(t, 3)
	desktest.Eventually(t, "the menu opens", func() bool {
		return closed-desktest.Count(d.Shot(t, ""), below, color.Black) > 20000
	})
	d.Xdotool(t, "key", "Down", "Down")
	d.Shot(t, "tray-"+name+"-menu")
	d.Xdotool(t, "key", "Return")
	p.want(t, `open "approve"`)
}
