package autostart

import "strings"

// Where Windows keeps what starts at login, below HKEY_CURRENT_USER, and what its
// own settings say of it.
const (
	runPath      = `Software\Microsoft\Windows\CurrentVersion\Run`
	approvedPath = `Software\Microsoft\Windows\CurrentVersion\Explorer\StartupApproved\Run`
	valueName    = "codabridge"
)

// registry is the part of Windows' registry that belongs to the user. A key or a
// value that is missing is fs.ErrNotExist.
type registry interface {
	text(path, name string) (string, error)
	bytes(path, name string) ([]byte, error)
	setText(path, name, text string) error
	remove(path, name string) error
}

// runKey is a value of the Run key: a command line.
type runKey struct{}

func (runKey) read(text string) (command []string, off string) { return splitLine(text), "" }

func (runKey) write(_ string, command []string, _ bool) string {
	args := make([]string, len(command))
	for i, a := range command {
		args[i] = a
		if i == 0 || strings.ContainsAny(a, " \t") || a == "" {
			// A path has no quotation mark in it; backslashes before one count twice
			// (CommandLineToArgvW).
			args[i] = `"` + a + strings.Repeat(`\`, len(a)-len(strings.TrimRight(a, `\`))) + `"`
		}
	}
	return strings.Join(args, " ")
}

// splitLine takes a command line apart, as CommandLineToArgvW does as far as
// write makes one.
func splitLine(line string) (args []string) {
	for line = strings.TrimLeft(line, " \t"); line != ""; line = strings.TrimLeft(line, " \t") {
		if line[0] != '"' {
			end := strings.IndexAny(line+" ", " \t")
			args = append(args, line[:end])
			line = line[end:]
			continue
		}
		arg, rest, _ := strings.Cut(line[1:], `"`)
		if slashes := len(arg) - len(strings.TrimRight(arg, `\`)); slashes%2 == 0 {
			arg = arg[:len(arg)-slashes/2]
		}
		args = append(args, arg)
		line = rest
	}
	return args
}
