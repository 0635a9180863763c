package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"codabridge/app"
	"codabridge/app/desktop/desktest"
)

func TestOneInstanceADataFolder(t *testing.T) {
	t.Parallel()
	w := newHarness(t)
	p, s := serving(t, w)
	out, code := p.run("serve", "--listen", "127.0.0.1:0", "--owner-listen", "127.0.0.1:0", "--data-dir", p.dir)
	if open := `codabridge open --data-dir "$HOME/data"`; code != 1 || !strings.Contains(out, "running already") || !strings.Contains(out, open) {
		t.Errorf("second start: exit %d: %s", code, out)
	}
	other := newProgram(t, append(w.secrets(), "CODABRIDGE_TUNNEL=none")...)
	addr := strings.TrimPrefix(s.LocalURL, "http://")
	if out, code := other.run("serve", "--listen", addr, "--owner-listen", "127.0.0.1:0"); code != 1 || !strings.Contains(out, "is taken: another program is using it") ||
		!strings.Contains(out, "--listen 127.0.0.1:") || systemCall.MatchString(out) {
		t.Errorf("a taken port: exit %d: %s", code, out)
	}
	if out, code := other.run("serve", "--listen", "192.0.2.1:8085", "--owner-listen", "127.0.0.1:0"); code != 1 ||
		!strings.Contains(out, "192.0.2.1 is no address of this computer") || systemCall.MatchString(out) {
		t.Errorf("another's address: exit %d: %s", code, out)
	}
	p.stop(syscall.SIGKILL)
	p.start("serve") // a killed instance leaves a socket behind, which is no obstacle
	p.awaitPhase(app.PhaseLocal)
}

func TestALongDataFolderStillHasASocket(t *testing.T) {
	t.Parallel()
	w := newHarness(t)
	p := newProgram(t, append(w.secrets(), "CODABRIDGE_TUNNEL=none")...)
	p.dir = filepath.Join(p.dir, strings.Repeat("long-name-", 12))
	p.env = append(p.env, "CODABRIDGE_DATA_DIR="+p.dir)
	p.start("serve")
	if out := p.outOfStatus(); !strings.Contains(out, `"phase": "local"`) {
		t.Errorf("status: %s", out)
	}
}

func (p *program) outOfStatus() (out string) {
	desktest.Eventually(p.t, "status", func() bool {
		var code int
		out, code = p.run("status", "--json")
		return code == 0 && strings.Contains(out, `"phase": "local"`)
	})
	return out
}

func TestADamagedDatabaseIsKeptAsideAndNamed(t *testing.T) {
	t.Parallel()
	w := newHarness(t)
	p := newProgram(t, append(w.secrets(), "CODABRIDGE_TUNNEL=none")...)
	if err := os.MkdirAll(p.dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(p.dir, "state.db"), []byte("this is not a database, but it may be dear to somebody"), 0o600); err != nil {
		t.Fatal(err)
	}
	p.start("serve")
	s := p.awaitPhase(app.PhaseLocal)
	kept, _ := filepath.Glob(filepath.Join(p.dir, "state.db.*"))
	found := false
	for _, k := range kept {
		b, _ := os.ReadFile(k)
		found = found || (strings.Contains(string(b), "dear to somebody") && strings.Contains(s.Warning, filepath.Base(k)))
	}
	if !found {
		t.Errorf("warning %q, kept %v", s.Warning, kept)
	}
}

// TestTheStaticBinaryRunsInAnEmptyRoot is the container: no libc, no
// certificates, no shell.
func TestTheStaticBinaryRunsInAnEmptyRoot(t *testing.T) {
	t.Parallel()
	if runtime.GOOS != "linux" {
		t.Skip("needs chroot: Linux")
	}
	w := newHarness(t)
	root := t.TempDir()
	if err := os.MkdirAll(filepath.Join(root, "data"), 0o700); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(built)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(root, "codabridge"), b, 0o755); err != nil {
		t.Fatal(err)
	}
	p := newProgram(t)
	p.dir = filepath.Join(root, "data")
	cmd := exec.Command("/codabridge", "serve", "--data-dir", "/data", "--listen", "127.0.0.1:0", "--owner-listen", "127.0.0.1:0", "--tunnel", "none")
	cmd.Env = []string{"CODABRIDGE_CODA_TOKEN=" + codaCanary, w.env[0]}
	cmd.Dir = "/"
	cmd.SysProcAttr = emptyRoot(root)
	p.startCmd(cmd)
	s := p.awaitPhase(app.PhaseLocal)
	if s.Coda.Account == "" {
		s = p.await("the account", func(s app.State) bool { return s.Coda.Account != "" })
	}
	if !strings.Contains(s.Coda.Account, "@") {
		t.Errorf("account %q", s.Coda.Account)
	}
	p.stop(syscall.SIGTERM)
}
