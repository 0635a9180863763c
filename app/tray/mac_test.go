package tray

import (
	"encoding/json"
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestTheIconOfAMacCompiles type-checks this room and its library as a Mac
// with cgo builds them. Only a Mac can compile that; vet without cgo never sees
// these files.
func TestTheIconOfAMacCompiles(t *testing.T) {
	t.Parallel()
	m := listForMac(t)
	checked, err := m.Import("codabridge/app/tray")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{"run.go", "drawer.go", "host_other.go"} {
		if !m.read[filepath.Join(m.listed["codabridge/app/tray"].Dir, file)] {
			t.Errorf("%s is no part of the tray of a Mac", file)
		}
	}
	if icon, _ := checked.Scope().Lookup("HasIcon").(*types.Const); icon == nil || icon.Val().String() != "true" {
		t.Error("built with cgo, it says that it has no icon")
	}
	if !m.read[filepath.Join(m.listed["fyne.io/systray"].Dir, "systray_darwin.go")] {
		t.Error("the library's part for a Mac was not looked at")
	}
}

// macPackage is what "go list" says of a package.
type macPackage struct {
	Dir, ImportPath   string
	GoFiles, CgoFiles []string
	ImportMap         map[string]string
}

// macSources type-checks packages from their source. What is C is taken on
// trust. Functions have no bodies but in this room and its library.
type macSources struct {
	listed map[string]macPackage
	done   map[string]*types.Package
	read   map[string]bool
	set    *token.FileSet
	inside macPackage // what is being checked
}

func listForMac(t *testing.T) *macSources {
	t.Helper()
	cmd := exec.Command("go", "list", "-deps", "-json=Dir,ImportPath,GoFiles,CgoFiles,ImportMap", ".")
	cmd.Env = append(os.Environ(), "GOOS=darwin", "GOARCH=arm64", "CGO_ENABLED=1")
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	m := &macSources{listed: map[string]macPackage{}, done: map[string]*types.Package{"unsafe": types.Unsafe},
		read: map[string]bool{}, set: token.NewFileSet()}
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p macPackage
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return m
		} else if err != nil {
			t.Fatal(err)
		}
		m.listed[p.ImportPath] = p
	}
}

// Import gives a package, from its source when it is met for the first time.
func (m *macSources) Import(path string) (*types.Package, error) {
	if mapped, ok := m.inside.ImportMap[path]; ok {
		path = mapped
	}
	if p, ok := m.done[path]; ok {
		return p, nil
	}
	info, outer := m.listed[path], m.inside
	m.inside = info
	defer func() { m.inside = outer }()
	files, err := m.parse(info)
	if err != nil {
		return nil, err
	}
	whole := path == "codabridge/app/tray" || path == "fyne.io/systray"
	conf := types.Config{FakeImportC: true, IgnoreFuncBodies: !whole, Importer: m, Sizes: types.SizesFor("gc", "arm64")}
	if !whole {
		conf.Error = func(error) {} // what else is missing would show where it is used
	}
	p, err := conf.Check(path, m.set, files, nil)
	if err != nil && whole {
		return nil, err
	}
	m.done[path] = p
	return p, nil
}

func (m *macSources) parse(p macPackage) ([]*ast.File, error) {
	var files []*ast.File
	for _, name := range append(p.GoFiles, p.CgoFiles...) {
		path := filepath.Join(p.Dir, name)
		f, err := parser.ParseFile(m.set, path, nil, parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		m.read[path] = true
		files = append(files, f)
	}
	return files, nil
}
