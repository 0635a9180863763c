package desktest

import (
	"testing"
	"time"

	"github.com/godbus/dbus/v5"
)

const (
	prompterName     = "org.gnome.keyring.SystemPrompter"
	prompterPath     = "/org/gnome/keyring/Prompter"
	prompterIface    = "org.gnome.keyring.internal.Prompter"
	prompterCallback = prompterIface + ".Callback"
)

// Prompter stands where GNOME shows its password dialog. Asked gets a value
// each time a dialog opens; nobody answers it until Dismiss.
type Prompter struct {
	Asked chan struct{}

	conn  *dbus.Conn
	calls chan dbus.BusObject // open dialogs, as the objects that wait for an answer
}

// StartPrompter takes the place of the password dialog: it opens, and nobody
// answers.
func StartPrompter(t testing.TB, b *Bus) *Prompter {
	t.Helper()
	p := &Prompter{Asked: make(chan struct{}, 16), calls: make(chan dbus.BusObject, 16)}
	p.conn = b.Conn(t)
	if err := p.conn.Export((*prompterDoor)(p), prompterPath, prompterIface); err != nil {
		t.Fatal(err)
	}
	b.take(t, p.conn, prompterName)
	return p
}

// Wait waits until a dialog opens.
func (p *Prompter) Wait(t testing.TB) {
	t.Helper()
	select {
	case <-p.Asked:
	case <-time.After(patience):
		t.Fatal("no password dialog opened")
	}
}

// Dismiss presses Cancel on the dialog that has been open longest.
func (p *Prompter) Dismiss(t testing.TB) {
	t.Helper()
	var dialog dbus.BusObject
	select {
	case dialog = <-p.calls:
	case <-time.After(patience):
		t.Fatal("no password dialog is open")
	}
	if err := dialog.Call(prompterCallback+".PromptReady", 0, "no", map[string]dbus.Variant{}, "").Err; err != nil {
		t.Fatal(err)
	}
}

// prompterDoor is what gnome-keyring calls.
type prompterDoor Prompter

// BeginPrompting announces a dialog and says at once that we are ready for it.
func (p *prompterDoor) BeginPrompting(callback dbus.ObjectPath, sender dbus.Sender) *dbus.Error {
	dialog := p.conn.Object(string(sender), callback)
	time.AfterFunc(20*time.Millisecond, func() { // the asker wants the reply to this call first
		_ = dialog.Call(prompterCallback+".PromptReady", 0, "", map[string]dbus.Variant{}, "").Err
	})
	return nil
}

// PerformPrompt shows the dialog.
func (p *prompterDoor) PerformPrompt(callback dbus.ObjectPath, _ string,
	_ map[string]dbus.Variant, _ string, sender dbus.Sender) *dbus.Error {
	p.calls <- p.conn.Object(string(sender), callback)
	p.Asked <- struct{}{}
	return nil
}

// StopPrompting takes the dialog away.
func (p *prompterDoor) StopPrompting(callback dbus.ObjectPath, sender dbus.Sender) *dbus.Error {
	p.conn.Object(string(sender), callback).Go(prompterCallback+".PromptDone", dbus.FlagNoReplyExpected, nil)
	return nil
}
