package programs

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// The files below are as people and programs leave them.
var (
	jsonFiles = map[string]string{
		"usual":             "{\n  \"mcpServers\": {\n    \"github\": {\n      \"command\": \"npx\",\n      \"args\": [\"-y\", \"@modelcontextprotocol/server-github\"]\n    }\n  }\n}\n",
		"no end of line":    "{\n  \"mcpServers\": {\n    \"a\": {\"command\": \"a\"}\n  }\n}",
		"other settings":    "{\n  \"globalShortcut\": \"Ctrl+Space\",\n  \"big\": 12345678901234567890,\n  \"float\": 1.0,\n  \"escaped\": \"\\u00e9\\/\"\n}\n",
		"empty object":      "{}",
		"empty object, nl":  "{}\n",
		"blank object":      "{ }",
		"broken object":     "{\n}\n",
		"empty":             "",
		"blank":             " \n\t\n",
		"empty group":       "{\n  \"mcpServers\": {}\n}\n",
		"blank group":       "{\n  \"mcpServers\": {\n  }\n}\n",
		"spaced group":      "{\n  \"mcpServers\": { }\n}\n",
		"null group":        "{\n  \"mcpServers\": null,\n  \"x\": 1\n}\n",
		"commented group":   "{\n  \"mcpServers\": {\n    // none yet\n  }\n}\n",
		"comment in braces": "{\n  \"mcpServers\": { /* none yet */ }\n}\n",
		"tabs":              "{\n\t\"mcpServers\": {\n\t\t\"a\": {\n\t\t\t\"command\": \"a\"\n\t\t}\n\t}\n}\n",
		"four blanks":       "{\n    \"theme\": \"dark\",\n    \"mcpServers\": {\n        \"a\": { \"command\": \"a\" }\n    }\n}\n",
		"CRLF":              "{\r\n  \"mcpServers\": {\r\n    \"a\": {\r\n      \"command\": \"a\"\r\n    }\r\n  }\r\n}\r\n",
		"CRLF without us":   "{\r\n  \"theme\": \"dark\"\r\n}\r\n",
		"BOM":               "\ufeff{\n  \"mcpServers\": {\n    \"a\": {\"command\": \"a\"}\n  }\n}\n",
		"BOM alone":         "\ufeff",
		"BOM and CRLF":      "\ufeff{\r\n\t\"theme\": 1\r\n}\r\n",
		"one line":          `{"mcpServers":{"a":{"command":"a"}},"x":[1,2]}`,
		"one line, blanks":  `{"mcpServers": {"a": {"command": "a"}}, "x": [1, 2]}`,
		"one line, empty":   `{"mcpServers":{}}`,
		"inner line":        "{\n  \"mcpServers\": {\"a\": {\"command\": \"a\"}},\n  \"x\": 1\n}\n",
		"comments": "// my servers\n{\n  // before\n  \"mcpServers\": { // here\n    /* a is\n       old */\n    \"a\": {\"command\": \"a\"}, // first\n" +
			"    \"b\": {\"command\": \"b\"} // last\n    // after\n  } // group\n  // end\n}\n// really\n",
		"trailing commas": "{\n  \"mcpServers\": {\n    \"a\": {\"command\": \"a\",},\n  },\n  \"list\": [1, 2,],\n}\n",
		"Allman":          "{\n  \"mcpServers\":\n  {\n    \"a\":\n    {\n      \"command\": \"a\"\n    }\n  }\n}\n",
		"no breaks":       "{\n  \"mcpServers\": {\"a\": 1,\n                 \"b\": 2}\n}\n",
		"twice":           "{\n  \"mcpServers\": {\"old\": {\"command\": \"x\"}},\n  \"mcpServers\": {\n    \"new\": {\"command\": \"y\"}\n  }\n}\n",
		"escaped key":     "{\n  \"mcp\\u0053ervers\": {\n    \"a\": {\"command\": \"a\"}\n  }\n}\n",
		"unicode":         "{\n  \"mcpServers\": {\n    \"Straße 🚲 \u2028\": {\"command\": \"/Users/Zoë/日本/a\"}\n  },\n  \"né\": \"𝒳\"\n}\n",
		"odd order":       "{\n  \"z\": 1, \"a\": 2,\n  \"mcpServers\": {\n    \"b\": {\"args\": [], \"command\": \"b\"},\n    \"a\": {}\n  },\n  \"m\": {\"deep\": {\"mcpServers\": {\"codabridge\": {}}}}\n}\n",
		"by hand": "{\n  \"mcpServers\": {\n    \"codabridge\": {\n      \"command\": \"codabridge\",\n      \"args\": [\"stdio\"],\n      \"env\": {\"CODABRIDGE_TOOLSET\": \"full\"}, // mine\n" +
			"      \"disabled\": false\n    },\n    \"a\": {\"command\": \"a\"}\n  }\n}\n",
		"by hand, as URL": "{\n  \"mcpServers\": {\n    \"a\": {\"command\": \"a\"},\n    \"codabridge\": {\"url\": \"http://127.0.0.1:8085/mcp\"}\n  }\n}\n",
		"huge":            "{\n  \"history\": [\n" + strings.Repeat("    {\"display\": \"a question of some length\", \"pasted\": {}},\n", 2000) + "    1\n  ],\n  \"mcpServers\": {}\n}\n",
		"lone CR":         "{\r  \"x\": 1\r}",
	}
	tomlFiles = map[string]string{
		"usual":              "model = \"gpt-5\"\n\n[mcp_servers.github]\ncommand = \"npx\"\nargs = [\"-y\", \"x\"]\n\n[profiles.fast]\nmodel = \"o3\"\n",
		"no end of line":     "model = \"gpt-5\"\n[mcp_servers.a]\ncommand = \"a\"",
		"empty":              "",
		"blank":              "\n\n",
		"comments":           "# mine\nmodel = 'x' # here\n\n  # before\n[ mcp_servers . \"a\" ] # head\n  command = \"a\" # run\n  args = [ # list\n    \"x\", # first\n  ]\n# end\n",
		"CRLF":               "model = \"x\"\r\n\r\n[mcp_servers.a]\r\ncommand = \"a\"\r\n",
		"BOM":                "\ufeffmodel = \"x\"\n",
		"dotted":             "mcp_servers.a.command = \"a\"\nx = 1\n",
		"in one":             "[mcp_servers]\na = { command = \"a\", args = [\"b\"] }\n",
		"numbers":            "a = 1_000\nb = 1.0\nc = 0xDEADBEEF\nd = 1979-05-27T07:32:00Z\ne = '''\nraw [mcp_servers.codabridge]\n'''\n[[list]]\nx = 1\n[[list]]\nx = 2\n",
		"unicode":            "name = \"Zoë 🚲\"\n[projects.\"/home/日本/x\"]\ntrust_level = \"trusted\"\n",
		"by hand":            "[mcp_servers.codabridge]\ncommand = \"codabridge\" # mine\nargs = [\n  \"stdio\",\n]\nstartup_timeout_sec = 20\n\n[mcp_servers.codabridge.env]\nCODABRIDGE_TOOLSET = \"full\"\n\n[other]\nx = 1\n",
		"by hand, as URL":    "x = 1\n\n[mcp_servers.codabridge]\nurl = \"http://127.0.0.1:8085/mcp\"\n\n[other]\nx = 1\n",
		"many trailing":      "x = 1\n\n\n\n",
		"comment at the end": "x = 1\n# the end",
	}
	yamlFiles = map[string]string{
		"usual": "# goose\nGOOSE_MODEL: \"claude\"   # model\nextensions:\n  developer:\n    bundled: true\n    enabled: true\n    name: developer\n    timeout: 300\n    type: builtin\n\n" +
			"  memory:\n    enabled: false\n    type: builtin\n\nGOOSE_PROVIDER: anthropic\n",
		"no end of line":  "GOOSE_MODEL: x\nextensions:\n  a:\n    type: builtin",
		"empty":           "",
		"blank":           "\n",
		"no group":        "GOOSE_MODEL: x\n",
		"no group, open":  "GOOSE_MODEL: x",
		"null group":      "extensions:\nGOOSE_MODEL: x\n",
		"null, commented": "extensions: # none\nGOOSE_MODEL: x\n",
		"empty group":     "a: 1\nextensions: {}\nb: 2\n",
		"empty, comment":  "extensions: {} # none\n",
		"four blanks":     "extensions:\n    a:\n        type: builtin\n        args:\n        - x\n        - y\n",
		"commented":       "extensions:\n  # the first\n  a: # a\n    type: builtin # b\n  # the end\n# over\nx: |\n  extensions:\n    codabridge: no\n",
		"CRLF":            "x: 1\r\nextensions:\r\n  a:\r\n    type: builtin\r\n",
		"BOM":             "\ufeffx: 1\n",
		"document":        "---\nx: 1\nextensions:\n  a: {type: builtin}\n",
		"unicode":         "näme: \"Zoë 🚲\"\nextensions:\n  日本:\n    cmd: /x/日本\n",
		"quoted":          "\"extensions\":\n  'a':\n    type: builtin\n",
		"anchors":         "base: &b\n  type: builtin\nextensions:\n  a:\n    <<: *b\n    name: a\n",
		"by hand":         "extensions:\n  codabridge:\n    args:\n    - stdio\n    cmd: codabridge\n    enabled: true\n    envs:\n      CODABRIDGE_TOOLSET: full\n    type: stdio\n  a:\n    type: builtin\n",
		"by hand, as URI": "extensions:\n  codabridge:\n    type: streamable_http\n    uri: http://127.0.0.1:8085/mcp\nx: 1\n",
	}
)

