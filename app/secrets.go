package app

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"codabridge/app/secret"
	"codabridge/server/coda"
	"codabridge/server/coda/codatest"
	"codabridge/server/fault"
)

// secrets are the two tokens while the program runs. They leave this struct
// only for one request each.
type secrets struct {
	coda, codaSource   string
	ngrok, ngrokSource string
	loaded             bool   // the keyring was asked
	trouble            string // why it could not be used, a sentence
	none               bool   // there is no keyring on this computer
}

// account is what is known of the Coda account.
type account struct {
	name, base    string
	note, problem string
	asked         bool // Coda was asked whose account it is, in vain so far
}

// errNoToken is what the Coda client gets before there is a token.
var errNoToken = errors.New("no Coda token is known yet")

// errManaged refuses to change a secret that the environment holds.
var errManaged = errors.New("this token comes from the environment; change it there")

func (a *App) codaToken() (string, error) {
	token := a.vault.get().secrets.coda
	if token == "" {
		return "", errNoToken
	}
	return token, nil
}

// codaURL is the REST base of every request: the setting, else the host that
// answered last.
func (a *App) codaURL() string {
	return cmp.Or(a.config().CodaURL, a.vault.get().account.base)
}

// loadSecrets reads both secrets and takes them into use. A keyring that
// cannot be read just now takes nothing away that is in use already. It does
// not wait for an owner who has to unlock the keyring first: dialog says that
// it asks them.
func (a *App) loadSecrets(ctx context.Context) (dialog bool) {
	dialog = a.readSecrets(ctx)
	a.takeSecrets(ctx)
	return dialog
}

// takeSecrets takes into use what was read.
func (a *App) takeSecrets(ctx context.Context) {
	a.followToken()
	a.update()
	a.identify(ctx)
}

func (a *App) readSecrets(ctx context.Context) (dialog bool) {
	a.loading.Lock()
	defer a.loading.Unlock()
	cfg, found := a.config(), a.vault.get().secrets
	found.loaded, found.trouble, found.none = true, "", false
	if cfg.Demo {
		found.coda, found.codaSource = codatest.Token, "demo"
	} else {
		dialog = a.lookup(ctx, secret.Coda, &found.coda, &found.codaSource, &found)
	}
	if v, ok := secret.FromEnvironment(secret.Ngrok); ok {
		found.ngrok, found.ngrokSource = v, secret.SourceEnvironment
	} else if !dialog && !cfg.Demo && kindOf(cfg) == tunnelNgrok { // an open dialog keeps both back
		dialog = a.lookup(ctx, secret.Ngrok, &found.ngrok, &found.ngrokSource, &found)
	}
	a.use(found)
	return dialog
}

// use puts secrets to use. What is known of an account goes with its token.
func (a *App) use(found secrets) {
	other, replaced := false, false
	a.vault.set(func(v *vault) {
		other = found.coda != v.secrets.coda
		replaced = other && v.secrets.coda != "" && found.coda != ""
		if other {
			v.account = account{}
		}
		v.secrets = found
	})
	if replaced {
		a.dropChanges()
	}
	if other {
		a.forgetAnswers()
	}
}

// awaitKeyring reads the secrets again once the owner has answered the
// keyring's dialog, which takes them longer than a read waits. An owner who
// dismissed it is not asked again before they want to be (AskKeyring).
func (a *App) awaitKeyring(ctx context.Context) {
	for dialog := true; dialog && ctx.Err() == nil; {
		if err := a.keyring.Answered(ctx); err != nil {
			a.setTrouble(err)
			return
		}
		dialog = a.loadSecrets(ctx)
	}
}

// keepKeyring reads the secrets again, until ctx ends, as soon as a keyring can be
// asked that could not be: one that starts late, that is unlocked later or behind
// its dialog, or that was started anew. A dialog opens only where there was no
// keyring before that could have opened one.
func (a *App) keepKeyring(ctx context.Context) {
	pause := shortestPause
	for ctx.Err() == nil {
		changed, known := a.Changed(), a.vault.get().secrets
		if known.trouble == "" {
			pause = shortestPause
			select {
			case <-changed:
			case <-ctx.Done():
			}
			continue
		}
		if a.keyring.Await(ctx, known.none) != nil {
			return
		}
		if a.loadSecrets(ctx) {
			a.awaitKeyring(ctx)
		}
		if a.vault.get().secrets.trouble == "" {
			continue
		}
		select {
		case <-time.After(pause):
			pause = min(2*pause, longestPause)
		case <-ctx.Done():
		}
	}
}

