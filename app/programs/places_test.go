package programs

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// tree makes folders and files in a home folder of its own: a path that ends in
// a slash is a folder.
func tree(t *testing.T, paths ...string) (home string) {
	t.Helper()
	home = t.TempDir()
	for _, p := range paths {
		at := filepath.Join(home, filepath.FromSlash(p))
		dir := filepath.Dir(at)
		if strings.HasSuffix(p, "/") {
			dir = at
		}
		if err := os.MkdirAll(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		if dir != at {
			if err := os.WriteFile(at, nil, 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	return home
}

func system(name, home string, env map[string]string) System {
	return System{OS: name, Home: home, Getenv: func(k string) string { return env[k] }}
}

// rooms is a computer with these variables, whose values lie in the home folder.
func computer(name, home string, env map[string]string) *Computer {
	inside := map[string]string{}
	for k, v := range env {
		inside[k] = filepath.Join(home, filepath.FromSlash(v))
	}
	return &Computer{System: system(name, home, inside), Command: "/opt/coda bridge/codabridge"}
}

// TestFilesAreFoundWhereEachSystemKeepsThem: a folder that is there makes a
// program installed, and the entry goes into the file of that system.
func TestFilesAreFoundWhereEachSystemKeepsThem(t *testing.T) {
	windows := map[string]string{"APPDATA": "AppData/Roaming", "LOCALAPPDATA": "AppData/Local"}
	for _, c := range []struct {
		os, name, folders string
		env               map[string]string
		want              string
	}{
		{"linux", "claude-desktop", ".config/Claude/", nil, ".config/Claude/claude_desktop_config.json"},
		{"linux", "claude-desktop", "elsewhere/Claude/", map[string]string{"XDG_CONFIG_HOME": "elsewhere"}, "elsewhere/Claude/claude_desktop_config.json"},
		{"darwin", "claude-desktop", "Library/Application Support/Claude/", nil, "Library/Application Support/Claude/claude_desktop_config.json"},
		{"windows", "claude-desktop", "AppData/Roaming/Claude/", windows, "AppData/Roaming/Claude/claude_desktop_config.json"},
		{"windows", "claude-desktop", "AppData/Local/Packages/Claude_pzs8sxrjxfjjc/LocalCache/Roaming/Claude/", windows,
			"AppData/Local/Packages/Claude_pzs8sxrjxfjjc/LocalCache/Roaming/Claude/claude_desktop_config.json"},
		{"windows", "claude-desktop", "AppData/Roaming/Claude/ AppData/Local/Packages/Claude_1/LocalCache/Roaming/Claude/ AppData/Local/Claude-Data/claude_2/ AppData/Local/Claude-Data/other/", nil,
			"AppData/Roaming/Claude/claude_desktop_config.json AppData/Local/Packages/Claude_1/LocalCache/Roaming/Claude/claude_desktop_config.json AppData/Local/Claude-Data/claude_2/claude_desktop_config.json"},
		{"linux", "codex", ".codex/", nil, ".codex/config.toml"},
		{"windows", "codex", ".codex/", windows, ".codex/config.toml"},
		{"darwin", "codex", "my codex/", map[string]string{"CODEX_HOME": "my codex"}, "my codex/config.toml"},
		{"linux", "claude-code", ".claude/", nil, ".claude.json"},
		{"darwin", "claude-code", ".claude.json", nil, ".claude.json"},
		{"linux", "claude-code", "cc/", map[string]string{"CLAUDE_CONFIG_DIR": "cc"}, "cc/.claude.json"},
		{"windows", "cursor", ".cursor/", windows, ".cursor/mcp.json"},
		{"linux", "vscode", ".config/Code/User/ .config/Code%20-%20Insiders/User/", nil, ".config/Code/User/mcp.json .config/Code%20-%20Insiders/User/mcp.json"},
		{"darwin", "vscode", "Library/Application%20Support/Code/User/", nil, "Library/Application%20Support/Code/User/mcp.json"},
		{"windows", "vscode", "AppData/Roaming/Code/User/", windows, "AppData/Roaming/Code/User/mcp.json"},
		{"darwin", "windsurf", ".codeium/windsurf/", nil, ".codeium/windsurf/mcp_config.json"},
		{"linux", "zed", ".config/zed/", nil, ".config/zed/settings.json"},
		{"darwin", "zed", ".config/zed/", nil, ".config/zed/settings.json"},
		{"windows", "zed", "AppData/Roaming/Zed/", windows, "AppData/Roaming/Zed/settings.json"},
		{"linux", "gemini", ".gemini/", nil, ".gemini/settings.json"},
		{"darwin", "lm-studio", ".cache/lm-studio/", nil, ".cache/lm-studio/mcp.json"},
		{"linux", "goose", ".config/goose/", nil, ".config/goose/config.yaml"},
		{"windows", "goose", "AppData/Roaming/Block/goose/config/", windows, "AppData/Roaming/Block/goose/config/config.yaml"},
	} {
		spaces := func(s string) []string {
			if !strings.Contains(s, "%20") && !strings.Contains(s, "/ ") && !strings.Contains(s, "json ") {
				return []string{s}
			}
			list := strings.Fields(s)
			for i := range list {
				list[i] = strings.ReplaceAll(list[i], "%20", " ")
			}
			return list
		}
		home := tree(t, spaces(c.folders)...)
		r := computer(c.os, home, c.env)
		written, err := r.Connect(c.name)
		var want []string
		for _, w := range spaces(c.want) {
			want = append(want, filepath.Join(home, filepath.FromSlash(w)))
		}
		if err != nil || !slices.Equal(written, want) {
			t.Errorf("%s on %s with %s: wrote %q, %v; want %q", c.name, c.os, c.folders, written, err, want)
		}
		if row := rowOf(r, c.name); row.Status != Connected {
			t.Errorf("%s on %s: %+v", c.name, c.os, row)
		}
		if _, err := r.Disconnect(c.name); err != nil {
			t.Errorf("%s on %s: disconnect: %v", c.name, c.os, err)
		}
		for _, w := range want {
			if _, err := os.Lstat(w); err == nil && !strings.HasSuffix(c.folders, ".json") {
				t.Errorf("%s is left over", w)
			}
		}
	}
}

func rowOf(r *Computer, name string) Program {
	for _, p := range r.List() {
		if p.Name == name {
			return p
		}
	}
	return Program{}
}

// TestAProgramThatIsNotInstalledGetsNoFolder: nothing at all is made.
func TestAProgramThatIsNotInstalledGetsNoFolder(t *testing.T) {
	for _, os := range []string{"linux", "darwin", "windows"} {
		home := tree(t)
		r := computer(os, home, nil)
		for _, name := range Names() {
			if _, err := r.Connect(name); err == nil || !strings.Contains(err.Error(), "not found on this computer") {
				t.Errorf("%s on %s: %v", name, os, err)
			}
			if row := rowOf(r, name); row.Status != Absent || len(row.Files) != 0 {
				t.Errorf("%s on %s: %+v", name, os, row)
			}
		}
		if left := everything(t, home); len(left) != 0 {
			t.Errorf("%s: made %q", os, left)
		}
	}
	r := computer("linux", tree(t), nil)
	if _, err := r.Connect("notepad"); err == nil || !strings.Contains(err.Error(), "claude-desktop, codex") {
		t.Errorf("an unknown name: %v", err)
	}
}

// everything is every file and folder below one.
func everything(t *testing.T, dir string) (paths []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, _ os.DirEntry, err error) error {
		if path != dir {
			paths = append(paths, strings.TrimPrefix(path, dir+string(filepath.Separator)))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return paths
}

// TestTheInstalledProgramIsNamed: what other programs are told to start is there
// tomorrow.
func TestTheInstalledProgramIsNamed(t *testing.T) {
	home := tree(t, "opt/codabridge-1.2/codabridge", "bin/", "Downloads/codabridge.AppImage", "plain/codabridge")
	in := func(p string) string { return filepath.Join(home, filepath.FromSlash(p)) }
	if err := os.Symlink(in("opt/codabridge-1.2/codabridge"), in("bin/codabridge")); err != nil {
		t.Fatal(err)
	}
	env := map[string]string{"PATH": in("plain") + string(os.PathListSeparator) + in("bin"), "TEMP": `C:\Users\me\AppData\Local\Temp`}
	for _, c := range []struct{ os, runs, image, want string }{
		{"linux", in("plain/codabridge"), "", in("plain/codabridge")},
		{"linux", in("opt/codabridge-1.2/codabridge"), "", in("bin/codabridge")},
		{"linux", "/tmp/.mount_codabrAbCd/usr/bin/codabridge", in("Downloads/codabridge.AppImage"), in("Downloads/codabridge.AppImage")},
		{"linux", in("plain/codabridge"), in("Downloads/codabridge.AppImage"), in("plain/codabridge")}, // the terminal is an AppImage
		{"linux", "/tmp/.mount_codabrAbCd/usr/bin/codabridge", "", ""},
		{"linux", "/tmp/go-build3141592/b001/exe/codabridge", "", ""},
		{"linux", "/root/.cache/go-build/ab/abcdef-d/codabridge", "", ""},
		{"linux", "/home/me/.cache/.fr-x8Qz1a/codabridge", "", ""},
		{"darwin", "/private/var/folders/zz/x/T/AppTranslocation/0A1B/d/codabridge.app/Contents/MacOS/codabridge", "", ""},
		{"darwin", "/Applications/codabridge.app/Contents/MacOS/codabridge", "", "/Applications/codabridge.app/Contents/MacOS/codabridge"},
		{"windows", `C:\Users\me\AppData\Local\Temp\Temp1_codabridge.zip\codabridge.exe`, "", ""},
		{"windows", `C:\Users\me\AppData\Local\Temp\7zO4C1D\codabridge.exe`, "", ""},
		{"windows", `D:\scratch\Rar$EXa123.456\codabridge.exe`, "", ""},
		{"windows", `C:\Users\me\Programs\codabridge.exe`, "", `C:\Users\me\Programs\codabridge.exe`},
	} {
		env["APPIMAGE"] = c.image
		got, err := Installed(system(c.os, home, env), c.runs)
		if (err != nil) != (c.want == "") || err == nil && got != c.want {
			t.Errorf("%s %s: %q, %v; want %q", c.os, c.runs, got, err, c.want)
		}
	}
}
