package main

import (
	"go/ast"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// longest is how many characters a line may have. A table's row may be longer,
// and so may a line that is long by its texts alone.
const longest = 140

func TestLinesFitOnAScreen(t *testing.T) {
	for _, s := range sources(t) {
		text, err := os.ReadFile(filepath.Join("..", "..", s.path))
		if err != nil {
			t.Fatal(err)
		}
		free, texts := rowsAndTexts(s)
		for i, line := range strings.Split(string(text), "\n") {
			if n := utf8.RuneCountInString(line) - texts[i+1]; n > longest && !free[i+1] {
				t.Errorf("%s:%d has %d characters beside its texts, more than %d", s.path, i+1, n, longest)
			}
		}
	}
}

// rowsAndTexts gives the lines that begin a row of a table, and how many
// characters each line has in texts. A text of several lines takes all of them.
func rowsAndTexts(s source) (rows map[int]bool, texts map[int]int) {
	rows, texts = map[int]bool{}, map[int]int{}
	line := func(p token.Pos) int { return s.set.Position(p).Line }
	ast.Inspect(s.file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CompositeLit:
			for _, row := range n.Elts {
				if line(row.Pos()) > line(n.Lbrace) {
					rows[line(row.Pos())] = true
				}
			}
		case *ast.BasicLit:
			if n.Kind != token.STRING {
				return true
			}
			texts[line(n.Pos())] += utf8.RuneCountInString(n.Value)
			for l := line(n.Pos()); l <= line(n.End()) && line(n.End()) > line(n.Pos()); l++ {
				rows[l] = true
			}
		}
		return true
	})
	return rows, texts
}

// TestAConditionChangesNothing: "if x = f(); x > 0" changes a variable of
// outside where a reader looks for a question. What is made for the condition
// alone (":=") is fine.
func TestAConditionChangesNothing(t *testing.T) {
	for _, s := range sources(t) {
		ast.Inspect(s.file, func(n ast.Node) bool {
			var init ast.Stmt
			switch n := n.(type) {
			case *ast.IfStmt:
				init = n.Init
			case *ast.SwitchStmt:
				init = n.Init
			}
			a, is := init.(*ast.AssignStmt)
			if init == nil || is && a.Tok == token.DEFINE {
				return true
			}
			t.Errorf("%s: put what comes before the semicolon on a line of its own", s.set.Position(init.Pos()))
			return true
		})
	}
}

// TestNothingIsCompiledBeforeMain: each start of the program, and there is one for
// each conversation over stdio, would make every expression and template of every
// room, and most hold on to as much as a tool does. sync.OnceValue makes one when it
// is wanted.
func TestNothingIsCompiledBeforeMain(t *testing.T) {
	seen := 0
	for _, s := range sources(t) {
		if s.test || strings.HasSuffix(s.room, "test") && s.room != "server/coda/codatest" || has("cmd/bench cmd/rooms cmd/vet", s.room) {
			continue
		}
		for _, d := range s.file.Decls {
			if vars, ok := d.(*ast.GenDecl); ok && vars.Tok == token.VAR {
				seen++
				for _, name := range calledAtOnce(vars) {
					if has("regexp.MustCompile regexp.Compile template.Must", name) {
						t.Errorf("%s: %s is called before main", s.set.Position(d.Pos()), name)
					}
				}
			}
		}
	}
	if seen == 0 {
		t.Error("no variables were looked at")
	}
}

// calledAtOnce are the functions that a declaration calls when it is made: all that
// stand in it but for those in a function of its own that is not called there.
func calledAtOnce(d ast.Node) (names []string) {
	ast.Inspect(d, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.CallExpr:
			names = append(names, written(n.Fun))
			if made, ok := n.Fun.(*ast.FuncLit); ok {
				names = append(names, calledAtOnce(made.Body)...)
			}
		}
		return true
	})
	return names
}

// Rooms where what has been given by a stranger is held against a secret.
const keepers = "server/oauth server/owner server/public server/door server/caller app/control"

var secretWord = regexp.MustCompile(`(?i)(token|secret|hash|verifier|password|cookie|proof|mac|seal|sealed|nonce)$`)

// TestSecretsAreComparedInConstantTime looks for secrets, and for sums of them,
// that are compared by what stops at the first difference. Tokens and codes are
// found by their SHA-256, so how long a look-up takes tells nothing of them.
func TestSecretsAreComparedInConstantTime(t *testing.T) {
	constant := 0
	for _, s := range sources(t) {
		if s.test || !has(keepers, s.room) {
			continue
		}
		for _, d := range s.file.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok {
				continue
			}
			sums := sumsIn(f)
			ast.Inspect(f, func(n ast.Node) bool {
				switch n := n.(type) {
				case *ast.BinaryExpr:
					if (n.Op == token.EQL || n.Op == token.NEQ) && tellsSecret(sums, n.X, n.Y) {
						t.Errorf("%s: a secret is compared by %s", s.set.Position(n.Pos()), n.Op)
					}
				case *ast.CallExpr:
					switch name := written(n.Fun); name {
					case "subtle.ConstantTimeCompare", "hmac.Equal":
						constant++
					case "bytes.Equal", "slices.Equal", "strings.EqualFold", "strings.Compare", "bytes.Compare", "reflect.DeepEqual":
						if tellsSecret(sums, n.Args...) {
							t.Errorf("%s: a secret is compared by %s", s.set.Position(n.Pos()), name)
						}
					}
				}
				return true
			})
		}
	}
	if constant == 0 {
		t.Error("nothing is compared in constant time: this test looks at the wrong rooms")
	}
}

// sumsIn are the variables of a function that hold a sum of something.
func sumsIn(f *ast.FuncDecl) (names []string) {
	ast.Inspect(f, func(n ast.Node) bool {
		a, ok := n.(*ast.AssignStmt)
		if !ok {
			return true
		}
		for i, from := range a.Rhs {
			if call, ok := from.(*ast.CallExpr); ok && strings.Contains("Sum256 Sum digest", last(written(call.Fun))) {
				names = append(names, written(a.Lhs[i]))
			}
		}
		return true
	})
	return names
}

// tellsSecret is true for two values of which one is a secret; one that stands
// in the program, or is only counted, is none.
func tellsSecret(sums []string, values ...ast.Expr) (secret bool) {
	for _, v := range values {
		if _, fixed := v.(*ast.BasicLit); fixed || written(v) == "nil" {
			return false
		}
		ast.Inspect(v, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.CallExpr:
				return written(n.Fun) != "len"
			case *ast.SelectorExpr:
				secret = secret || secretWord.MatchString(n.Sel.Name)
				return false
			case *ast.Ident:
				secret = secret || secretWord.MatchString(n.Name) || slices.Contains(sums, n.Name)
			}
			return true
		})
	}
	return secret
}

func last(name string) string { return name[strings.LastIndex(name, ".")+1:] }
