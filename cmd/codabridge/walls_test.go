package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	pathpkg "path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

// The walls between the rooms. The test parses the source itself, because one
// that asks "go list" is served stale from the test cache.

// onlyIn: who alone may import a package, and why.
var onlyIn = []struct{ pkg, rooms, why string }{
	{"fyne.io/systray", "app/tray", "the tray is drawn in one room, so that everything else runs without a desktop"},
	{"github.com/zalando/go-keyring", "app/secret", "who can read the tokens must fit on one screen"},
	{"golang.ngrok.com/ngrok", "tunnel cmd/bench", "another tunnel can take its place; the bench measures it bare"},
	{"golang.ngrok.com/muxado", "tunnel/tunneltest", "only the fake edge speaks the wire protocol itself"},
	{"github.com/mark3labs/mcp-go", "server/tools cmd/bench/bare", "the library has traps, and one room knows them; the bench measures it bare"},
	{"modernc.org/sqlite", "server/store", "no SQL outside the store"},
	{"database/sql", "server/store server/store/state server/store/index server/store/changes", "no SQL outside the store"},
	{"github.com/getkin/kin-openapi", "server/coda/codatest/codaspec", "tests only: it must not enter the program"},
	{"rsc.io/qr", "server/owner", "one picture on one page"},
	{"github.com/spf13/cobra", "cmd/codabridge", "the command line is wiring"},
	{"os/exec", "app/desktop app/desktop/desktest cmd/bench cmd/rooms cmd/vet", "other programs are started in one room, which keeps our standard output clean"},
	{"github.com/tailscale/hujson", "app/programs", "files of other programs are edited in one room"},
	{"github.com/Microsoft/go-winio", "app/channel", "a pipe's rights are set in one room, which looks whose pipe it is, too"},
	{"html/template", "server/door tunnel/tunneltest", "pages are made in the frame of both doors"},
}

// everybodys is what any room may import: the error that crosses the borders.
const everybodys = "server/fault"

// mayUse: what of our own each room may import. A room that is not listed may
// import nothing of ours.
var mayUse = []struct{ room, ours, why string }{
	{"cmd/codabridge", "app app/config app/control app/early app/folder app/joining app/tray app/desktop app/logs app/doctor", "modes and wiring only"},
	{"cmd/bench", "app/control server/door server/coda/codatest tunnel tunnel/tunneltest", "it measures the built program between the far ends"},
	{"app", "server/actions app/channel app/config app/control app/folder app/joining app/doctor app/secret app/desktop app/logs app/notices app/updates app/programs app/autostart app/stdio assets server server/caller server/door server/state server/oauth server/store/state server/tools server/tools/changes server/index server/coda server/coda/codatest tunnel", "it composes, and views draw what it makes"},
	{"app/notices", "server/state", "it decides what is told by what every view may know"},
	{"app/control", "app/channel server/state", "it carries what the owner asks, and State back"},
	{"app/early", "app/joining", "it comes before all else, and imports what can"},
	{"app/stdio", "server/jsontext server/turns", "it reads and carries lines, and no more"},
	{"app/joining", "app/channel app/config app/folder app/stdio", "it carries lines before the rest of the program is made, so it imports none of that"},
	{"app/doctor", "server/state server/coda tunnel", "it is given the running instance and the database as functions, and asks the rooms that know"},
	{"app/tray", "server/state app/desktop/sessionbus assets", "it draws State and touches nothing else"},
	{"app/secret", "app/desktop/sessionbus", "it knows the keyring only"},
	{"app/desktop", "app/desktop/sessionbus app/folder assets", "it knows the desktop only"},
	{"server", "server/door server/fetch server/oauth server/owner server/public", "it never sees the app or the tunnel; it is given functions"},
	{"server/actions", "server/caller", "it offers tools that it is given, without MCP"},
	{"server/door", "server/caller assets", "the frame knows neither MCP nor the owner's page"},
	{"server/public", "server/caller server/door server/jsonrpc server/oauth", "what the internet reaches never sees the owner's door"},
	{"server/owner", "server/caller server/door server/oauth server/state server/store/state", "the owner's door never sees MCP"},
	{"server/state", "server/caller", "it is a value that every view may know"},
	{"server/oauth", "server/caller server/door server/store/state", "it stands in the frame, and knows neither MCP nor Coda"},
	{"server/tools", "assets server/alike server/caller server/coda server/index server/jsonrpc server/tools/changes server/tools/find server/tools/query server/tools/words server/turns", "what a model may do"},
	{"server/tools/find", "server/alike server/caller server/coda server/tools/words", "it turns names into ids, by the client and the same spelling rules as search"},
	{"server/tools/query", "server/alike", "it counts what it is given, and compares texts as all others do"},
	{"server/tools/words", "server/coda server/jsonrpc server/jsontext", "it makes texts of what the client read, and asks nobody"},
	{"server/coda", "server/fetch server/jsontext", "it downloads what an answer points to, and only from the internet"},
	{"server/index", "server/alike server/coda server/store/index", "it crawls through the client"},
	{"server/tools/changes", "server/caller server/coda server/store/changes server/tools/words", "it records writes and puts them back, in the words that answers use"},
	{"server/jsonrpc", "server/jsontext", "it reads messages, and knows none of what they ask"},
	{"server/store/changes", "server/store", "what holds contents, on the file base"},
	{"server/store/state", "server/store", "what must not be lost, on the file base"},
	{"server/store/index", "server/store", "what can be made again, on the file base"},
	{"server/coda/codatest", "", "a far end"},
	{"server/coda/codatest/codaspec", "server/coda/codatest", "it checks the far end's requests"},
	{"tunnel/tunneltest", "", "a far end"},
}

