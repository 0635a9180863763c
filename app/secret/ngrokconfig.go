package secret

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
)

// authtokenLine matches both shapes of ngrok.yml: at the top (version 2) and
// under "agent:" (version 3). Reading one line needs no YAML.
var authtokenLine = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`(?m)^[ \t]*authtoken:[ \t]*["']?([^\s"'#]+)`) })

// maxNgrokConfig is the most that is read of an ngrok.yml, in bytes.
const maxNgrokConfig = 1 << 20

// NgrokConfig returns the authtoken that the ngrok program keeps in its own
// ngrok.yml, and where. It looks in every place known of Linux, macOS, Windows
// and older versions, and never changes the file. The token is to be offered
// to the owner, not taken silently.
func NgrokConfig() (token, path string, ok bool) {
	for _, path := range ngrokConfigPlaces(os.Getenv, homeDir()) {
		if token := readAuthtoken(path); token != "" {
			return token, path, true
		}
	}
	return "", "", false
}

func homeDir() string {
	home, err := os.UserHomeDir()
	if err != nil {
		return ""
	}
	return home
}

func ngrokConfigPlaces(getenv func(string) string, home string) []string {
	var places []string
	add := func(base string, parts ...string) {
		if filepath.IsAbs(base) {
			places = append(places, filepath.Join(append([]string{base}, append(parts, "ngrok.yml")...)...))
		}
	}
	add(getenv("XDG_CONFIG_HOME"), "ngrok")
	add(home, ".config", "ngrok")
	add(home, "Library", "Application Support", "ngrok")
	add(getenv("LOCALAPPDATA"), "ngrok")
	add(home, "AppData", "Local", "ngrok")
	add(home, ".ngrok2")
	return places
}

func readAuthtoken(path string) string {
	f, err := os.Open(path)
	if err != nil {
		return ""
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, maxNgrokConfig))
	if err != nil {
		return ""
	}
	m := authtokenLine().FindSubmatch(bytes.TrimPrefix(b, []byte("\ufeff"))) // some editors put a byte order mark there
	if m == nil || strings.ContainsAny(string(m[1]), "<>{}$") {              // a placeholder, not a token
		return ""
	}
	return string(m[1])
}
