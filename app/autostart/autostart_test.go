package autostart

import (
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
)

// kept is a registry in memory: the far end that only Windows has.
type kept map[string]string

func (k kept) text(path, name string) (string, error) {
	if s, ok := k[path+`\`+name]; ok {
		return s, nil
	}
	return "", fs.ErrNotExist
}
func (k kept) bytes(path, name string) ([]byte, error) {
	s, err := k.text(path, name)
	return []byte(s), err
}
func (k kept) setText(path, name, text string) error { k[path+`\`+name] = text; return nil }
func (k kept) remove(path, name string) error {
	if _, err := k.text(path, name); err != nil {
		return err
	}
	delete(k, path+`\`+name)
	return nil
}

// at is a switch of a system for a program at a path.
func at(system, home, command string, args ...string) *Switch {
	return New(Options{OS: system, Home: home, Getenv: func(string) string { return "" }, Command: command, Args: args})
}

// awkward are paths that people have.
var awkward = []string{
	"/usr/bin/codabridge", "/home/me/my programs/coda bridge", "/home/Zoë/日本/codabridge", `/odd/$HOME/"q"/back\slash/100%/it's/codabridge`, "/a/`b`/c",
	"/tab\there/codabridge", `C:\Program Files\codabridge\codabridge.exe`,
}

func TestTheSwitchTurnsOnAndOffOnEachSystem(t *testing.T) {
	for _, system := range []string{"linux", "darwin", "windows"} {
		for _, command := range awkward {
			if system == "windows" && strings.Contains(command, `"`) {
				continue // no path of Windows has one
			}
			home := t.TempDir()
			s := at(system, home, command, "--data-dir", `/my data/x\`)
			if system == "windows" {
				s.registry = kept{}
			}
			if got := s.State(); got.On || got.Note != "" {
				t.Errorf("%s: at first %+v", system, got)
			}
			if err := s.Set(true); err != nil || !s.State().On {
				t.Fatalf("%s %s: %v %+v", system, command, err, s.State())
			}
			text, _, _ := s.load()
			if got, _ := s.kind.read(text); !reflect.DeepEqual(got, s.command()) {
				t.Errorf("%s: it starts %q, want %q\n%s", system, got, s.command(), text)
			}
			if changed, err := s.Correct(); changed || err != nil {
				t.Errorf("%s: corrected what was right: %v", system, err)
			}
			for range 2 {
				if err := s.Set(false); err != nil || s.State().On {
					t.Errorf("%s: off: %v", system, err)
				}
			}
			if left, _ := filepath.Glob(filepath.Join(home, "*", "*", "*codabridge*")); len(left) != 0 {
				t.Errorf("%s: left %q", system, left)
			}
		}
	}
}

// TestAMovedProgramIsStartedWhereItIs: only an entry that is on, and only its
// path; one for another data folder is left alone.
func TestAMovedProgramIsStartedWhereItIs(t *testing.T) {
	for _, system := range []string{"linux", "darwin", "windows"} {
		home, r := t.TempDir(), kept{}
		on := func(command string, args ...string) *Switch {
			s := at(system, home, command, args...)
			if system == "windows" {
				s.registry = r
			}
			return s
		}
		if err := on("/old/codabridge").Set(true); err != nil {
			t.Fatal(err)
		}
		moved := on("/new place/codabridge")
		if !moved.State().On {
			t.Errorf("%s: an entry with the old path is off", system)
		}
		if changed, err := moved.Correct(); !changed || err != nil {
			t.Errorf("%s: %v %v", system, changed, err)
		}
		text, _, _ := moved.load()
		if command, _ := moved.kind.read(text); command[0] != "/new place/codabridge" {
			t.Errorf("%s: it starts %q", system, command)
		}
		other := on("/third/codabridge", "--data-dir", "/elsewhere")
		if changed, _ := other.Correct(); changed || other.State().On || !strings.Contains(other.State().Note, "Another codabridge") {
			t.Errorf("%s: another data folder: %+v", system, other.State())
		}
		if err := moved.Set(false); err != nil {
			t.Fatal(err)
		}
		if changed, _ := moved.Correct(); changed || moved.State().On {
			t.Errorf("%s: a start has turned it on", system)
		}
	}
}

func TestWhatTheSystemHasSwitchedOffIsOff(t *testing.T) {
	home := t.TempDir()
	s := at("linux", home, "/usr/bin/codabridge")
	if err := s.Set(true); err != nil {
		t.Fatal(err)
	}
	text, _, _ := s.load()
	for _, off := range []string{
		strings.Replace(text, "enabled=true", "enabled=false", 1), text + "Hidden=true\n",
		"[Other]\nHidden=false\n" + text + "Hidden = true\n[Desktop Action x]\nExec=other\n",
	} {
		write(t, s.where, off)
		if got := s.State(); got.On || !strings.Contains(got.Note, "desktop") {
			t.Errorf("%+v with\n%s", got, off)
		}
		moved := at("linux", home, "/new/codabridge")
		if changed, _ := moved.Correct(); changed || read(t, s.where) != off {
			t.Errorf("a start has changed it:\n%s", read(t, s.where))
		}
		if err := s.Set(true); err != nil || !s.State().On { // the owner's own click
			t.Errorf("%v %+v\n%s", err, s.State(), read(t, s.where))
		}
	}
	// What the desktop has added stays when the path changes.
	write(t, s.where, "[Desktop Entry]\nX-GNOME-Autostart-Delay=10\nExec=/old/codabridge --at-login\nName[de]=Brücke\n# mine\n[Desktop Action x]\nExec=other\n")
	if changed, err := s.Correct(); !changed || err != nil {
		t.Error(changed, err)
	}
	if got, want := read(t, s.where), "[Desktop Entry]\nX-GNOME-Autostart-Delay=10\nExec=/usr/bin/codabridge --at-login\nName[de]=Brücke\n# mine\n[Desktop Action x]\nExec=other\n"; got != want {
		t.Errorf("%s", got)
	}

	w := at("windows", home, `C:\codabridge.exe`)
	r := kept{approvedPath + `\codabridge`: "\x03\x00\x00\x00\x12\x34"}
	w.registry = r
	if err := w.Set(true); err == nil || !strings.Contains(err.Error(), "Startup") || w.State().On {
		t.Errorf("%v %+v", err, w.State())
	}
	r[approvedPath+`\codabridge`] = "\x02\x00\x00\x00"
	if !w.State().On {
		t.Errorf("%+v", w.State())
	}
	if err := w.Set(false); err != nil || len(r) != 1 {
		t.Errorf("%v: what Windows remembers is Windows': %v", err, r)
	}
	if err := w.Forget(); err != nil || len(r) != 0 {
		t.Errorf("%v %v", err, r)
	}

	mac := at("darwin", home, "/Applications/codabridge.app/Contents/MacOS/codabridge")
	if err := mac.Set(true); err != nil {
		t.Fatal(err)
	}
	write(t, mac.where, strings.Replace(read(t, mac.where), "<key>RunAtLoad", "<key>Disabled</key><true/>\n\t<key>RunAtLoad", 1))
	if got := mac.State(); got.On || got.Note == "" {
		t.Errorf("%+v", got)
	}
}

func TestAProgramThatWillBeGoneIsNotStartedAtLogin(t *testing.T) {
	why := errors.New("it lies in a temporary folder")
	s := New(Options{OS: "linux", Home: t.TempDir(), Getenv: func(string) string { return "" }, Why: why})
	if err := s.Set(true); !errors.Is(err, why) || s.State().On {
		t.Errorf("%v", err)
	}
	closed := filepath.Join(t.TempDir(), "file")
	write(t, closed, "")
	s = at("linux", closed, "/x")
	if err := s.Set(true); err == nil || !strings.Contains(err.Error(), "cannot be turned on") {
		t.Errorf("a home that is a file: %v", err)
	}
}

// TestTheDesktopsToolsTakeTheFile asks those that there are.
func TestTheDesktopsToolsTakeTheFile(t *testing.T) {
	home := t.TempDir()
	for _, command := range awkward[:5] {
		s := at("linux", home, command)
		if err := s.Set(true); err != nil {
			t.Fatal(err)
		}
		if path, err := exec.LookPath("desktop-file-validate"); err == nil {
			if out, err := exec.Command(path, s.where).CombinedOutput(); err != nil {
				t.Errorf("%v %s\n%s", err, out, read(t, s.where))
			}
		}
	}
	mac := at("darwin", home, awkward[3])
	if err := mac.Set(true); err != nil {
		t.Fatal(err)
	}
	if path, err := exec.LookPath("plistutil"); err == nil {
		if out, err := exec.Command(path, "-i", mac.where, "-o", os.DevNull).CombinedOutput(); err != nil {
			t.Errorf("%v %s", err, out)
		}
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
