package config

import (
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
)

// Export gives what stands in config.json of a data folder, by key; nothing
// where there is no file.
func Export(dataDir string) (map[string]json.RawMessage, error) {
	return readRaw(filepath.Join(dataDir, configName))
}

// Check says whether such values can be used; tools are the names of all tools.
func Check(values map[string]json.RawMessage, tools []string) error {
	c := Defaults()
	c.known = tools
	for key, v := range values {
		i := slices.IndexFunc(Settings, func(s Setting) bool { return s.Key == key && key != "" })
		if i < 0 {
			return fmt.Errorf("there is no setting %q", key)
		}
		value, err := text(v)
		if err == nil {
			err = Settings[i].set(&c, value)
		}
		if err != nil {
			return fmt.Errorf("%s = %s is not usable: %w", key, v, err)
		}
	}
	return nil
}

// Import writes config.json of a data folder anew; Check says before whether it
// can be used.
func Import(dataDir string, values map[string]json.RawMessage) error {
	if values == nil {
		values = map[string]json.RawMessage{}
	}
	b, err := json.MarshalIndent(values, "", "  ")
	if err != nil {
		return err
	}
	return writeFile(filepath.Join(dataDir, configName), append(b, '\n'))
}
