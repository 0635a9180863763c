package desktest

import (
	"fmt"
	"runtime"
	"testing"
)

// recorder is a testing.TB that writes down how it was stopped.
type recorder struct {
	testing.TB
	said string
}

func (r *recorder) Helper() {}
func (r *recorder) Skipf(format string, a ...any) {
	r.said = "skip: " + fmt.Sprintf(format, a...)
	runtime.Goexit()
}
func (r *recorder) Fatalf(format string, a ...any) {
	r.said = "fail: " + fmt.Sprintf(format, a...)
	runtime.Goexit()
}

func TestMissingProgramSkipsOrFailsWithOnePhrase(t *testing.T) {
	for setting, want := range map[string]string{
		"":  "skip: needs no-such-program: no-such-package",
		"1": "fail: needs no-such-program: no-such-package",
	} {
		t.Setenv("CODABRIDGE_TEST_NOSKIP", setting)
		r := &recorder{TB: t}
		done := make(chan struct{})
		go func() {
			defer close(done)
			Need(r, "no-such-program", "no-such-package")
		}()
		<-done
		if r.said != want {
			t.Errorf("%q, want %q", r.said, want)
		}
	}
}
