//go:build conformance

package conformance

import (
	"bytes"
	"context"
	"debug/pe"
	bytesOf "encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"codabridge/app/desktop/desktest"
	"codabridge/server/coda/codatest"
)

// onWindows is a house whose bridge is the Windows program, with its usual data
// folder. Without a token in the environment it has that of the keyring.
func onWindows(t *testing.T, env ...string) *house {
	t.Helper()
	w := newWine(t, env...)
	h := furnish(t)
	h.wine, h.data = w, w.local("codabridge")
	if err := os.Mkdir(h.data, 0o700); err != nil { // the house looks for secrets in it, whatever a test does
		t.Fatal(err)
	}
	h.env = slices.DeleteFunc(h.env, func(v string) bool {
		return strings.HasPrefix(v, "CODABRIDGE_DATA_DIR=") || strings.HasPrefix(v, "CODABRIDGE_NGROK_CA_FILE=")
	})
	h.env = append(h.env, "CODABRIDGE_NGROK_CA_FILE="+w.path(h.edge.WriteCA(h.dir)))
	return h
}

// says runs a command and gives what it printed and its exit code.
func (h *house) says(env []string, stdin string, args ...string) (out string, code int) {
	h.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	cmd := h.program(ctx, args...)
	cmd.Env = append(cmd.Env, env...)
	cmd.Stdin = strings.NewReader(stdin)
	b, err := output(cmd)
	if ctx.Err() != nil || err != nil && cmd.ProcessState == nil {
		h.t.Fatalf("codabridge %v: %v: %s", args, err, b)
	}
	h.note(string(b))
	return strings.ReplaceAll(string(b), "\r\n", "\n"), cmd.ProcessState.ExitCode()
}

// want runs a command that has to succeed and to say something.
func (h *house) want(env []string, words string, args ...string) {
	h.t.Helper()
	if out, code := h.says(env, "", args...); code != 0 || !strings.Contains(out, words) {
		h.t.Errorf("codabridge %s: exit %d, and %q does not stand in %q", strings.Join(args, " "), code, words, out)
	}
}

// withoutToken is the environment of a bridge that has no secret but those in
// the keyring.
func (h *house) withoutToken() []string {
	return slices.DeleteFunc(slices.Clone(h.env), func(v string) bool {
		return strings.HasPrefix(v, "CODABRIDGE_CODA_TOKEN=") || strings.HasPrefix(v, "NGROK_AUTHTOKEN=")
	})
}

