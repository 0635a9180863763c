package app

import (
	"context"
	"errors"
	"slices"
	"strings"

	"codabridge/app/config"
	"codabridge/app/secret"
	"codabridge/server/coda"
	"codabridge/server/fault"
)

// LoginCoda checks a Coda token live and keeps it in the keyring, without a
// running instance. The sentence says whose it is.
func LoginCoda(ctx context.Context, token string, cfg config.Config) (string, error) {
	return loginApp(cfg).SaveCodaToken(ctx, token, false)
}

// LoginNgrok checks an ngrok authtoken by connecting once and keeps it.
func LoginNgrok(ctx context.Context, token string, cfg config.Config) (string, error) {
	return loginApp(cfg).SaveNgrokToken(ctx, token, false)
}

// Logout removes a token, "coda" or "ngrok", from the keyring.
func Logout(ctx context.Context, name string, cfg config.Config) error {
	if name == "coda" {
		return loginApp(cfg).ForgetCodaToken(ctx)
	}
	return loginApp(cfg).ForgetNgrokToken(ctx)
}

// loginApp is an App that never runs; it only reaches the keyring.
func loginApp(cfg config.Config) *App { return New(Options{Config: cfg}) }

// NgrokConfigToken gives the authtoken of the owner's ngrok.yml.
func NgrokConfigToken() (string, error) {
	token, _, ok := secret.NgrokConfig()
	if !ok {
		return "", errors.New("there is no ngrok.yml with an authtoken on this computer")
	}
	return strings.TrimSpace(token), nil
}

// SaveCodaToken checks a token live, keeps it in the keyring, or in memory until
// the program ends, and uses it.
func (a *App) SaveCodaToken(ctx context.Context, token string, memory bool) (string, error) {
	token = strings.TrimSpace(token)
	if err := a.mayStore(secret.Coda, token); err != nil {
		return "", err
	}
	info, err := CheckCodaToken(ctx, token, tokenBases(a.config()))
	if err != nil {
		return "", err
	}
	before, _ := a.codaToken()
	if err := a.keep(ctx, secret.Coda, token, memory); err != nil {
		return "", err
	}
	if token != before {
		a.forgetAnswers()
	}
	if err := a.setCodaURL(info.Base); err != nil {
		a.log.Warn("app: remember the API host", "err", err)
	}
	a.followToken()
	a.setAccount(info)
	return describe(info, memory), nil
}

// keep puts a secret into the keyring, or with memory nowhere, and to use.
func (a *App) keep(ctx context.Context, name, value string, memory bool) error {
	a.loading.Lock()
	defer a.loading.Unlock()
	source := secret.SourceMemory
	if !memory {
		source = secret.SourceKeyring
		if err := a.keyring.Set(ctx, name, value); err != nil {
			return fault.Plain(err)
		}
	}
	a.vault.set(func(v *vault) {
		if !memory {
			v.secrets.trouble, v.secrets.none = "", false
		}
		if name == secret.Coda {
			v.secrets.coda, v.secrets.codaSource = value, source
			v.account.problem = ""
			return
		}
		v.secrets.ngrok, v.secrets.ngrokSource = value, source
	})
	if name == secret.Ngrok {
		a.bridge.set(func(b *bridge) {
			b.failure = nil
			b.revision++
		})
	}
	return nil
}

// tokenBases are the REST bases that may know a new token. A host that an
// earlier token was found on is tried first, but decides nothing.
func tokenBases(c config.Config) []string {
	known := coda.Bases()
	i := slices.Index(known, c.CodaURL)
	switch {
	case c.CodaURL == "":
		return known
	case i < 0 || c.DecidedElsewhere("coda_url"):
		return []string{c.CodaURL}
	}
	return append([]string{c.CodaURL}, slices.Delete(known, i, i+1)...)
}

// setCodaURL keeps the API host that answered, so that the next start does not
// have to find it again. The usual one needs no setting.
func (a *App) setCodaURL(base string) error {
	a.deciding.Lock()
	defer a.deciding.Unlock()
	var kept any = base
	if base == coda.BaseCurrent {
		base, kept = "", nil
	}
	if a.config().CodaURL == base {
		return nil
	}
	if err := a.config().Save("coda_url", kept); err != nil {
		return err
	}
	a.settings.set(func(c *config.Config) { c.CodaURL = base })
	return nil
}

