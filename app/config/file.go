package config

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
	"unicode/utf8"
)

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
		if !slices.ContainsFunc(Settings, func(s Setting) bool { return s.Key == key && key != "" }) {
			return nil, fmt.Errorf("%s: there is no setting %q; allowed: %s", path, key, strings.Join(keys(), ", "))
		}
		values[key], err = text(v)
		if err != nil {
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
		if info, statErr := os.Stat(path); statErr == nil && info.IsDir() {
			return nil, fmt.Errorf("%s is a folder, and the settings are a file of that name: move it away", path)
		}
		return nil, fmt.Errorf("%s cannot be read: %w", path, errors.Unwrap(err))
	}
	b = bytes.TrimPrefix(b, []byte(byteOrderMark))
	if err := json.Unmarshal(b, &raw); err != nil {
		return nil, fmt.Errorf("%s %s: mend it, or move it away to start with the defaults; it was left as it is", path, notSettings(b, err))
	}
	if raw == nil {
		raw = map[string]json.RawMessage{}
	}
	return raw, nil
}

// notSettings says what is wrong with a text that holds no settings.
func notSettings(b []byte, err error) string {
	var syntax *json.SyntaxError
	switch {
	case bytes.HasPrefix(b, []byte("\xff\xfe")) || bytes.HasPrefix(b, []byte("\xfe\xff")):
		return "is in UTF-16, and UTF-8 is wanted"
	case len(bytes.TrimSpace(b)) == 0:
		return "is empty, and not even {} stands in it"
	case !errors.As(err, &syntax):
		return "is not valid JSON of settings, which stand between { and }, such as {\"tunnel\": \"none\"}"
	}
	before := b[:min(max(int(syntax.Offset)-1, 0), len(b))]
	line, from := 1+bytes.Count(before, []byte("\n")), 1+bytes.LastIndexByte(before, '\n')
	at := fmt.Sprintf("in line %d at character %d", line, 1+utf8.RuneCount(before[from:]))
	if int(syntax.Offset) >= len(b) && !json.Valid(b) && strings.Contains(syntax.Error(), "unexpected end") {
		at = fmt.Sprintf("since it ends in line %d before all that was opened is closed", line)
	}
	return "is not valid JSON " + at
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

// Save writes one setting into config.json and keeps the others; nil takes it
// out. A setting that a flag or the environment decides cannot be changed there.
// It reads and writes the whole file, so that of two at once one would be lost.
func (c Config) Save(key string, value any) error {
	if c.DecidedElsewhere(key) {
		return fmt.Errorf("this is decided by %s; change it there", c.origin[key])
	}
	raw, err := readRaw(c.configFile())
	if err != nil {
		return err
	}
	delete(raw, key)
	if value != nil {
		raw[key], err = json.Marshal(value)
	}
	if err != nil {
		return err
	}
	b, err := json.MarshalIndent(raw, "", "  ")
	if err != nil {
		return err
	}
	return writeFile(c.configFile(), append(b, '\n'))
}

// DecidedElsewhere tells that a flag or the environment decides a setting.
func (c Config) DecidedElsewhere(key string) bool {
	from := c.origin[key]
	return from != "" && from != c.configFile()
}

// Given tells whether anybody set this setting, rather than it being a default.
func (c Config) Given(key string) bool { return c.origin[key] != "" }

// Now reads a setting of config.json as it stands there at this moment, empty
// when it does not.
func (c Config) Now(key string) (string, error) {
	values, err := readConfigFile(c.configFile())
	return values[key], err
}
