package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
)

// unit is a package as "go list -deps -test -json" names it: the package of a
// test, and what is compiled anew for it, stand beside the plain one.
type unit struct {
	ImportPath   string
	Dir          string
	Name         string
	GoFiles      []string
	OtherFiles   []string `json:"SFiles"`
	IgnoredFiles []string `json:"IgnoredGoFiles"`
	ImportMap    map[string]string
	Standard     bool
	Module       *struct {
		Path, GoVersion string
		Main            bool
	}
	Error *struct{ Err string }
}

// ours tells the packages that are checked from those whose declarations are wanted.
func (u *unit) ours() bool { return u.Module != nil && u.Module.Main }

// list gives the packages in dir and below, with all that they import, imports first.
func list(dir, system string) ([]*unit, error) {
	cmd := exec.Command("go", "list", "-e", "-deps", "-test",
		"-json=ImportPath,Dir,Name,GoFiles,SFiles,IgnoredGoFiles,ImportMap,Standard,Module,Error", "./...")
	cmd.Dir, cmd.Env = dir, append(os.Environ(), "GOOS="+system, "GOARCH=amd64", "CGO_ENABLED=0")
	var wrong bytes.Buffer
	cmd.Stderr = &wrong
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go list for %s: %w: %s", system, err, wrong.String())
	}
	var units []*unit
	for from := json.NewDecoder(bytes.NewReader(out)); ; {
		u := &unit{}
		err := from.Decode(u)
		if errors.Is(err, io.EOF) {
			return units, nil
		}
		if err != nil {
			return nil, fmt.Errorf("go list for %s: %w", system, err)
		}
		if !strings.HasSuffix(u.ImportPath, ".test") { // the main program of a test is made up
			units = append(units, u)
		}
	}
}
