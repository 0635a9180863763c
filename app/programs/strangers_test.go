package programs

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestFilesThatAreNotOursToWriteStay: the sentence says why, and what to paste.
func TestFilesThatAreNotOursToWriteStay(t *testing.T) {
	utf16 := "\xff\xfe{\x00}\x00"
	for _, c := range []struct{ name, file, text, why string }{
		{"cursor", ".cursor/mcp.json", "{\n  \"mcpServers\": {\n", "unexpected EOF"},
		{"cursor", ".cursor/mcp.json", "[]", "holds no object"},
		{"cursor", ".cursor/mcp.json", `"text"`, "holds no object"},
		{"cursor", ".cursor/mcp.json", `{"mcpServers": ["a"]}`, "no list of servers by name"},
		{"cursor", ".cursor/mcp.json", `{"mcpServers": "a"}`, "no list of servers by name"},
		{"cursor", ".cursor/mcp.json", `{'mcpServers': {}}`, "invalid character"},
		{"cursor", ".cursor/mcp.json", utf16, "invalid character"},
		{"cursor", ".cursor/mcp.json", "{}{}", "after top-level value"},
		{"cursor", ".cursor/mcp.json", "<<<<<<< HEAD\n{}\n", "invalid character"},
		{"codex", ".codex/config.toml", "mcp_servers = { a = { command = \"a\" } }\n", "on one line, in braces"},
		{"codex", ".codex/config.toml", "[[mcp_servers]]\nx = 1\n", "no list of servers by name"},
		{"codex", ".codex/config.toml", "model = \n", ""},
		{"codex", ".codex/config.toml", "[mcp_servers]\ncodabridge = { command = \"codabridge\", args = [\"stdio\"] }\n", "in a line of another table"},
		{"codex", ".codex/config.toml", "[mcp_servers.a]\nx = 1\n[mcp_servers.a]\nx = 1\n", ""},
		{"goose", ".config/goose/config.yaml", "extensions: {a: {type: builtin}}\n", ""},
		{"goose", ".config/goose/config.yaml", "extensions:\n- a\n", "no list of servers by name"},
		{"goose", ".config/goose/config.yaml", "a: 1\n---\nb: 2\n", "more than one document"},
		{"goose", ".config/goose/config.yaml", "a: [\n", ""},
		{"goose", ".config/goose/config.yaml", "- a\n", "no list of settings"},
		{"goose", ".config/goose/config.yaml", "a: 1\n\tb: 2\n", ""},
	} {
		home := tree(t, filepath.Dir(c.file)+"/")
		r, path := computer("linux", home, nil), filepath.Join(home, c.file)
		write(t, path, c.text)
		untouched(t, r, c.name, path, c.text, c.why)
	}
}

// untouched wants a refusal that says what to paste, and nothing written.
func untouched(t *testing.T, r *Computer, name, path, was, why string) {
	t.Helper()
	_, err := r.Connect(name)
	if err == nil || !strings.Contains(err.Error(), why) || !strings.Contains(err.Error(), "paste this") || !strings.Contains(err.Error(), "/opt/coda bridge/codabridge") {
		t.Errorf("%s with %q: %v", name, was, err)
	}
	if is := text(t, path); is != was {
		t.Errorf("%s: %q became %q", name, was, is)
	}
	if left, _ := filepath.Glob(filepath.Join(filepath.Dir(path), "*codabridge*")); len(left) != 0 {
		t.Errorf("%s with %q: left over: %q", name, was, left)
	}
}

