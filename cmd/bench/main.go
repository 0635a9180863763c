package main

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"os/signal"
	"slices"
	"time"

	"codabridge/server/coda/codatest"
	"codabridge/tunnel/tunneltest"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		stop()
		os.Exit(1)
	}
}

// run measures everything, or the steps that are named, and prints the table.
func run(ctx context.Context, only []string) error {
	began := time.Now()
	b, err := newBench(ctx)
	if err != nil {
		return err
	}
	defer b.close()
	steps := []struct {
		key, name string
		run       func(context.Context) error
	}{
		{"starts", "starts and idle memory of stdio", b.starts},
		{"servers", "idle memory of the server", b.servers},
		{"calls", "tool calls", b.calls},
		{"changes", "writes", b.changes},
		{"questions", "questions (this takes two minutes, most of it for Coda's limits)", b.questions},
		{"pages", "reading pages", b.pages},
		{"sizes", "sizes", b.sizes},
		{"after", "memory after the calls", b.afterWork},
		{"tunnel", "the tunnel library", b.tunnel},
		{"searches", "content search (this takes a minute or two)", b.searches},
	}
	for i, s := range steps {
		if !wanted(only, s.key) {
			continue
		}
		fmt.Fprintf(os.Stderr, "bench: %d/%d %s\n", i+1, len(steps), s.name)
		if err := s.run(ctx); err != nil {
			return fmt.Errorf("%s: %w", s.name, err)
		}
	}
	b.report.took = time.Since(began)
	return b.report.print(os.Stdout)
}

// restOn are the steps that go on with what another one started.
var restOn = map[string][]string{
	"servers": {"calls", "changes", "pages", "sizes", "after"},
	"calls":   {"changes", "pages", "sizes", "after"},
}

// wanted tells whether a step is run: by its name, or since one that is rests on it.
func wanted(only []string, key string) bool {
	return len(only) == 0 || slices.Contains(only, key) ||
		slices.ContainsFunc(restOn[key], func(other string) bool { return slices.Contains(only, other) })
}

// bench is the far ends, the built program and what was measured so far.
type bench struct {
	dir    string // ours, removed at the end
	binary string
	coda   *codatest.Server
	edge   *tunneltest.Edge
	env    []string
	bare   upstream
	at     place
	report report

	// The two that stay up for all calls.
	stdio *pipe
	serve *served
}

func newBench(ctx context.Context) (_ *bench, err error) {
	w, at := workspace()
	b := &bench{at: at, coda: codatest.New(codatest.Options{Workspace: w})}
	defer func() {
		if err != nil {
			b.close()
		}
	}()
	b.dir, err = os.MkdirTemp("", "codabridge-bench-")
	if err != nil {
		return nil, err
	}
	err = b.coda.Start()
	if err != nil {
		return nil, err
	}
	b.bare = upstream{http: &http.Client{Transport: &http.Transport{}}, base: b.coda.URL()}
	b.edge, err = tunneltest.New(tunneltest.Options{})
	if err != nil {
		return nil, err
	}
	fmt.Fprintln(os.Stderr, "bench: building codabridge")
	b.binary, err = build(ctx, b.dir)
	if err != nil {
		return nil, err
	}
	b.env = environment(b.dir, b.coda.URL(), b.edge.ConnectURL(), b.edge.WriteCA(b.dir))
	return b, nil
}

func (b *bench) close() {
	if b.stdio != nil {
		_ = b.stdio.close()
	}
	if b.serve != nil {
		b.serve.close()
	}
	if b.edge != nil {
		_ = b.edge.Close()
	}
	if b.bare.http != nil {
		b.bare.http.CloseIdleConnections()
	}
	_ = b.coda.Close()
	if b.dir != "" {
		_ = os.RemoveAll(b.dir)
	}
}
