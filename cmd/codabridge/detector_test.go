package main

import (
	"go/ast"
	"go/build/constraint"
	"path"
	"strings"
	"testing"
)

// TestWhatMeetsIsTestedUnderTheDetector: a file of tests may keep away from the
// race detector only where one call follows another. Those that count memory
// are free: what many calls take at once has no meaning under it.
func TestWhatMeetsIsTestedUnderTheDetector(t *testing.T) {
	apart := 0
	for _, s := range sources(t) {
		if !s.test || path.Base(s.path) == "memory_test.go" || !keptFromDetector(s.file) {
			continue
		}
		apart++
		ast.Inspect(s.file, func(n ast.Node) bool {
			meets := false
			switch n := n.(type) {
			case *ast.GoStmt, *ast.ChanType:
				meets = true
			case *ast.SelectorExpr:
				meets = n.Sel.Name == "Go"
			case *ast.ImportSpec:
				meets = strings.HasPrefix(n.Path.Value, `"sync`) || n.Path.Value == `"testing/synctest"` || n.Path.Value == `"golang.org/x/sync/errgroup"`
			}
			if meets {
				t.Errorf("%s: here goroutines meet: put it into a file that the race detector sees", s.set.Position(n.Pos()))
			}
			return true
		})
	}
	if apart < 10 {
		t.Errorf("%d files are kept from the detector: this looks in the wrong place", apart)
	}
}

// keptFromDetector tells a file that is not built under the race detector.
func keptFromDetector(f *ast.File) bool {
	for _, group := range f.Comments {
		for _, c := range group.List {
			if expr, err := constraint.Parse(c.Text); err == nil && c.Pos() < f.Package {
				all := func(tag string) bool { return true }
				return !expr.Eval(all) && expr.Eval(func(tag string) bool { return tag != "race" })
			}
		}
	}
	return false
}
