package tools_test

import (
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"codabridge/server/caller"
	"codabridge/server/coda/codatest"
)

// TestErrorsNameTheNextStep: each answer of Coda becomes one sentence that a
// model can act on, with Coda's own words in it.
func TestErrorsNameTheNextStep(t *testing.T) {
	t.Parallel()
	for what, c := range map[string]struct {
		status int
		say    []string
		owner  bool
	}{
		"a revoked token":       {401, []string{"401", "owner", "codabridge login coda"}, true},
		"a token without right": {403, []string{"403", "owner"}, true},
		"something gone":        {404, []string{"404", "coda_list_tables"}, false},
		"something deleted":     {410, []string{"410", "deleted"}, false},
		"a limit that stays":    {429, []string{"429", "Stop for some minutes"}, true},
		"Coda in trouble":       {500, []string{"500", "Try again"}, false},
		"a gateway's timeout":   {504, []string{"504", "smaller limit"}, false},
		"a bad request":         {400, []string{"400", "Change the arguments"}, false},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			r := newHarness(t)
			r.fake.Set(func(k *codatest.Knobs) {
				k.Fail, k.FailStatus, k.FailOperation, k.FailMessage = -1, c.status, "listRows", "The\u202e reason "+codatest.Token
				if c.status == 429 {
					k.Refuse, k.Fail = -1, 0
				}
			})
			a := r.call("coda_list_rows", object{"document": planDoc, "table": tasksTable})
			a.fails(c.say...)
			if strings.Contains(a.text, "\u202e") || c.status != 429 && !strings.Contains(a.text, "The reason") {
				t.Errorf("Coda's words are not clean or not there: %s", a.text)
			}
			if (len(r.faults) > 0) != c.owner {
				t.Errorf("the owner heard of %v", r.faults)
			}
		})
	}
}

func TestNoNetworkAndNoToken(t *testing.T) {
	t.Parallel()
	r := newHarness(t, func(s *settings) {
		s.tools.Ready = func() (string, bool) { return "There is no Coda token yet. Run codabridge login coda.", false }
	})
	if len(r.listTools()) != len(coreNames) {
		t.Error("without a token the tools are not listed")
	}
	r.call("search", object{"query": "x"}).fails("codabridge login coda")
	broken := newHarness(t, func(s *settings) {
		s.coda.Token = func() (string, error) { return "", errors.New("the keyring is locked") }
	})
	broken.call("coda_list_documents", object{}).fails("keyring is locked")
	down := newHarness(t)
	if err := down.fake.Close(); err != nil {
		t.Fatal(err)
	}
	down.call("coda_list_documents", object{}).fails("could not be reached")
	down.call("coda_append_to_page", object{"document": planDoc, "page": overviewPage, "content": "x"}).fails("could not be reached")
}

func TestDeadlineTellsHowToNarrow(t *testing.T) {
	t.Parallel()
	r := newHarness(t, func(s *settings) { s.tools.Deadline = 60 * time.Millisecond })
	r.fake.Set(func(k *codatest.Knobs) { k.Delay = patient })
	r.call("coda_list_rows", object{"document": planDoc, "table": tasksTable}).fails("longer than 60ms", "smaller limit")
	if got := r.lastCall(); got.Status != caller.StatusTimeout || got.Tool != "coda_list_rows" || got.BytesIn == 0 || got.BytesOut == 0 {
		t.Errorf("%+v", got)
	}
}

func TestPanicIsNotShown(t *testing.T) {
	t.Parallel()
	var asked atomic.Int32
	r := newHarness(t, func(s *settings) {
		s.coda.Token = func() (string, error) {
			if asked.Add(1) == 2 {
				panic("boom secret=abc")
			}
			return codatest.Token, nil
		}
	})
	for _, name := range []string{"coda_get_document", "search", "coda_list_pages"} {
		r.tools.Forget()
		asked.Store(0)
		if a := r.call(name, everyTool(planDoc, "", "", "")[name]); strings.Contains(a.text, "boom") || !a.isError && name != "search" {
			t.Errorf("%s: %s", name, a.text)
		}
	}
}

func TestTokenOfOneDocument(t *testing.T) {
	t.Parallel()
	r := newHarness(t, func(s *settings) {
		s.coda.Token = func() (string, error) { return codatest.TokenOneDoc, nil }
	})
	r.call("coda_list_documents", object{}).fails("limited to one", "link")
	r.call("coda_get_document", object{"document": planDoc}).ok(nil)
	r.call("coda_get_document", object{"document": "Launch plan"}).fails("limited to one")
	r.call("coda_get_document", object{"document": menuDoc}).fails("403")
}

func TestTokenThatMayOnlyRead(t *testing.T) {
	t.Parallel()
	r := newHarness(t, func(s *settings) {
		s.coda.Token = func() (string, error) { return codatest.TokenReadOnly, nil }
	})
	r.call("coda_append_to_page", object{"document": planDoc, "page": overviewPage, "content": "x"}).fails("403", "Nothing was written")
	if len(r.faults) != 1 {
		t.Errorf("the owner heard of %v", r.faults)
	}
}