func TestReadOnlyLinksModesAndFolders(t *testing.T) {
	const usual = "{\n  \"mcpServers\": {}\n}\n"
	home := tree(t, ".cursor/", "dotfiles/", ".gemini/settings.json/", ".codeium/windsurf/", ".lmstudio/")
	in := func(p string) string { return filepath.Join(home, filepath.FromSlash(p)) }
	r := computer("linux", home, nil)

	// A link stays a link, and the file that it leads to keeps its mode.
	write(t, in("dotfiles/cursor.json"), usual)
	if err := os.Chmod(in("dotfiles/cursor.json"), 0o640); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("../dotfiles/cursor.json", in(".cursor/mcp.json")); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Connect("cursor"); err != nil {
		t.Fatal(err)
	}
	link, err := os.Readlink(in(".cursor/mcp.json"))
	info, _ := os.Stat(in("dotfiles/cursor.json"))
	if err != nil || link != "../dotfiles/cursor.json" || info.Mode().Perm() != 0o640 || !strings.Contains(text(t, in("dotfiles/cursor.json")), "codabridge") {
		t.Errorf("link %q, %v, mode %v", link, err, info.Mode())
	}
	if _, err := r.Disconnect("cursor"); err != nil || text(t, in("dotfiles/cursor.json")) != usual {
		t.Errorf("%v, %q", err, text(t, in("dotfiles/cursor.json")))
	}

	// A file that its owner has closed stays closed, even to one who may do all.
	write(t, in(".codeium/windsurf/mcp_config.json"), usual)
	if err := os.Chmod(in(".codeium/windsurf/mcp_config.json"), 0o444); err != nil {
		t.Fatal(err)
	}
	untouched(t, r, "windsurf", in(".codeium/windsurf/mcp_config.json"), usual, "read-only")

	// A folder in its place, and a link that leads nowhere.
	if _, err := r.Connect("gemini"); err == nil || !strings.Contains(err.Error(), "it is no file") {
		t.Errorf("a folder: %v", err)
	}
	if err := os.Symlink("nowhere", in(".lmstudio/mcp.json")); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Connect("lm-studio"); err == nil || !strings.Contains(err.Error(), "leads nowhere") {
		t.Errorf("a dead link: %v", err)
	}
}

// TestAChangeOfAnotherProgramIsNeverLost: another program writes between our
// reading and our writing, several times.
func TestAChangeOfAnotherProgramIsNeverLost(t *testing.T) {
	for _, k := range kinds {
		home := tree(t, k.folder)
		path := filepath.Join(home, filepath.FromSlash(k.file))
		lines := map[string]string{".json": "{\"n\": %d}\n", ".toml": "n = %d\n", ".yaml": "n: %d\n"}
		line, turn := lines[filepath.Ext(path)], 0
		r := computer("linux", home, nil)
		r.meanwhile = func() {
			turn++
			if turn <= 3 {
				write(t, path, fmt.Sprintf(line, turn))
			}
		}
		if _, err := r.Connect(k.name); err != nil {
			t.Fatal(err)
		}
		r.meanwhile = nil
		if row := rowOf(r, k.name); row.Status != Connected || turn != 4 {
			t.Errorf("%+v after %d turns", row, turn)
		}
		if _, err := r.Disconnect(k.name); err != nil || text(t, path) != fmt.Sprintf(line, 3) {
			t.Errorf("%v, %q", err, text(t, path))
		}
		// The same on the way out, and for one who never stops.
		write(t, path, fmt.Sprintf(line, 7))
		if _, err := r.Connect(k.name); err != nil {
			t.Fatal(err)
		}
		with := text(t, path)
		turn = 0
		r.meanwhile = func() {
			turn++
			if turn == 1 {
				write(t, path, strings.Replace(with, "7", "8", 1))
			}
		}
		if _, err := r.Disconnect(k.name); err != nil || text(t, path) != fmt.Sprintf(line, 8) {
			t.Errorf("out: %v, %q", err, text(t, path))
		}
		r.meanwhile = func() { turn++; write(t, path, fmt.Sprintf(line, turn)) }
		if _, err := r.Connect(k.name); err == nil || !strings.Contains(err.Error(), "all the time") {
			t.Errorf("one who never stops: %v", err)
		}
		if text(t, path) != fmt.Sprintf(line, turn) {
			t.Errorf("its last change is lost: %q", text(t, path))
		}
	}
}