// How long a keyring is left alone that was asked again in vain.
const (
	shortestPause = time.Second
	longestPause  = time.Minute
)

// AskKeyring reads the secrets again because the owner wants it; the error is
// why the keyring still cannot be read.
func (a *App) AskKeyring(ctx context.Context) error {
	a.loadSecrets(ctx)
	if trouble := a.vault.get().secrets.trouble; trouble != "" {
		return errors.New(trouble)
	}
	return nil
}

// setTrouble says why the keyring cannot be read.
func (a *App) setTrouble(err error) {
	trouble, none := fault.Plain(err).Error(), secret.Missing(err)
	a.vault.set(func(v *vault) { v.secrets.trouble, v.secrets.none = trouble, none })
	a.update()
}

// askAgain is how long the app waits before it asks an unreachable Coda again
// whose token it has.
const askAgain = time.Minute

// keepIdentified asks Coda again whose token this is, as long as it could not be
// asked, until ctx ends.
func (a *App) keepIdentified(ctx context.Context) {
	for ctx.Err() == nil {
		changed, again := a.Changed(), (<-chan time.Time)(nil)
		if who := a.vault.get().account; who.asked && who.name == "" && who.problem == "" {
			changed, again = nil, time.After(askAgain)
		}
		select {
		case <-changed:
		case <-again:
			a.identify(ctx)
		case <-ctx.Done():
		}
	}
}

// openSetUp opens the owner's page when there is something to set up.
func (a *App) openSetUp() {
	if a.desktop && !a.silent && a.State().Phase == PhaseSetup {
		a.OpenOwner("")
	}
}

// lookup reads one secret. Where the keyring cannot be read value and source
// stay as they are, about tells why, and dialog that its dialog may be open. One
// that is held in memory stays where the keyring has none.
func (a *App) lookup(ctx context.Context, name string, value, source *string, about *secrets) (dialog bool) {
	found, from, err := a.keyring.Lookup(ctx, name)
	if errors.Is(err, secret.ErrNotFound) && *source == secret.SourceMemory {
		return false
	}
	if err == nil || errors.Is(err, secret.ErrNotFound) {
		*value, *source = found, from
		return false
	}
	about.trouble, about.none = fault.Plain(err).Error(), secret.Missing(err)
	a.log.Warn("app: keyring", "why", about.trouble)
	return fault.Is(err, secret.CodeDialogOpen)
}

// bases are the REST bases to try with a token.
func (a *App) bases() []string {
	if base := a.config().CodaURL; base != "" {
		return []string{base}
	}
	return coda.Bases()
}

// identify asks Coda whose token this is, so that pages can name the account. A
// refused token is a problem to show; an unreachable Coda is not the owner's.
func (a *App) identify(ctx context.Context) {
	token, err := a.codaToken()
	if err != nil {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	info, err := coda.CheckToken(ctx, nil, token, a.bases())
	switch {
	case err == nil:
		a.setAccount(info)
	case fault.Is(err, coda.CodeTokenRefused):
		a.setProblem(fault.Plain(err).Error())
	default:
		a.log.Warn("app: ask Coda whose token this is", "err", err)
		a.vault.set(func(v *vault) { v.account.asked = true })
		a.update()
	}
}

func (a *App) setAccount(info coda.TokenInfo) {
	who := account{name: info.User.Name, base: info.Base, note: info.Note}
	if info.User.LoginID != "" {
		who.name = fmt.Sprintf("%s (%s)", info.User.Name, info.User.LoginID)
	}
	a.vault.set(func(v *vault) { v.account = who })
	a.update()
}

// accountName says whose account it is, as far as that is known.
func (a *App) accountName() string { return a.vault.get().account.name }

func (a *App) setProblem(sentence string) {
	same := false
	a.vault.set(func(v *vault) {
		same = v.account.problem == sentence
		v.account.problem = sentence
	})
	if !same {
		a.update()
	}
}

// endProblem takes a problem away, but not another one that came after it.
func (a *App) endProblem(sentence string) {
	a.vault.set(func(v *vault) {
		if v.account.problem == sentence {
			v.account.problem = ""
		}
	})
	a.update()
}