// kinds are a program of each format, its file, and the files to try.
var kinds = []struct {
	name, folder, file string
	files              map[string]string
}{
	{"cursor", ".cursor/", ".cursor/mcp.json", jsonFiles},
	{"claude-code", ".claude/", ".claude.json", jsonFiles},
	{"codex", ".codex/", ".codex/config.toml", tomlFiles},
	{"goose", ".config/goose/", ".config/goose/config.yaml", yamlFiles},
}

// eachFile runs a test for each of the files above.
func eachFile(t *testing.T, do func(t *testing.T, r *Computer, name, path, text string)) {
	t.Helper()
	for _, k := range kinds {
		for what, text := range k.files {
			t.Run(k.name+" "+what, func(t *testing.T) {
				home := tree(t, k.folder)
				path := filepath.Join(home, filepath.FromSlash(k.file))
				write(t, path, text)
				do(t, computer("linux", home, nil), k.name, path, text)
			})
		}
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func text(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// TestConnectAndDisconnectLeaveTheFileAsItWas: the entry is there, a second time
// changes no byte, and out again gives the file back byte for byte, with nothing
// beside it.
func TestConnectAndDisconnectLeaveTheFileAsItWas(t *testing.T) {
	eachFile(t, func(t *testing.T, r *Computer, name, path, before string) {
		if _, err := r.Connect(name); err != nil {
			t.Fatal(err)
		}
		if row := rowOf(r, name); row.Status != Connected || row.Command != r.Command {
			t.Fatalf("%+v\n%s", row, clipped(text(t, path)))
		}
		if got := text(t, path+backupEnding); got != before {
			t.Errorf("the copy holds %q", clipped(got))
		}
		once := text(t, path)
		if written, err := r.Connect(name); err != nil || len(written) != 0 || text(t, path) != once {
			t.Errorf("a second time: %q, %v\n%s", written, err, clipped(text(t, path)))
		}
		if _, err := r.Disconnect(name); err != nil {
			t.Fatal(err)
		}
		if after := text(t, path); after != before {
			t.Errorf("was\n%q\nis\n%q", clipped(before), clipped(after))
		}
		if left, _ := filepath.Glob(filepath.Join(filepath.Dir(path), "*codabridge*")); len(left) != 0 {
			t.Errorf("left over: %q", left)
		}
	})
}

func clipped(s string) string { return s[:min(len(s), 1500)] }

// TestWhatOthersWroteMeanwhileStays: a setting that was added after we came is
// there after we went, and nothing else is different. The copy does not help
// there.
func TestWhatOthersWroteMeanwhileStays(t *testing.T) {
	eachFile(t, func(t *testing.T, r *Computer, name, path, before string) {
		if strings.TrimSpace(strings.Trim(before, "\ufeff")) == "" {
			return // their whole file was us
		}
		if _, err := r.Connect(name); err != nil {
			t.Fatal(err)
		}
		add := func(s string) (string, bool) {
			switch filepath.Ext(path) {
			case ".json":
				i := strings.LastIndex(s, "}")
				if i <= 0 || strings.Contains(s, "//") || strings.Contains(s, ",\n}") || strings.TrimSpace(s) == "{}" || before == "{\n}\n" {
					return s, false
				}
				trimmed, comma := strings.TrimRight(s[:i], " \r\n\t"), ","
				if strings.HasSuffix(trimmed, "{") {
					comma = ""
				}
				return trimmed + comma + `"added": true` + s[len(trimmed):], true
			case ".toml":
				return strings.TrimRight(s, "\r\n") + "\n[added]\nx = 1\n", !strings.HasSuffix(s, "\n\n")
			}
			return strings.TrimSuffix(s, "\n") + "\nadded: 1\n", !strings.HasSuffix(before, "x") && before != "\n"
		}
		changed, ok := add(text(t, path))
		want, too := add(before)
		if !ok || !too {
			return
		}
		write(t, path, changed)
		if _, err := r.Disconnect(name); err != nil {
			t.Fatal(err)
		}
		got := text(t, path)
		if filepath.Ext(path) != ".toml" && got != want && !strings.Contains(before, "codabridge") {
			t.Errorf("want\n%q\nis\n%q", clipped(want), clipped(got))
		}
		if !same(t, name, got, want) {
			t.Errorf("want what\n%q\nsays, is\n%q", clipped(want), clipped(got))
		}
	})
}

// same says that two files say the same to the program that reads them.
func same(t *testing.T, name, a, b string) bool {
	t.Helper()
	p := programOf(name)
	x, err := p.format.decode(bytes.TrimPrefix([]byte(a), byteOrderMark), p.group)
	y, other := p.format.decode(bytes.TrimPrefix([]byte(b), byteOrderMark), p.group)
	if err != nil || other != nil {
		t.Fatal(err, other)
	}
	return fmt.Sprint(x) == fmt.Sprint(y)
}

func programOf(name string) program {
	return catalog[slices.IndexFunc(catalog, func(p program) bool { return p.name == name })]
}

// TestTheFileIsStillWhatItsProgramReads: strict JSON stays strict, and line ends
// are not mixed.
func TestTheFileIsStillWhatItsProgramReads(t *testing.T) {
	eachFile(t, func(t *testing.T, r *Computer, name, path, before string) {
		if _, err := r.Connect(name); err != nil {
			t.Fatal(err)
		}
		after := text(t, path)
		strict := func(s string) bool { return json.Valid([]byte(strings.TrimPrefix(s, "\ufeff"))) }
		if filepath.Ext(path) == ".json" && strings.Trim(before, "\ufeff \t\n") != "" && strict(before) != strict(after) {
			t.Errorf("it was strict JSON:\n%s", clipped(after))
		}
		if strings.Contains(before, "\r\n") && strings.Count(after, "\n") != strings.Count(after, "\r\n") {
			t.Errorf("line ends are mixed: %q", after)
		}
		if strings.HasPrefix(before, "\ufeff") != strings.HasPrefix(after, "\ufeff") {
			t.Errorf("the byte order mark: %q", clipped(after))
		}
		for line := range strings.Lines(before) { // what was there is there, line by line
			line = strings.TrimRight(line, "\r\n")
			if len(before) < 3000 && strings.Contains(line, "//") && !strings.Contains(line, "://") && !strings.Contains(after, line) {
				t.Errorf("the line %q is gone:\n%s", line, after)
			}
		}
	})
}

// TestANewFileGoesAgain: where there was none, there is none in the end.
func TestANewFileGoesAgain(t *testing.T) {
	for _, k := range kinds {
		home := tree(t, k.folder)
		r, path := computer("linux", home, nil), filepath.Join(home, filepath.FromSlash(k.file))
		for range 2 {
			if _, err := r.Connect(k.name); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := os.Stat(path + backupEnding); err == nil {
			t.Errorf("%s: there is a copy of nothing", k.name)
		}
		if _, err := r.Disconnect(k.name); err != nil {
			t.Fatal(err)
		}
		if left := everything(t, home); slices.ContainsFunc(left, func(p string) bool { return strings.Contains(p, ".json") || strings.Contains(p, "config.") }) {
			t.Errorf("%s: left %q", k.name, left)
		}
	}
}

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
		{"codex", ".codex/config.toml", "mcp_servers = { a = { command = \"a\" } }\n", ""},
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

// TestAnOldPathIsRenewed: what its program has added to our entry stays.
func TestAnOldPathIsRenewed(t *testing.T) {
	for _, k := range kinds {
		home := tree(t, k.folder)
		path := filepath.Join(home, filepath.FromSlash(k.file))
		r := computer("linux", home, nil)
		if _, err := r.Connect(k.name); err != nil {
			t.Fatal(err)
		}
		added := map[string][2]string{
			".json": {`"command":`, `"autoApprove": ["search"], "command":`}, ".toml": {"command =", "startup_timeout_sec = 30\ncommand ="}, ".yaml": {"    timeout: 300", "    timeout: 77"},
		}[filepath.Ext(path)]
		write(t, path, strings.Replace(text(t, path), added[0], added[1], 1))
		old := text(t, path)
		moved := &Computer{System: r.System}
		moved.Command, moved.Args = `C:\Program Files\"Zoë"\codabridge.exe`, []string{"--data-dir", `D:\my data`}
		if row := rowOf(moved, k.name); row.Status != OldPath || row.Command != r.Command {
			t.Errorf("%s: %+v", k.name, row)
		}
		if _, err := moved.Connect(k.name); err != nil {
			t.Fatal(err)
		}
		if row := rowOf(moved, k.name); row.Status != Connected || row.Command != moved.Command || !strings.Contains(text(t, path), added[1]) {
			t.Errorf("%s: %+v\n%s", k.name, row, text(t, path))
		}
		if _, err := r.Connect(k.name); err != nil || text(t, path) != old {
			t.Errorf("%s: back again: %v\n%s\nwas\n%s", k.name, err, text(t, path), old)
		}
	}
}

// TestAnEntryMadeByHandIsTakenOverAndGivenBack: its own fields stay, and to
// disconnect what we never connected changes nothing.
func TestAnEntryMadeByHandIsTakenOverAndGivenBack(t *testing.T) {
	for _, k := range kinds {
		home := tree(t, k.folder)
		path := filepath.Join(home, filepath.FromSlash(k.file))
		was := k.files["by hand"]
		write(t, path, was)
		r := computer("linux", home, nil)
		if row := rowOf(r, k.name); row.Status != ByHand {
			t.Errorf("%s: %+v", k.name, row)
		}
		if _, err := r.Disconnect(k.name); err == nil || !strings.Contains(err.Error(), "not made by codabridge") || text(t, path) != was {
			t.Errorf("%s: %v", k.name, err)
		}
		write(t, path, strings.NewReplacer(`["stdio"]`, `["stdio", "--read-only", "--data-dir", "/x"]`, `"stdio",`, `"stdio", "--read-only",`, "- stdio", "- stdio\n    - --read-only").Replace(was))
		was = text(t, path)
		if _, err := r.Connect(k.name); err != nil || !strings.Contains(text(t, path), "CODABRIDGE_TOOLSET") {
			t.Errorf("%s: %v\n%s", k.name, err, text(t, path))
		}
		// Who may only read may not write now, and what is added later stays too.
		if is := text(t, path); !strings.Contains(is, `"--client", "`+k.name+`", "--read-only"]`) || strings.Contains(is, "--data-dir") {
			t.Errorf("%s: its arguments are lost:\n%s", k.name, is)
		}
		write(t, path, strings.Replace(text(t, path), `"--read-only"]`, `"--read-only", "--toolset=full"]`, 1))
		if row := rowOf(r, k.name); row.Status != Connected {
			t.Errorf("%s: with arguments of its owner's: %+v", k.name, row)
		}
		write(t, path, strings.Replace(text(t, path), `, "--toolset=full"]`, "]", 1))
		if _, err := r.Disconnect(k.name); err != nil || text(t, path) != was {
			t.Errorf("%s: %v\n%s\nwas\n%s", k.name, err, text(t, path), was)
		}
	}
	home := tree(t, ".cursor/")
	write(t, filepath.Join(home, ".cursor/mcp.json"), `{"mcpServers": {"my docs": {"command": "/usr/bin/codabridge", "args": ["stdio"]}}}`)
	r := computer("linux", home, nil)
	if row := rowOf(r, "cursor"); row.Status != Off || !strings.Contains(row.Note, `"my docs"`) {
		t.Errorf("under another name: %+v", row)
	}
}

// FuzzFile: whatever a file holds, our entry comes in and out again without a
// byte lost, or nothing is touched.
func FuzzFile(f *testing.F) {
	for i, k := range kinds {
		for _, text := range k.files {
			if len(text) < 3000 {
				f.Add(uint8(i), text)
			}
		}
	}
	f.Fuzz(func(t *testing.T, i uint8, before string) {
		k := kinds[int(i)%len(kinds)]
		p := programOf(k.name)
		was, e := []byte(before), entryFor("/opt/coda bridge/codabridge", k.name, nil)
		there, err := look(was, p)
		if err != nil || there.here {
			return
		}
		is, err := p.format.put(was, p, e)
		if err != nil || verify(was, is, p, &e) != nil {
			return
		}
		again, err := p.format.put(is, p, e)
		if err != nil || !bytes.Equal(again, is) {
			t.Fatalf("twice: %v\n%q\n%q", err, is, again)
		}
		if isBlank(was) {
			return
		}
		out, err := p.format.drop(is, was, p)
		if err != nil {
			t.Fatalf("out: %v\n%q", err, is)
		}
		if !bytes.Equal(out, was) && (k.name != "codex" && k.name != "goose" || !bytes.Equal(bytes.TrimRight(out, "\r\n"), bytes.TrimRight(was, "\r\n"))) {
			t.Fatalf("out again:\n%q\nwas\n%q\nin\n%q", out, was, is)
		}
	})
}
