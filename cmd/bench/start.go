package main

import (
	"context"
	"fmt"
	"path/filepath"
	"time"
)

const (
	startRounds  = 20
	memoryRounds = 3
	// idle is how long a program is left alone before its memory is read.
	idle = 2200 * time.Millisecond

	rowStdioMemory  = "idle memory, stdio"
	rowJoinedMemory = "idle memory, joined stdio"
	rowServerMemory = "idle memory, server"
)

// starts measures the way from nothing to the list of tools, in turns with the
// shortest run that the program has; then the idle memory of stdio.
func (b *bench) starts(ctx context.Context) error {
	var ours, bare []time.Duration
	for range startRounds {
		began := time.Now()
		if err := b.command(ctx, b.dir, "version").Run(); err != nil {
			return err
		}
		bare = append(bare, time.Since(began))
		p, took, err := b.timedStart(ctx, b.aloneDir())
		if err != nil {
			return err
		}
		ours = append(ours, took)
		if err := p.close(); err != nil {
			return err
		}
	}
	mine, theirs := median(ours), median(bare)
	b.report.add(row{what: "start to tools/list, stdio", ours: ms(mine) + ", +" + ms(mine-theirs), target: "+ < 10 ms", bare: ms(theirs),
		ratio: times(mine, theirs), ok: mine-theirs < 10*time.Millisecond, missed: "+" + ms(mine-theirs),
		how: fmt.Sprintf("%d starts of the built program, from the start of the process to the answer of tools/list after server/discover; 9 in 10 within %s. Bare: codabridge version, run to its end.", startRounds, ms(percentile(ours, 90)))})
	return b.idleStdio(ctx, b.aloneDir(), rowStdioMemory, 5, "Stdio alone, once tools/list was answered")
}

// aloneDir is a data folder that no server runs on.
func (b *bench) aloneDir() string { return filepath.Join(b.dir, "stdio") }

// joined measures the same of a stdio that the running server answers.
func (b *bench) joined(ctx context.Context) error {
	var ours []time.Duration
	for range startRounds {
		p, took, err := b.timedStart(ctx, b.serve.dir)
		if err != nil {
			return err
		}
		ours = append(ours, took)
		if err := p.close(); err != nil {
			return err
		}
	}
	mine := median(ours)
	b.report.add(row{what: "start to tools/list, joined stdio", ours: ms(mine), target: "< 100 ms", ok: mine < 100*time.Millisecond,
		how: fmt.Sprintf("%d starts of codabridge stdio beside a running server of the same data folder, which answers it; 9 in 10 within %s.",
			startRounds, ms(percentile(ours, 90)))})
	return b.idleStdio(ctx, b.serve.dir, rowJoinedMemory, 3, "Stdio joined to a running server, once tools/list was answered")
}

// timedStart starts stdio mode and waits for the list of tools.
func (b *bench) timedStart(ctx context.Context, dir string) (*pipe, time.Duration, error) {
	began := time.Now()
	p, err := b.startStdio(ctx, dir)
	if err != nil {
		return nil, 0, err
	}
	for _, method := range []string{"server/discover", "tools/list"} {
		if _, _, err := p.ask(message(method, nil)); err != nil {
			return nil, 0, fmt.Errorf("%s: %w", method, err)
		}
	}
	return p, time.Since(began), nil
}

func (b *bench) idleStdio(ctx context.Context, dir, what string, limit float64, when string) error {
	var seen []memory
	for range memoryRounds {
		p, _, err := b.timedStart(ctx, dir)
		if err != nil {
			return err
		}
		m, unknown := idleMemory(ctx, p.cmd.Process.Pid)
		if err := p.close(); err != nil {
			return err
		}
		if unknown != nil {
			b.report.absent = append(b.report.absent, "Idle memory: "+unknown.Error())
			return ctx.Err()
		}
		seen = append(seen, m)
	}
	b.report.add(memoryRow(what, limit, middle(seen), when))
	return nil
}

// servers measures the server's idle memory, online and with nothing to do,
// and leaves the last one up for the calls, signed in.
func (b *bench) servers(ctx context.Context) error {
	var seen []memory
	for i := range memoryRounds {
		s, err := b.startServer(ctx, filepath.Join(b.dir, fmt.Sprint("serve", i)))
		if err != nil {
			return err
		}
		b.serve = s
		m, err := idleMemory(ctx, s.cmd.Process.Pid)
		if err != nil { // said by the row over stdio already
			break
		}
		seen = append(seen, m)
		if i < memoryRounds-1 {
			s.close()
		}
	}
	if len(seen) > 0 {
		b.report.add(memoryRow(rowServerMemory, 8, middle(seen), "The server without a tray (codabridge serve), with the tunnel online"))
	}
	if err := b.joined(ctx); err != nil {
		return err
	}
	return b.serve.signIn(ctx)
}

// idleMemory reads what a process holds after it was left alone for a while.
func idleMemory(ctx context.Context, pid int) (memory, error) {
	select {
	case <-time.After(idle):
	case <-ctx.Done():
		return memory{}, ctx.Err()
	}
	return memoryOf(pid)
}

func memoryRow(what string, limit float64, m memory, when string) row {
	return row{what: what, ours: mib(m.anonymous), target: fmt.Sprintf("< %.0f MiB", limit), ok: m.anonymous < limit*(1<<20),
		how: fmt.Sprintf("Private memory, which is heap, stacks and runtime, %v after a start with nothing to do, %d starts, no other process of the program up. RSS also has pages of the program's file, which the system takes back when it needs them.",
			idle, memoryRounds),
		detail: fmt.Sprintf("%s: RSS %s, of which %s are clean pages of the file.", when, mib(m.rss), mib(m.rss-m.anonymous)),
		why:    "What the packages of the program and of its libraries make at their start is most of it."}
}

// afterWork reads the memory once more, now that both have made the calls of
// this run.
func (b *bench) afterWork(context.Context) error {
	for i, r := range b.report.rows {
		pid := map[string]int{rowStdioMemory: b.stdio.cmd.Process.Pid, rowServerMemory: b.serve.cmd.Process.Pid}[r.what]
		if pid == 0 {
			continue
		}
		m, err := memoryOf(pid)
		if err != nil {
			return err
		}
		b.report.rows[i].detail += fmt.Sprintf(" After the calls of this run its own is %s, RSS %s.", mib(m.anonymous), mib(m.rss))
	}
	return nil
}
