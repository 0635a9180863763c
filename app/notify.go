package app

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"codabridge/app/config"
	"codabridge/app/desktop"
	"codabridge/app/notices"
	"codabridge/server/fault"
	"codabridge/server/state"
)

// keyTold is where it is remembered what the desktop has told the owner.
const keyTold = "told"

// noticeLife is how long a notification is waited for to be clicked.
const noticeLife = 10 * time.Minute

// keepTelling tells the owner on the desktop what happens, until ctx ends.
func (a *App) keepTelling(ctx context.Context) {
	if !a.desktop {
		return
	}
	w := &notices.Watch{Memory: a.toldBefore(ctx)}
	for ctx.Err() == nil {
		changed, was := a.Changed(), w.Memory
		all, again := w.Look(a.State(), time.Now())
		for _, n := range all {
			a.show(n)
		}
		if w.Memory != was {
			a.remember(ctx, w.Memory)
		}
		wait := time.Hour
		if !again.IsZero() {
			wait = time.Until(again)
		}
		timer := time.NewTimer(wait)
		select {
		case <-changed:
		case <-timer.C:
			a.made.stale.Store(true)
		case <-ctx.Done():
		}
		timer.Stop()
	}
}

// show shows a notice unless its kind is switched off; a click opens its view.
func (a *App) show(n notices.Notice) {
	if slices.Contains(a.config().NotificationsOff, n.Kind) {
		return
	}
	a.errands.Go(func() {
		ctx, cancel := context.WithTimeout(a.life, noticeLife)
		defer cancel()
		err := desktop.Notify(ctx, n.Title, n.Body, func() { a.OpenOwner(n.View) })
		if err != nil && a.life.Err() == nil {
			a.log.Debug("app: notify", "kind", n.Kind, "err", err)
		}
	})
}

func (a *App) toldBefore(ctx context.Context) (m notices.Memory) {
	text, _, err := a.store.Setting(ctx, keyTold)
	if err == nil && text != "" {
		err = json.Unmarshal([]byte(text), &m)
	}
	if err != nil {
		a.log.Warn("app: read what was told", "err", err)
	}
	return m
}

func (a *App) remember(ctx context.Context, m notices.Memory) {
	b, err := json.Marshal(m)
	if err == nil {
		err = a.store.SetSetting(ctx, keyTold, string(b))
	}
	if err != nil {
		a.log.Warn("app: remember what was told", "err", err)
	}
}

// SetNotification switches one kind of notification, or all of them by the name
// "all".
func (a *App) SetNotification(kind string, on bool) error {
	a.deciding.Lock()
	defer a.deciding.Unlock()
	off := []string{}
	found := kind == "all"
	for _, k := range notices.Kinds {
		found = found || k.Name == kind
		isOff := slices.Contains(a.config().NotificationsOff, k.Name)
		if k.Name == kind || kind == "all" {
			isOff = !on
		}
		if isOff {
			off = append(off, k.Name)
		}
	}
	if !found {
		return fault.New(fault.CodeInput, "There is no kind of notification called %q; codabridge notifications lists them.", fault.Clip(kind, 40))
	}
	var kept any
	if len(off) > 0 {
		kept = off
	}
	if err := a.config().Save("notifications_off", kept); err != nil {
		return err
	}
	a.settings.set(func(c *config.Config) { c.NotificationsOff = off })
	a.update()
	return nil
}

// noticeStates are all kinds of notifications, and whether each is on.
func noticeStates(c config.Config) []state.NoticeState {
	all := make([]state.NoticeState, len(notices.Kinds))
	for i, k := range notices.Kinds {
		all[i] = state.NoticeState{Kind: k.Name, What: k.What, On: !slices.Contains(c.NotificationsOff, k.Name)}
	}
	return all
}
