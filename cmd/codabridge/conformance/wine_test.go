//go:build conformance

package conformance

import (
	"bytes"
	"context"
	bytesOf "encoding/binary"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// wine is a Windows with a drive C that nothing has been on: a copy, in hard
// links, of one that was set up once and is kept in .tools/wine.
type wine struct {
	loader, server string // programs of this system
	prefix         string // folder of the drive
	exe            string // codabridge, as it would be installed
	env            []string
}

// newWine sets a Windows up until the test ends. Its programs show themselves
// where env says, if it does.
func newWine(t *testing.T, env ...string) *wine {
	t.Helper()
	kept, err := setUpWine()
	if err != nil {
		if os.Getenv("CODABRIDGE_TEST_NOSKIP") != "" {
			t.Fatal(err)
		}
		t.Skip(err)
	}
	built, err := windowsProgram()
	if err != nil {
		t.Fatal(err)
	}
	prefix, err := os.MkdirTemp(filepath.Dir(kept.prefix), "run-")
	if err != nil {
		t.Fatal(err)
	}
	w := &wine{loader: kept.loader, server: kept.server, prefix: prefix, env: append(wineEnv(prefix), env...)}
	if out, err := exec.Command("cp", "-al", kept.prefix+"/.", prefix).CombinedOutput(); err != nil {
		t.Fatalf("copy the drive: %v: %s", err, out)
	}
	registry, _ := filepath.Glob(filepath.Join(prefix, "*.reg"))
	for _, file := range registry { // wine writes into a file that has links
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		w.write(t, file, text)
	}
	w.exe = w.local("Programs", "codabridge", "codabridge.exe")
	w.write(t, w.exe, built)
	w.stayUp(t)
	return w
}

// stayUp starts a program that waits until the end. The services of Windows start
// with the first program, have its output, and end with the last one.
func (w *wine) stayUp(t *testing.T) {
	t.Helper()
	shell := func(args ...string) *exec.Cmd {
		cmd := w.command(context.Background(), filepath.Join(w.prefix, "drive_c", "windows", "system32", "cmd.exe"), args...)
		cmd.Env = append(cmd.Env, "PATH="+os.Getenv("PATH"), "HOME="+w.prefix)
		return cmd
	}
	cmd := shell()
	if _, err := cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() { _ = cmd.Wait(); close(ended) }()
	t.Cleanup(func() {
		end := exec.Command(w.server, "-k") // what runs in this prefix, and nothing else
		end.Env = w.env
		_ = end.Run()
		<-ended
		_ = os.RemoveAll(w.prefix)
	})
	if err := shell("/c", "exit").Run(); err != nil { // by its end all is up
		t.Fatal(err)
	}
}

// local is a path below %LOCALAPPDATA%, as this system sees it.
func (w *wine) local(name ...string) string {
	return w.home(append([]string{"AppData", "Local"}, name...)...)
}

// home is a path below %USERPROFILE%, as this system sees it.
func (w *wine) home(name ...string) string {
	users, _ := filepath.Glob(filepath.Join(w.prefix, "drive_c", "users", "*"))
	users = slices.DeleteFunc(users, func(u string) bool { return filepath.Base(u) == "Public" })
	return filepath.Join(append([]string{strings.Join(users, "|")}, name...)...)
}

// path is how Windows calls a file of the drive, or of this system.
func (w *wine) path(file string) string {
	drive := `Z:`
	if below, ok := strings.CutPrefix(file, filepath.Join(w.prefix, "drive_c")); ok {
		drive, file = `C:`, below
	}
	return drive + strings.ReplaceAll(file, "/", `\`)
}

// write puts a file on the drive. A link to one that is kept is left as it is.
func (w *wine) write(t *testing.T, file string, text []byte) {
	t.Helper()
	_ = os.Remove(file)
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, text, 0o755); err != nil {
		t.Fatal(err)
	}
}

// command is a run of a Windows program; what is added to its Env comes on top.
func (w *wine) command(ctx context.Context, program string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, w.loader, append([]string{w.path(program)}, args...)...)
	cmd.Env = slices.Clone(w.env)
	// What shows windows starts with the first program that has one, has its
	// output, and outlives it.
	cmd.WaitDelay = 2 * time.Second
	return cmd
}

// must runs a program that comes with Windows, such as reg.
func (w *wine) must(t *testing.T, name string, args ...string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	cmd := w.command(ctx, filepath.Join(w.prefix, "drive_c", "windows", "system32", name), args...)
	cmd.Env = append(cmd.Env, "PATH="+os.Getenv("PATH"), "HOME="+w.prefix)
	out, err := output(cmd)
	if err != nil {
		t.Fatalf("%s %v: %v: %s", name, args, err, out)
	}
	return string(out)
}

// output is all that a program says until it ends, though what it started may
// go on.
func output(cmd *exec.Cmd) ([]byte, error) {
	out, err := cmd.CombinedOutput()
	if errors.Is(err, exec.ErrWaitDelay) {
		err = nil
	}
	return out, err
}

// reg asks or changes the registry.
func (w *wine) reg(t *testing.T, args ...string) string {
	t.Helper()
	return w.must(t, "reg.exe", args...)
}

func wineEnv(prefix string) []string {
	return []string{"WINEPREFIX=" + prefix, "WINEDEBUG=-all", "WINEDLLOVERRIDES=mscoree,mshtml=;winemenubuilder.exe=d", "LC_ALL=C.UTF-8"}
}

// setUpWine finds wine and makes the drive that all others are copies of.
var setUpWine = sync.OnceValues(func() (w wine, err error) {
	w.loader = first("wine64", "wine", "/usr/lib/wine/wine64", "/usr/lib/wine/wine")
	w.server = first("wineserver", "/usr/lib/wine/wineserver64", "/usr/lib/wine/wineserver")
	if w.loader == "" || w.server == "" {
		return w, errors.New("needs wine: wine64")
	}
	version, err := exec.Command(w.loader, "--version").Output()
	if err != nil {
		return w, fmt.Errorf("ask wine for its version: %w", err)
	}
	folder, err := filepath.Abs("../../../.tools/wine")
	if err != nil {
		return w, err
	}
	w.prefix = filepath.Join(folder, strings.TrimSpace(strings.NewReplacer(" ", "-", "(", "", ")", "").Replace(string(version))))
	forget(folder)
	if _, err := os.Stat(w.prefix); err == nil {
		return w, nil
	}
	making := w.prefix + ".new"
	_ = os.RemoveAll(making)
	if err := os.MkdirAll(making, 0o755); err != nil {
		return w, err
	}
	for _, run := range [][]string{{w.loader, "wineboot", "-i"}, {w.server, "-w"}} {
		cmd := exec.Command(run[0], run[1:]...)
		cmd.Env = append(wineEnv(making), "PATH="+os.Getenv("PATH"), "HOME="+making)
		if err := cmd.Run(); err != nil { // no pipe: services of it stay for a while
			return w, fmt.Errorf("set up wine: %w", err)
		}
	}
	dll := filepath.Join(making, "drive_c", "windows", "system32", "bcryptprimitives.dll")
	if _, err := os.Stat(dll); err != nil {
		if err := os.WriteFile(dll, forwarder("bcryptprimitives.dll", "ProcessPrng", "advapi32.SystemFunction036"), 0o644); err != nil {
			return w, err
		}
	}
	return w, os.Rename(making, w.prefix)
})

// forget removes the drives of runs that were killed.
func forget(folder string) {
	left, _ := filepath.Glob(filepath.Join(folder, "run-*"))
	for _, drive := range left {
		if info, err := os.Stat(drive); err == nil && time.Since(info.ModTime()) > time.Hour {
			_ = os.RemoveAll(drive)
		}
	}
}

// first is the first program that is there.
func first(names ...string) string {
	for _, n := range names {
		if path, err := exec.LookPath(n); err == nil {
			return path
		}
	}
	return ""
}

// windowsVersion is the version of the program that is tried.
const windowsVersion = "1.2.3-wine"

// windowsProgram builds codabridge for Windows as make does, with the flags of
// make check, which has compiled most of it for Windows before.
var windowsProgram = sync.OnceValues(func() ([]byte, error) {
	winres := exec.Command("go", "run", "winres.go", "-version", windowsVersion, "rsrc_windows_amd64.syso")
	winres.Dir = ".."
	if out, err := winres.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("winres: %w\n%s", err, out)
	}
	into := filepath.Join(scratch, "codabridge.exe")
	if err := buildForWindows(into, "build", "-o", into, ".."); err != nil {
		return nil, err
	}
	return os.ReadFile(into)
})

func buildForWindows(into string, args ...string) error {
	build := exec.Command("go", args...)
	build.Env = append(os.Environ(), "GOOS=windows", "GOARCH=amd64", "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		return fmt.Errorf("build %s: %w\n%s", filepath.Base(into), err, out)
	}
	return nil
}

// forwarder is a library for 64-bit Windows (PE32+) without code, whose one
// function is that of another library. Go asks bcryptprimitives.dll for
// randomness, which wine has from 9.0 on; SystemFunction036 gives the same.
func forwarder(dll, function, to string) []byte {
	const section, onDisk = 0x1000, 0x200 // where the one section is in memory, and in the file
	le, export := bytesOf.LittleEndian, bytes.Buffer{}
	tables := uint32(section + 40)
	dllAt := tables + 12
	functionAt := dllAt + uint32(len(dll)) + 1
	toAt := functionAt + uint32(len(function)) + 1
	// IMAGE_EXPORT_DIRECTORY and its tables.
	_ = bytesOf.Write(&export, le, []uint32{0, 0, 0, dllAt, 1, 1, 1, tables, tables + 4, tables + 8})
	_ = bytesOf.Write(&export, le, []uint32{toAt, functionAt, 0}) // an address in here is a forward
	export.WriteString(dll + "\x00" + function + "\x00" + to + "\x00")

	file := bytes.Buffer{}
	put := func(values ...any) {
		for _, v := range values {
			_ = bytesOf.Write(&file, le, v)
		}
	}
	put([]byte("MZ"), make([]byte, 58), uint32(64), []byte("PE\x00\x00"))
	put(uint16(0x8664), uint16(1), make([]byte, 12), uint16(240), uint16(0x2022))
	put(uint16(0x20b), uint16(0), []uint32{0, onDisk, 0, 0, 0}, uint64(0x180000000), []uint32{section, onDisk})
	put([]uint16{6, 0, 0, 0, 6, 0}, []uint32{0, 2 * section, onDisk, 0}, uint16(3), uint16(0x100))
	put([]uint64{1 << 20, 1 << 12, 1 << 20, 1 << 12}, []uint32{0, 16})
	put([]uint32{section, uint32(export.Len())}, make([]byte, 120)) // where the export is, and nothing else
	put([]byte(".edata\x00\x00"), []uint32{uint32(export.Len()), section, onDisk, onDisk, 0, 0, 0, 0x40000040})
	put(make([]byte, onDisk-file.Len()), export.Bytes(), make([]byte, onDisk-export.Len()))
	return file.Bytes()
}
