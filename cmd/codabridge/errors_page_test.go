package main

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/token"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"codabridge/server/golden"
)

// The catalog of errors is read out of the source, so that it cannot be old:
// the codes with their comments, and the sentences of whoever makes an error.

// makers are the calls that make an error with a sentence. The code is the
// argument at code, or what the function stands for.
var makers = map[string]struct {
	section        string
	code, sentence int
	always         string
}{
	"fault.New":      {codes, 0, 1, ""},
	"fault.Wrap":     {codes, 1, 2, ""},
	"words.Say":      {codes, -1, 0, "words.CodeRefused"},
	"words.NoSuch":   {codes, -1, 0, "words.CodeNoSuch"},
	"coda.wrong":     {codes, -1, 0, "coda.CodeArguments"},
	"door.Refuse":    {doors, 3, 4, ""},
	"invalidRequest": {signIn, -1, 0, "invalid_request"},
	"invalidGrant":   {signIn, -1, 0, "invalid_grant"},
}

const (
	codes  = "Codes of faults"
	doors  = "Answers of the doors"
	signIn = "Answers of the authorization server"
	ngrok  = "What ngrok refuses"
)

const pageHead = `# Errors

Made from the source by ` + "`go test ./cmd/codabridge -run TestTheCatalogOfErrors -update`" + `; do not edit.

Each code means one thing. A sentence says what happened and what to do next; … stands for what is filled in.
`

// said is one sentence under its code.
type said struct{ section, room, code, sentence string }

// catalog gathers the page.
type catalog struct {
	t     *testing.T
	texts map[string]ast.Expr // string constants and variables by room and name
	codes map[string]string   // what stands for a code ("coda.CodeSilent") to the code
	means map[string]string   // code to comment
	homes map[string]string   // code to the room that declares it
	all   []said
}

func TestTheCatalogOfErrorsIsNotOld(t *testing.T) {
	c := &catalog{t: t, texts: map[string]ast.Expr{}, codes: map[string]string{}, means: map[string]string{}, homes: map[string]string{}}
	program := slices.DeleteFunc(sources(t), func(s source) bool { return s.test || generated(s.file) || outside(s.room) })
	for _, s := range program {
		c.declarations(s)
	}
	for _, s := range program {
		c.sentences(s)
	}
	c.check()
	golden.Check(t, "../../.github/ERRORS.md", c.page())
}

// declarations keeps the strings that have a name, and the codes.
func (c *catalog) declarations(s source) {
	for _, d := range s.file.Decls {
		group, ok := d.(*ast.GenDecl)
		if !ok || group.Tok != token.CONST {
			continue
		}
		for _, spec := range group.Specs {
			v := spec.(*ast.ValueSpec)
			for i, name := range v.Names {
				if i < len(v.Values) {
					c.texts[s.room+" "+name.Name] = v.Values[i]
				}
			}
			if v.Type != nil && (called(v.Type) == "fault.Code" || s.room == "server/fault" && called(v.Type) == "Code") {
				c.code(s, v, cmp.Or(v.Doc.Text(), group.Doc.Text()))
			}
		}
	}
}

func (c *catalog) code(s source, v *ast.ValueSpec, comment string) {
	name := v.Names[0].Name
	value := c.text(s.room, v.Values[0])
	meaning, ok := strings.CutPrefix(strings.Join(strings.Fields(comment), " "), name+": ")
	if !ok {
		c.t.Errorf("%s: the comment of %s does not say what it means (%s: …)", s.path, name, name)
	}
	if c.homes[value] != "" {
		c.t.Errorf("%s: the code %s is declared in %s too", s.path, value, c.homes[value])
	}
	for other, means := range c.means {
		if means == meaning {
			c.t.Errorf("%s: the codes %s and %s mean the same", s.path, value, other)
		}
	}
	c.codes[s.file.Name.Name+"."+name], c.means[value], c.homes[value] = value, meaning, s.room
}

// called is the name of what is called or made: fault.New, Say.
func called(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.SelectorExpr:
		if x, ok := e.X.(*ast.Ident); ok {
			return x.Name + "." + e.Sel.Name
		}
		return "." + e.Sel.Name
	}
	return ""
}

// sentences finds what makes an error.
func (c *catalog) sentences(s source) {
	ast.Inspect(s.file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			c.call(s, n)
		case *ast.CompositeLit:
			c.literal(s, n)
		}
		return true
	})
}

func (c *catalog) call(s source, n *ast.CallExpr) {
	name := called(n.Fun)
	switch _, last, qualified := strings.Cut(name, "."); {
	case last == "Refuse":
		name = "door.Refuse"
	case last == "wrong" && s.room == "server/coda":
		name = "coda.wrong"
	case !qualified && makers[name].section != signIn:
		name = s.file.Name.Name + "." + name
	}
	m, ok := makers[name]
	if !ok || len(n.Args) <= m.sentence {
		return
	}
	code := c.codes[m.always]
	switch {
	case m.always != "" && code == "":
		code = m.always
	case m.always == "":
		code = c.codeOf(s, n.Args[m.code])
	}
	c.add(m.section, s, code, n.Args[m.sentence])
}

