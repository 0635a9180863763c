package app

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"os"
	"time"

	"codabridge/app/config"
	"codabridge/app/updates"
	"codabridge/assets"
	"codabridge/server/fault"
	"codabridge/server/state"
)

// Feed is the feed of releases of this build, given by
// -ldflags "-X codabridge/app.Feed=https://github.com/OWNER/codabridge/releases.atom".
// make gives it to a build of a released version whose clone came from a host that
// publishes such a feed. Without it the program does not know whom to ask, and
// says so. A build that comes from the packages of a system has none either: those
// bring the updates.
var Feed = ""

// feedVariable gives another feed, for tests and support.
const feedVariable = "CODABRIDGE_UPDATES_FEED"

const (
	keyUpdates = "updates"     // what the feed said last
	keyVersion = "version"     // the version that ran last
	keyNews    = "version_new" // the one whose news the owner has not seen yet
	askEvery   = 7 * 24 * time.Hour
	lookAgain  = 6 * time.Hour // at whether it is time, and after a failure
	mostNews   = 12            // lines of the changelog that are shown
)

// updatesKnown is what is remembered of the feed.
type updatesKnown struct {
	Feed    string    `json:"feed"`
	Checked time.Time `json:"checked"`
	Tag     string    `json:"tag,omitempty"`
	Newest  string    `json:"newest,omitempty"`

	trouble string
	news    string   // the version that is new to the owner
	lines   []string // what is new in it
}

// feed is the address that is asked, empty when there is none.
func feed() string {
	address := cmp.Or(os.Getenv(feedVariable), Feed)
	if updates.CheckFeed(address) != nil {
		return ""
	}
	return address
}

// loadUpdates reads what was known, and notes the version that runs. What is new
// is shown to who ran another one before.
func (a *App) loadUpdates(ctx context.Context) error {
	text, _, err := a.store.Setting(ctx, keyUpdates)
	if err != nil {
		return err
	}
	var known updatesKnown
	if text != "" && json.Unmarshal([]byte(text), &known) != nil || known.Feed != feed() {
		known = updatesKnown{} // another feed's answer says nothing of this one's
	}
	before, ran, err := a.store.Setting(ctx, keyVersion)
	if err != nil {
		return err
	}
	known.news, _, err = a.store.Setting(ctx, keyNews)
	if err != nil {
		return err
	}
	if before != a.version {
		if ran {
			known.news = a.version
			err = a.store.SetSetting(ctx, keyNews, a.version)
		}
		err = errors.Join(err, a.store.SetSetting(ctx, keyVersion, a.version))
	}
	if text, failed := assets.Files.ReadFile("CHANGELOG.md"); failed == nil && known.news != "" {
		known.lines = updates.News(string(text), known.news, mostNews)
	}
	a.updates.set(func(u *updatesKnown) { *u = known })
	return err
}

// keepUpdated asks once a week, as long as the owner wants it, until ctx ends.
func (a *App) keepUpdated(ctx context.Context) {
	for {
		changed := a.Changed()
		if known := a.updates.get(); a.config().Updates == "on" && feed() != "" && isDue(known.Checked, time.Now()) {
			if _, err := a.CheckUpdates(ctx); err != nil {
				a.log.Info("app: ask for a newer version", "err", err)
				a.pauseUpdates(ctx) // not at every change
				continue
			}
		}
		timer := time.NewTimer(lookAgain)
		select {
		case <-changed: // perhaps the owner's yes
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return
		}
		timer.Stop()
	}
}

// isDue tells that a week has passed; a time to come was written by a wrong clock.
func isDue(checked, now time.Time) bool { return now.Sub(checked) >= askEvery || checked.After(now) }

func (a *App) pauseUpdates(ctx context.Context) {
	select {
	case <-time.After(lookAgain):
	case <-ctx.Done():
	}
}

// CodeNoFeed: this build does not know where its releases are published.
const CodeNoFeed fault.Code = "app_no_feed"

const noFeed = "This build of codabridge does not know where its releases are published, so it asks nobody. " +
	"Look where you got it for a newer one."

// CodeFeed: the feed of releases did not answer as one.
const CodeFeed fault.Code = "app_feed"

// CheckUpdates asks the feed now; the sentence says what it knows.
func (a *App) CheckUpdates(ctx context.Context) (sentence string, err error) {
	address := feed()
	if address == "" {
		return "", fault.New(CodeNoFeed, noFeed)
	}
	known := a.updates.get()
	answer, err := updates.Ask(ctx, address, known.Tag)
	known.trouble = ""
	if err != nil {
		f := fault.Wrap(err, CodeFeed, "Whether there is a newer version is not known: the list of releases was not to be had. codabridge asks again by itself.")
		known.trouble = f.Sentence
		a.setUpdates(known)
		return "", f
	}
	known.Feed, known.Checked, known.Tag = address, time.Now(), answer.Tag
	if !answer.Same {
		known.Newest = answer.Newest
	}
	a.setUpdates(known)
	b, err := json.Marshal(known)
	if err == nil {
		err = a.store.SetSetting(ctx, keyUpdates, string(b))
	}
	if err != nil {
		a.log.Warn("app: remember what the feed said", "err", err)
	}
	if u := a.updateState(a.config()); u.Newest != "" {
		return "codabridge " + u.Newest + " is out: " + u.Link, nil
	}
	return "You have the newest version, " + a.version + ".", nil
}

func (a *App) setUpdates(known updatesKnown) {
	a.updates.set(func(u *updatesKnown) { known.news = u.news; *u = known })
	a.update()
}

// SetUpdates says whether it is asked once a week; the sentence says what holds now.
func (a *App) SetUpdates(on bool) (sentence string, err error) {
	if on && feed() == "" {
		return "", fault.New(CodeNoFeed, noFeed)
	}
	a.deciding.Lock()
	defer a.deciding.Unlock()
	value := map[bool]string{true: "on", false: "off"}[on]
	if err := a.config().Save("updates", value); err != nil {
		return "", err
	}
	a.log.Info("app: the owner decided", "updates", on)
	a.settings.set(func(c *config.Config) { c.Updates = value })
	a.update()
	if !on {
		return "codabridge asks nobody for newer versions.", nil
	}
	return "codabridge asks once a week whether there is a newer version, and downloads nothing.", nil
}

// NewsSeen remembers that the owner has read what is new.
func (a *App) NewsSeen() error {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	a.updates.set(func(u *updatesKnown) { u.news = "" })
	a.update()
	return a.store.DeleteSetting(ctx, keyNews)
}

// updateState is what views show of it. Versions that are not newer than the one
// that runs are not shown.
func (a *App) updateState(c config.Config) state.UpdateState {
	known := a.updates.get()
	u := state.UpdateState{Known: feed() != "", On: c.Updates == "on", Decided: c.Updates != "", Checked: known.Checked, Trouble: known.trouble}
	if updates.Newer(known.Newest, a.version) && known.Feed == feed() {
		u.Newest, u.Link = known.Newest, updates.Page(known.Feed, known.Newest)
	}
	if known.news == a.version && known.news != "" {
		u.New, u.News = known.news, known.lines
	}
	return u
}
