package config

import "slices"

// whose are the settings that decide whose docs are read and how, so that two
// processes with other values cannot stand for one another.
var whose = []string{"coda_url", "toolset", "tools", "admin", "structured", "index", "index_exclude"}

// OwnChoices are the settings that a flag or the environment gave this process
// and that another one must have too to stand in for it, by their keys.
func (c Config) OwnChoices() map[string]string {
	own := map[string]string{}
	for _, key := range whose {
		if c.DecidedElsewhere(key) {
			own[key] = c.given[key]
		}
	}
	return own
}

// Has tells whether a setting of OwnChoices is as this process has it.
func (c Config) Has(key, value string) bool {
	i := slices.IndexFunc(Settings, func(s Setting) bool { return s.Key == key && key != "" })
	if i < 0 || !slices.Contains(whose, key) {
		return false
	}
	other := c
	if Settings[i].set(&other, value) != nil {
		return false
	}
	return other.CodaURL == c.CodaURL &&
		other.Toolset == c.Toolset && slices.Equal(other.Tools, c.Tools) && other.Admin == c.Admin && other.Structured == c.Structured &&
		other.Index == c.Index && other.IndexPaused == c.IndexPaused && slices.Equal(other.IndexExclude, c.IndexExclude)
}
