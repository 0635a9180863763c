package secret

import (
	"context"
	"os"
	"strings"
)

// Where Lookup found a secret.
const (
	SourceEnvironment = "environment"
	SourceKeyring     = "keyring"
	// SourceMemory: the owner gave it for this run of the program alone.
	SourceMemory = "memory"
)

// variable is the environment variable that holds the secret, or empty.
func variable(name string) string {
	switch name {
	case Coda:
		return "CODABRIDGE_CODA_TOKEN"
	case Ngrok:
		return "NGROK_AUTHTOKEN"
	}
	return ""
}

// FromEnvironment returns the secret from CODABRIDGE_CODA_TOKEN or
// NGROK_AUTHTOKEN, without the white space around it. A variable that is empty
// counts as not set.
func FromEnvironment(name string) (value string, ok bool) {
	if v := variable(name); v != "" {
		value = strings.TrimSpace(os.Getenv(v))
	}
	return value, value != ""
}

// Lookup returns the secret from the environment, and only when it is not
// there from the keyring, with SourceEnvironment or SourceKeyring. Its errors
// are those of Get.
func (k *Keyring) Lookup(ctx context.Context, name string) (value, source string, err error) {
	if value, ok := FromEnvironment(name); ok {
		return value, SourceEnvironment, nil
	}
	value, err = k.Get(ctx, name)
	if err != nil {
		return "", "", err
	}
	return value, SourceKeyring, nil
}
