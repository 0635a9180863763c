package autostart

import "strings"

// desktopFile is an entry of an autostart folder (Desktop Entry Specification,
// version 1.5).
type desktopFile struct{}

const desktopHead = `[Desktop Entry]
Type=Application
Name=codabridge
Comment=Your Coda docs in ChatGPT and Claude
Icon=codabridge
Terminal=false
X-GNOME-Autostart-enabled=true
`

func (desktopFile) read(text string) (command []string, off string) {
	in := false
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if strings.HasPrefix(line, "[") {
			in = line == "[Desktop Entry]"
		}
		key, value, found := strings.Cut(line, "=")
		if !in || !found {
			continue
		}
		value = strings.TrimSpace(value)
		switch strings.TrimSpace(key) {
		case "Exec":
			command = unquoted(value)
		case "Hidden":
			if value == "true" {
				off = offByDesktop
			}
		case "X-GNOME-Autostart-enabled":
			if value == "false" {
				off = offByDesktop
			}
		}
	}
	return command, off
}

const offByDesktop = "The settings of the desktop have switched it off."

func (desktopFile) write(before string, command []string, on bool) string {
	exec := "Exec=" + quoted(command)
	if before == "" {
		return desktopHead + exec + "\n"
	}
	var out strings.Builder
	in, done := false, false
	put := func() {
		if in && !done {
			out.WriteString(exec + "\n")
			done = true
		}
	}
	for line := range strings.Lines(before) {
		bare := strings.TrimSpace(line)
		if strings.HasPrefix(bare, "[") {
			put()
			in = bare == "[Desktop Entry]"
		}
		key, _, _ := strings.Cut(bare, "=")
		key = strings.TrimSpace(key)
		switch {
		case in && key == "Exec":
			put()
		case in && on && key == "Hidden":
		case in && on && key == "X-GNOME-Autostart-enabled":
			out.WriteString("X-GNOME-Autostart-enabled=true\n")
		default:
			out.WriteString(strings.TrimSuffix(line, "\n") + "\n")
		}
	}
	put()
	if !done {
		return desktopHead + exec + "\n"
	}
	return out.String()
}

// quoted writes a command as the key Exec wants it: arguments in double quotes,
// with a backslash before what is special there, each backslash twice as in any
// string of such a file, and a percent sign twice.
func quoted(command []string) string {
	args := make([]string, len(command))
	for i, a := range command {
		if strings.IndexFunc(a, isSpecial) < 0 && a != "" {
			args[i] = a
			continue
		}
		a = strings.NewReplacer(`\`, `\\\\`, `"`, `\\"`, "`", "\\\\`", `$`, `\\$`, "%", "%%", "\n", `\n`, "\t", `\t`, "\r", `\r`).Replace(a)
		args[i] = `"` + a + `"`
	}
	return strings.Join(args, " ")
}

// isSpecial tells what an argument may not hold without quotes.
func isSpecial(r rune) bool {
	return strings.ContainsRune(" \t\n\r\"'\\><~|&;$*?#()`%", r)
}

// unquoted is the command in a key Exec.
func unquoted(value string) (command []string) {
	value = strings.NewReplacer(`\\`, `\`, `\s`, " ", `\n`, "\n", `\t`, "\t", `\r`, "\r").Replace(value)
	var arg strings.Builder
	inside, begun := false, false
	for i := 0; i < len(value); i++ {
		c := value[i]
		switch {
		case c == '"':
			inside, begun = !inside, true
		case c == '\\' && inside && i+1 < len(value), c == '%' && i+1 < len(value) && value[i+1] == '%':
			i++
			arg.WriteByte(value[i])
		case c == ' ' && !inside:
			if begun {
				command = append(command, arg.String())
			}
			arg.Reset()
			begun = false
		default:
			begun = true
			arg.WriteByte(c)
		}
	}
	if begun {
		command = append(command, arg.String())
	}
	return command
}
