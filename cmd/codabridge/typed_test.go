package main

import (
	"encoding/json"
	"fmt"
	"go/ast"
	"go/token"
	"net/http"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"codabridge/app"
	"codabridge/app/desktop/desktest"
)

// typedBy are the functions through which a text that names a command of ours goes
// on its way to a person, so that it names the data folder where that is wanted:
// those of fault, and the findings of the doctor.
const typedBy = "fault.New fault.Wrap fault.Typed fault.TypedFormat named.Typed ok warn failed"

// TestEverySentenceTypesItsCommands: a text of ours that names a command would act
// on the usual instance when it is pasted beside a demo or another data folder.
func TestEverySentenceTypesItsCommands(t *testing.T) {
	names := regexp.MustCompile(`\bcodabridge (` + strings.Join(commandPaths(newRoot()), "|") + `)\b`)
	seen, elsewhere := 0, map[int]bool{}
	for _, s := range sources(t) {
		if s.test || strings.HasPrefix(s.room, "cmd/") && s.room != "cmd/codabridge" {
			continue
		}
		var around []ast.Node
		ast.Inspect(s.file, func(n ast.Node) bool {
			if n == nil {
				around = around[:len(around)-1]
				return true
			}
			around = append(around, n)
			text, is := n.(*ast.BasicLit)
			if !is || text.Kind != token.STRING || !names.MatchString(text.Value) {
				return true
			}
			seen++
			if isTyped(around) {
				return true
			}
			if i := goesElsewhere(s.path, text.Value); i >= 0 {
				elsewhere[i] = true
			} else {
				t.Errorf("%s: %s goes by none of %s", s.set.Position(n.Pos()), text.Value, typedBy)
			}
			return true
		})
	}
	if seen < 30 {
		t.Errorf("%d sentences were looked at", seen)
	}
	for i, e := range typedElsewhere {
		if !elsewhere[i] {
			t.Errorf("%s has no %q that goes another way; strike it out", e.path, e.part)
		}
	}
}

// isTyped tells whether a node stands in a call of one of typedBy.
func isTyped(around []ast.Node) bool {
	for _, n := range around {
		if call, is := n.(*ast.CallExpr); is && has(typedBy, written(call.Fun)) {
			return true
		}
	}
	return false
}

// typedElsewhere are the texts that name a command and go by none of typedBy, each
// by the file and a part of it, with how it goes.
var typedElsewhere = []struct{ path, part, why string }{
	{"app/channel/doc.go", "start it with: codabridge, or codabridge serve", asShown},
	{"cmd/codabridge/doctor.go", "most causes are found by: codabridge doctor --public", asShown},
	{"cmd/codabridge/uninstall.go", "codabridge uninstall --yes", asShown},
	{"app/doctor/explain.go", "codabridge logs shows every refusal", asExplained},
	{"app/doctor/explain.go", "all lines of codabridge doctor --public, and codabridge logs", asExplained},
	{"app/doctor/table.go", "Otherwise look at: codabridge logs", asAdvice},
	{"app/doctor/table.go", "Look at: codabridge logs", asAdvice},
	{"app/doctor/table.go", "then run: codabridge doctor", asAdvice},
	{"app/doctor/table.go", "Start it: codabridge, or codabridge serve", asAdvice},
	{"app/doctor/table.go", "store it: codabridge login coda", asAdvice},
	{"app/config/settings.go", "codabridge notifications lists them", inHelp},
	{"cmd/codabridge/index.go", "codabridge index status --all lists them", inHelp},
	{"cmd/codabridge/programs.go", "codabridge programs lists them", inHelp},
	{"cmd/codabridge/words.go", "codabridge demo", asPart},
	{"server/fault/typed.go", "codabridge, or codabridge serve", asPart},
	{"server/fault/typed.go", ", or codabridge serve", asPart},
	{"cmd/codabridge/demo.go", "codabridge demo: a sample workspace", noCommand},
	{"app/doctor/doctor.go", `"codabridge doctor"`, noCommand},
	{"app/joining/form.go", `codabridge stdio\n`, noCommand},
	{"server/index/workers.go", `codabridge index\n`, noCommand},
	{"server/oauth/pages.go", "codabridge approve ", "strangers at the sign-in tab are told of no folder; those on this computer get it typed"},
}

