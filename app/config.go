package app

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"codabridge/server/tools"
)

// Config is every setting of the program. A setting comes from a flag, else
// from the environment, else from config.json in the data folder, else from
// Defaults. It holds no secret.
type Config struct {
	// Listen is the address of the public door, OwnerListen that of the
	// owner's door, which must be loopback. Port 0 picks a free one.
	Listen, OwnerListen string
	// DataDir is where config.json, the database and the socket live.
	DataDir string
	// CodaURL is the REST base including /apis/v1; empty tries both hosts.
	CodaURL string
	// Tunnel is "ngrok" or "none".
	Tunnel string
	// PublicURL is the https origin of the owner's own proxy; it replaces ngrok.
	PublicURL string
	// NgrokURL is a domain of the owner's ngrok account; empty means the
	// account's own dev domain.
	NgrokURL string
	// ReadOnly refuses every write, whatever a client was allowed.
	ReadOnly bool
	// Documents are the ids of the docs that tools may touch; empty means all.
	Documents []string
	// Toolset is "core", "full" or "custom"; Tools are the names that custom
	// offers; Admin adds what administrators and makers of packs need.
	Toolset string
	Tools   []string
	Admin   bool
	// Index keeps a copy of all texts on this computer, so that search looks
	// inside pages and rows; with IndexPaused it stays as it is. IndexExclude
	// are the ids of docs left out of it.
	Index        bool
	IndexPaused  bool
	IndexExclude []string
	// AccessTTL is how long an access token lives.
	AccessTTL time.Duration
	// NgrokConnectURL (host:port) and NgrokCAFile lead the tunnel to another
	// edge, for tests and support; both or neither.
	NgrokConnectURL, NgrokCAFile string
	// Demo serves the sample workspace instead of an account.
	Demo bool

	// origin tells where each setting that is not a default came from.
	origin map[string]string
}

// Defaults are the settings when nobody says otherwise.
func Defaults() Config {
	return Config{
		Listen: "127.0.0.1:8085", OwnerListen: "127.0.0.1:0", Tunnel: "ngrok", Toolset: tools.CoreTools,
		AccessTTL: 24 * time.Hour, Index: true, origin: map[string]string{},
	}
}

// setting is one row of the table that decides how a setting may be given.
type setting struct {
	// Key is its name in config.json and, with dashes, as a flag; empty when
	// it can be given by the environment only.
	Key string
	// Env is its environment variable.
	Env string
	// Help says what it does and what is allowed.
	Help string
	set  func(c *Config, v string) error
}

