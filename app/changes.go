package app

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"codabridge/app/config"
	"codabridge/app/desktop"
	"codabridge/server/fault"
	"codabridge/server/state"
	"codabridge/server/tools/changes"
)

const changesName = "changes.db"

// Parts of the record of changes, for views.
type (
	Change       = changes.Entry
	ChangeDetail = changes.Detail
	ChangePart   = changes.Part
	UndoResult   = changes.Result
)

// newJournal makes the record of changes.
func (a *App) newJournal() *changes.Journal {
	return changes.New(changes.Options{
		Path: filepath.Join(a.config().DataDir, changesName), Coda: a.coda, Owner: a.indexOwner, Alone: true, ReadOnly: a.ReadOnly, Log: a.log,
		Enabled:  func() bool { return a.config().Changes },
		Blind:    func() bool { return a.config().BlindWrites },
		Changed:  a.Changed,
		OnChange: func() { a.recorded.Add(1); a.update() },
		May:      func(ctx context.Context) bool { return a.tools.MayWrite(ctx) },
		OnNotice: func(sentence string) { a.warn(sentence) },
		Gone:     func(name string) bool { return desktop.Gone(a.config().DataDir, name) },
	})
}

// dropChanges removes the record with the token it was made with.
func (a *App) dropChanges() {
	journal := a.journal
	if journal == nil {
		journal = changes.New(changes.Options{Path: filepath.Join(a.config().DataDir, changesName)})
	}
	if err := journal.Erase(); err != nil {
		a.log.Error("app: remove the record of changes", "err", err)
	}
}

// SetChanges switches the record of changes on, or off, which removes it.
func (a *App) SetChanges(on bool) error {
	a.deciding.Lock()
	defer a.deciding.Unlock()
	var kept any
	if !on {
		kept = "off"
	}
	if err := a.config().Save("changes", kept); err != nil {
		return err
	}
	a.settings.set(func(c *config.Config) { c.Changes = on })
	defer a.update()
	if on {
		return nil
	}
	if err := a.journal.Erase(); err != nil {
		return fmt.Errorf("the record of changes is off, but its files could not be removed: %w", err)
	}
	return nil
}

// SetBlindWrites says whether a change is made though its state before cannot be
// read.
func (a *App) SetBlindWrites(on bool) error {
	a.deciding.Lock()
	defer a.deciding.Unlock()
	var kept any
	if !on {
		kept = false
	}
	if err := a.config().Save("blind_writes", kept); err != nil {
		return err
	}
	a.settings.set(func(c *config.Config) { c.BlindWrites = on })
	a.update()
	return nil
}

// askAlways are the kinds of changes that always wait for the owner.
func (a *App) askAlways() []string { return a.config().AskAlways }

// kindWords say what the kinds are.
var kindWords = map[string]string{
	changes.DeletesDocs: "deleting docs and folders", changes.Deletes: "deleting anything", changes.Shares: "sharing",
	changes.Publishes: "publishing", changes.Irreversible: "what cannot be put back",
}

func askKinds(c config.Config) []state.AskKind {
	var all []state.AskKind
	for _, name := range config.AskKinds() {
		all = append(all, state.AskKind{Name: name, Says: kindWords[name], On: slices.Contains(c.AskAlways, name)})
	}
	return all
}

// SetAskAlways chooses which changes wait for the owner's yes whatever a
// connection may do.
func (a *App) SetAskAlways(kinds []string) (sentence string, err error) {
	chosen := slices.DeleteFunc(slices.Clone(kinds), func(k string) bool { return k == "" })
	if len(chosen) > 0 {
		chosen, err = config.ParseAskAlways(strings.Join(chosen, ","))
		if err != nil {
			return "", fault.Wrap(err, fault.CodeInput, "Say which kinds of changes always ask: none, or of %s.", strings.Join(config.AskKinds(), ", "))
		}
	}
	a.deciding.Lock()
	defer a.deciding.Unlock()
	kept := any(chosen)
	if len(chosen) == 0 {
		kept = "none"
	}
	if err := a.config().Save("ask_always", kept); err != nil {
		return "", err
	}
	a.settings.set(func(c *config.Config) { c.AskAlways = chosen })
	a.log.Info("app: the owner decided", "ask_always", chosen)
	freed := a.settleChanges(context.Background())
	a.update()
	if len(chosen) == 0 {
		return "No kind of change asks always; what each connection may do decides alone." + freed, nil
	}
	said := make([]string, len(chosen))
	for i, k := range chosen {
		said[i] = kindWords[k]
	}
	return "You are always asked before: " + strings.Join(said, ", ") + "." + freed, nil
}
