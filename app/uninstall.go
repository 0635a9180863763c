package app

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"codabridge/app/channel"
	"codabridge/app/config"
	"codabridge/app/control"
	"codabridge/app/desktop"
	"codabridge/app/secret"
	"codabridge/server/fault"
)

// The parts of what codabridge leaves on a computer.
const (
	PartRunning  = "running"
	PartLogin    = "login"
	PartPrograms = "programs"
	PartKeyring  = "keyring"
	PartData     = "data"
)

// Leaving is one thing of ours on this computer.
type Leaving struct {
	// Part is one of the Part constants.
	Part string
	// What names it, with the place where it is.
	What   string
	remove func(ctx context.Context) error
}

// Remove takes it away. An error says what is left, and why.
func (l Leaving) Remove(ctx context.Context) error { return l.remove(ctx) }

// endWait is how long a running instance may take to end.
const endWait = 15 * time.Second

// Leavings looks for everything of ours that belongs to a data folder, in the
// order in which it can be removed. It makes nothing.
func Leavings(ctx context.Context, cfg config.Config) (all []Leaving) {
	for _, dir := range []string{cfg.DataDir, filepath.Join(cfg.DataDir, "demo")} {
		if _, err := control.NewClient(dir).Status(ctx); err == nil {
			all = append(all, Leaving{PartRunning, "the codabridge that is running with " + dir, func(ctx context.Context) error { return end(ctx, dir) }})
		}
	}
	all = append(all, besideData(ctx, cfg)...)
	if desktop.HasDataDir(cfg.DataDir) {
		all = append(all, Leaving{
			PartData, "the data folder " + cfg.DataDir + ", with settings, connections, the search index and the log",
			func(context.Context) error { return removeData(cfg.DataDir) },
		})
	}
	return all
}

// besideData is everything of ours that is not in the data folder.
func besideData(ctx context.Context, cfg config.Config) (all []Leaving) {
	atLogin := newSwitch(cfg)
	if s := atLogin.State(); s.On || s.Ours {
		all = append(all, Leaving{PartLogin, "the start at login (" + s.Where + ")", func(context.Context) error { return atLogin.Forget() }})
	}
	computer := newComputer(cfg)
	for _, p := range computer.Remains() {
		all = append(all, Leaving{PartPrograms, "our entry in the settings of " + p.Title + " (" + strings.Join(p.Files, ", ") + ")", func(context.Context) error {
			_, err := computer.Disconnect(p.Name)
			return err
		}})
	}
	if cfg.Demo {
		return all
	}
	keyring := secret.New(secret.Options{})
	for name, token := range map[string]string{secret.Coda: "Coda token", secret.Ngrok: "ngrok authtoken"} {
		_, err := keyring.Get(ctx, name)
		what := "the " + token + " in the keyring of this computer"
		switch {
		case errors.Is(err, secret.ErrNotFound) || noKeyring(err):
			continue // nothing can be there
		case err != nil:
			what = "the " + token + ", if the keyring has one; it cannot be read now: " + fault.Plain(err).Error()
		}
		all = append(all, Leaving{PartKeyring, what, func(ctx context.Context) error {
			if err := keyring.Delete(ctx, name); err != nil && !errors.Is(err, secret.ErrNotFound) {
				return fault.Plain(err)
			}
			return nil
		}})
	}
	return all
}

// noKeyring tells a computer without a keyring from one whose keyring cannot be
// read just now.
func noKeyring(err error) bool {
	return fault.Is(err, secret.CodeNoBus) || fault.Is(err, secret.CodeNoService) || fault.Is(err, secret.CodeNoCollection)
}

// end ends the instance of a data folder and waits until it has.
func end(ctx context.Context, dataDir string) error {
	ctx, cancel := context.WithTimeout(ctx, endWait)
	defer cancel()
	if err := control.NewClient(dataDir).Do(ctx, "quit", nil); err != nil && !errors.Is(err, control.ErrNotRunning) {
		return err
	}
	return desktop.AwaitEnd(ctx, dataDir)
}

// EndInstance ends the running instance of a data folder; control.ErrNotRunning
// says that there was none.
func EndInstance(ctx context.Context, dataDir string) error {
	if _, err := control.NewClient(dataDir).Status(ctx); err != nil {
		return err
	}
	return end(ctx, dataDir)
}

func removeData(dataDir string) error {
	channel.Forget(dataDir)
	channel.Forget(filepath.Join(dataDir, "demo"))
	left, err := desktop.RemoveDataDir(dataDir)
	switch {
	case err != nil:
		return err
	case len(left) > 0:
		return fmt.Errorf("ours is gone from %s; these files are not ours and stay: %s", dataDir, strings.Join(left, ", "))
	}
	return nil
}

// OwnProgram is the file of this program, which removes everything but itself.
func OwnProgram() string {
	path, err := os.Executable()
	if err != nil {
		return "codabridge"
	}
	return path
}

// Uninstall removes the parts that are named, ends this instance and, when it has
// ended, removes the data folder if that is among them. When something cannot be
// removed it says so and goes on running.
func (a *App) Uninstall(ctx context.Context, parts []string) (sentence string, err error) {
	a.log.Info("app: the owner uninstalls", "parts", parts)
	var faults []error
	for _, l := range besideData(ctx, a.config()) {
		if slices.Contains(parts, l.Part) {
			faults = append(faults, l.Remove(ctx))
		}
	}
	a.update()
	if err := errors.Join(faults...); err != nil {
		return "", err
	}
	a.leaving.Store(slices.Contains(parts, PartData))
	a.Quit()
	return "It is removed, and codabridge ends now. The program itself is " + OwnProgram() + ": remove it as you installed it. " +
		"In ChatGPT and Claude, delete the connection too.", nil
}
