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
		return nil, fmt.Errorf("%s cannot be read: %w", path, errors.Unwrap(err))
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
