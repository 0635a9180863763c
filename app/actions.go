package app

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"codabridge/app/config"
	"codabridge/app/desktop"
	"codabridge/server/fault"
	"codabridge/server/state"
)

// ReadOnly tells whether the owner's switch is on.
func (a *App) ReadOnly() bool { return a.config().ReadOnly }

// SetReadOnly turns the switch and remembers it. On is on at once, even where
// it cannot be remembered, and while another decision is being written: the
// owner may have a reason to hurry.
func (a *App) SetReadOnly(on bool) error {
	var kept any
	if on {
		kept = true
	}
	if !a.deciding.TryLock() {
		if on {
			a.setReadOnly(true)
		}
		a.deciding.Lock()
	}
	defer a.deciding.Unlock()
	err := a.config().Save("read_only", kept)
	if err != nil && !on {
		return err
	}
	a.log.Info("app: the owner decided", "read_only", on, "remembered", err == nil)
	a.setReadOnly(on)
	a.recorded.Add(1)
	a.update()
	if err != nil {
		return fmt.Errorf("read-only is on, but only until codabridge ends, since it cannot be remembered: %w", err)
	}
	return nil
}

func (a *App) setReadOnly(on bool) { a.settings.set(func(c *config.Config) { c.ReadOnly = on }) }

// DismissWarning takes the warning away.
func (a *App) DismissWarning() {
	a.warning.set(func(w *string) { *w = "" })
	a.update()
}

// Complain shows a sentence as a warning in every view and opens the page.
func (a *App) Complain(sentence string) {
	a.warn(sentence)
	a.update()
	a.OpenOwner("")
}

// warn adds a warning to those that the owner has not dismissed yet, unless it
// is among them.
func (a *App) warn(sentence string) (news bool) {
	a.warning.set(func(w *string) {
		news = !strings.Contains(*w, sentence)
		if news {
			*w = strings.TrimSpace(*w + " " + sentence)
		}
	})
	return news
}

// config is a copy of the settings as they are now.
func (a *App) config() config.Config { return a.settings.get() }

func (a *App) documents() []string { return a.config().Documents }
func (a *App) localOrigin() string { return a.local }
func (a *App) ownerOrigin() string { return a.owner }

// OpenOwner opens a view of the owner's page in the browser by a fresh one-time
// link: one of state.Views, state.ViewApprove, or empty for the first.
func (a *App) OpenOwner(view string) {
	if err := a.showOwner(view); err != nil {
		a.log.Warn("app: open the browser", "err", err, "page", a.ownerOrigin())
	}
}

// errNoDisplay says that a browser opened from here would be seen by nobody.
var errNoDisplay = errors.New("the running codabridge has no display, so it cannot open a browser")

// openedLife is how long a link lives that a browser is opened with, and its
// file on the disk.
const openedLife = 30 * time.Second

func (a *App) showOwner(view string) error {
	if err := checkView(view); err != nil {
		return err
	}
	if !desktop.HasDisplay() {
		return errNoDisplay
	}
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	link, spent := a.server.OwnerLinkFor(openedLife, view)
	remove, err := desktop.OpenLink(ctx, a.config().DataDir, link)
	if err != nil {
		return err
	}
	a.errands.Go(func() {
		defer remove()
		select {
		case <-spent:
		case <-time.After(openedLife):
		case <-a.life.Done():
		}
	})
	return nil
}

// printableLife is how long a link lives that is printed to the owner's own
// terminal rather than handed to another program.
const printableLife = 10 * time.Minute

// PrintableLink is a one-time link to a view of the owner's page for a terminal.
func (a *App) PrintableLink(view string) string {
	link, _ := a.server.OwnerLinkFor(printableLife, view)
	return link
}

// checkView refuses a view that the page does not have.
func checkView(name string) error {
	if state.IsView(name) {
		return nil
	}
	return fault.New(fault.CodeInput, "The owner's page has no view %q. It has %s.", fault.Clip(name, 40), strings.Join(state.Views, ", "))
}

// CopyPublicURL puts the public URL on the clipboard; where the desktop has no
// clipboard program the owner's page opens, which has a copy button of its own.
func (a *App) CopyPublicURL() {
	if err := desktop.CopyText(a.publicURL()); err != nil {
		a.log.Info("app: copy the public URL", "err", err)
		a.OpenOwner("")
	}
}