// mayTouch: what reaches outside this process, and the rooms that may. Names of
// a package stand behind it; without any, all of it is meant.
var mayTouch = []struct{ what, names, rooms, why string }{
	{"the network", "net.Dial net.DialTimeout net.DialTCP net.DialUnix net.Dialer net.Listen net.ListenTCP net.ListenUnix net.ListenPacket net.ListenConfig net.Resolver " +
		"net.LookupHost net.LookupIP net.LookupAddr net/http.Client net/http.Transport net/http.DefaultClient net/http.DefaultTransport net/http.Get net/http.Head net/http.Post " +
		"net/http.PostForm net/http.ListenAndServe net/http.ListenAndServeTLS crypto/tls.Dial crypto/tls.Dialer crypto/tls.Listen",
		"app app/channel app/control app/doctor app/updates server/coda server/fetch tunnel", "app opens the doors, channel the socket or pipe, control asks on it, the doctor tries them; updates asks for newer versions; coda asks Coda, fetch the public internet, tunnel ngrok"},
	{"the disk", "os.Open os.OpenFile os.OpenRoot os.OpenInRoot os.Create os.CreateTemp os.ReadFile os.WriteFile os.ReadDir os.Stat os.Lstat os.Remove os.RemoveAll os.Rename " +
		"os.Mkdir os.MkdirAll os.MkdirTemp os.Chmod os.Chown os.Chtimes os.Link os.Symlink os.Readlink os.Truncate os.DirFS os.CopyFS path/filepath.Walk path/filepath.WalkDir path/filepath.Glob path/filepath.EvalSymlinks",
		"app/autostart app/channel app/config app/control app/desktop app/doctor app/logs app/programs app/secret cmd/codabridge server/index server/store server/store/state tunnel",
		"config keeps config.json, channel its socket, control looks whose a connection is, desktop and logs their own files; autostart the entry for the login; programs the settings of other programs; the doctor and secret look; the index looks whether its file is there; tunnel reads a certificate"},
	{"other programs", "os/exec", "app/desktop", "other programs are started in one room, which keeps our standard output clean"},
	{"other processes", "os.StartProcess os.FindProcess syscall.Exec syscall.ForkExec syscall.Kill syscall.StartProcess", "", "no room has a reason to"},
	{"SQL", "database/sql", "server/store server/store/state server/store/index server/store/changes", "no SQL outside the store"},
	{"memory as it lies", "unsafe.Pointer unsafe.Slice unsafe.SliceData unsafe.String unsafe.StringData unsafe.Add", "app/control", "Windows gives its table of connections as bytes"},
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
	all, err := parsed()
	if err != nil {
		t.Fatal(err)
	}
	return slices.Clone(all)
}

// parsed is all source, read once for all tests.
var parsed = sync.OnceValues(func() ([]source, error) {
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
			rel = filepath.ToSlash(rel)
			all = append(all, source{path: rel, room: pathpkg.Dir(rel), test: strings.HasSuffix(rel, "_test.go"), file: f, set: set})
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return all, nil
})

// used is what rooms do, and in which files: room, a blank, and the thing.
type used map[string][]string

func (u used) note(s source, thing string) { u[s.room+" "+thing] = append(u[s.room+" "+thing], s.path) }

