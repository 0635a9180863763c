package app

import (
	"context"
	"errors"
	"strings"

	"codabridge/app/secret"
)

// LoginCoda checks a Coda token live and keeps it in the keyring, without a
// running instance. The sentence says whose it is.
func LoginCoda(ctx context.Context, token string, cfg Config) (string, error) {
	return loginApp(cfg).SaveCodaToken(ctx, token)
}

// LoginNgrok checks an ngrok authtoken by connecting once and keeps it.
func LoginNgrok(ctx context.Context, token string, cfg Config) (string, error) {
	return loginApp(cfg).SaveNgrokToken(ctx, token)
}

// Logout removes a token, "coda" or "ngrok", from the keyring.
func Logout(ctx context.Context, name string, cfg Config) error {
	if name == "coda" {
		return loginApp(cfg).ForgetCodaToken(ctx)
	}
	return loginApp(cfg).ForgetNgrokToken(ctx)
}

// loginApp is an App that never runs; it only reaches the keyring.
func loginApp(cfg Config) *App { return New(Options{Config: cfg}) }

// NgrokConfigToken gives the authtoken of the owner's ngrok.yml.
func NgrokConfigToken() (string, error) {
	token, _, ok := secret.NgrokConfig()
	if !ok {
		return "", errors.New("there is no ngrok.yml with an authtoken on this computer")
	}
	return strings.TrimSpace(token), nil
}
