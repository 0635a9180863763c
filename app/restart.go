package app

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strconv"
	"time"

	"codabridge/app/desktop"
	"codabridge/server/fault"
)

// Restart ends the program and starts it anew, with the same arguments and the
// same environment, in a session of its own. One that cannot begin at all
// leaves this one running; process is the number of the new one.
func (a *App) Restart() (process int, err error) {
	if why := a.supervised(os.Getpid(), os.Getenv("SYSTEMD_EXEC_PID")); why != "" {
		return 0, errors.New(why)
	}
	if a.restarting.Swap(true) { // a second new one would wait in vain for the end of the first
		return 0, errors.New(fault.Typed("it starts anew already; see: codabridge status"))
	}
	process, err = desktop.StartAgain(a.config().DataDir)
	if err != nil {
		a.restarting.Store(false)
		return 0, fmt.Errorf("it cannot start anew, so it goes on as it is: %w", err)
	}
	a.log.Info("app: the owner decided", "restart", process)
	a.Quit()
	return process, nil
}

// supervised says why a program that was started by a service manager cannot
// start itself anew: with its end all that belongs to it is ended. unit is what
// systemd tells the process that it has started (systemd.exec(5)).
func (a *App) supervised(self int, unit string) string {
	switch {
	case self == 1:
		return "it is the first process of a container, which ends with it; restart the container"
	case !a.desktop && unit == strconv.Itoa(self):
		return "systemd started it and ends all that it starts; restart its service with systemctl"
	}
	return ""
}

// longestEnd is how long the one before may take to end.
const longestEnd = 20 * time.Second

// awaitBefore waits for the end of the instance that has started this one.
func awaitBefore(ctx context.Context, dataDir string) error {
	ctx, cancel := context.WithTimeout(ctx, longestEnd)
	defer cancel()
	if err := desktop.AwaitEnd(ctx, dataDir); err != nil {
		return fmt.Errorf("the codabridge before this one has not ended within %d s: %w", int(longestEnd.Seconds()), err)
	}
	return nil
}
