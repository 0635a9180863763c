package config

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func nothing(string) string { return "" }

// TestASettingIsTakenFromWhereItIsNearest: a flag, else the environment, else
// config.json; and what a flag or the environment decides is not changed there.
func TestASettingIsTakenFromWhereItIsNearest(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "config.json")
	if err := os.WriteFile(file, []byte("\xef\xbb\xbf"+`{"listen": "127.0.0.1:1", "tunnel": "none", "documents": ["a", "b"], "later": 1}`), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := Load(Source{DataDir: dir, Getenv: nothing})
	if err == nil || !strings.Contains(err.Error(), file) || !strings.Contains(err.Error(), `"later"`) {
		t.Errorf("an unknown key: %v", err)
	}
	if err := os.WriteFile(file, []byte(`{"listen": "127.0.0.1:1", "tunnel": "none", "documents": ["a", "b"], "read_only": true}`), 0o600); err != nil {
		t.Fatal(err)
	}
	env := map[string]string{"CODABRIDGE_LISTEN": "127.0.0.1:2", "CODABRIDGE_TUNNEL": "ngrok"}
	c, err := Load(Source{DataDir: dir, Flags: map[string]string{"listen": "127.0.0.1:3"}, Getenv: func(k string) string { return env[k] }})
	if err != nil || c.Listen != "127.0.0.1:3" || c.Tunnel != "ngrok" || !c.ReadOnly || !slices.Equal(c.Documents, []string{"a", "b"}) {
		t.Fatalf("%+v %v", c, err)
	}
	if err := c.Save("tunnel", "none"); err == nil || !strings.Contains(err.Error(), "CODABRIDGE_TUNNEL") {
		t.Errorf("what the environment decides is changed in the file: %v", err)
	}
	if err := c.Save("read_only", nil); err != nil {
		t.Error(err)
	}
	if v, err := c.Now("read_only"); v != "" || err != nil {
		t.Errorf("read_only is %q, %v", v, err)
	}
	if v, err := c.Now("documents"); v != "a,b" || err != nil {
		t.Errorf("documents are %q, %v", v, err)
	}
}

// TestAValueThatCannotBeIsNamed, with its place, its key and what is allowed.
func TestAValueThatCannotBeIsNamed(t *testing.T) {
	for flag, value := range map[string]string{
		"owner_listen": "0.0.0.0:8086", "listen": "8085", "coda_url": "http://example.com/apis/v1", "public_url": "http://example.com",
		"toolset": "most", "tools": "search no_such_tool", "access_ttl": "59", "read_only": "perhaps", "structured": "both", "index": "maybe", "documents": " , ",
	} {
		_, err := Load(Source{DataDir: t.TempDir(), Flags: map[string]string{flag: value}, Getenv: nothing, Tools: []string{"search"}})
		_, is := err.(FlagError)
		if name := "--" + strings.ReplaceAll(flag, "_", "-"); !is || !strings.Contains(err.Error(), name) || !strings.Contains(err.Error(), value) {
			t.Errorf("%s: %v", flag, err)
		}
	}
}
