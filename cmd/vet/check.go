package main

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"path/filepath"
	"slices"
	"strings"
	"sync"
)

// checker holds what is known of the packages before.
type checker struct {
	set   *token.FileSet
	known map[string]*types.Package
	facts facts
	lines []string
}

// check gives a line for each thing that is wrong in packages of ours, sorted.
func check(units []*unit) []string {
	c := &checker{set: token.NewFileSet(), known: map[string]*types.Package{}, facts: facts{}}
	for _, u := range units {
		c.one(u)
	}
	slices.Sort(c.lines)
	return slices.Compact(c.lines) // what is wrong in a package is so in that of its test too
}

func (c *checker) one(u *unit) {
	if u.ImportPath == "unsafe" {
		c.known["unsafe"] = types.Unsafe
		return
	}
	if u.Error != nil && u.ours() {
		c.lines = append(c.lines, u.Error.Err)
	}
	p := &pkg{unit: u, files: c.parse(u), info: newInfo(u.ours())}
	healthy := true
	conf := types.Config{
		Importer:         imports{c.known, u.ImportMap},
		IgnoreFuncBodies: !u.ours(),
		Sizes:            sizes,
		Error: func(err error) {
			if u.ours() { // the others were compiled by their makers
				healthy = false
				c.lines = append(c.lines, err.Error())
			}
		},
	}
	if u.Module != nil && u.Module.GoVersion != "" {
		conf.GoVersion = "go" + u.Module.GoVersion
	}
	path, _, _ := strings.Cut(u.ImportPath, " ")
	p.types, _ = conf.Check(path, c.set, p.files, p.info) // errors went to Error
	c.known[u.ImportPath] = p.types
	if u.ours() && healthy {
		c.analyze(p)
	}
}

// parse reads the files of a package, several at once.
func (c *checker) parse(u *unit) []*ast.File {
	files, wrong := make([]*ast.File, len(u.GoFiles)), make([]error, len(u.GoFiles))
	var all sync.WaitGroup
	for i, name := range u.GoFiles {
		all.Go(func() {
			mode := parser.SkipObjectResolution
			if u.ours() {
				mode |= parser.ParseComments
			}
			files[i], wrong[i] = parser.ParseFile(c.set, filepath.Join(u.Dir, name), nil, mode)
		})
	}
	all.Wait()
	for _, err := range wrong {
		if err != nil {
			c.lines = append(c.lines, err.Error())
		}
	}
	return slices.DeleteFunc(files, func(f *ast.File) bool { return f == nil })
}

// newInfo has room for what the analyzers want to know, nil for nobody.
func newInfo(wanted bool) *types.Info {
	if !wanted {
		return nil
	}
	return &types.Info{
		Types: map[ast.Expr]types.TypeAndValue{}, Instances: map[*ast.Ident]types.Instance{},
		Defs: map[*ast.Ident]types.Object{}, Uses: map[*ast.Ident]types.Object{},
		Implicits: map[ast.Node]types.Object{}, Selections: map[*ast.SelectorExpr]*types.Selection{},
		Scopes: map[ast.Node]*types.Scope{}, FileVersions: map[*ast.File]string{},
	}
}

// imports finds a package by what one other calls it.
type imports struct {
	known map[string]*types.Package
	names map[string]string // where the import says another path
}

func (i imports) Import(path string) (*types.Package, error) {
	if other, is := i.names[path]; is {
		path = other
	}
	if p := i.known[path]; p != nil {
		return p, nil
	}
	return nil, fmt.Errorf("package %s is not there", path)
}

var sizes = types.SizesFor("gc", "amd64")
