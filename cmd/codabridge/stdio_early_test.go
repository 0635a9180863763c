package main

import (
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
