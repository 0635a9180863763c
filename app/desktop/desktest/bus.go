package desktest

import (
	"bufio"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/godbus/dbus/v5"
)

const busConfig = `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
 <type>session</type>
 <listen>unix:tmpdir=/tmp</listen>
 <auth>EXTERNAL</auth>
 <policy context="default">
  <allow send_destination="*" eavesdrop="true"/>
  <allow eavesdrop="true"/>
  <allow own="*"/>
 </policy>
</busconfig>`

// Bus is a session bus of the test's own. Addr is its D-Bus address.
type Bus struct {
	Addr string
	// Kill ends the bus before the test ends.
	Kill func()
}

// StartBus starts a dbus-daemon and waits for its address.
func StartBus(t testing.TB) *Bus {
	t.Helper()
	bin := Need(t, "dbus-daemon", "dbus-daemon")
	config := filepath.Join(t.TempDir(), "bus.conf")
	if err := os.WriteFile(config, []byte(busConfig), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(bin, "--nofork", "--nopidfile", "--print-address=1", "--config-file="+config)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	stop := start(t, cmd)
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatalf("dbus-daemon gave no address: %v", err)
	}
	return &Bus{Addr: strings.TrimSpace(line), Kill: stop}
}

// Conn opens a connection of its own; dbus.SessionBus would be shared by the
// whole process. It is closed when the test ends.
func (b *Bus) Conn(t testing.TB) *dbus.Conn {
	t.Helper()
	c, err := dbus.Connect(b.Addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return c
}

// Own exports v as iface at path and takes the bus name, on a connection of
// its own, which it returns.
func (b *Bus) Own(t testing.TB, name string, path dbus.ObjectPath, iface string, v any) *dbus.Conn {
	t.Helper()
	c := b.Conn(t)
	if err := c.Export(v, path, iface); err != nil {
		t.Fatal(err)
	}
	b.take(t, c, name)
	return c
}

func (b *Bus) take(t testing.TB, c *dbus.Conn, name string) {
	t.Helper()
	// An owner before us that just closed its connection may still count.
	Eventually(t, "the name "+name+" is ours", func() bool {
		r, err := c.RequestName(name, dbus.NameFlagDoNotQueue)
		if err != nil {
			t.Fatalf("take the name %s: %v", name, err)
		}
		return r == dbus.RequestNameReplyPrimaryOwner
	})
}

// WaitName waits until somebody has the bus name, or until nobody has it.
func (b *Bus) WaitName(t testing.TB, name string, owned bool) {
	t.Helper()
	c := b.Conn(t)
	Eventually(t, name, func() bool {
		var has bool
		err := c.BusObject().Call("org.freedesktop.DBus.NameHasOwner", 0, name).Store(&has)
		return err == nil && has == owned
	})
}

// Env is the whole environment for a child process: home as its home, this
// bus (none when b is nil), no display, and then extra.
func (b *Bus) Env(t testing.TB, home string, extra ...string) []string {
	t.Helper()
	run := filepath.Join(home, "run")
	if err := os.MkdirAll(run, 0o700); err != nil {
		t.Fatal(err)
	}
	env := []string{
		"PATH=" + os.Getenv("PATH"),
		"HOME=" + home,
		"XDG_RUNTIME_DIR=" + run,
		"XDG_CONFIG_HOME=" + filepath.Join(home, ".config"),
		"XDG_DATA_HOME=" + filepath.Join(home, ".local", "share"),
		"XDG_CACHE_HOME=" + filepath.Join(home, ".cache"),
		"LANG=C.UTF-8",
	}
	if notes := os.Getenv("CODABRIDGE_COVER"); notes != "" {
		env = append(env, "GOCOVERDIR="+notes) // where a program notes what it has run
	}
	if b != nil {
		env = append(env, "DBUS_SESSION_BUS_ADDRESS="+b.Addr)
	} else {
		env = append(env, "DBUS_SESSION_BUS_ADDRESS=unix:path="+filepath.Join(run, "no-bus"))
	}
	return append(env, extra...)
}