// codeOf is the code that an argument names.
func (c *catalog) codeOf(s source, e ast.Expr) string {
	name := called(e)
	if !strings.Contains(name, ".") {
		name = s.file.Name.Name + "." + name
	}
	return cmp.Or(c.codes[name], c.text(s.room, e))
}

// literal takes &door.Refusal{…}, &fault{…} of OAuth and the rules of ngrok.
func (c *catalog) literal(s source, n *ast.CompositeLit) {
	switch called(n.Type) {
	case "fault.Error":
		if s.room != "server/fault" {
			c.t.Errorf("%s makes a fault by itself: use fault.New or fault.Wrap, which the catalog reads", s.path)
		}
	case "Refusal", "door.Refusal":
		c.fields(doors, s, n, "Code", "Sentence")
	case "fault":
		c.fields(signIn, s, n, "Code", "Text")
	}
	if list, ok := n.Type.(*ast.ArrayType); ok && called(list.Elt) == "rule" && s.room == "tunnel" {
		for _, e := range n.Elts {
			r := e.(*ast.CompositeLit)
			c.add(ngrok, s, c.text(s.room, r.Elts[0]), r.Elts[1])
		}
	}
}

func (c *catalog) fields(section string, s source, n *ast.CompositeLit, code, sentence string) {
	found := map[string]ast.Expr{}
	for _, e := range n.Elts {
		if kv, ok := e.(*ast.KeyValueExpr); ok {
			found[kv.Key.(*ast.Ident).Name] = kv.Value
		}
	}
	if found[code] != nil && found[sentence] != nil {
		c.add(section, s, c.text(s.room, found[code]), found[sentence])
	}
}

var verb = regexp.MustCompile(`%[-+# 0-9.]*[a-zA-Z]`)

// add keeps a sentence; one that is handed on as it came has no words here.
func (c *catalog) add(section string, s source, code string, sentence ast.Expr) {
	text := strings.ReplaceAll(verb.ReplaceAllString(c.text(s.room, sentence), "…"), "%%", "%")
	if strings.Trim(text, "…") == "" || code == "…" {
		return
	}
	if section == codes && c.homes[code] == "" {
		c.t.Errorf("%s: the code %q of %q is no constant of type fault.Code", s.path, code, text)
	}
	c.all = append(c.all, said{section, s.room, code, text})
}

// text is what a string is, with … for what is known only when it runs.
func (c *catalog) text(room string, e ast.Expr) string {
	switch e := e.(type) {
	case *ast.BasicLit:
		if text, err := strconv.Unquote(e.Value); err == nil {
			return text
		}
	case *ast.BinaryExpr:
		return strings.ReplaceAll(c.text(room, e.X)+c.text(room, e.Y), "……", "…")
	case *ast.ParenExpr:
		return c.text(room, e.X)
	case *ast.CallExpr:
		if called(e.Fun) == "fault.Typed" {
			return c.text(room, e.Args[0])
		}
	case *ast.Ident:
		if v := c.texts[room+" "+e.Name]; v != nil {
			return c.text(room, v)
		}
	}
	return "…"
}

// check: a sentence has one code, and each code is said.
func (c *catalog) check() {
	under, used := map[string]said{}, map[string]bool{}
	for _, s := range c.all {
		used[s.code] = true
		if s.section != codes {
			continue
		}
		if other, ok := under[s.sentence]; ok && other.code != s.code {
			c.t.Errorf("%q has the codes %s (%s) and %s (%s)", s.sentence, other.code, other.room, s.code, s.room)
		}
		under[s.sentence] = s
		if !strings.HasSuffix(s.sentence, ".") && !strings.HasSuffix(s.sentence, "…") {
			c.t.Errorf("%s: %q is no sentence", s.room, s.sentence)
		}
	}
	for code, home := range c.homes {
		if !used[code] && !strings.HasPrefix(code, "ERR_NGROK_") {
			c.t.Errorf("%s: nobody says anything under the code %s", home, code)
		}
	}
}

func (c *catalog) page() string {
	var b strings.Builder
	b.WriteString(pageHead)
	for _, section := range []string{codes, doors, signIn, ngrok} {
		under := map[string][]string{}
		for _, s := range c.all {
			if s.section == section && !slices.Contains(under[s.code], s.sentence) {
				under[s.code] = append(under[s.code], s.sentence)
			}
		}
		fmt.Fprintf(&b, "\n## %s\n", section)
		for _, code := range slices.Sorted(maps.Keys(under)) {
			fmt.Fprintf(&b, "\n### %s\n\n", code)
			if c.means[code] != "" {
				fmt.Fprintf(&b, "Declared in `%s`: %s\n\n", c.homes[code], c.means[code])
			}
			for _, sentence := range slices.Sorted(slices.Values(under[code])) {
				fmt.Fprintf(&b, "- %s\n", strings.NewReplacer("<", "&lt;", "\n", " ").Replace(sentence))
			}
		}
	}
	return b.String()
}
