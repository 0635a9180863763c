package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"time"

	"codabridge/server/coda/codatest"
	"codabridge/tunnel/tunneltest"
)

// build makes the program as make build does.
func build(ctx context.Context, dir string) (string, error) {
	binary := filepath.Join(dir, "codabridge")
	if runtime.GOOS == "windows" {
		binary += ".exe"
	}
	cmd := exec.CommandContext(ctx, "go", "build", "-trimpath", "-ldflags", "-s -w", "-o", binary, "codabridge/cmd/codabridge")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build: %w\n%s", err, out)
	}
	return binary, nil
}

// environment leads a program to the far ends and to nothing of the person
// who runs the benchmark: no home, no keyring, no desktop.
func environment(dir, codaURL, edge, ca string) []string {
	env := []string{
		"HOME=" + dir, "XDG_RUNTIME_DIR=" + dir, "XDG_CONFIG_HOME=" + filepath.Join(dir, "config"),
		"DBUS_SESSION_BUS_ADDRESS=unix:path=" + filepath.Join(dir, "no-bus"), "LANG=C.UTF-8",
		"CODABRIDGE_CODA_URL=" + codaURL, "CODABRIDGE_CODA_TOKEN=" + codatest.Token,
		"CODABRIDGE_INDEX=off", // the crawler would ask upstream beside the calls that are counted
		"CODABRIDGE_NGROK_CONNECT_URL=" + edge, "CODABRIDGE_NGROK_CA_FILE=" + ca, "NGROK_AUTHTOKEN=" + tunneltest.Authtoken,
	}
	if root := os.Getenv("SystemRoot"); root != "" { // Windows opens no socket without it
		env = append(env, "SystemRoot="+root)
	}
	return env
}

// command is the built program with a data folder; it is asked to end, and
// killed when it does not.
func (b *bench) command(ctx context.Context, dataDir string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, b.binary, args...)
	cmd.Env = append(slices.Clip(b.env), "CODABRIDGE_DATA_DIR="+dataDir)
	cmd.Cancel = func() error {
		if runtime.GOOS == "windows" {
			return cmd.Process.Kill()
		}
		return cmd.Process.Signal(os.Interrupt)
	}
	cmd.WaitDelay = 5 * time.Second
	return cmd
}

// meta goes with every request of the stateless protocol.
var meta = map[string]any{
	"io.modelcontextprotocol/protocolVersion":    "2026-07-28",
	"io.modelcontextprotocol/clientInfo":         map[string]any{"name": "bench", "version": "1"},
	"io.modelcontextprotocol/clientCapabilities": map[string]any{},
}

// message is one JSON-RPC request.
func message(method string, params map[string]any) []byte {
	all := map[string]any{"_meta": meta}
	for k, v := range params {
		all[k] = v
	}
	b, _ := json.Marshal(map[string]any{"jsonrpc": "2.0", "id": 1, "method": method, "params": all})
	return b
}

// callTool is the request for one tool call.
func callTool(name string, args map[string]any) []byte {
	return message("tools/call", map[string]any{"name": name, "arguments": args})
}

// textOf reads the answer to a tool call: what the model is given to read.
func textOf(answer []byte) (string, error) {
	var v struct {
		Result struct {
			IsError bool
			Content []struct{ Text string }
		}
		Error json.RawMessage
	}
	if err := json.Unmarshal(answer, &v); err != nil {
		return "", err
	}
	if v.Error != nil || v.Result.IsError || len(v.Result.Content) == 0 {
		return "", fmt.Errorf("the tool refused: %.300s", answer)
	}
	return v.Result.Content[0].Text, nil
}

// pipe is the program in stdio mode.
type pipe struct {
	cmd  *exec.Cmd
	in   io.WriteCloser
	out  *bufio.Reader
	errs *bytes.Buffer
}

// startStdio starts stdio mode on a data folder; where a server runs there, it
// joins it.
func (b *bench) startStdio(ctx context.Context, dir string) (*pipe, error) {
	p := &pipe{cmd: b.command(ctx, dir, "stdio"), errs: &bytes.Buffer{}}
	return p, p.start()
}

func (p *pipe) start() error {
	p.cmd.Stderr = p.errs
	in, err := p.cmd.StdinPipe()
	if err != nil {
		return err
	}
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		return err
	}
	p.in, p.out = in, bufio.NewReaderSize(out, 1<<16)
	return p.cmd.Start()
}

// ask sends one request and gives the answer and how long it took.
func (p *pipe) ask(request []byte) ([]byte, time.Duration, error) {
	began := time.Now()
	if _, err := p.in.Write(append(request, '\n')); err != nil {
		return nil, 0, fmt.Errorf("stdio: %w", err)
	}
	answer, err := p.out.ReadBytes('\n')
	took := time.Since(began)
	if err != nil {
		return nil, 0, fmt.Errorf("stdio: %w", err)
	}
	return answer, took, nil
}

// close ends the input, which ends the program.
func (p *pipe) close() error {
	err := errors.Join(p.in.Close(), p.cmd.Wait())
	if err != nil {
		return fmt.Errorf("stdio: %w: %s", err, p.errs)
	}
	return nil
}
