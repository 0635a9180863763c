package programs

import (
	"os"
	"path"
	"path/filepath"
)

// System is the computer whose programs are looked for.
type System struct {
	// OS is its name as in runtime.GOOS; any other than windows and darwin is
	// taken for Linux.
	OS     string
	Getenv func(name string) string
	Home   string
}

// Name is what programs call our entry.
const Name = "codabridge"

// program is one row of the catalog.
type program struct {
	name, title string
	// group is the key that holds all servers of the program.
	group  string
	format format
	// fields are those of our entry beside those that tell what to run.
	fields []field
	// places are the files that may hold it, in the order of the system.
	places func(s System) []place
}

// place is one file. The program is installed where its sign is there.
type place struct{ file, sign string }

// catalog is every program that we know the file of. Sources: the makers' own
// pages on MCP servers; for Claude Desktop on Windows, whose store package has
// folders of its own, anthropics/claude-code#26073 and #25579.
var catalog = []program{
	{"claude-desktop", "Claude Desktop", "mcpServers", jsonc{}, nil, func(s System) []place {
		places := folders(s.electron("Claude"), "claude_desktop_config.json")
		if s.OS == "windows" {
			for _, dir := range below(s.localAppData(), "Packages", "Claude_*") {
				places = append(places, folders(filepath.Join(dir, "LocalCache", "Roaming", "Claude"), "claude_desktop_config.json")...)
			}
			for _, dir := range below(s.localAppData(), "Claude-Data", "claude_*") {
				places = append(places, folders(dir, "claude_desktop_config.json")...)
			}
		}
		return places
	}},
	{"codex", "ChatGPT desktop and Codex", "mcp_servers", toml{}, nil, func(s System) []place {
		return folders(s.own("CODEX_HOME", ".codex"), "config.toml")
	}},
	{"claude-code", "Claude Code", "mcpServers", jsonc{}, []field{{"type", "stdio"}}, func(s System) []place {
		if dir := s.Getenv("CLAUDE_CONFIG_DIR"); filepath.IsAbs(dir) {
			return folders(dir, ".claude.json")
		}
		file := filepath.Join(s.Home, ".claude.json")
		return []place{{file, file}, {file, filepath.Join(s.Home, ".claude")}}
	}},
	{"cursor", "Cursor", "mcpServers", jsonc{}, nil, func(s System) []place {
		return folders(filepath.Join(s.Home, ".cursor"), "mcp.json")
	}},
	{"vscode", "VS Code", "servers", jsonc{}, []field{{"type", "stdio"}}, func(s System) []place {
		return append(folders(s.electron("Code", "User"), "mcp.json"), folders(s.electron("Code - Insiders", "User"), "mcp.json")...)
	}},
	{"windsurf", "Windsurf", "mcpServers", jsonc{}, nil, func(s System) []place {
		return folders(filepath.Join(s.Home, ".codeium", "windsurf"), "mcp_config.json")
	}},
	{"zed", "Zed", "context_servers", jsonc{}, []field{{"source", "custom"}}, func(s System) []place {
		if s.OS == "windows" {
			return folders(filepath.Join(s.appData(), "Zed"), "settings.json")
		}
		return folders(s.dotConfig("zed"), "settings.json")
	}},
	{"gemini", "Gemini CLI", "mcpServers", jsonc{}, nil, func(s System) []place {
		return folders(filepath.Join(s.Home, ".gemini"), "settings.json")
	}},
	{"lm-studio", "LM Studio", "mcpServers", jsonc{}, nil, func(s System) []place {
		return append(folders(filepath.Join(s.Home, ".lmstudio"), "mcp.json"), folders(filepath.Join(s.Home, ".cache", "lm-studio"), "mcp.json")...)
	}},
	{"goose", "Goose", "extensions", yaml{}, []field{{"type", "stdio"}, {"name", Name}, {"description", "Coda docs"}}, func(s System) []place {
		if s.OS == "windows" {
			return folders(filepath.Join(s.appData(), "Block", "goose", "config"), "config.yaml")
		}
		return folders(s.dotConfig("goose"), "config.yaml")
	}},
}

// Names are those that Connect and Disconnect take.
func Names() []string {
	names := make([]string, len(catalog))
	for i, p := range catalog {
		names[i] = p.name
	}
	return names
}

// Title is what people call a program that commands call by this name; a name
// that we do not know is its own.
func Title(name string) string {
	for _, p := range catalog {
		if p.name == name {
			return p.title
		}
	}
	return name
}

// folders is one file whose program is there when its folder is.
func folders(dir, file string) []place { return []place{{filepath.Join(dir, file), dir}} }

// below are the folders of a folder whose names match a pattern.
func below(parent, folder, pattern string) (dirs []string) {
	entries, err := os.ReadDir(filepath.Join(parent, folder))
	if err != nil {
		return nil
	}
	for _, e := range entries {
		if ok, _ := path.Match(pattern, e.Name()); ok {
			dirs = append(dirs, filepath.Join(parent, folder, e.Name()))
		}
	}
	return dirs
}

// own is a folder that a variable of the program leads to, else one in the home
// folder.
func (s System) own(variable, usual string) string {
	if dir := s.Getenv(variable); filepath.IsAbs(dir) {
		return dir
	}
	return filepath.Join(s.Home, usual)
}

// dotConfig is a folder in ~/.config (XDG Base Directory Specification), which
// the programs of Rust use on macOS too.
func (s System) dotConfig(name string) string {
	return filepath.Join(s.own("XDG_CONFIG_HOME", ".config"), name)
}

// electron is the folder that Electron gives a program for its settings.
func (s System) electron(name ...string) string {
	base := s.dotConfig("")
	switch s.OS {
	case "windows":
		base = s.appData()
	case "darwin":
		base = filepath.Join(s.Home, "Library", "Application Support")
	}
	return filepath.Join(append([]string{base}, name...)...)
}

func (s System) appData() string { return s.own("APPDATA", filepath.Join("AppData", "Roaming")) }
func (s System) localAppData() string {
	return s.own("LOCALAPPDATA", filepath.Join("AppData", "Local"))
}
