package desktest

import (
	"fmt"
	"image"
	"image/color"
	"strings"
	"testing"

	"github.com/godbus/dbus/v5"
)

const (
	itemIface = "org.kde.StatusNotifierItem"
	menuIface = "com.canonical.dbusmenu"
)

// Item is one tray icon, read over D-Bus as a panel reads it.
type Item struct {
	conn *dbus.Conn
	Name string
	Path dbus.ObjectPath
}

// Prop reads one property of the icon.
func (i Item) Prop(t testing.TB, name string) any {
	t.Helper()
	v, err := i.conn.Object(i.Name, i.Path).GetProperty(itemIface + "." + name)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return v.Value()
}

// Tooltip is the text shown when the pointer rests on the icon.
func (i Item) Tooltip(t testing.TB) string {
	t.Helper()
	return i.Prop(t, "ToolTip").([]any)[2].(string)
}

// Icon is the picture of the icon.
func (i Item) Icon(t testing.TB) image.Image {
	t.Helper()
	pixmaps := i.Prop(t, "IconPixmap").([][]any)
	if len(pixmaps) == 0 {
		t.Fatal("the tray icon has no picture")
	}
	w, h, argb := int(pixmaps[0][0].(int32)), int(pixmaps[0][1].(int32)), pixmaps[0][2].([]byte)
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	for n := 0; n+3 < len(argb); n += 4 {
		m.Set(n/4%w, n/4/w, color.RGBA{argb[n+1], argb[n+2], argb[n+3], argb[n]})
	}
	return m
}

// Activate is a left click on the icon.
func (i Item) Activate(t testing.TB) {
	t.Helper()
	if err := i.conn.Object(i.Name, i.Path).Call(itemIface+".Activate", 0, int32(0), int32(0)).Err; err != nil {
		t.Fatal(err)
	}
}

// Menu reads the visible lines of the icon's menu. systray answers the first
// reading with one level whatever was asked for, so this reads twice.
func (i Item) Menu(t testing.TB) Menu {
	t.Helper()
	var revision uint32
	var top layout
	o := i.conn.Object(i.Name, i.Prop(t, "Menu").(dbus.ObjectPath))
	for range 2 {
		if err := o.Call(menuIface+".GetLayout", 0, int32(0), int32(-1), []string{}).Store(&revision, &top); err != nil {
			t.Fatal(err)
		}
	}
	var m Menu
	for _, child := range top.Children {
		var l layout
		if err := dbus.Store([]any{child.Value()}, &l); err != nil {
			t.Fatal(err)
		}
		if line := l.line(); line.Visible {
			m = append(m, line)
		}
	}
	return m
}

// Click clicks a line of the menu by its label, as it is written on screen. It
// fails the test where a person could not click: no such line, or greyed out.
func (i Item) Click(t testing.TB, label string) {
	t.Helper()
	m := i.Menu(t)
	line, ok := m.Find(label)
	if !ok || !line.Enabled {
		t.Fatalf("cannot click %q in\n%s", label, m)
	}
	i.Event(t, line.ID)
}

// Event sends "clicked" for a line of the menu.
func (i Item) Event(t testing.TB, id int32) {
	t.Helper()
	o := i.conn.Object(i.Name, i.Prop(t, "Menu").(dbus.ObjectPath))
	if err := o.Call(menuIface+".Event", 0, id, "clicked", dbus.MakeVariant(int32(0)), uint32(0)).Err; err != nil {
		t.Fatal(err)
	}
}

// Menu is the visible lines of a tray menu, from the top.
type Menu []Line

// Line is one line of a menu.
type Line struct {
	ID                                            int32
	Label                                         string
	Separator, Enabled, Visible, Checkable, Check bool
}

// Find returns the first line with this label.
func (m Menu) Find(label string) (Line, bool) {
	for _, l := range m {
		if l.Label == label && !l.Separator {
			return l, true
		}
	}
	return Line{}, false
}

// String shows the menu for a failure message.
func (m Menu) String() string {
	var b strings.Builder
	for _, l := range m {
		switch {
		case l.Separator:
			b.WriteString("---\n")
		case l.Checkable:
			fmt.Fprintf(&b, "%q enabled=%v checked=%v\n", l.Label, l.Enabled, l.Check)
		default:
			fmt.Fprintf(&b, "%q enabled=%v\n", l.Label, l.Enabled)
		}
	}
	return b.String()
}

// layout is one entry of com.canonical.dbusmenu, with its defaults.
type layout struct {
	ID       int32
	Props    map[string]dbus.Variant
	Children []dbus.Variant
}

func (l layout) line() Line {
	text := func(name string) string { s, _ := l.Props[name].Value().(string); return s }
	flag := func(name string) bool { b, ok := l.Props[name].Value().(bool); return b || !ok }
	on, _ := l.Props["toggle-state"].Value().(int32)
	return Line{
		ID:        l.ID,
		Label:     shown(text("label")),
		Separator: text("type") == "separator",
		Enabled:   flag("enabled"),
		Visible:   flag("visible"),
		Checkable: text("toggle-type") == "checkmark",
		Check:     on == 1,
	}
}

// shown is a label as it stands on screen: one underscore marks an access key
// and is not shown, two are one.
func shown(label string) string {
	return strings.ReplaceAll(strings.ReplaceAll(strings.ReplaceAll(label, "__", "\x00"), "_", ""), "\x00", "_")
}
