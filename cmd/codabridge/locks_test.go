package main

import (
	"go/ast"
	"strings"
	"testing"
)

// harmless are the calls that may stand between a lock and its plain release,
// since they cannot panic: those of the language and of the clock.
var harmless = map[string]bool{
	"append": true, "cap": true, "clear": true, "close": true, "copy": true, "delete": true, "len": true, "make": true, "max": true, "min": true, "new": true,
	"Abs": true, "Add": true, "Now": true, "Since": true, "Sub": true,
}

// TestAPanicLeavesNoLockTaken: a lock is released by defer, or nothing that
// may panic stands between the two. A panic is survived at many places, and a
// lock that stayed taken would stop everybody else until a restart.
func TestAPanicLeavesNoLockTaken(t *testing.T) {
	for _, s := range sources(t) {
		if s.test || generated(s.file) || strings.HasSuffix(s.room, "test") {
			continue
		}
		ast.Inspect(s.file, func(n ast.Node) bool {
			for i, line := range statements(n) {
				lock, kind := calledOn(line)
				release := map[string]string{"Lock": "Unlock", "RLock": "RUnlock"}[kind]
				if release == "" {
					continue
				}
				if call := riskyBefore(statements(n)[i+1:], lock, release); call != "" {
					t.Errorf("%s: %s is called while %s is held and not released by defer", s.set.Position(line.Pos()), call, lock)
				}
			}
			return true
		})
	}
}

// statements are those of one block, in order.
func statements(n ast.Node) []ast.Stmt {
	switch n := n.(type) {
	case *ast.BlockStmt:
		return n.List
	case *ast.CaseClause:
		return n.Body
	case *ast.CommClause:
		return n.Body
	}
	return nil
}

// calledOn reads a statement such as x.mu.Lock().
func calledOn(s ast.Stmt) (on, name string) {
	if d, ok := s.(*ast.DeferStmt); ok {
		s = &ast.ExprStmt{X: d.Call}
	}
	e, ok := s.(*ast.ExprStmt)
	if !ok {
		return "", ""
	}
	call, ok := e.X.(*ast.CallExpr)
	if !ok {
		return "", ""
	}
	sel, ok := call.Fun.(*ast.SelectorExpr)
	if !ok {
		return "", ""
	}
	return written(sel.X), sel.Sel.Name
}

// riskyBefore gives the first call that may panic before a lock is released.
func riskyBefore(lines []ast.Stmt, lock, release string) (risky string) {
	for _, line := range lines {
		if on, name := calledOn(line); on == lock && name == release {
			return ""
		}
		ast.Inspect(line, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if _, later := n.(*ast.FuncLit); later {
				return false
			}
			if !ok || risky != "" {
				return risky == ""
			}
			name := written(call.Fun)
			if last := name[strings.LastIndex(name, ".")+1:]; !harmless[last] && name != lock+"."+release {
				risky = name
			}
			return true
		})
		if risky != "" {
			return risky
		}
	}
	return ""
}

// written is a chain of names as it stands in the source.
func written(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.SelectorExpr:
		return written(e.X) + "." + e.Sel.Name
	case *ast.CallExpr:
		return written(e.Fun)
	}
	return "?"
}
