package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"
)

// The walls between the rooms. The test parses the source itself, because one
// that asks "go list" is served stale from the test cache.

// onlyIn: who alone may import a package, and why.
var onlyIn = []struct{ pkg, rooms, why string }{
	{"fyne.io/systray", "app/tray", "the tray is drawn in one room, so that everything else runs without a desktop"},
	{"github.com/zalando/go-keyring", "app/secret", "who can read the tokens must fit on one screen"},
	{"golang.ngrok.com/ngrok", "tunnel", "another tunnel can take its place"},
	{"golang.ngrok.com/muxado", "tunnel/tunneltest", "only the fake edge speaks the wire protocol itself"},
	{"github.com/mark3labs/mcp-go", "server/tools", "the library has traps, and one room knows them"},
	{"modernc.org/sqlite", "server/store", "no SQL outside the store"},
	{"database/sql", "server/store server/store/state server/store/index", "no SQL outside the store"},
	{"github.com/getkin/kin-openapi", "server/coda/codatest/codaspec", "tests only: it must not enter the program"},
	{"github.com/spf13/cobra", "cmd/codabridge", "the command line is wiring"},
	{"os/exec", "app/desktop app/desktop/desktest cmd/bench", "other programs are started in one room, which keeps our standard output clean"},
	{"html/template", "server/door server/oauth tunnel/tunneltest", "pages are made behind the two doors"},
}

// mayUse: what of our own each room may import. A room that is not listed may
// import nothing of ours.
var mayUse = []struct{ room, ours, why string }{
	{"cmd/codabridge", "app app/control app/tray app/desktop app/logs app/doctor", "modes and wiring only"},
	{"cmd/bench", "app app/control server server/door server/coda server/coda/codatest server/tools tunnel tunnel/tunneltest", "it measures the rooms"},
	{"app", "app/control app/doctor app/secret app/desktop app/logs server server/door server/owner server/state server/oauth server/store/state server/store/index server/tools server/index server/coda server/coda/codatest tunnel", "it composes, and views draw what it makes"},
	{"app/control", "server/state", "it carries what the owner asks, and State back"},
	{"app/doctor", "server/state server/coda server/store/state tunnel", "it is given the running instance as functions, and asks the rooms that know"},
	{"app/tray", "app app/desktop app/desktop/sessionbus assets", "it draws State and touches nothing else"},
	{"app/secret", "app/desktop/sessionbus", "it knows the keyring only"},
	{"app/desktop", "app/desktop/sessionbus assets", "it knows the desktop only"},
	{"app/desktop/desktest", "app/desktop/sessionbus", "a test harness"},
	{"server", "server/door server/fetch server/oauth server/owner server/public server/tools", "it never sees the app or the tunnel; it is given functions"},
	{"server/door", "server/caller server/oauth assets", "the frame knows neither MCP nor the owner's page"},
	{"server/public", "server/caller server/door server/oauth server/tools", "what the internet reaches never sees the owner's door"},
	{"server/owner", "server/caller server/door server/oauth server/state server/store/state", "the owner's door never sees MCP"},
	{"server/state", "server/caller", "it is a value that every view may know"},
	{"server/oauth", "server/caller server/store/state assets", "it knows neither MCP nor Coda"},
	{"server/tools", "server/caller server/coda server/index server/tools/find server/tools/query server/tools/words", "what a model may do"},
	{"server/tools/find", "server/coda server/index server/tools/words", "it turns names into ids, by the client and the same spelling rules as search"},
	{"server/tools/words", "server/coda", "it makes texts of what the client read, and asks nobody"},
	{"server/coda", "server/fetch", "it downloads what an answer points to, and only from the internet"},
	{"server/index", "server/coda server/store/index", "it crawls through the client"},
	{"server/store/state", "server/store", "what must not be lost, on the file base"},
	{"server/store/index", "server/store", "what can be made again, on the file base"},
	{"server/coda/codatest", "", "a far end"},
	{"server/coda/codatest/codaspec", "server/coda/codatest", "it checks the far end's requests"},
	{"tunnel/tunneltest", "", "a far end"},
}

// source is one parsed file.
type source struct {
	path, room string
	test       bool
	file       *ast.File
	set        *token.FileSet
}

func sources(t *testing.T) []source {
	t.Helper()
	const root = "../.."
	var all []source
	for _, top := range []string{"app", "assets", "cmd", "server", "tunnel"} {
		err := filepath.WalkDir(filepath.Join(root, top), func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") {
				return err
			}
			set := token.NewFileSet()
			f, err := parser.ParseFile(set, path, nil, parser.ParseComments)
			if err != nil {
				return err
			}
			rel, _ := filepath.Rel(root, path)
			all = append(all, source{path: filepath.ToSlash(rel), room: filepath.ToSlash(filepath.Dir(rel)), test: strings.HasSuffix(path, "_test.go"), file: f, set: set})
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return all
}

func TestWalls(t *testing.T) {
	for _, s := range sources(t) {
		if s.test || generated(s.file) {
			continue
		}
		for _, spec := range s.file.Imports {
			pkg := strings.Trim(spec.Path.Value, `"`)
			for _, wall := range onlyIn {
				if (pkg == wall.pkg || strings.HasPrefix(pkg, wall.pkg+"/")) && !has(wall.rooms, s.room) {
					t.Errorf("%s imports %s: only %s may, because %s", s.path, pkg, wall.rooms, wall.why)
				}
			}
			if ours, ok := strings.CutPrefix(pkg, "codabridge/"); ok {
				checkOurs(t, s, ours)
			}
		}
	}
}

func checkOurs(t *testing.T, s source, ours string) {
	t.Helper()
	for _, rule := range mayUse {
		if rule.room == s.room {
			if !has(rule.ours, ours) {
				t.Errorf("%s imports %s: %s may import [%s], because %s", s.path, ours, s.room, rule.ours, rule.why)
			}
			return
		}
	}
	t.Errorf("%s imports %s: %s has no row in mayUse, so it may import nothing of ours", s.path, ours, s.room)
}

func has(list, item string) bool {
	for f := range strings.FieldsSeq(list) {
		if f == item {
			return true
		}
	}
	return false
}

// generated tells files that no build contains, such as the icon painter.
func generated(f *ast.File) bool {
	for _, g := range f.Comments {
		if g.Pos() < f.Package && strings.Contains(g.Text(), "go:build ignore") {
			return true
		}
	}
	for _, g := range f.Comments {
		for _, c := range g.List {
			if strings.HasPrefix(c.Text, "//go:build ignore") {
				return true
			}
		}
	}
	return false
}

// Files fit on a few screens and functions on one.
const (
	maxFileLines     = 300
	maxFunctionLines = 45
)

func TestRoomsAreSmall(t *testing.T) {
	for _, s := range sources(t) {
		if s.test {
			continue
		}
		if n := s.set.Position(s.file.End()).Line; n > maxFileLines {
			t.Errorf("%s has %d lines, more than %d", s.path, n, maxFileLines)
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
