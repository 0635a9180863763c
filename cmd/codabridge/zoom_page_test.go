package main

import (
	"context"
	"fmt"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"

	"codabridge/app"
)

// spills names what is wider than its own box, but for what scrolls or is cut
// with a sign for it.
const spills = `[...document.querySelectorAll("main button, main a.button, main p, main h1, main h2, main h3, main label, main dd, main dt, main li, main summary, #nav a, #menu")]
	.filter((e) => e.offsetParent && !e.closest("pre, .visually-hidden, svg") && e.scrollWidth > e.clientWidth + parseFloat(getComputedStyle(e).fontSize) / 2 && getComputedStyle(e).display !== "inline")
	.map((e) => e.outerHTML.slice(0, 120)).join("\n")`

// zoomed shows each view at 200 %: a window of 1,280 pixels zoomed by its browser,
// and letters alone made twice as large. Nothing may be cut off or need a scroll
// sideways (WCAG 1.4.4, 1.4.10).
func (b *tab) zoomed(what string) {
	b.t.Helper()
	for _, zoom := range []struct {
		name  string
		width int64
		scale float64
		style string
	}{{"zoom", 640, 2, ""}, {"letters", 1280, 1, "200%"}, {"narrow-letters", 640, 1, "200%"}} {
		b.do(func(ctx context.Context) error {
			window := emulation.SetDeviceMetricsOverrideParams{Width: zoom.width, Height: 400, DeviceScaleFactor: zoom.scale}
			_, err := chromedp.Call(ctx, emulation.SetDeviceMetricsOverride, window)
			return err
		})
		b.eval(fmt.Sprintf(`document.documentElement.style.fontSize = %q; ""`, zoom.style))
		for _, view := range app.Views {
			b.view(view)
			name := what + "-" + zoom.name + "-" + view
			b.fits(name)
			if out := b.eval("[" + sticksOut + "," + spills + `].join("")`); out != "" {
				b.t.Errorf("%s: cut off: %s", name, out)
				b.shot(name)
			}
		}
	}
	b.eval(`document.documentElement.style.fontSize = ""; ""`)
}

// media makes the page believe in a wish of its reader, or in paper.
func (b *tab) media(media, feature, value string) {
	b.t.Helper()
	b.do(func(ctx context.Context) error {
		wish := emulation.SetEmulatedMediaParams{Media: media}
		if feature != "" {
			wish.Features = []*emulation.MediaFeature{{Name: feature, Value: value}}
		}
		_, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, wish)
		return err
	})
}

// wished shows the page to those who want no motion, the colours of their system,
// or paper.
func (b *tab) wished(what string) {
	b.t.Helper()
	b.window(1280, 800, "light")
	b.media("", "prefers-reduced-motion", "reduce")
	if moves := b.eval(`String(document.getAnimations().length)`); moves != "0" {
		b.t.Errorf("%s: %s things move", what, moves)
	}
	b.media("", "forced-colors", "active")
	for _, view := range []string{"home", "changes", "settings"} {
		b.view(view)
		b.shot(what + "-forced-" + view)
	}
	if edge := b.eval(`getComputedStyle(document.querySelector(".view:not([hidden]) .card")).borderTopStyle`); edge != "solid" {
		b.t.Errorf("%s: a card has no edge in the colours of the system", what)
	}
	b.media("print", "", "")
	for _, view := range []string{"activity", "changes"} {
		b.view(view)
		b.shot(what + "-print-" + view)
		if seen := b.eval(`[...document.querySelectorAll("#nav, .view:not([hidden]) button")].filter((e) => e.offsetParent).map((e) => e.outerHTML.slice(0, 80)).join()`); seen != "" {
			b.t.Errorf("%s: on paper stands %s", what, seen)
		}
	}
	b.media("", "", "")
}
