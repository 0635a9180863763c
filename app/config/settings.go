package config

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
)

// Setting is one row of the table that decides how a setting may be given.
type Setting struct {
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
var Settings = []Setting{
	{"listen", "CODABRIDGE_LISTEN", "address of the MCP server, host:port; port 0 picks a free one", func(c *Config, v string) error { c.Listen = v; return checkAddress(v) }},
	{"owner_listen", "CODABRIDGE_OWNER_LISTEN", "address of the owner's page, host:port on loopback; port 0 is a free one at each start", func(c *Config, v string) error { c.OwnerListen = v; return checkLoopback(v) }},
	{"coda_url", "CODABRIDGE_CODA_URL", "REST base of Coda with /apis/v1; https, or http to this computer", func(c *Config, v string) error { c.CodaURL = strings.TrimSuffix(v, "/"); return checkCodaURL(v) }},
	{"tunnel", "CODABRIDGE_TUNNEL", "ngrok, or none for this computer only", func(c *Config, v string) error { c.Tunnel = v; return oneOf(v, "ngrok", "none") }},
	{"public_url", "CODABRIDGE_PUBLIC_URL", "https origin of your own proxy in front of --listen, instead of ngrok", func(c *Config, v string) (err error) { c.PublicURL, err = ParseOrigin(v); return err }},
	{"ngrok_url", "CODABRIDGE_NGROK_URL", "https origin of a domain of your ngrok account", func(c *Config, v string) (err error) { c.NgrokURL, err = ParseOrigin(v); return err }},
	{"local_hosts", "CODABRIDGE_LOCAL_HOSTS", "other names under which this computer's containers reach --listen, with commas, such as host.docker.internal",
		func(c *Config, v string) (err error) { c.LocalHosts, err = parseHosts(v); return err }},
	{"read_only", "CODABRIDGE_READ_ONLY", "true refuses every write", func(c *Config, v string) (err error) { c.ReadOnly, err = ParseBool(v); return err }},
	{"documents", "CODABRIDGE_DOCUMENTS", "ids of the only docs that tools may touch, with commas", func(c *Config, v string) (err error) { c.Documents, err = SplitList(v); return err }},
	{"toolset", "CODABRIDGE_TOOLSET", "core, full, or custom with the names in tools", func(c *Config, v string) error {
		c.Toolset = v
		return oneOf(v, Core, Full, Custom)
	}},
	{"tools", "CODABRIDGE_TOOLS", "names of the tools that toolset custom offers, with commas", func(c *Config, v string) (err error) { c.Tools, err = c.parseTools(v); return err }},
	{"admin", "CODABRIDGE_ADMIN", "true adds what administrators and makers of packs need", func(c *Config, v string) (err error) { c.Admin, err = ParseBool(v); return err }},
	{"structured", "CODABRIDGE_STRUCTURED", "true answers every tool call with structuredContent too, beside the text",
		func(c *Config, v string) (err error) { c.Structured, err = ParseBool(v); return err }},
	{"index", "CODABRIDGE_INDEX", "on, paused or off: a search index of all texts in the data folder", func(c *Config, v string) error {
		c.Index, c.IndexPaused = v != "off", v == "paused"
		return oneOf(v, "on", "paused", "off")
	}},
	{"index_exclude", "CODABRIDGE_INDEX_EXCLUDE", "ids of docs left out of the index, with commas", func(c *Config, v string) (err error) { c.IndexExclude, err = SplitList(v); return err }},
	{"changes", "CODABRIDGE_CHANGES", "on or off: keep in the data folder how it was before each change, so that it can be put back", func(c *Config, v string) error {
		c.Changes = v == "on"
		return oneOf(v, "on", "off")
	}},
	{"blind_writes", "CODABRIDGE_BLIND_WRITES", "false refuses a change if how it is now cannot be read", func(c *Config, v string) (err error) {
		c.BlindWrites, err = ParseBool(v)
		return err
	}},
	{"ask_always", "CODABRIDGE_ASK_ALWAYS", "which changes wait for your yes whatever a connection may do, with commas: delete-docs, deletes, sharing, " +
		"publishing, irreversible; or none", func(c *Config, v string) (err error) {
		c.AskAlways, err = ParseAskAlways(v)
		return err
	}},
	{"notifications_off", "CODABRIDGE_NOTIFICATIONS_OFF", "kinds of desktop notifications that are not shown, with commas; codabridge notifications lists them",
		func(c *Config, v string) (err error) { c.NotificationsOff, err = parseNotices(v); return err }},
	{"updates", "CODABRIDGE_UPDATES", "on or off: ask once a week whether there is a newer version; nothing is downloaded", func(c *Config, v string) error {
		c.Updates = v
		return oneOf(v, "on", "off")
	}},
	{"access_ttl", "CODABRIDGE_ACCESS_TTL", "seconds an access token lives, 60 to 2592000", func(c *Config, v string) (err error) { c.AccessTTL, err = parseTTL(v); return err }},
	{"", "CODABRIDGE_NGROK_CONNECT_URL", "host:port of another ngrok edge (tests and support)", func(c *Config, v string) error { c.NgrokConnectURL = v; return checkAddress(v) }},
	{"", "CODABRIDGE_NGROK_CA_FILE", "certificate of that edge, PEM", func(c *Config, v string) error { c.NgrokCAFile = v; return nil }},
}

// Flag is the name of a setting on the command line.
func (s Setting) Flag() string { return strings.ReplaceAll(s.Key, "_", "-") }

// Source is where settings come from.
type Source struct {
	// DataDir holds config.json.
	DataDir string
	// Flags are the settings given on the command line, by Key.
	Flags map[string]string
	// Getenv reads the environment.
	Getenv func(string) string
	// Tools are the names of all tools there are.
	Tools []string
}

// Load collects the settings. Errors name the place, the key and what is
// allowed; one on the command line is a FlagError.
func Load(from Source) (Config, error) {
	c := Defaults()
	c.DataDir, c.known = from.DataDir, from.Tools
	values, err := readConfigFile(c.configFile())
	if err != nil {
		return c, err
	}
	for _, s := range Settings {
		value, place := "", ""
		if v, ok := values[s.Key]; ok && s.Key != "" {
			value, place = v, c.configFile()
		}
		if v := from.Getenv(s.Env); v != "" {
			value, place = v, s.Env
		}
		if v, ok := from.Flags[s.Key]; ok && s.Key != "" {
			value, place = v, "--"+s.Flag()
		}
		if place == "" {
			continue
		}
		if err := s.set(&c, value); err != nil {
			err = fmt.Errorf("%s: %s%q is not usable: %w (%s)", place, keyIn(s, place), value, err, s.Help)
			if strings.HasPrefix(place, "--") {
				err = FlagError{err}
			}
			return c, err
		}
		c.origin[s.Key], c.given[s.Key] = place, value
	}
	if c.Toolset == Custom && len(c.Tools) == 0 {
		return c, errors.New("toolset custom offers the tools named by the setting tools, which is empty: name some, or use core or full")
	}
	if err := c.opposed(); err != nil {
		return c, FlagError{err}
	}
	if (c.NgrokConnectURL == "") != (c.NgrokCAFile == "") {
		return c, errors.New("CODABRIDGE_NGROK_CONNECT_URL and CODABRIDGE_NGROK_CA_FILE belong together: set both or neither")
	}
	return c, nil
}

// opposed refuses what was typed at once and excludes each other: one of the two
// would do nothing, without a word.
func (c *Config) opposed() error {
	typed := func(key string) bool { return strings.HasPrefix(c.origin[key], "--") }
	switch {
	case typed("tools") && typed("toolset") && c.Toolset != Custom:
		return errors.New("--tools is for --toolset custom; give no other --toolset with it")
	case typed("tunnel") && typed("public_url") && c.Tunnel == "ngrok" && c.PublicURL != "":
		return errors.New("--public-url takes the place of --tunnel ngrok; give one of them")
	case typed("ngrok_url") && typed("public_url") && c.NgrokURL != "" && c.PublicURL != "":
		return errors.New("--public-url takes the place of ngrok, and --ngrok-url is for ngrok; give one of them")
	case typed("ngrok_url") && typed("tunnel") && c.Tunnel == "none" && c.NgrokURL != "":
		return errors.New("--ngrok-url is for --tunnel ngrok, and --tunnel none has no address on the internet; give one of them")
	}
	return nil
}

// parseTools reads names of tools; one that no tool has is most likely a
// typing slip.
func (c *Config) parseTools(v string) ([]string, error) {
	names := strings.FieldsFunc(v, func(r rune) bool { return r == ',' || r == ' ' })
	if len(names) == 0 {
		return nil, errors.New("it names no tool")
	}
	for _, n := range names {
		if c.known != nil && !slices.Contains(c.known, n) {
			return nil, fmt.Errorf("there is no tool %q", n)
		}
	}
	return names, nil
}

// FlagError is a value on the command line that cannot be used.
type FlagError struct{ error }

// Unwrap gives the reason.
func (e FlagError) Unwrap() error { return e.error }

func keyIn(s Setting, from string) string {
	if filepath.Base(from) == configName {
		return s.Key + " = "
	}
	return ""
}
