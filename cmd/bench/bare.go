package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"codabridge/server/coda/codatest"
)

// library is the bare server of the same MCP library (command bare), or what two
// hops between processes take at least (command floor), over stdio and over
// loopback HTTP.
type library struct {
	stdio *pipe
	web   *exec.Cmd
	link  string
	http  *http.Client
}

// startLibraries starts both.
func (b *bench) startLibraries(ctx context.Context) (bare, floor *library, err error) {
	bare, err = b.startLibrary(ctx, "bare")
	if err != nil {
		return nil, nil, err
	}
	floor, err = b.startLibrary(ctx, "floor")
	if err != nil {
		bare.close()
	}
	return bare, floor, err
}

// startLibrary builds the command bare or floor and starts it twice.
func (b *bench) startLibrary(ctx context.Context, name string) (_ *library, err error) {
	binary := filepath.Join(b.dir, name)
	out, err := exec.CommandContext(ctx, "go", "build", "-trimpath", "-ldflags", "-s -w", "-o", binary, "codabridge/cmd/bench/"+name).CombinedOutput()
	if err != nil {
		return nil, fmt.Errorf("build the command %s: %w\n%s", name, err, out)
	}
	env := append(os.Environ(), "BARE_TOKEN="+codatest.Token)
	l := &library{http: &http.Client{Transport: &http.Transport{}, Timeout: 30 * time.Second}}
	l.stdio = &pipe{cmd: exec.CommandContext(ctx, binary, "stdio"), errs: &bytes.Buffer{}}
	l.stdio.cmd.Env = env
	if err := l.stdio.start(); err != nil {
		return nil, err
	}
	l.web = exec.CommandContext(ctx, binary, "http")
	l.web.Env = env
	said, err := l.web.StdoutPipe()
	if err == nil {
		err = l.web.Start()
	}
	if err == nil {
		l.link, err = bufio.NewReader(said).ReadString('\n')
		l.link = strings.TrimSpace(l.link)
	}
	if err != nil {
		l.close()
		return nil, fmt.Errorf("command %s: %w", name, err)
	}
	return l, nil
}

func (l *library) close() {
	_ = l.stdio.close()
	l.http.CloseIdleConnections()
	if l.web.Process != nil {
		_ = l.web.Process.Kill()
		_ = l.web.Wait()
	}
}

// ask makes one request over HTTP.
func (l *library) ask(request []byte) ([]byte, time.Duration, error) {
	return postMCP(l.http, l.link, "", request)
}

// processorTime is what the threads of a process have worked so far; only Linux
// tells it in small units.
func processorTime(pid int) (time.Duration, error) {
	files, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/schedstat", pid))
	if err == nil && len(files) == 0 {
		err = errors.New("no /proc here")
	}
	var all time.Duration
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			continue // a thread that has just ended
		}
		first, _, _ := strings.Cut(string(text), " ")
		n, err := strconv.ParseInt(first, 10, 64)
		if err != nil {
			return 0, err
		}
		all += time.Duration(n)
	}
	return all, err
}

// working is the processor time of the programs that are asked over stdio.
type working struct {
	pids   [2]int // ours, the library's
	before [2]time.Duration
}

// working begins to count.
func (b *bench) working(lib *library) *working {
	w := &working{pids: [2]int{b.stdio.cmd.Process.Pid, lib.stdio.cmd.Process.Pid}}
	for i, pid := range w.pids {
		w.before[i], _ = processorTime(pid) // where it is not known, it is not told
	}
	return w
}

// spent says how much each took a call; empty where that is not known.
func (w *working) spent() (ours, library string) {
	var said [2]string
	for i, who := range []string{"codabridge", "the bare server"} {
		if now, err := processorTime(w.pids[i]); err == nil {
			said[i] = fmt.Sprintf(" A call takes %s %s of processor.", who, ms((now-w.before[i])/callRounds))
		}
	}
	return said[0], said[1]
}
