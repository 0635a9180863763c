package joining

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"strconv"
	"strings"

	"codabridge/app/config"
)

// Fingerprint tells tokens apart, without being one.
func Fingerprint(token string) string {
	sum := sha256.Sum256([]byte("codabridge stdio\n" + token))
	return hex.EncodeToString(sum[:])
}

// formOf is what this process says of itself to the running instance.
func formOf(cfg config.Config, client string) []string {
	form := []string{"version", Version, "client", client, "process", strconv.Itoa(os.Getpid()), "demo", strconv.FormatBool(cfg.Demo)}
	if token := strings.TrimSpace(os.Getenv("CODABRIDGE_CODA_TOKEN")); token != "" { // as package secret takes it
		form = append(form, "token", Fingerprint(token))
	}
	if cfg.DecidedElsewhere("read_only") {
		form = append(form, "read_only", strconv.FormatBool(cfg.ReadOnly))
	}
	if cfg.DecidedElsewhere("documents") {
		for _, id := range cfg.Documents {
			form = append(form, "document", id)
		}
	}
	for key, value := range cfg.OwnChoices() {
		form = append(form, "own", key+"="+value)
	}
	return form
}
