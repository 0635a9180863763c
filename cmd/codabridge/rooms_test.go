package main

import (
	"go/ast"
	"testing"
)

// Files fit on a few screens, those of tests too, and functions of the program on
// one.
const (
	maxFileLines     = 300
	maxFunctionLines = 50
)

func TestRoomsAreSmall(t *testing.T) {
	for _, s := range sources(t) {
		if n := s.set.Position(s.file.End()).Line; n > maxFileLines {
			t.Errorf("%s has %d lines, more than %d", s.path, n, maxFileLines)
		}
		if s.test {
			continue
		}
		for _, d := range s.file.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok {
				continue
			}
			if n := s.set.Position(f.End()).Line - s.set.Position(f.Pos()).Line + 1; n > maxFunctionLines {
				t.Errorf("%s: %s has %d lines, more than %d", s.path, f.Name.Name, n, maxFunctionLines)
			}
		}
	}
}

func TestEveryRoomSaysWhatItIs(t *testing.T) {
	docs := map[string][]string{}
	for _, s := range sources(t) {
		if s.test || generated(s.file) {
			continue
		}
		if _, known := docs[s.room]; !known {
			docs[s.room] = nil
		}
		if s.file.Doc != nil {
			docs[s.room] = append(docs[s.room], s.path)
		}
	}
	for room, files := range docs {
		if len(files) != 1 {
			t.Errorf("%s has %d package comments (%v), want one", room, len(files), files)
		}
	}
}

func TestExportedNamesAreExplained(t *testing.T) {
	for _, s := range sources(t) {
		if s.test || generated(s.file) || s.file.Name.Name == "main" {
			continue
		}
		for _, d := range s.file.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				if d.Name.IsExported() && exportedReceiver(d) && d.Doc == nil {
					t.Errorf("%s: %s has no doc comment", s.path, d.Name.Name)
				}
			case *ast.GenDecl:
				checkSpecs(t, s, d)
			}
		}
	}
}

func checkSpecs(t *testing.T, s source, d *ast.GenDecl) {
	t.Helper()
	for _, spec := range d.Specs {
		if ts, ok := spec.(*ast.TypeSpec); ok && ts.Name.IsExported() && d.Doc == nil && ts.Doc == nil {
			t.Errorf("%s: type %s has no doc comment", s.path, ts.Name.Name)
		}
	}
}

func exportedReceiver(f *ast.FuncDecl) bool {
	if f.Recv == nil || len(f.Recv.List) == 0 {
		return true
	}
	typ := f.Recv.List[0].Type
	if star, ok := typ.(*ast.StarExpr); ok {
		typ = star.X
	}
	id, ok := typ.(*ast.Ident)
	return ok && id.IsExported()
}