// Settings is the table of all settings, in the order of the help text.
var Settings = []setting{
	{"listen", "CODABRIDGE_LISTEN", "address of the MCP server, host:port; port 0 picks a free one", func(c *Config, v string) error { c.Listen = v; return checkAddress(v) }},
	{"owner_listen", "CODABRIDGE_OWNER_LISTEN", "address of the owner's page, host:port on loopback; port 0 is a free one at each start", func(c *Config, v string) error { c.OwnerListen = v; return checkLoopback(v) }},
	{"coda_url", "CODABRIDGE_CODA_URL", "REST base of Coda with /apis/v1; https, or http to this computer", func(c *Config, v string) error { c.CodaURL = strings.TrimSuffix(v, "/"); return checkCodaURL(v) }},
	{"tunnel", "CODABRIDGE_TUNNEL", "ngrok, or none for this computer only", func(c *Config, v string) error { c.Tunnel = v; return oneOf(v, "ngrok", "none") }},
	{"public_url", "CODABRIDGE_PUBLIC_URL", "https origin of your own proxy in front of --listen, instead of ngrok", func(c *Config, v string) (err error) { c.PublicURL, err = ParseOrigin(v); return err }},
	{"ngrok_url", "CODABRIDGE_NGROK_URL", "https origin of a domain of your ngrok account", func(c *Config, v string) (err error) { c.NgrokURL, err = ParseOrigin(v); return err }},
	{"read_only", "CODABRIDGE_READ_ONLY", "true refuses every write", func(c *Config, v string) (err error) { c.ReadOnly, err = parseBool(v); return err }},
	{"documents", "CODABRIDGE_DOCUMENTS", "ids of the only docs that tools may touch, with commas", func(c *Config, v string) (err error) { c.Documents, err = splitList(v); return err }},
	{"toolset", "CODABRIDGE_TOOLSET", "core, full, or custom with the names in tools", func(c *Config, v string) error {
		c.Toolset = v
		return oneOf(v, tools.CoreTools, tools.FullTools, tools.CustomTools)
	}},
	{"tools", "CODABRIDGE_TOOLS", "names of the tools that toolset custom offers, with commas", func(c *Config, v string) (err error) { c.Tools, err = parseTools(v); return err }},
	{"admin", "CODABRIDGE_ADMIN", "true adds what administrators and makers of packs need", func(c *Config, v string) (err error) { c.Admin, err = parseBool(v); return err }},
	{"index", "CODABRIDGE_INDEX", "on, paused or off: a search index of all texts in the data folder", func(c *Config, v string) error {
		c.Index, c.IndexPaused = v != "off", v == "paused"
		return oneOf(v, "on", "paused", "off")
	}},
	{"index_exclude", "CODABRIDGE_INDEX_EXCLUDE", "ids of docs left out of the index, with commas", func(c *Config, v string) (err error) { c.IndexExclude, err = splitList(v); return err }},
	{"access_ttl", "CODABRIDGE_ACCESS_TTL", "seconds an access token lives, 60 to 2592000", func(c *Config, v string) (err error) { c.AccessTTL, err = parseTTL(v); return err }},
	{"", "CODABRIDGE_NGROK_CONNECT_URL", "host:port of another ngrok edge (tests and support)", func(c *Config, v string) error { c.NgrokConnectURL = v; return checkAddress(v) }},
	{"", "CODABRIDGE_NGROK_CA_FILE", "certificate of that edge, PEM", func(c *Config, v string) error { c.NgrokCAFile = v; return nil }},
}

// Flag is the name of a setting on the command line.
func (s setting) Flag() string { return strings.ReplaceAll(s.Key, "_", "-") }

// LoadConfig collects the settings. flags holds those given on the command
// line by Key. dataDir must be known already, since config.json is in it.
// Errors name the place, the key and what is allowed.
func LoadConfig(dataDir string, flags map[string]string, getenv func(string) string) (Config, error) {
	c := Defaults()
	c.DataDir = dataDir
	values, err := readConfigFile(c.configFile())
	if err != nil {
		return c, err
	}
	for _, s := range Settings {
		value, from := "", ""
		if v, ok := values[s.Key]; ok && s.Key != "" {
			value, from = v, c.configFile()
		}
		if v := getenv(s.Env); v != "" {
			value, from = v, s.Env
		}
		if v, ok := flags[s.Key]; ok && s.Key != "" {
			value, from = v, "--"+s.Flag()
		}
		if from == "" {
			continue
		}
		if err := s.set(&c, value); err != nil {
			err = fmt.Errorf("%s: %s%q is not usable: %w (%s)", from, keyIn(s, from), value, err, s.Help)
			if strings.HasPrefix(from, "--") {
				err = FlagError{err}
			}
			return c, err
		}
		c.origin[s.Key] = from
	}
	if c.Toolset == tools.CustomTools && len(c.Tools) == 0 {
		return c, errors.New("toolset custom offers the tools named by the setting tools, which is empty: name some, or use core or full")
	}
	if (c.NgrokConnectURL == "") != (c.NgrokCAFile == "") {
		return c, errors.New("CODABRIDGE_NGROK_CONNECT_URL and CODABRIDGE_NGROK_CA_FILE belong together: set both or neither")
	}
	return c, nil
}