// TestTheWindowsProgramServes drives the owner's channel there, which is a named
// pipe: an instance, a second one, commands, a browser, the doctor, a client
// through the tunnel, the end, and a start after it was killed.
func TestTheWindowsProgramServes(t *testing.T) {
	t.Parallel()
	opened := filepath.Join(t.TempDir(), "opened")
	browser := t.TempDir()
	script := fmt.Sprintf("#!/bin/sh\nprintf %%s \"$1\" > %s.new && mv %[1]s.new %[1]s\n", opened)
	if err := os.WriteFile(filepath.Join(browser, "xdg-open"), []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	h := onWindows(t)
	// What opens pages here is wine's, which asks xdg-open.
	h.wine.reg(t, "add", `HKCR\.html`, "/ve", "/d", "htmlfile", "/f")
	h.env = append(h.env, "PATH="+browser+":"+os.Getenv("PATH"))
	h.want(nil, "windows/amd64", "version")
	if out, code := h.says(h.ownEnv(), "", "status"); code != 3 || !strings.Contains(out, "is not running") {
		t.Errorf("status without an instance: exit %d %q", code, out)
	}
	h.start()
	if _, err := os.Stat(filepath.Join(h.data, "control.sock")); err == nil {
		t.Error("there is a socket where a pipe is meant")
	}
	out, code := h.says(h.env, "", "serve", "--listen", "127.0.0.1:0")
	if code != 1 || !strings.Contains(out, "running already") || !strings.Contains(out, "codabridge open") {
		t.Errorf("a second one: exit %d %q", code, out)
	}
	if out, code := h.says(h.env, "", "--at-login"); code != 0 || strings.TrimSpace(out) != "" {
		t.Errorf("a second one at login: exit %d %q", code, out)
	}
	h.want(h.ownEnv(), h.issuer(), "status")
	h.want(h.ownEnv(), "Nobody is connected yet", "connections")

	// The folder in another spelling is the same folder.
	odd := strings.ToUpper(h.wine.path(h.data))
	h.want(h.ownEnv(), h.issuer(), "status", "--data-dir", odd)

	h.want(append(h.ownEnv(), "PATH="+browser+":"+os.Getenv("PATH")), "", "open")
	desktest.Eventually(t, "the browser is started", func() bool { _, err := os.Stat(opened); return err == nil })
	b, err := os.ReadFile(opened)
	if err != nil || strings.Contains(string(b), "key=") || !strings.Contains(string(b), "codabridge-open-") {
		t.Errorf("the browser was started with %q: %v", b, err)
	}

	g := h.judge(t, h.issuer())
	program, err := goClient()
	if err != nil {
		t.Fatal(err)
	}
	h.must(t, client{name: "gosdk", program: program, args: []string{h.issuer() + "/mcp", "modern"}, env: append(h.byProxy(), "ACCESS_TOKEN="+g.access)})

	h.doctorIsContent(t)
	h.restart("kill")
	h.want(h.ownEnv(), "no assistant gets in", "stop")
	h.want(h.ownEnv(), "Started", "start")
}

// doctorIsContent wants no check to fail but those of an internet that is not
// there.
func (h *house) doctorIsContent(t *testing.T) {
	t.Helper()
	out, _ := h.says(h.env, "", "doctor", "--json")
	var report struct {
		Checks []struct{ Name, Status, Means string }
	}
	if err := json.Unmarshal([]byte(out[strings.Index(out, "{"):]), &report); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	ok := map[string]bool{}
	for _, c := range report.Checks {
		ok[c.Name] = c.Status == "ok"
		t.Logf("doctor: %s %s: %s", c.Status, c.Name, c.Means)
	}
	for _, name := range []string{"instance", "database", "ports", "ngrok session", "sign-in", "tools/list"} {
		if !ok[name] {
			t.Errorf("the doctor is not content with %s", name)
		}
	}
}

// TestTheWindowsDataFolderIsForThisUserAlone: one that others may read is closed
// where it is ours or empty, and left alone where it holds other things.
func TestTheWindowsDataFolderIsForThisUserAlone(t *testing.T) {
	t.Parallel()
	h := onWindows(t)
	mode := func(name string, files ...string) (string, func() os.FileMode) {
		dir := filepath.Join(h.wine.prefix, "drive_c", name)
		for _, f := range files {
			h.wine.write(t, filepath.Join(dir, f), nil)
		}
		if err := errors.Join(os.MkdirAll(dir, 0o755), os.Chmod(dir, 0o755)); err != nil {
			t.Fatal(err)
		}
		return h.wine.path(dir), func() os.FileMode {
			info, err := os.Stat(dir)
			if err != nil {
				t.Fatal(err)
			}
			return info.Mode().Perm()
		}
	}
	token := codatest.Token + "\n"
	dir, at := mode("empty")
	// Wine gives what administrators may to the group, and adds what the drive
	// lets others; that the rights were set shows in the group's.
	if out, code := h.says(h.withoutToken(), token, "login", "coda", "--data-dir", dir); code != 0 || at() == 0o755 {
		t.Errorf("an empty folder: exit %d %s, %o", code, out, at())
	}
	dir, at = mode("foreign", "letter.txt")
	if out, code := h.says(h.withoutToken(), token, "login", "coda", "--data-dir", dir); code != 1 || !strings.Contains(out, "open to other users") || at() != 0o755 {
		t.Errorf("somebody's folder: exit %d %s, %o", code, out, at())
	}
	if out, _ := h.says(h.env, "", "doctor", "--data-dir", dir); !strings.Contains(strings.Join(strings.Fields(out), " "), "open to other users of this computer. Next: Close it") {
		t.Errorf("the doctor says of it: %s", out)
	}
	// Longer than Windows took before it was asked to (260 characters), and in
	// letters of another script.
	long := h.wine.path(filepath.Join(h.wine.prefix, "drive_c", strings.Repeat("Ordner Größe 数/", 24), "data"))
	if out, code := h.says(h.withoutToken(), token, "login", "coda", "--data-dir", long); code != 0 {
		t.Errorf("a long path: exit %d %s", code, out)
	}
	if out, _ := h.says(h.env, "", "doctor", "--data-dir", long); !strings.Contains(out, "ok       settings") || strings.Contains(out, "cannot be written") {
		t.Errorf("the doctor says of a long path: %s", out)
	}
	// Wine adds what the drive lets others; a folder that this system has closed is
	// seen as closed.
	dir, _ = mode("closed")
	if err := os.Chmod(filepath.Join(h.wine.prefix, "drive_c", "closed"), 0o700); err != nil {
		t.Fatal(err)
	}
	if out, _ := h.says(h.env, "", "doctor", "--data-dir", dir); !strings.Contains(strings.Join(strings.Fields(out), " "), "is yours alone and can be written") {
		t.Errorf("the doctor says of a closed folder: %s", out)
	}
}

// TestTheWindowsProgramShowsWhatItIs: icon, version and manifest are where Windows
// looks for them.
func TestTheWindowsProgramShowsWhatItIs(t *testing.T) {
	t.Parallel()
	if _, err := windowsProgram(); err != nil {
		t.Fatal(err)
	}
	file, err := pe.Open(filepath.Join(scratch, "codabridge.exe"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	section := file.Section(".rsrc")
	if section == nil {
		t.Fatal("it has no resources")
	}
	data, err := section.Data()
	if err != nil {
		t.Fatal(err)
	}
	kinds := map[uint32]bool{}
	for i := range int(bytesOf.LittleEndian.Uint16(data[14:])) {
		kinds[bytesOf.LittleEndian.Uint32(data[16+8*i:])] = true
	}
	for kind, what := range map[uint32]string{3: "icons", 14: "a group of icons", 16: "a version", 24: "a manifest"} {
		if !kinds[kind] {
			t.Errorf("it has no %s", what)
		}
	}
	wide := func(s string) []byte {
		b := []byte{}
		for _, c := range []byte(s) {
			b = append(b, c, 0)
		}
		return b
	}
	for _, want := range [][]byte{[]byte("longPathAware"), []byte(`level="asInvoker"`), []byte("permonitorv2"), wide("ProductVersion"), wide(windowsVersion), []byte("\x89PNG")} {
		if !bytes.Contains(data, want) {
			t.Errorf("%q does not stand in it", want)
		}
	}
}

// TestRoomsOnWindows runs the tests of the rooms that have code of their own for
// Windows. What it passes over are links, and expectations of paths of Linux.
func TestRoomsOnWindows(t *testing.T) {
	t.Parallel()
	w := newWine(t)
	for room, skip := range map[string]string{
		"app/control": "^$", "app/autostart": "^$", "app/programs": "ReadOnlyLinksModesAndFolders|TheInstalledProgramIsNamed",
	} {
		into := filepath.Join(scratch, strings.ReplaceAll(room, "/", "-")+".exe")
		if err := buildForWindows(into, "test", "-vet=off", "-c", "-o", into, "codabridge/"+room); err != nil {
			t.Fatal(err)
		}
		cmd := w.command(t.Context(), into, "-test.skip", skip)
		cmd.Dir = filepath.Join("..", "..", "..", filepath.FromSlash(room))
		cmd.Env = append(cmd.Env, "PATH="+os.Getenv("PATH"), "HOME="+w.prefix)
		out, _ := output(cmd)
		said := 0
		for line := range strings.Lines(string(out)) {
			switch {
			case strings.Contains(line, "TempDir RemoveAll cleanup"): // wine before 9 knows no POSIX semantics of removal
				said++
			case strings.Contains(line, "panic:"), strings.Contains(line, ".go:"):
				t.Errorf("%s: %s", room, strings.TrimSpace(line))
			case strings.HasPrefix(line, "PASS"):
				said++
			}
		}
		if said == 0 {
			t.Errorf("%s: nothing was tried: %s", room, out)
		}
	}
}
