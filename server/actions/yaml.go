package actions

import (
	"bytes"
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// YAML is Document in YAML 1.2: block collections, and scalars as JSON writes
// them, which YAML reads alike.
func (a *Actions) YAML(origin string) []byte {
	var b bytes.Buffer
	writeYAML(&b, a.document(origin), 0)
	return b.Bytes()
}

// writeYAML writes a value that begins on a line of its own.
func writeYAML(b *bytes.Buffer, v any, depth int) {
	indent := strings.Repeat("  ", depth)
	switch v := v.(type) {
	case object:
		for _, key := range slices.Sorted(maps.Keys(v)) {
			b.WriteString(indent + plainKey(key) + ":")
			writeBelow(b, v[key], depth+1)
		}
	case []any:
		for _, item := range v {
			b.WriteString(indent + "-")
			writeBelow(b, item, depth+1)
		}
	}
}

// writeBelow writes what stands behind a key or a dash.
func writeBelow(b *bytes.Buffer, v any, depth int) {
	o, isObject := v.(object)
	list, isList := v.([]any)
	if isObject && len(o) > 0 || isList && len(list) > 0 {
		b.WriteByte('\n')
		writeYAML(b, v, depth)
		return
	}
	scalar, err := json.Marshal(v)
	if err != nil {
		panic(err) // it came out of JSON, or is our own
	}
	b.WriteByte(' ')
	b.Write(scalar)
	b.WriteByte('\n')
}

var plain = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_-]*$`) })

// plainKey is a key as YAML reads it as a text: a few words are not texts there.
func plainKey(key string) string {
	if plain().MatchString(key) && !slices.Contains([]string{"y", "n", "yes", "no", "on", "off", "true", "false", "null"}, strings.ToLower(key)) {
		return key
	}
	b, err := json.Marshal(key)
	if err != nil {
		panic(err) // a text always encodes
	}
	return string(b)
}