// heldInMemory says what becomes of a token that no keyring keeps.
const heldInMemory = "It is held in memory only, and forgotten when codabridge ends."

// describe says whose token it is and what it may not do.
func describe(info coda.TokenInfo, memory bool) string {
	s := "It is " + info.User.Name + "'s"
	if info.User.LoginID != "" {
		s += " (" + info.User.LoginID + ")"
	}
	if memory {
		s += ". " + heldInMemory
	} else {
		s += " and now in this computer's keyring."
	}
	if info.Note != "" {
		s += " " + info.Note
	}
	return s
}

func (a *App) mayStore(name, value string) error {
	if a.config().Demo {
		return errors.New("the demo keeps no tokens; start codabridge without demo for your own account")
	}
	if _, ok := secret.FromEnvironment(name); ok {
		return errManaged
	}
	if value == "" {
		return errors.New("paste the token first")
	}
	if strings.ContainsAny(value, " \t\r\n") || len(value) > 1000 {
		return errors.New("this does not look like a token: it has spaces or is very long")
	}
	return nil
}

// ForgetCodaToken removes the token from the keyring and from use.
func (a *App) ForgetCodaToken(ctx context.Context) error {
	if err := a.forget(ctx, secret.Coda); err != nil {
		return err
	}
	a.dropIndex()
	a.dropChanges()
	a.forgetAnswers()
	a.update()
	return nil
}

// forgetAnswers drops what the tools remember of another account. It is not
// for a token that stays, since the writes of the last minutes are forgotten
// too, and a client that repeats one would have it done twice.
func (a *App) forgetAnswers() {
	if a.tools != nil {
		a.tools.Forget()
	}
}

// SaveNgrokToken checks an authtoken by connecting once, keeps it in the
// keyring, or in memory until the program ends, and starts the tunnel with it.
func (a *App) SaveNgrokToken(ctx context.Context, token string, memory bool) (string, error) {
	if err := a.mayStore(secret.Ngrok, token); err != nil {
		return "", err
	}
	sentence, err := CheckNgrokToken(ctx, token, a.config())
	if err != nil {
		return "", err
	}
	if err := a.keep(ctx, secret.Ngrok, token, memory); err != nil {
		return "", err
	}
	a.update()
	if memory {
		sentence += " " + heldInMemory
	}
	return sentence, nil
}

// ForgetNgrokToken removes the authtoken from the keyring and ends the tunnel.
func (a *App) ForgetNgrokToken(ctx context.Context) error {
	if err := a.forget(ctx, secret.Ngrok); err != nil {
		return err
	}
	a.update()
	return nil
}

// forget takes a secret out of the keyring, where it is not held in memory only,
// and out of use.
func (a *App) forget(ctx context.Context, name string) error {
	if a.config().Demo {
		return errors.New("the demo keeps no tokens")
	}
	if _, ok := secret.FromEnvironment(name); ok {
		return errManaged
	}
	a.loading.Lock()
	defer a.loading.Unlock()
	held := a.vault.get().secrets
	if source := map[string]string{secret.Coda: held.codaSource, secret.Ngrok: held.ngrokSource}[name]; source != secret.SourceMemory {
		if err := a.keyring.Delete(ctx, name); err != nil && !errors.Is(err, secret.ErrNotFound) {
			return fault.Plain(err)
		}
	}
	a.vault.set(func(v *vault) {
		if name == secret.Coda {
			v.secrets.coda, v.secrets.codaSource, v.account = "", "", account{}
		} else {
			v.secrets.ngrok, v.secrets.ngrokSource = "", ""
		}
	})
	return nil
}

// ImportNgrokToken takes the authtoken of the owner's ngrok.yml.
func (a *App) ImportNgrokToken(ctx context.Context, memory bool) (string, error) {
	token, path, ok := secret.NgrokConfig()
	if !ok {
		return "", errors.New("there is no ngrok.yml with an authtoken on this computer")
	}
	if _, err := a.SaveNgrokToken(ctx, token, memory); err != nil {
		return "", err
	}
	sentence := "Copied from " + path + "; the file stays as it is."
	if memory {
		sentence += " " + heldInMemory
	}
	return sentence, nil
}
