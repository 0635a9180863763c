package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"codabridge/app/desktop/desktest"
	"codabridge/app/tray"
)

// TestMakeBuildsAMacWithItsIcon: on a Mac with cgo, elsewhere without, since
// nothing but a Mac can compile the icon of one.
func TestMakeBuildsAMacWithItsIcon(t *testing.T) {
	t.Parallel()
	makeProgram := desktest.Need(t, "make", "make")
	for _, c := range []struct{ name, uname, system, target, want string }{
		{"a Mac", "Darwin", "darwin", "build", "CGO_ENABLED=1 go build"},
		{"a Mac that builds for Linux", "Darwin", "linux", "build", "CGO_ENABLED=0 go build"},
		{"Linux", "Linux", "linux", "build", "CGO_ENABLED=0 go build"},
		{"Linux that builds for a Mac", "Linux", "darwin", "build", "CGO_ENABLED=0 go build"},
		{"every system, on a Mac", "Darwin", "darwin", "cross", "GOOS=darwin GOARCH=$a CGO_ENABLED=1 go build"},
		{"every system, on Linux", "Linux", "linux", "cross", "GOOS=darwin GOARCH=$a CGO_ENABLED=0 go build"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			bin := t.TempDir()
			if err := os.WriteFile(filepath.Join(bin, "uname"), []byte("#!/bin/sh\necho "+c.uname+"\n"), 0o755); err != nil {
				t.Fatal(err)
			}
			cmd := exec.Command(makeProgram, "-n", c.target)
			cmd.Dir = filepath.Join("..", "..")
			cmd.Env = append(os.Environ(), "GOOS="+c.system, "PATH="+bin+string(os.PathListSeparator)+os.Getenv("PATH"), "MAKEFLAGS=", "MAKELEVEL=")
			out, err := cmd.CombinedOutput()
			if err != nil || !strings.Contains(string(out), c.want) {
				t.Errorf("%v: %q does not stand in\n%s", err, c.want, out)
			}
		})
	}
}

// TestAProgramWithoutTheIconSaysSo, by its version and when it starts.
func TestAProgramWithoutTheIconSaysSo(t *testing.T) {
	t.Parallel()
	if s := about("darwin", "arm64", false); !strings.HasSuffix(s, ", darwin/arm64, without the icon)") {
		t.Error(s)
	}
	if s := about("darwin", "arm64", true); !strings.HasSuffix(s, ", darwin/arm64)") {
		t.Error(s)
	}
	if s := whyNoIcon(tray.ErrNotBuilt); !strings.Contains(s, "made without the icon") || !strings.Contains(s, "make build on a Mac") {
		t.Error(s)
	}
	readme, err := os.ReadFile(filepath.Join("..", "..", "README.md"))
	if err != nil || !strings.Contains(string(readme), "without the icon") {
		t.Errorf("README does not name it: %v", err)
	}
}
