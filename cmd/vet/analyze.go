package main

import (
	"fmt"
	"go/ast"
	"go/types"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"

	"golang.org/x/tools/go/analysis"
)

// pkg is a package of ours that is being checked.
type pkg struct {
	*unit
	files []*ast.File
	types *types.Package
	info  *types.Info
}

// facts are what an analyzer noted of a name, for the packages that use it: by
// the object, or the package, and the type of the fact.
type facts map[factKey]analysis.Fact

type factKey struct {
	about any // types.Object or *types.Package
	kind  reflect.Type
}

// get copies a fact into the one given.
func (f facts) get(about any, into analysis.Fact) bool {
	known, ok := f[factKey{about, reflect.TypeOf(into)}]
	if ok {
		reflect.ValueOf(into).Elem().Set(reflect.ValueOf(known).Elem())
	}
	return ok
}

func (f facts) put(about any, fact analysis.Fact) { f[factKey{about, reflect.TypeOf(fact)}] = fact }

// analyze runs every analyzer over a package, those first that others need.
func (c *checker) analyze(p *pkg) {
	results := map[*analysis.Analyzer]any{}
	var run func(a *analysis.Analyzer)
	run = func(a *analysis.Analyzer) {
		if _, done := results[a]; done {
			return
		}
		for _, before := range a.Requires {
			run(before)
		}
		result, err := a.Run(c.pass(p, a, results))
		if err != nil {
			c.lines = append(c.lines, fmt.Sprintf("%s: %s: %v", p.ImportPath, a.Name, err))
		}
		results[a] = result
	}
	for _, a := range analyzers {
		run(a)
	}
}

// pass is what one analyzer is given of one package.
func (c *checker) pass(p *pkg, a *analysis.Analyzer, results map[*analysis.Analyzer]any) *analysis.Pass {
	return &analysis.Pass{
		Analyzer: a, Fset: c.set, Files: p.files, OtherFiles: paths(p.Dir, p.OtherFiles), IgnoredFiles: paths(p.Dir, p.IgnoredFiles),
		Pkg: p.types, TypesInfo: p.info, TypesSizes: sizes, Module: &analysis.Module{Path: p.Module.Path, GoVersion: p.Module.GoVersion},
		ResultOf: maps.Clone(results), ReadFile: os.ReadFile,
		Report: func(d analysis.Diagnostic) {
			c.lines = append(c.lines, fmt.Sprintf("%s: %s", c.set.Position(d.Pos), d.Message))
		},
		ImportObjectFact:  func(obj types.Object, f analysis.Fact) bool { return c.facts.get(obj, f) },
		ImportPackageFact: func(of *types.Package, f analysis.Fact) bool { return c.facts.get(of, f) },
		ExportObjectFact:  func(obj types.Object, f analysis.Fact) { c.facts.put(obj, f) },
		ExportPackageFact: func(f analysis.Fact) { c.facts.put(p.types, f) },
		AllObjectFacts:    func() []analysis.ObjectFact { return nil }, // no analyzer of ours asks
		AllPackageFacts:   func() []analysis.PackageFact { return nil },
	}
}

func paths(dir string, names []string) []string {
	whole := slices.Clone(names)
	for i, name := range whole {
		whole[i] = filepath.Join(dir, name)
	}
	return whole
}
