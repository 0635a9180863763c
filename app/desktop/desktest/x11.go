package desktest

import (
	"bufio"
	"bytes"
	"image"
	"image/color"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// StartXvfb starts an X server without a screen and returns its DISPLAY.
func StartXvfb(t testing.TB) string {
	t.Helper()
	cmd := exec.Command(Need(t, "Xvfb", "xvfb"), "-displayfd", "3", "-screen", "0", "800x600x24", "-nolisten", "tcp", "-noreset")
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	cmd.ExtraFiles = []*os.File{w}
	start(t, cmd)
	_ = w.Close()
	line, err := bufio.NewReader(r).ReadString('\n')
	if err != nil {
		t.Fatalf("Xvfb gave no display: %v", err)
	}
	return ":" + strings.TrimSpace(line)
}

// Theme is how a Desktop looks, as the value of GTK_THEME.
type Theme string

// The two themes of a Desktop.
const (
	Light Theme = "Adwaita"
	Dark  Theme = "Adwaita:dark"
)

// Desktop is an X display with a bus and a real Xfce panel, whose only plugin
// is the tray, at the top left. The middle of the first icon is at Icon.
type Desktop struct {
	Bus     *Bus
	Display string
	Home    string

	env  []string
	kill func()
}

// Icon is where on the screen the only tray icon is drawn.
var Icon = image.Rect(0, 0, PanelHeight, PanelHeight)

// PanelHeight is the height of the panel in pixels; it draws icons of IconSize.
const (
	PanelHeight = 32
	IconSize    = 22
)

// StartDesktop starts all of it and waits until icons can register.
func StartDesktop(t testing.TB, theme Theme) *Desktop {
	t.Helper()
	Need(t, "xfce4-panel", "xfce4-panel")
	Need(t, "xdotool", "xdotool")
	Need(t, "maim", "maim")
	d := &Desktop{Bus: StartBus(t), Display: StartXvfb(t), Home: t.TempDir()}
	d.env = d.Bus.Env(t, d.Home, "DISPLAY="+d.Display, "NO_AT_BRIDGE=1", "GTK_USE_PORTAL=0", "GDK_BACKEND=x11", "GTK_THEME="+string(theme))
	d.writePanelConfig(t)
	d.startSettings(t)
	d.StartPanel(t)
	return d
}

func (d *Desktop) writePanelConfig(t testing.TB) {
	t.Helper()
	dir := filepath.Join(d.Home, ".config", "xfce4", "xfconf", "xfce-perchannel-xml")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	xml := strings.NewReplacer("HEIGHT", strconv.Itoa(PanelHeight), "ICON", strconv.Itoa(IconSize)).Replace(panelXML)
	if err := os.WriteFile(filepath.Join(dir, "xfce4-panel.xml"), []byte(xml), 0o600); err != nil {
		t.Fatal(err)
	}
}

// startSettings starts the panel's settings service by hand, since nothing on
// our bus starts by itself.
func (d *Desktop) startSettings(t testing.TB) {
	t.Helper()
	bin := "/usr/lib/xfce4/xfconf/xfconfd"
	if found, _ := filepath.Glob("/usr/lib/*/xfce4/xfconf/xfconfd"); len(found) > 0 {
		bin = found[0]
	}
	cmd := exec.Command(Need(t, bin, "xfconf"))
	cmd.Env = d.env
	start(t, cmd)
	d.Bus.WaitName(t, "org.xfce.Xfconf", true)
}

// StartPanel starts the panel, again after KillPanel.
func (d *Desktop) StartPanel(t testing.TB) {
	t.Helper()
	cmd := exec.Command("xfce4-panel", "--disable-wm-check")
	cmd.Env = d.env
	d.kill = start(t, cmd)
	d.Bus.WaitName(t, watcherName, true)
}

// KillPanel ends the panel as a crash would.
func (d *Desktop) KillPanel(t testing.TB) {
	t.Helper()
	d.kill()
	d.Bus.WaitName(t, watcherName, false)
}

// Env is the environment for a program on this desktop.
func (d *Desktop) Env(extra ...string) []string {
	return append(append([]string(nil), d.env...), extra...)
}

// Xdotool moves the pointer or presses keys; see its manual.
func (d *Desktop) Xdotool(t testing.TB, args ...string) {
	t.Helper()
	cmd := exec.Command("xdotool", args...)
	cmd.Env = d.env
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("xdotool %v: %v %s", args, err, out)
	}
}

// Click presses a button (1 left, 3 right) in the middle of the tray icon.
func (d *Desktop) Click(t testing.TB, button int) {
	t.Helper()
	middle := strconv.Itoa(PanelHeight / 2)
	d.Xdotool(t, "mousemove", middle, middle, "sleep", "0.15", "click", strconv.Itoa(button))
}

// Shot takes a picture of the screen. When CODABRIDGE_SHOTS names a folder and
// name is not empty, it is kept there as name.png.
func (d *Desktop) Shot(t testing.TB, name string) image.Image {
	t.Helper()
	cmd := exec.Command("maim", "-u", "-f", "png")
	cmd.Env = d.env
	b, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	if dir := os.Getenv("CODABRIDGE_SHOTS"); dir != "" && name != "" {
		if err := os.WriteFile(filepath.Join(dir, name+".png"), b, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	m, err := png.Decode(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// Count says how many pixels of r are within a few shades of the colour.
func Count(m image.Image, r image.Rectangle, want color.Color) (n int) {
	wr, wg, wb, _ := want.RGBA()
	near := func(a, b uint32) bool { return max(a, b)-min(a, b) < 6<<8 }
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for x := r.Min.X; x < r.Max.X; x++ {
			if cr, cg, cb, _ := m.At(x, y).RGBA(); near(cr, wr) && near(cg, wg) && near(cb, wb) {
				n++
			}
		}
	}
	return n
}

const panelXML = `<?xml version="1.0" encoding="UTF-8"?>
<channel name="xfce4-panel" version="1.0">
  <property name="configver" type="int" value="2"/>
  <property name="panels" type="array">
    <value type="int" value="1"/>
    <property name="panel-1" type="empty">
      <property name="position" type="string" value="p=6;x=0;y=0"/>
      <property name="length" type="uint" value="100"/>
      <property name="position-locked" type="bool" value="true"/>
      <property name="size" type="uint" value="HEIGHT"/>
      <property name="plugin-ids" type="array"><value type="int" value="1"/></property>
    </property>
  </property>
  <property name="plugins" type="empty">
    <property name="plugin-1" type="string" value="systray">
      <property name="square-icons" type="bool" value="true"/>
      <property name="icon-size" type="uint" value="ICON"/>
    </property>
  </property>
</channel>`
