package app

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// Start opens the way in from the internet, now and at later starts, and goes on
// after a Pause.
func (a *App) Start() error { return a.want(true, false) }

// Stop closes it until the owner starts it again; the public door refuses
// assistants on this computer too. It is done at once, even where it cannot be
// remembered, which the error then says.
func (a *App) Stop() error { return a.want(false, false) }

// Pause has every call of every assistant answered with that, until Start, also
// after a restart: who has paused it must not find it at work again because the
// computer was. The URL, the tunnel and all sign-ins stay.
func (a *App) Pause() error {
	if a.stopped() {
		return errors.New("codabridge is stopped, so there is nothing to pause; start it first")
	}
	return a.want(true, true)
}

// stopped tells whether the owner has stopped the bridge, paused whether they
// have paused it.
func (a *App) stopped() bool { return !a.bridge.get().on }
func (a *App) paused() bool  { b := a.bridge.get(); return b.on && b.paused }

func (a *App) want(on, paused bool) error {
	was := "stopped"
	a.bridge.set(func(b *bridge) {
		if b.paused {
			was = "paused"
		}
		stays := on && b.on && (paused || b.paused)
		if !stays || b.failure != nil && !paused {
			b.failure = nil
			b.revision++
		}
		b.on, b.paused = on, paused
	})
	a.recorded.Add(1)
	a.update()
	err := a.saveWanted()
	a.log.Info("app: the owner decided", "running", on, "paused", paused, "remembered", err == nil)
	switch what := map[bool]string{true: "paused", false: "stopped"}[paused]; {
	case err == nil:
		return nil
	case on && !paused:
		return fmt.Errorf("it is started, but the next start of codabridge finds it %s, since this cannot be remembered: %w", was, err)
	default:
		return fmt.Errorf("it is %s, but only until codabridge ends, since this cannot be remembered: %w", what, err)
	}
}

// saveWanted keeps what is wanted by the time that it can be kept: of two
// decisions at once the later one.
func (a *App) saveWanted() error {
	a.wanting.Lock()
	defer a.wanting.Unlock()
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	b := a.bridge.get()
	return errors.Join(a.saveSwitch(ctx, keyStopped, !b.on), a.saveSwitch(ctx, keyPaused, b.paused),
		a.config().SetStopped(!b.on), a.config().SetPaused(b.paused))
}

func (a *App) saveSwitch(ctx context.Context, key string, on bool) error {
	if on {
		return a.store.SetSetting(ctx, key, "yes")
	}
	return a.store.DeleteSetting(ctx, key)
}
