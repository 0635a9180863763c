package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// module is the beginning of the import path of each room.
const module = "codabridge/"

// room is one package.
type room struct {
	path    string   // from the top of the module
	dir     string   // its folder on the disk
	files   []string // of this system, tests left out
	imports []string // other rooms, by path
}

// house is all rooms, in the order in which they can be built.
type house struct {
	rooms  []room
	export map[string]string // compiled form of each package, rooms included
}

// listed is what "go list" says of a package.
type listed struct {
	ImportPath, Dir, Export string
	GoFiles, Imports        []string
}

// readHouse asks the go command for the packages of the module that holds a
// folder, built as make build does.
func readHouse(folder string) (*house, error) {
	cmd := exec.Command("go", "list", "-export", "-deps", "-json=ImportPath,Dir,Export,GoFiles,Imports", module+"...")
	cmd.Dir, cmd.Stderr, cmd.Env = folder, os.Stderr, append(os.Environ(), "CGO_ENABLED=0")
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("list packages: %w", err)
	}
	h := &house{export: map[string]string{}}
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p listed
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return h, nil
		} else if err != nil {
			return nil, fmt.Errorf("list packages: %w", err)
		}
		h.add(p)
	}
}

func (h *house) add(p listed) {
	h.export[p.ImportPath] = p.Export
	path, ours := strings.CutPrefix(p.ImportPath, module)
	if !ours {
		return
	}
	r := room{path: path, dir: p.Dir}
	for _, f := range p.GoFiles {
		r.files = append(r.files, filepath.Join(p.Dir, f))
	}
	for _, i := range p.Imports {
		if other, ours := strings.CutPrefix(i, module); ours {
			r.imports = append(r.imports, other)
		}
	}
	h.rooms = append(h.rooms, r)
}

// imports are the arrows between rooms.
func (h *house) imports() graph {
	return h.grouped(func(path string) string { return path })
}

func (h *house) importsEach() float64 { return float64(h.imports().size()) / float64(len(h.rooms)) }

// folders are the arrows between the folders of the top level, and those of
// server.
func (h *house) folders() graph {
	return h.grouped(func(path string) string {
		top, below, _ := strings.Cut(path, "/")
		if top != "server" || below == "" {
			return top
		}
		below, _, _ = strings.Cut(below, "/")
		return top + "/" + below
	})
}

func (h *house) grouped(under func(path string) string) graph {
	g := graph{}
	for _, r := range h.rooms {
		for _, i := range r.imports {
			g.draw(under(r.path), under(i))
		}
	}
	return g
}