// imports are those of the program and of its harnesses.
func imports(t *testing.T) used {
	t.Helper()
	u := used{}
	for _, s := range sources(t) {
		if s.test || generated(s.file) {
			continue
		}
		for _, spec := range s.file.Imports {
			u.note(s, strings.Trim(spec.Path.Value, `"`))
		}
	}
	return u
}

func TestWalls(t *testing.T) {
	for what, files := range imports(t) {
		room, pkg, _ := strings.Cut(what, " ")
		for _, wall := range onlyIn {
			if (pkg == wall.pkg || strings.HasPrefix(pkg, wall.pkg+"/")) && !has(wall.rooms, room) {
				t.Errorf("%s imports %s: only %s may, because %s", files, pkg, wall.rooms, wall.why)
			}
		}
		if ours, ok := strings.CutPrefix(pkg, "codabridge/"); ok && ours != everybodys {
			checkOurs(t, room, ours, files)
		}
	}
}

func checkOurs(t *testing.T, room, ours string, files []string) {
	t.Helper()
	for _, rule := range mayUse {
		if rule.room == room {
			if !has(rule.ours, ours) {
				t.Errorf("%s imports %s: %s may import [%s], because %s", files, ours, room, rule.ours, rule.why)
			}
			return
		}
	}
	t.Errorf("%s imports %s: %s has no row in mayUse, so it may import nothing of ours", files, ours, room)
}

// TestNoWallHasADoorThatNobodyUses: a permission that is not used any more is
// the next room's excuse.
func TestNoWallHasADoorThatNobodyUses(t *testing.T) {
	u := imports(t)
	for _, wall := range onlyIn {
		for room := range strings.FieldsSeq(wall.rooms) {
			if !u.begins(room + " " + wall.pkg) {
				t.Errorf("%s may import %s and does not", room, wall.pkg)
			}
		}
	}
	for _, rule := range mayUse {
		for ours := range strings.FieldsSeq(rule.ours) {
			if u[rule.room+" codabridge/"+ours] == nil {
				t.Errorf("%s may import %s and does not", rule.room, ours)
			}
		}
	}
}

// begins tells whether a room uses a package or one below it.
func (u used) begins(what string) bool {
	for w := range u {
		if w == what || strings.HasPrefix(w, what+"/") {
			return true
		}
	}
	return false
}

// TestRoomsTouchOnlyWhatTheyMay looks at names, since "net" and "os" hold much
// that reaches nothing. Harnesses and the programs that measure are free.
func TestRoomsTouchOnlyWhatTheyMay(t *testing.T) {
	u := used{}
	for _, s := range sources(t) {
		if s.test || generated(s.file) || outside(s.room) {
			continue
		}
		for name := range namesOf(s.file) {
			u.note(s, name)
		}
	}
	for _, rule := range mayTouch {
		doing := map[string]bool{}
		for what, files := range u {
			room, name, _ := strings.Cut(what, " ")
			if !has(rule.names, name) {
				continue
			}
			doing[room] = true
			if !has(rule.rooms, room) {
				t.Errorf("%s touches %s by %s: only [%s] may, because %s", files, rule.what, name, rule.rooms, rule.why)
			}
		}
		for room := range strings.FieldsSeq(rule.rooms) {
			if !doing[room] {
				t.Errorf("%s may touch %s and does not", room, rule.what)
			}
		}
	}
}

// outside are the rooms that are no part of the program.
func outside(room string) bool {
	return strings.HasSuffix(room, "test") || has("server/coda/codatest/codaspec cmd/bench cmd/bench/bare cmd/bench/floor cmd/rooms cmd/vet server/golden cmd/codabridge/conformance cmd/codabridge/conformance/gosdk", room)
}

// namesOf are the packages that a file imports, and each name of them that it
// uses: os/exec, os.Open.
func namesOf(f *ast.File) map[string]bool {
	local, names := map[string]string{}, map[string]bool{}
	for _, spec := range f.Imports {
		pkg := strings.Trim(spec.Path.Value, `"`)
		names[pkg] = true
		local[pkg[strings.LastIndex(pkg, "/")+1:]] = pkg
		if spec.Name != nil {
			local[spec.Name.Name] = pkg
		}
	}
	ast.Inspect(f, func(n ast.Node) bool {
		if sel, ok := n.(*ast.SelectorExpr); ok {
			if x, ok := sel.X.(*ast.Ident); ok && local[x.Name] != "" {
				names[local[x.Name]+"."+sel.Sel.Name] = true
			}
		}
		return true
	})
	return names
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
