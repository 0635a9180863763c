// Package secret keeps the owner's two secrets, the Coda token and the ngrok
// authtoken, in the keyring of the operating system: Keychain on macOS,
// Credential Manager on Windows, the Secret Service on Linux.
//
// # Decisions
//
//   - "Not found" is the only answer that means "there is none, ask for one".
//     Everything else is a fault: the keyring cannot be used now, and its
//     Sentence says what to do. Asking for a new token there would be wrong.
//   - go-keyring waits for ever while an unlock dialog is open, and its prompts
//     disturb the tray, because both share one bus connection
//     (https://github.com/fyne-io/systray/issues/131). So the keyring is
//     unlocked first, on a connection of our own, and every call has a
//     deadline and runs alone.
//   - go-keyring reports success when the owner dismisses the dialog of a
//     write, so each write is read back.
//   - A secret in the environment wins and is never copied into the keyring.
//     There is no file to fall back to.
//   - No text made here holds a secret.
package secret

import (
	"context"
	"errors"
	"time"

	"github.com/zalando/go-keyring"
)

// The names of the secrets.
const (
	Coda  = "coda-token"
	Ngrok = "ngrok-authtoken"
)

// ErrNotFound says that the keyring works and holds no such secret.
var ErrNotFound = errors.New("secret: not stored")

// Options tune a Keyring; the zero value is right for the program.
type Options struct {
	// Service is the name under which secrets are kept, "codabridge" if empty.
	Service string
	// ReadLimit is the longest a Get may take, 5 s if zero.
	ReadLimit time.Duration
	// WriteLimit is the longest a Set or Delete may take, time for the owner
	// to answer an unlock dialog included. 60 s if zero.
	WriteLimit time.Duration
}

// Keyring is the keyring of the operating system. It is safe for concurrent
// use; calls run one after the other.
type Keyring struct {
	service     string
	read, write time.Duration
	turn        chan struct{} // holds one value while a call runs
	unlocker    unlocker
}

// New returns the Keyring; nothing is opened until the first call.
func New(o Options) *Keyring {
	k := &Keyring{service: o.Service, read: o.ReadLimit, write: o.WriteLimit, turn: make(chan struct{}, 1)}
	if k.service == "" {
		k.service = "codabridge"
	}
	if k.read == 0 {
		k.read = 5 * time.Second
	}
	if k.write == 0 {
		k.write = time.Minute
	}
	return k
}

// Unlock waits until the keyring can be used, showing the desktop's unlock
// dialog when it is locked, for as long as ctx allows. There is never more
// than one dialog: a second Unlock, or a Get, waits for the one that is open.
// The error is a fault.
func (k *Keyring) Unlock(ctx context.Context) error {
	if err := k.unlocker.ensure(ctx); err != nil {
		return unavailable("", err)
	}
	return nil
}

// Answered waits until the owner has answered the dialog that is open, and
// opens none. The error is a fault; nil means that the keyring can be
// used.
func (k *Keyring) Answered(ctx context.Context) error {
	if err := k.unlocker.answered(ctx); err != nil {
		return unavailable("", err)
	}
	return nil
}

// Await waits until a keyring that could not be read may be asked again, and
// opens no dialog: until it is unlocked, by whomever, or, where there was none at
// all (missing), until there is one. The error is that of ctx.
func (k *Keyring) Await(ctx context.Context, missing bool) error {
	return k.unlocker.await(ctx, missing)
}

// Get returns the secret of that name, ErrNotFound, or a fault.
func (k *Keyring) Get(ctx context.Context, name string) (string, error) {
	return k.call(ctx, k.read, name, func() (string, error) {
		return keyring.Get(k.service, name)
	})
}

// Set stores the secret and reads it back. The error is a fault.
func (k *Keyring) Set(ctx context.Context, name, value string) error {
	_, err := k.call(ctx, k.write, name, func() (string, error) {
		if err := keyring.Set(k.service, name, value); err != nil {
			return "", err
		}
		if got, err := keyring.Get(k.service, name); err != nil || got != value {
			return "", errNotKept
		}
		return "", nil
	})
	return err
}

// Delete removes the secret and makes sure that it is gone. It returns
// ErrNotFound when there was none, or a fault.
func (k *Keyring) Delete(ctx context.Context, name string) error {
	_, err := k.call(ctx, k.write, name, func() (string, error) {
		if err := keyring.Delete(k.service, name); err != nil {
			return "", err
		}
		if _, err := keyring.Get(k.service, name); !errors.Is(err, keyring.ErrNotFound) {
			return "", errNotRemoved
		}
		return "", nil
	})
	return err
}

// call runs f when no other call runs and the keyring is unlocked, and stops
// waiting for it after limit. A call that outlives its limit keeps its turn:
// go-keyring cannot be interrupted, and a second one would only add a dialog.
func (k *Keyring) call(ctx context.Context, limit time.Duration, name string, f func() (string, error)) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	select {
	case k.turn <- struct{}{}:
	case <-ctx.Done():
		return "", unavailable(name, errors.Join(errDialogOpen, ctx.Err()))
	}
	ready := false
	defer func() { // after a panic, too
		if !ready {
			<-k.turn
		}
	}()
	if err := k.unlocker.ensure(ctx); err != nil {
		return "", unavailable(name, err)
	}
	ready = true
	type result struct {
		value string
		err   error
	}
	done := make(chan result, 1)
	go func() {
		value, err := func() (string, error) {
			defer func() { <-k.turn }()
			return f()
		}()
		done <- result{value, err}
	}()
	select {
	case r := <-done:
		return r.value, classify(name, r.err)
	case <-ctx.Done():
		return "", unavailable(name, errors.Join(errDialogOpen, ctx.Err()))
	}
}

// classify tells "there is none" from "the keyring cannot be used".
func classify(name string, err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, keyring.ErrNotFound):
		return ErrNotFound
	case errors.Is(err, keyring.ErrSetDataTooBig):
		return unavailable(name, errors.Join(errTooLong, err))
	}
	return unavailable(name, err)
}
