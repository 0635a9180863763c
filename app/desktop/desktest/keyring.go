package desktest

import (
	"os/exec"
	"strings"
	"testing"

	"github.com/godbus/dbus/v5"
)

const (
	secretsName = "org.freedesktop.secrets"
	secretsPath = dbus.ObjectPath("/org/freedesktop/secrets")
	loginPath   = dbus.ObjectPath("/org/freedesktop/secrets/collection/login")
)

// Keyring is a gnome-keyring-daemon on a test's bus.
type Keyring struct {
	conn *dbus.Conn
	bus  *Bus
	home string
	// Stop kills the daemon before the test ends.
	Stop func()
}

// StartKeyring starts gnome-keyring with its files under home. The password
// makes or unlocks the "login" keyring; a wrong one leaves it locked, and an
// empty one gives a daemon that has no keyring at all, as for a fresh user.
func StartKeyring(t testing.TB, b *Bus, home, password string) *Keyring {
	t.Helper()
	cmd := exec.Command(Need(t, "gnome-keyring-daemon", "gnome-keyring"),
		"--foreground", "--unlock", "--components=secrets")
	cmd.Env = b.Env(t, home)
	cmd.Stdin = strings.NewReader(password)
	k := &Keyring{conn: b.Conn(t), bus: b, home: home, Stop: start(t, cmd)}
	b.WaitName(t, secretsName, true)
	return k
}

// Again is the daemon of the next log-in, after Stop, with the same files.
func (k *Keyring) Again(t testing.TB, password string) *Keyring {
	t.Helper()
	return StartKeyring(t, k.bus, k.home, password)
}

func (k *Keyring) service() dbus.BusObject { return k.conn.Object(secretsName, secretsPath) }

// Lock locks the login keyring.
func (k *Keyring) Lock(t testing.TB) {
	t.Helper()
	if err := k.service().Call("org.freedesktop.Secret.Service.Lock", 0, []dbus.ObjectPath{loginPath}).Err; err != nil {
		t.Fatal(err)
	}
}

// Unlock unlocks the login keyring without a dialog, through the door that
// gnome-keyring keeps for PAM.
func (k *Keyring) Unlock(t testing.TB, password string) {
	t.Helper()
	var none dbus.Variant
	var session dbus.ObjectPath
	err := k.service().Call("org.freedesktop.Secret.Service.OpenSession", 0, "plain", dbus.MakeVariant("")).Store(&none, &session)
	if err != nil {
		t.Fatal(err)
	}
	master := struct {
		Session     dbus.ObjectPath
		Parameters  []byte
		Value       []byte
		ContentType string
	}{session, []byte{}, []byte(password), "text/plain"}
	err = k.service().Call("org.gnome.keyring.InternalUnsupportedGuiltRiddenInterface.UnlockWithMasterPassword", 0, loginPath, master).Err
	if err != nil {
		t.Fatal(err)
	}
}
