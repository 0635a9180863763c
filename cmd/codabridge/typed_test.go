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
	seen := 0
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
			if !isTyped(around) && !isHelp(s.path, text.Value) {
				t.Errorf("%s: %s goes by none of %s", s.set.Position(n.Pos()), text.Value, typedBy)
			}
			return true
		})
	}
	if seen < 30 {
		t.Errorf("%d sentences were looked at", seen)
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

// isHelp tells whether a text goes another way: errors of the command line are
// typed as they are shown (spoken), as are the doctor's advices and explanations;
// help, names and what is made of a token name no instance, and strangers at the
// sign-in tab are not told of any.
func isHelp(path, text string) bool {
	switch {
	case strings.Contains(text, "codabridge doctor\"") || strings.Contains(text, `codabridge stdio\n`) || strings.Contains(text, "codabridge demo: a sample") || strings.Contains(text, `codabridge index\n`):
		return true
	}
	return has("app/channel/doc.go app/doctor/table.go app/doctor/explain.go app/config/settings.go app/index_docs.go "+
		"cmd/codabridge/main.go cmd/codabridge/doctor.go cmd/codabridge/index.go cmd/codabridge/programs.go cmd/codabridge/uninstall.go "+
		"cmd/codabridge/words.go server/fault/typed.go server/oauth/pages.go", filepath.ToSlash(path))
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
	body := strings.NewReader(`{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"coda_delete_rows","arguments":{"document":"x","table":"y","rows":["z"]}}}`)
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.LocalURL+"/mcp", body)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+token)
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Accept", "application/json")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var refusal any
	if err := json.NewDecoder(resp.Body).Decode(&refusal); err != nil {
		t.Fatal(err)
	}
	said := map[string]string{"the banner": p.out.String(), "a refusal": fmt.Sprint(refusal), "the page": p.shell(s.OwnerURL)}
	p.act("stop")
	out, _ := p.run("doctor", "--data-dir", p.dir)
	said["the doctor"] = strings.ReplaceAll(out, "(codabridge ", built+" ")
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
