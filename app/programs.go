package app

import (
	"context"
	"os"
	"runtime"
	"slices"
	"strings"
	"time"

	"codabridge/app/config"
	"codabridge/app/folder"
	"codabridge/app/programs"
	"codabridge/server/state"
)

// ProgramState is a program on this computer that can start codabridge.
type ProgramState = state.ProgramState

// Programs are the programs on this computer, told without a running instance:
// whether one has started us is then not known.
func Programs(cfg config.Config) []ProgramState {
	return programStates(newComputer(cfg), func(string) *time.Time { return nil }, false)
}

// ConnectProgram puts our entry into the settings of a program, without a
// running instance. The sentence says what to do next.
func ConnectProgram(cfg config.Config, name string) (sentence string, err error) {
	return connectProgram(newComputer(cfg), name)
}

// DisconnectProgram takes our entry out of the settings of a program.
func DisconnectProgram(cfg config.Config, name string) (sentence string, err error) {
	return disconnectProgram(newComputer(cfg), name)
}

// newComputer is this computer, with what its programs are told to run: this
// program, and the data folder where it is not the usual one.
func newComputer(cfg config.Config) *programs.Computer {
	system := thisSystem()
	c := &programs.Computer{System: system, Args: ourFolder(cfg)}
	executable, err := os.Executable()
	if err == nil {
		c.Command, err = programs.Installed(system, executable)
	}
	c.Why = err
	return c
}

func thisSystem() programs.System {
	home, _ := os.UserHomeDir() // without one the programs keep nothing there either
	return programs.System{OS: runtime.GOOS, Getenv: os.Getenv, Home: home}
}

// ourFolder are the arguments that lead a program of ours to the same data
// folder.
func ourFolder(cfg config.Config) (args []string) {
	if cfg.Demo {
		args = append(args, "--demo")
	}
	if usual, err := folder.Find(""); err != nil || usual != cfg.DataDir {
		args = append(args, "--data-dir", cfg.DataDir)
	}
	return args
}

func programStates(c *programs.Computer, started func(name string) *time.Time, known bool) []ProgramState {
	all, now := c.List(), time.Now()
	states := make([]ProgramState, len(all))
	for i, p := range all {
		s := ProgramState{
			Name: p.Name, Title: p.Title, Status: string(p.Status), Started: started(p.Name),
			Files: p.Files, Command: p.Command, Note: p.Note,
		}
		if s.Files == nil {
			s.Files = []string{}
		}
		s.Sentence = s.Says(now, known)
		states[i] = s
	}
	return states
}

func connectProgram(c *programs.Computer, name string) (sentence string, err error) {
	written, err := c.Connect(name)
	switch {
	case err != nil:
		return "", err
	case len(written) == 0:
		return programs.Title(name) + " is connected already.", nil
	}
	sentence = programs.Title(name) + " is connected: " + strings.Join(written, " and ") + ". Quit it wholly and start it again, and it has your docs."
	if name == "codex" {
		sentence += " In ChatGPT desktop they are there in its Codex mode."
	}
	return sentence, nil
}

func disconnectProgram(c *programs.Computer, name string) (sentence string, err error) {
	changed, err := c.Disconnect(name)
	switch {
	case err != nil:
		return "", err
	case len(changed) == 0:
		return programs.Title(name) + " was not connected.", nil
	}
	return programs.Title(name) + " is no longer connected. What it has started runs until it is quit.", nil
}

// keyStarted begins the key under which the database keeps when a program came.
const keyStarted = "program_started/"

// programStarted notes that a program has started us over stdio.
func (a *App) programStarted(ctx context.Context, name string) {
	if !slices.Contains(programs.Names(), name) {
		return
	}
	now := time.Now()
	a.started.set(func(all *map[string]time.Time) { *all = withTime(*all, name, now) })
	if err := a.store.SetSetting(ctx, keyStarted+name, now.UTC().Format(time.RFC3339)); err != nil {
		a.log.Warn("app: remember that a program came", "program", name, "err", err)
	}
	a.update()
}

// withTime is a copy with one more time, or without one where it is zero: views
// share the map.
func withTime(all map[string]time.Time, name string, at time.Time) map[string]time.Time {
	next := map[string]time.Time{}
	for n, t := range all {
		next[n] = t
	}
	next[name] = at
	if at.IsZero() {
		delete(next, name)
	}
	return next
}

// loadStarted reads when programs came before this start.
func (a *App) loadStarted(ctx context.Context) error {
	for _, name := range programs.Names() {
		value, ok, err := a.store.Setting(ctx, keyStarted+name)
		if err != nil {
			return err
		}
		if at, err := time.Parse(time.RFC3339, value); ok && err == nil {
			a.started.set(func(all *map[string]time.Time) { *all = withTime(*all, name, at) })
		}
	}
	return nil
}

// forgetStarted is for a program whose entry is new or gone: what came before
// says nothing any more.
func (a *App) forgetStarted(ctx context.Context, name string) {
	a.started.set(func(all *map[string]time.Time) { *all = withTime(*all, name, time.Time{}) })
	if err := a.store.DeleteSetting(ctx, keyStarted+name); err != nil {
		a.log.Warn("app: forget that a program came", "program", name, "err", err)
	}
}

// programs are the rows of State.
func (a *App) programs() []ProgramState {
	started := a.started.get()
	return programStates(a.computer, func(name string) *time.Time {
		if at, ok := started[name]; ok {
			return &at
		}
		return nil
	}, true)
}

// ConnectProgram puts our entry into the settings of a program.
func (a *App) ConnectProgram(ctx context.Context, name string) (sentence string, err error) {
	return a.changeProgram(ctx, name, connectProgram)
}

// DisconnectProgram takes our entry out of the settings of a program.
func (a *App) DisconnectProgram(ctx context.Context, name string) (sentence string, err error) {
	return a.changeProgram(ctx, name, disconnectProgram)
}

func (a *App) changeProgram(ctx context.Context, name string, change func(*programs.Computer, string) (string, error)) (string, error) {
	before := statusOf(a.programs(), name)
	sentence, err := change(a.computer, name)
	after := statusOf(a.programs(), name)
	a.log.Info("app: the owner decided", "program", name, "was", before, "is", after, "err", err)
	if before != after {
		a.forgetStarted(ctx, name)
	}
	a.update()
	return sentence, err
}

func statusOf(all []ProgramState, name string) string {
	for _, p := range all {
		if p.Name == name {
			return p.Status
		}
	}
	return ""
}
