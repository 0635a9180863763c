//go:build !darwin || cgo

package tray

import (
	"context"
	"strings"
	"sync"
	"time"

	"fyne.io/systray"

	"codabridge/server/state"
)

// goodbye is the longest that Run waits for clicks still being carried out
// when ctx has ended.
const goodbye = time.Second

// drawer carries menu(State) out on the library.
type drawer struct {
	bridge   Bridge
	pictures map[look]picture
	taps     chan struct{}
	wg       sync.WaitGroup

	mu      sync.Mutex                 // guards the rest: what is on the screen
	lines   [actions]*systray.MenuItem // every possible line
	drawn   [actions]item              // as it was drawn last
	shown   [actions]bool
	look    look
	tooltip string
}

func (d *drawer) run(ctx context.Context) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	if setsUpEarly {
		systray.SetTitle("codabridge")
		d.drawIcon(d.bridge.State())
	}
	systray.SetOnTapped(func() {
		select {
		case d.taps <- struct{}{}:
		default:
		}
	})
	systray.Run(func() { d.ready(ctx) }, nil)
	cancel()
	d.wait()
}

// ready builds the menu and returns at once: the library shows no menu before
// it has returned.
func (d *drawer) ready(ctx context.Context) {
	s := d.bridge.State()
	d.build(s)
	d.draw(s)
	changes := d.bridge.Changes(ctx)
	d.spawn(func() { d.follow(ctx, changes) })
	d.spawn(func() { d.tap(ctx) })
	d.spawn(func() { keepRegistered(ctx) })
	for a := range actions {
		d.spawn(func() { d.clicks(ctx, a) })
	}
	go func() { // not before here, so that the library is up when it quits
		<-ctx.Done()
		d.wait() // what is drawn on a library that is ending is an error on stderr
		systray.Quit()
	}()
}

func (d *drawer) spawn(f func()) {
	d.wg.Add(1)
	go func() {
		defer d.wg.Done()
		f()
	}()
}

// wait waits for the goroutines, but not for a click that hangs.
func (d *drawer) wait() {
	done := make(chan struct{})
	go func() { d.wg.Wait(); close(done) }()
	select {
	case <-done:
	case <-time.After(goodbye):
	}
}

func (d *drawer) follow(ctx context.Context, changes <-chan struct{}) {
	for {
		d.draw(d.bridge.State()) // also at first: a change may have come before we listened
		select {
		case <-ctx.Done():
			return
		case _, ok := <-changes:
			if !ok {
				return
			}
		}
	}
}

func (d *drawer) tap(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-d.taps:
			d.do(tapped(d.bridge.State()))
		}
	}
}

func (d *drawer) clicks(ctx context.Context, a action) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-d.lines[a].ClickedCh:
			d.do(a)
		}
	}
}

func (d *drawer) do(a action) {
	switch a {
	case copyURL:
		d.bridge.CopyPublicURL()
	case start, resume:
		d.bridge.Start()
	case stop:
		d.bridge.Stop()
	case pause:
		d.bridge.Pause()
	case decide, approve, update, openOwner, doctor:
		d.bridge.OpenOwner(pages[a])
	case allow:
		d.doAllow()
	case readOnly:
		d.bridge.SetReadOnly(!d.bridge.State().ReadOnly)
		d.redraw(readOnly) // some panels tick the box by themselves, even if it was refused
	case autostart:
		d.bridge.SetAutostart(!d.bridge.State().Autostart.On)
		d.redraw(autostart)
	case quit:
		d.bridge.Quit()
	}
}

// pages are the views that lines of the menu open.
var pages = map[action]string{decide: PageChanges, approve: PageApprove, update: PageHome, openOwner: PageHome, doctor: PageDoctor}

// doAllow does what the line says that the person has clicked, whoever called
// meanwhile.
func (d *drawer) doAllow() {
	d.mu.Lock()
	it := d.drawn[allow]
	d.mu.Unlock()
	if it.ends {
		d.bridge.EndWriting(it.about)
	} else {
		d.bridge.AllowWriting(it.about)
	}
}

// build makes every line that the menu can ever have, in order.
func (d *drawer) build(s state.State) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for a := range actions {
		if a == copyURL {
			systray.AddSeparator()
		}
		box, checked := a == readOnly || a == autostart, a == readOnly && s.ReadOnly || a == autostart && s.Autostart.On
		if box {
			d.lines[a] = systray.AddMenuItemCheckbox("codabridge", "", checked)
		} else {
			d.lines[a] = systray.AddMenuItem("codabridge", "")
		}
		// The library drops a click that nobody receives at that moment.
		d.lines[a].ClickedCh = make(chan struct{}, 8)
		d.shown[a] = true
		d.drawn[a] = item{action: a, label: "codabridge", enabled: true, box: box, checked: checked}
	}
}

// draw brings icon, tooltip and menu in line with s, touching only what
// changed: an open menu neither flickers nor closes.
func (d *drawer) draw(s state.State) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.drawIcon(s)
	var wanted [actions]bool
	for _, it := range menu(s) {
		wanted[it.action] = true
		d.drawLine(it)
	}
	for a := range actions {
		if d.shown[a] && !wanted[a] {
			d.lines[a].Hide()
			d.shown[a] = false
		}
	}
}

// drawIcon draws icon and tooltip. mu is held, or nobody else is there yet.
func (d *drawer) drawIcon(s state.State) {
	if l := lookOf(s); l != d.look {
		systray.SetTemplateIcon(d.pictures[l].template, d.pictures[l].regular)
		d.look = l
	}
	if t := tooltip(s); t != d.tooltip {
		systray.SetTooltip(t)
		d.tooltip = t
	}
}

// drawLine draws one visible line. mu is held.
func (d *drawer) drawLine(it item) {
	line, was := d.lines[it.action], d.drawn[it.action]
	if !d.shown[it.action] {
		line.Show()
		d.shown[it.action] = true
	}
	if it.label != was.label {
		line.SetTitle(escape(it.label))
	}
	if it.enabled != was.enabled {
		if it.enabled {
			line.Enable()
		} else {
			line.Disable()
		}
	}
	if it.checked != was.checked {
		check(line, it.checked)
	}
	d.drawn[it.action] = it
}

// redraw repeats the check mark of a line.
func (d *drawer) redraw(a action) {
	d.mu.Lock()
	defer d.mu.Unlock()
	check(d.lines[a], d.drawn[a].checked)
}

func check(line *systray.MenuItem, on bool) {
	if on {
		line.Check()
	} else {
		line.Uncheck()
	}
}

// doubled doubles the character that a menu would take for an access key.
func doubled(label, mark string) string { return strings.ReplaceAll(label, mark, mark+mark) }
