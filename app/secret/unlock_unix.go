//go:build !windows && !darwin

package secret

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/godbus/dbus/v5"

	"codabridge/app/desktop/sessionbus"
)

// The Secret Service, https://specifications.freedesktop.org/secret-service/.
const (
	serviceName     = "org.freedesktop.secrets"
	servicePath     = dbus.ObjectPath("/org/freedesktop/secrets")
	loginPath       = dbus.ObjectPath("/org/freedesktop/secrets/collection/login")
	serviceIface    = "org.freedesktop.Secret.Service"
	collectionIface = "org.freedesktop.Secret.Collection"
	promptIface     = "org.freedesktop.Secret.Prompt"
	propertiesGet   = "org.freedesktop.DBus.Properties.Get"
	noObject        = dbus.ObjectPath("/")
)

// callLimit bounds each call to the service; the dialog itself has no limit.
const callLimit = 20 * time.Second

// unlocker unlocks the collection that go-keyring will use, before it is
// called, on a bus connection of its own.
type unlocker struct {
	mu   sync.Mutex
	open *attempt // guarded by mu: the unlocking under way, or nil
}

// attempt is one unlocking, with at most one dialog. err is set before done is
// closed.
type attempt struct {
	done chan struct{}
	err  error
}

// ensure returns nil when the collection is unlocked. When ctx ends first the
// dialog stays for the owner to answer, and a later ensure joins it. The
// dialog must not be taken away: gnome-keyring 42.1 aborts on Prompt.Dismiss,
// and every secret of the desktop goes with it.
func (u *unlocker) ensure(ctx context.Context) error {
	if unlocked, err := isUnlocked(ctx); unlocked || err != nil {
		return err
	}
	a := u.join()
	for {
		select {
		case <-a.done:
			return a.err
		case <-ctx.Done():
			return errors.Join(errDialogOpen, ctx.Err())
		case <-time.After(besideDialog):
			if unlocked, _ := isUnlocked(ctx); unlocked {
				return nil
			}
		}
	}
}

// besideDialog is how often it is looked whether the keyring was unlocked another
// way while its dialog is open.
const besideDialog = 300 * time.Millisecond

// answered waits for the unlocking under way, if there is one. What counts is
// the keyring: another program may have unlocked it behind the dialog.
func (u *unlocker) answered(ctx context.Context) error {
	u.mu.Lock()
	a := u.open
	u.mu.Unlock()
	if a != nil {
		select {
		case <-a.done:
		case <-ctx.Done():
			return errors.Join(errDialogOpen, ctx.Err())
		}
	}
	unlocked, err := isUnlocked(ctx)
	if err == nil && !unlocked {
		return errLocked
	}
	return err
}

// join returns the unlocking under way, or begins one. It outlives its caller
// until the dialog is answered or the service or the bus has gone.
func (u *unlocker) join() *attempt {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.open == nil {
		a := &attempt{done: make(chan struct{})}
		u.open = a
		go func() {
			a.err = unlock()
			u.mu.Lock()
			u.open = nil
			u.mu.Unlock()
			close(a.done)
		}()
	}
	return u.open
}

// service is the Secret Service and the collection that go-keyring will use.
type service struct {
	conn       *dbus.Conn
	collection dbus.ObjectPath
}

// connect finds the service on a connection of its own, which lives as long as
// life; ctx is for the calls made here.
func connect(life, ctx context.Context) (*service, error) {
	conn, err := sessionbus.Connect(life)
	if err != nil {
		return nil, errors.Join(errNoBus, err)
	}
	s := &service{conn: conn}
	s.collection, err = s.findCollection(ctx)
	if err != nil {
		_ = conn.Close()
		return nil, err
	}
	return s, nil
}

// findCollection chooses as go-keyring does: "login" where there is one, else
// the default.
func (s *service) findCollection(ctx context.Context) (dbus.ObjectPath, error) {
	var all dbus.Variant
	o := s.conn.Object(serviceName, servicePath)
	if err := o.CallWithContext(ctx, propertiesGet, 0, serviceIface, "Collections").Store(&all); err != nil {
		return "", noAnswer(ctx, err)
	}
	paths, _ := all.Value().([]dbus.ObjectPath)
	for _, p := range paths {
		if p == loginPath {
			return p, nil
		}
	}
	collection := noObject
	if err := o.CallWithContext(ctx, serviceIface+".ReadAlias", 0, "default").Store(&collection); err != nil {
		return "", noAnswer(ctx, err)
	}
	if collection == noObject {
		return "", errNoCollection
	}
	return collection, nil
}

// noAnswer tells a service that is not there from one that is too slow.
func noAnswer(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return errors.Join(errDialogOpen, ctx.Err())
	}
	return errors.Join(errNoService, err)
}

func isUnlocked(ctx context.Context) (bool, error) {
	s, err := connect(ctx, ctx)
	if err != nil {
		return false, err
	}
	defer s.conn.Close()
	return s.unlocked(ctx)
}

// unlocked tells whether the collection can be read without a dialog.
func (s *service) unlocked(ctx context.Context) (bool, error) {
	var locked dbus.Variant
	err := s.conn.Object(serviceName, s.collection).CallWithContext(ctx, propertiesGet, 0, collectionIface, "Locked").Store(&locked)
	if err != nil {
		return false, noAnswer(ctx, err)
	}
	is, ok := locked.Value().(bool)
	return ok && !is, nil
}

func unlock() error {
	ctx, cancel := context.WithTimeout(context.Background(), callLimit)
	defer cancel()
	s, err := connect(context.Background(), ctx)
	if err != nil {
		return err
	}
	defer s.conn.Close()
	var unlocked []dbus.ObjectPath
	var prompt dbus.ObjectPath
	err = s.conn.Object(serviceName, servicePath).CallWithContext(ctx, serviceIface+".Unlock", 0,
		[]dbus.ObjectPath{s.collection}).Store(&unlocked, &prompt)
	switch {
	case err != nil:
		return noAnswer(ctx, err)
	case prompt != noObject:
		return s.ask(ctx, prompt)
	case len(unlocked) == 0:
		return errLocked
	}
	return nil
}

// ask shows the service's dialog and waits for the owner. ctx is for the call
// that opens it only.
func (s *service) ask(ctx context.Context, prompt dbus.ObjectPath) error {
	answers := make(chan *dbus.Signal, 8)
	s.conn.Signal(answers)
	if err := s.conn.AddMatchSignalContext(ctx, dbus.WithMatchObjectPath(prompt), dbus.WithMatchInterface(promptIface)); err != nil {
		return noAnswer(ctx, err)
	}
	// the service may die while its dialog is open
	if err := s.conn.AddMatchSignalContext(ctx, dbus.WithMatchSender("org.freedesktop.DBus"),
		dbus.WithMatchMember("NameOwnerChanged"), dbus.WithMatchArg(0, serviceName)); err != nil {
		return noAnswer(ctx, err)
	}
	if err := s.conn.Object(serviceName, prompt).CallWithContext(ctx, promptIface+".Prompt", 0, "").Err; err != nil {
		return errors.Join(errLocked, err)
	}
	for answer := range answers {
		switch {
		case answer.Name == "org.freedesktop.DBus.NameOwnerChanged":
			return fmt.Errorf("%w: it ended while its dialog was open", errNoService)
		case answer.Path == prompt && answer.Name == promptIface+".Completed" && len(answer.Body) > 0:
			if dismissed, _ := answer.Body[0].(bool); dismissed {
				return errLocked
			}
			return nil
		}
	}
	return fmt.Errorf("%w: the session bus ended while the dialog was open", errNoBus)
}
