package app

import (
	"testing"

	"codabridge/tunnel"
)

// TestAFailureOfTheOldAuthtokenDoesNotHoldUpTheNew: the owner gives another one
// in the very moment in which ngrok refuses the old.
func TestAFailureOfTheOldAuthtokenDoesNotHoldUpTheNew(t *testing.T) {
	a := New(Options{Config: Defaults()})
	a.bridge.on = true
	a.use(secrets{coda: "c", ngrok: "old"})
	old := a.wanted()
	a.use(secrets{coda: "c", ngrok: "new"})
	a.tunnelEnded(old, &tunnel.Failure{Sentence: "ngrok did not accept the authtoken."}, false)
	if w := a.wanted(); !w.run || w.token != "new" {
		t.Error("the new authtoken is not tried")
	}
	a.tunnelEnded(a.wanted(), &tunnel.Failure{Sentence: "ngrok did not accept the authtoken."}, false)
	if a.wanted().run {
		t.Error("a refused authtoken is tried for ever")
	}
}

// TestAProblemEndsNoOther: Coda lets us in again after a while, and has refused
// the token meanwhile.
func TestAProblemEndsNoOther(t *testing.T) {
	a := New(Options{Config: Defaults()})
	a.setProblem(problemStuck)
	a.setProblem("Coda no longer accepts the token.")
	a.endProblem(problemStuck)
	if a.account.problem == "" {
		t.Error("the refused token is forgotten")
	}
	a.endProblem("Coda no longer accepts the token.")
	if a.account.problem != "" {
		t.Error("a problem that ended is still shown")
	}
}
