package main

import (
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// TestAJoinedStdioMakesNothingOfTheRest: the runtime tells of each package that it
// makes, and of a joined stdio those of the tools, the libraries and the tray are
// made when the instance has gone, not before.
func TestAJoinedStdioMakesNothingOfTheRest(t *testing.T) {
	t.Parallel()
	p, _ := serving(t, twoDocs(t))
	traced := p.withoutToken()
	traced.env = append(traced.env, "GODEBUG=inittrace=1")
	s := startStdio(traced, "--client", "Early Bird")
	s.ask(oldHello)
	if !s.sees("coda_list_documents") {
		t.Fatal("it was not answered")
	}
	rest := []string{"codabridge/server/tools ", "codabridge/app ", "github.com/santhosh-tekuri/jsonschema/v6 ", "net/http ", "modernc.org/sqlite "}
	for _, name := range rest {
		if strings.Contains(s.errs.String(), "init "+name) {
			t.Errorf("while an instance answers, %s was made:\n%s", name, s.errs)
		}
	}
	p.stop(syscall.SIGTERM)
	if !s.sees("coda_list_documents") {
		t.Error("alone it does not answer")
	}
	if !strings.Contains(s.errs.String(), "init codabridge/server/tools ") {
		t.Errorf("alone, the rest was not made:\n%s", s.errs)
	}
	s.end()
}

// What a stdio that is alone may take before main, in bytes: all packages together,
// of which most is one library's, and those of this program.
const (
	mostMade    = 3_000_000
	mostMadeOwn = 300_000
)

var madeLine = regexp.MustCompile(`(?m)^init (\S+) .* (\d+) bytes, \d+ allocs$`)

// TestAStartOfStdioMakesLittle: the runtime tells what each package takes before
// main, which stays with the process for as long as its client runs.
func TestAStartOfStdioMakesLittle(t *testing.T) {
	t.Parallel()
	s := startStdio(newProgram(t, "GODEBUG=inittrace=1", "CODABRIDGE_CODA_TOKEN="+codaCanary))
	s.ask(oldHello)
	s.end()
	all, own := 0, 0
	for _, m := range madeLine.FindAllStringSubmatch(s.errs.String(), -1) {
		n, err := strconv.Atoi(m[2])
		if err != nil {
			t.Fatal(err)
		}
		all += n
		if strings.HasPrefix(m[1], "codabridge/") || m[1] == "main" {
			own += n
		}
	}
	if own == 0 || all > mostMade || own > mostMadeOwn {
		t.Errorf("before main %d bytes are taken, %d by this program; %d and %d may be\n%s", all, own, mostMade, mostMadeOwn, s.errs)
	}
}
