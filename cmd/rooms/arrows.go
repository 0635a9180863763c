package main

import (
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// arrows are those between the files of a room.
func (h *house) arrows(r room) (graph, error) {
	set, files := token.NewFileSet(), []*ast.File(nil)
	for _, name := range r.files {
		f, err := parser.ParseFile(set, name, nil, parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		files = append(files, f)
	}
	info := &types.Info{Uses: map[*ast.Ident]types.Object{}}
	conf := types.Config{Importer: importer.ForCompiler(set, "gc", h.compiled)}
	pkg, err := conf.Check(module+r.path, set, files, info)
	if err != nil {
		return nil, fmt.Errorf("check %s: %w", r.path, err)
	}
	g := graph{}
	for id, obj := range info.Uses {
		if obj.Pkg() == pkg && hasPlace(obj) {
			g.draw(filepath.Base(set.File(id.Pos()).Name()), filepath.Base(set.File(obj.Pos()).Name()))
		}
	}
	return g, nil
}

// compiled opens the compiled form of a package.
func (h *house) compiled(path string) (io.ReadCloser, error) {
	if h.export[path] == "" {
		return nil, fmt.Errorf("there is no compiled form of %s", path)
	}
	return os.Open(h.export[path])
}

// hasPlace tells names that are looked up in a file of their own: those of the
// package, and methods. Fields come with their type.
func hasPlace(obj types.Object) bool {
	if f, ok := obj.(*types.Func); ok && f.Signature().Recv() != nil {
		return true
	}
	return obj.Parent() == obj.Pkg().Scope()
}

// inside are the arrows between the files of a room and the rooms in it.
func (h *house) inside(path string) (graph, error) {
	child := func(p string) string {
		below, is := strings.CutPrefix(p, path+"/")
		if !is {
			return ""
		}
		first, _, _ := strings.Cut(below, "/")
		return first + "/"
	}
	g := graph{}
	for _, r := range h.rooms {
		if r.path == path {
			own, err := h.arrows(r)
			if err != nil {
				return nil, err
			}
			for from, to := range own {
				for name := range to {
					g.draw(from, name)
				}
			}
			if err := drawImports(g, r, child); err != nil {
				return nil, err
			}
			continue
		}
		for _, i := range r.imports {
			if from, to := child(r.path), child(i); from != "" && to != "" {
				g.draw(from, to)
			}
		}
	}
	return g, nil
}

// drawImports draws what each file of a room imports of the rooms in it.
func drawImports(g graph, r room, child func(string) string) error {
	for _, name := range r.files {
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		for _, spec := range f.Imports {
			other, ours := strings.CutPrefix(strings.Trim(spec.Path.Value, `"`), module)
			if to := child(other); ours && to != "" {
				g.draw(filepath.Base(name), to)
			}
		}
	}
	return nil
}
