package main

import (
	"fmt"
	"maps"
	"os/exec"
	"strings"
	"testing"
	"time"

	"codabridge/app"
	"codabridge/app/doctor"
	"codabridge/server/coda/codatest"
)

// illness is one broken installation. want are the lines that are not ok, each
// "name: status: text".
type illness struct {
	env     func(w *harness) []string // nil means both secrets in the environment
	breakIt func(p *patient)
	want    []string
}

func TestTheDoctorNamesTheCause(t *testing.T) {
	t.Parallel()
	all := maps.Clone(sick)
	maps.Copy(all, sickOnTheWay)
	for name, c := range all {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newHarness(t)
			env := w.secrets()
			if c.env != nil {
				env = c.env(w)
			}
			p := &patient{program: newProgram(t, env...), w: w}
			if c.breakIt != nil {
				c.breakIt(p)
			}
			r := p.examine()
			var found []string
			for _, l := range r.Checks {
				if l.Status == doctor.Warning || l.Status == doctor.Failed {
					found = append(found, fmt.Sprintf("%s: %s: %s Next: %s", l.Name, l.Status, l.Means, l.Next))
					if l.Next == "" || l.Means == "" {
						t.Errorf("%s says nothing to do", l.Name)
					}
				}
			}
			p.fits(found, c.want)
			p.leftNothing()
		})
	}
}

func TestAHealthyInstallationIsWellByEveryWay(t *testing.T) {
	t.Parallel()
	for name, prepare := range map[string]func(p *patient){
		"on this computer":        func(p *patient) { p.online() },
		"with read-only on":       func(p *patient) { p.serve(app.PhaseOnline, "--read-only") },
		"by the public URL":       func(p *patient) { p.online(); p.through(p.w.edge) },
		"by the owner's proxy":    func(p *patient) { p.behind(straight) },
		"without a tunnel at all": func(p *patient) { p.serve(app.PhaseLocal, "--tunnel", "none") },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newHarness(t)
			p := &patient{program: newProgram(t, w.secrets()...), w: w}
			prepare(p)
			before := w.edge.Requests()
			r := p.examine()
			for _, c := range r.Checks {
				if c.Status != doctor.OK {
					t.Errorf("%s: %s: %s", c.Name, c.Status, c.Means)
				}
				if c.Name == "read-only" && (name == "with read-only on") != strings.Contains(c.Means, "Read-only is on") {
					t.Errorf("read-only: %s", c.Means)
				}
			}
			used := w.edge.Requests() - before
			t.Logf("%d requests, %d of them by the edge", r.Requests, used)
			if name == "by the public URL" {
				if used != r.Requests || used > 25 || !strings.HasPrefix(r.Through, "https://") {
					t.Errorf("%d requests came to the edge, %d reported through %s", used, r.Requests, r.Through)
				}
				if out := p.must("doctor", "--public"); !strings.Contains(out, "of the 20,000 a month") {
					t.Errorf("it does not say what it used:\n%s", out)
				}
			} else if used != 0 {
				t.Errorf("%d requests of the quota were used without being asked for", used)
			}
			p.leftNothing()
		})
	}
}

// TestADoctorThatIsKilledLeavesNoConnection kills it while it waits for Coda.
func TestADoctorThatIsKilledLeavesNoConnection(t *testing.T) {
	t.Parallel()
	w := newHarness(t)
	p := &patient{program: newProgram(t, append(w.secrets(), "CODABRIDGE_TUNNEL=none")...), w: w}
	p.serve(app.PhaseLocal)
	w.coda.Set(func(k *codatest.Knobs) { k.Delay = 1500 * time.Millisecond })
	cmd := exec.Command(built, "doctor")
	cmd.Env = p.env
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	p.await("the doctor's connection", func(s app.State) bool {
		return len(s.Connections) == 1 && s.Connections[0].Client == doctor.ClientName
	})
	cmd.Process.Kill()
	cmd.Wait()
	p.await("its end", func(s app.State) bool { return len(s.Connections) == 0 })
}
