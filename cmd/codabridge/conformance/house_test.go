//go:build conformance

package conformance

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"codabridge/server/coda/codatest"
	"codabridge/server/coda/codatest/codaspec"
	"codabridge/tunnel/tunneltest"
)

// patience is for single steps that take a second at most on a machine that
// is not busy.
const patience = 30 * time.Second

// house is a bridge with its two far ends.
type house struct {
	t    *testing.T
	dir  string // for files of clients
	data string // the bridge's data folder
	coda *codatest.Server
	edge *tunneltest.Edge
	env  []string
	wine *wine // the Windows that the bridge runs on; nil for this system

	restarting sync.Mutex // one restart at a time

	mu      sync.Mutex // guards what follows
	bridge  *bridge
	printed bytes.Buffer // everything that every program printed
	secrets map[string]string
}

// open builds a house and waits until its bridge is online. More environment
// for the bridge may be given as NAME=value.
func open(t *testing.T, env ...string) *house {
	t.Helper()
	h := furnish(t)
	h.env = append(h.env, env...)
	h.start()
	return h
}

// furnish builds a house whose bridge does not run yet.
func furnish(t *testing.T) *house {
	t.Helper()
	h := &house{t: t, dir: t.TempDir(), secrets: map[string]string{}}
	// Not t.TempDir: the socket's path must stay short.
	data, err := os.MkdirTemp("", "cb")
	if err != nil {
		t.Fatal(err)
	}
	h.data = data
	t.Cleanup(func() { _ = os.RemoveAll(data) })
	h.coda = codaspec.Start(t, codatest.Options{Knobs: codatest.Knobs{MutationPolls: 1}})
	h.edge = tunneltest.Start(t)
	h.keep("the Coda token", codatest.Token)
	h.keep("the ngrok authtoken", tunneltest.Authtoken)
	h.env = append(h.ownEnv(),
		"CODABRIDGE_CODA_TOKEN="+codatest.Token,
		"CODABRIDGE_CODA_URL="+h.coda.URL(),
		"NGROK_AUTHTOKEN="+tunneltest.Authtoken,
		"CODABRIDGE_NGROK_CONNECT_URL="+h.edge.ConnectURL(),
		"CODABRIDGE_NGROK_CA_FILE="+h.edge.WriteCA(h.dir))
	t.Cleanup(func() {
		h.end()
		h.noSecretsTold()
	})
	return h
}

// program is a run of codabridge, without the environment that it needs.
func (h *house) program(ctx context.Context, args ...string) *exec.Cmd {
	if h.wine != nil {
		return h.wine.command(ctx, h.wine.exe, args...)
	}
	return exec.CommandContext(ctx, binary, args...)
}

// ownEnv is an environment with nothing of this machine's owner in it.
func (h *house) ownEnv() []string {
	own := []string{"PATH=" + os.Getenv("PATH"), "HOME=" + h.dir, "TMPDIR=" + os.TempDir()}
	if h.wine != nil {
		return own // the data folder is the usual one of a Windows that has no owner
	}
	return append(own, "CODABRIDGE_DATA_DIR="+h.data)
}

// keep remembers a secret, so that the end of the test can look for it.
func (h *house) keep(what, secret string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.secrets[secret] = what
}

// note records what a program printed.
func (h *house) note(line string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.printed.WriteString(line + "\n")
}

// issuer is the public URL.
func (h *house) issuer() string { return h.edge.URL() }

// command runs codabridge from "a terminal" and returns what it printed.
func (h *house) command(args ...string) (string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	cmd := h.program(ctx, args...)
	cmd.Env = append(cmd.Env, h.ownEnv()...)
	out, err := output(cmd)
	h.note(string(out))
	if err != nil {
		return "", fmt.Errorf("codabridge %s: %w: %s", strings.Join(args, " "), err, bytes.TrimSpace(out))
	}
	return string(out), nil
}

// status is what the tests look at of "codabridge status --json".
type status struct {
	Phase       string
	PublicURL   string `json:"public_url"`
	LocalURL    string `json:"local_url"`
	OwnerURL    string `json:"owner_url"`
	Connections []struct {
		ID, Client string
		Scopes     []string
	}
	Waiting []struct{ Client string }
}

func (h *house) status() (status, error) {
	var s status
	out, err := h.command("status", "--json")
	if err == nil {
		err = json.Unmarshal([]byte(out), &s)
	}
	return s, err
}

// noSecretsTold looks for every secret of the house in all that was printed
// and all that was stored.
func (h *house) noSecretsTold() {
	h.mu.Lock()
	defer h.mu.Unlock()
	for secret, what := range h.secrets {
		if bytes.Contains(h.printed.Bytes(), []byte(secret)) {
			h.t.Errorf("%s was printed by the bridge, a command or a client", what)
		}
	}
	err := filepath.WalkDir(h.data, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for secret, what := range h.secrets {
			if bytes.Contains(b, []byte(secret)) {
				h.t.Errorf("%s stands in the data folder, in %s", what, filepath.Base(path))
			}
		}
		return nil
	})
	if err != nil {
		h.t.Error(err)
	}
}