// parseTools reads names of tools; one that no tool has is most likely a
// typing slip.
func parseTools(v string) ([]string, error) {
	names := strings.FieldsFunc(v, func(r rune) bool { return r == ',' || r == ' ' })
	if len(names) == 0 {
		return nil, errors.New("it names no tool")
	}
	known := tools.AllNames()
	for _, n := range names {
		if !slices.Contains(known, n) {
			return nil, fmt.Errorf("there is no tool %q", n)
		}
	}
	return names, nil
}

// toolset is the owner's choice in the form the tools take.
func (c Config) toolset() tools.Toolset {
	return tools.Toolset{Name: c.Toolset, Tools: c.Tools, Admin: c.Admin}
}

// FlagError is a value on the command line that cannot be used.
type FlagError struct{ error }

// Unwrap gives the reason.
func (e FlagError) Unwrap() error { return e.error }

func keyIn(s setting, from string) string {
	if filepath.Base(from) == configName {
		return s.Key + " = "
	}
	return ""
}

const configName = "config.json"

func (c Config) configFile() string { return filepath.Join(c.DataDir, configName) }

// readConfigFile gives the values of config.json as text; none when there is
// no file. An unknown key is an error, because it is most likely a typing slip.
func readConfigFile(path string) (map[string]string, error) {
	raw, err := readRaw(path)
	if err != nil {
		return nil, err
	}
	values := map[string]string{}
	for key, v := range raw {
		if !slices.ContainsFunc(Settings, func(s setting) bool { return s.Key == key && key != "" }) {
			return nil, fmt.Errorf("%s: there is no setting %q; allowed: %s", path, key, strings.Join(keys(), ", "))
		}
		if values[key], err = text(v); err != nil {
			return nil, fmt.Errorf("%s: %s = %s is not usable: %w", path, key, v, err)
		}
	}
	return values, nil
}

// byteOrderMark is what some editors put before a text.
const byteOrderMark = "\xef\xbb\xbf"

// readRaw reads config.json; without a file, or with null in it, the map is
// empty.
func readRaw(path string) (map[string]json.RawMessage, error) {
	raw := map[string]json.RawMessage{}
	b, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return raw, nil
	}
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal(bytes.TrimPrefix(b, []byte(byteOrderMark)), &raw); err != nil {
		return nil, fmt.Errorf("%s is not valid JSON (%w): mend it, or move it away to start with the defaults; it was left as it is", path, err)
	}
	if raw == nil {
		raw = map[string]json.RawMessage{}
	}
	return raw, nil
}

func keys() []string {
	var out []string
	for _, s := range Settings {
		if s.Key != "" {
			out = append(out, s.Key)
		}
	}
	return out
}

// text gives a JSON value as it would be typed: a string without quotes, a
// list with commas.
func text(v json.RawMessage) (string, error) {
	var s string
	var list []string
	switch {
	case json.Unmarshal(v, &s) == nil:
		return s, nil
	case json.Unmarshal(v, &list) == nil:
		return strings.Join(list, ","), nil
	case v[0] == '[' || v[0] == '{':
		return "", errors.New("a text, a number, true, false or a list of texts is wanted")
	}
	return string(v), nil
}

// save writes one setting into config.json and keeps the others. A setting
// that a flag or the environment decides cannot be changed there. It reads and
// writes the whole file, so a caller holds App.deciding around it.
func (c Config) save(key string, value any) error {
	if c.decidedElsewhere(key) {
		return fmt.Errorf("this is decided by %s; change it there", c.origin[key])
	}
	raw, err := readRaw(c.configFile())
	if err != nil {
		return err
	}
	if value == nil {
		delete(raw, key)
	} else if raw[key], err = json.Marshal(value); err != nil {
		return err
	}
	b, err := json.MarshalIndent(raw, "", "  ")
	if err != nil {
		return err
	}
	return writeFile(c.configFile(), append(b, '\n'))
}

// decidedElsewhere tells that a flag or the environment decides a setting.
func (c Config) decidedElsewhere(key string) bool {
	from := c.origin[key]
	return from != "" && from != c.configFile()
}

// Given tells whether anybody set this setting, rather than it being a default.
func (c Config) Given(key string) bool { return c.origin[key] != "" }
