package programs

import (
	"path/filepath"
	"strings"
	"testing"
)

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
