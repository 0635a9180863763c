package autostart

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"codabridge/server/fault"
)

// Flag tells the program that the system has started it.
const Flag = "--at-login"

// Options is what a Switch is made of.
type Options struct {
	// OS is the system as in runtime.GOOS; any other than windows and darwin is
	// taken for one with an autostart folder.
	OS     string
	Getenv func(name string) string
	Home   string
	// Command is the absolute path of our program. Without one Why says what is
	// wrong with it, and nothing is turned on.
	Command string
	Why     error
	// Args are added to Flag: which data folder is meant.
	Args []string
}

// State is how the switch stands.
type State struct {
	On bool
	// Ours says that there is an entry for this data folder, on or off.
	Ours bool
	// Note says why it is off though there is an entry, or is empty.
	Note string
	// Where is the file or the key that the entry stands in, or would.
	Where string
}

// Switch is the entry for one program.
type Switch struct {
	o        Options
	kind     kind
	where    string
	registry registry // of Windows
}

// kind is how a system writes down an entry.
type kind interface {
	// read is what a text says. off is why the system does not start it, or
	// empty.
	read(text string) (command []string, off string)
	// write makes a text that starts the command, of one that was there or of
	// nothing. on also takes back that the system has switched it off.
	write(before string, command []string, on bool) string
}

// CodeNotSwitched: the entry cannot be written or removed.
const CodeNotSwitched fault.Code = "autostart_not_switched"

// New makes a switch; it looks at nothing.
func New(o Options) *Switch {
	s := &Switch{o: o}
	switch o.OS {
	case "windows":
		s.kind, s.registry, s.where = runKey{}, systemRegistry(), runPath
	case "darwin":
		s.kind, s.where = launchAgent{}, filepath.Join(o.Home, "Library", "LaunchAgents", label+".plist")
	default:
		dir := o.Getenv("XDG_CONFIG_HOME")
		if !filepath.IsAbs(dir) {
			dir = filepath.Join(o.Home, ".config")
		}
		s.kind, s.where = desktopFile{}, filepath.Join(dir, "autostart", "codabridge.desktop")
	}
	return s
}

// command is what the entry has to start.
func (s *Switch) command() []string {
	return slices.Concat([]string{s.o.Command, Flag}, s.o.Args)
}

// State looks how the switch stands. An entry that starts codabridge for another
// data folder is none of ours.
func (s *Switch) State() State {
	state := State{Where: s.where}
	text, ok, err := s.load()
	switch {
	case err != nil:
		state.Note = "It cannot be read: " + fault.Reason(err).Error() + "."
		return state
	case !ok:
		return state
	}
	command, off := s.kind.read(text)
	state.Ours = s.isOurs(command)
	switch {
	case !state.Ours:
		state.Note = "Another codabridge is started at login: " + fault.ClipLine(strings.Join(command, " "), 200)
	case off != "":
		state.Note = off
	case s.registry != nil && s.disabled():
		state.Note = "Windows has switched it off. Turn it on in Settings, Apps, Startup."
	default:
		state.On = true
	}
	return state
}

// isOurs says that a command is this program's, at whatever path, for this data
// folder.
func (s *Switch) isOurs(command []string) bool {
	return len(command) > 1 && slices.Equal(command[1:], s.command()[1:])
}

// Set turns the switch.
func (s *Switch) Set(on bool) error {
	if !on {
		return s.Remove()
	}
	if s.o.Command == "" {
		return s.o.Why
	}
	before, _, err := s.load()
	if err == nil {
		err = s.store(s.kind.write(before, s.command(), true))
	}
	if err != nil {
		return s.failed("turned on", err)
	}
	if s.registry != nil && s.disabled() {
		return fault.New(CodeNotSwitched, "Windows has switched the start of codabridge off. Turn it on in Settings, Apps, Startup.")
	}
	return nil
}

// Remove takes the entry away.
func (s *Switch) Remove() error {
	err := error(nil)
	if s.registry != nil {
		err = s.registry.remove(runPath, valueName)
	} else {
		err = os.Remove(s.where)
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return s.failed("turned off", err)
	}
	return nil
}

// Forget is Remove for good: what the system remembers of the entry goes too.
func (s *Switch) Forget() error {
	err := s.Remove()
	if s.registry == nil {
		left, _ := filepath.Glob(filepath.Join(filepath.Dir(s.where), besideName)) // of one that was killed
		for _, path := range left {
			_ = os.Remove(path)
		}
		return err
	}
	if err != nil {
		return err
	}
	if err := s.registry.remove(approvedPath, valueName); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return s.failed("removed", err)
	}
	return nil
}

// Correct writes the path of this program into an entry that is on and has
// another.
func (s *Switch) Correct() (changed bool, err error) {
	if s.o.Command == "" || !s.State().On {
		return false, nil
	}
	before, _, err := s.load()
	if err != nil {
		return false, s.failed("corrected", err)
	}
	if command, _ := s.kind.read(before); slices.Equal(command, s.command()) {
		return false, nil
	}
	if err := s.store(s.kind.write(before, s.command(), false)); err != nil {
		return false, s.failed("corrected", err)
	}
	return true, nil
}

func (s *Switch) load() (text string, ok bool, err error) {
	if s.registry != nil {
		text, err = s.registry.text(runPath, valueName)
	} else {
		var b []byte
		b, err = os.ReadFile(s.where)
		text = string(b)
	}
	if errors.Is(err, fs.ErrNotExist) {
		return "", false, nil
	}
	return text, err == nil, err
}

// besideName is how a new entry is called until it stands in its place.
const besideName = ".codabridge-*"

// store writes an entry in one step. The folder is made where there is none yet,
// closed to others, as the specification of base folders wants.
func (s *Switch) store(text string) error {
	if s.registry != nil {
		return s.registry.setText(runPath, valueName, text)
	}
	if err := os.MkdirAll(filepath.Dir(s.where), 0o700); err != nil {
		return err
	}
	t, err := os.CreateTemp(filepath.Dir(s.where), besideName)
	if err != nil {
		return err
	}
	_, err = t.WriteString(text)
	if closed := t.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = os.Chmod(t.Name(), 0o600)
	}
	if err == nil {
		err = os.Rename(t.Name(), s.where)
	}
	if err != nil {
		os.Remove(t.Name())
	}
	return err
}

// disabled is the switch of Windows' own settings: the first byte of a value is
// odd where it is off.
func (s *Switch) disabled() bool {
	b, err := s.registry.bytes(approvedPath, valueName)
	return err == nil && len(b) > 0 && b[0]&1 == 1
}

func (s *Switch) failed(what string, err error) error {
	return fault.Wrap(err, CodeNotSwitched, "The start at login cannot be %s: %s. Give yourself the right to write %s, then try again.", what, fault.Reason(err), s.where)
}