const (
	asShown     = "an error of the command line is typed as it is shown (spoken)"
	asExplained = "an explanation is typed as it is printed (explain)"
	asAdvice    = "an advice is typed as it is given (doctor.Examine)"
	inHelp      = "help is for every instance"
	asPart      = "the typing itself is made of it"
	noCommand   = "it is a name, and nothing to type"
)

// goesElsewhere is the place among typedElsewhere of a text, or -1.
func goesElsewhere(path, text string) int {
	for i, e := range typedElsewhere {
		if strings.HasSuffix(filepath.ToSlash(path), e.path) && strings.Contains(text, e.part) {
			return i
		}
	}
	return -1
}

// pasted are the commands of ours that stand in a text, as they are to be typed.
func (p *program) pasted(text string) []string {
	return regexp.MustCompile(regexp.QuoteMeta(built)+` [a-z-]+(?: [a-z-]+)? --data-dir "[^"]*"`).FindAllString(text, -1)
}

// TestWhatTheDemoSaysActsOnTheDemo: its commands, pasted into a shell as they stand
// in the banner, on the page, in a refusal and in the doctor's lines, reach it; and
// its banner is the first that is said.
func TestWhatTheDemoSaysActsOnTheDemo(t *testing.T) {
	t.Parallel()
	p := newProgram(t)
	home := t.TempDir()
	p.dir = filepath.Join(home, ".local", "share", "codabridge", demoFolder)
	p.env = []string{"HOME=" + home, "PATH=/usr/bin:/bin"}
	p.start("demo", "--no-tray")
	s := p.awaitPhase(app.PhaseLocal)
	desktest.Eventually(t, "the banner", func() bool { return strings.Contains(p.out.String(), "Ctrl-C ends the demo") })
	if out := p.out.String(); !strings.HasPrefix(out, "codabridge demo: ") || strings.Contains(out, "level=INFO") {
		t.Errorf("the demo begins with %.300s", out)
	}
	token := regexp.MustCompile(`Bearer (\S+)'`).FindStringSubmatch(p.out.String())[1]
	answer := overHTTP(t, s.LocalURL, token)(1, "coda_delete_rows", `{"document":"x","table":"y","rows":["z"]}`)()
	var refusal any
	if err := json.Unmarshal([]byte(answer), &refusal); err != nil {
		t.Fatal(err)
	}
	said := map[string]string{"the banner": p.out.String(), "a refusal": fmt.Sprint(refusal), "the page": p.shell(s.OwnerURL)}
	p.act("stop")
	for what, args := range map[string][]string{"the doctor": {}, "its explanation": {"--explain", "Something went wrong"}} {
		out, _ := p.run(append([]string{"doctor", "--data-dir", p.dir}, args...)...)
		said[what] = regexp.MustCompile(`\(?\bcodabridge `).ReplaceAllLiteralString(out, built+" ")
	}
	for where, text := range said {
		commands := p.pasted(text)
		if len(commands) == 0 {
			t.Errorf("%s names no command: %s", where, text)
		}
		for _, c := range commands {
			cmd := exec.Command("sh", "-c", c+" --help >/dev/null && "+c[:len(built)]+" status "+c[strings.Index(c, "--data-dir"):])
			cmd.Env = p.env
			if out, err := cmd.CombinedOutput(); err != nil || strings.Contains(string(out), "not running") {
				t.Errorf("%s says %s: %v %s", where, c, err, out)
			}
		}
	}
}

// shell is the owner's page as it is before it is let in.
func (p *program) shell(url string) string {
	p.t.Helper()
	resp, err := http.Get(url + "/")
	if err != nil {
		p.t.Fatal(err)
	}
	defer resp.Body.Close()
	var b strings.Builder
	if err := resp.Write(&b); err != nil {
		p.t.Fatal(err)
	}
	return strings.ReplaceAll(b.String(), "&#34;", `"`)
}
