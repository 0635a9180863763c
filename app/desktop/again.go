package desktop

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"codabridge/server/fault"
)

// successor is set, in the environment, for a program that waits until the one
// before it has ended.
const successor = "CODABRIDGE_SUCCESSOR"

// restartLog is what a program that was started anew says on stderr.
const restartLog = "codabridge-restart.log"

// settled is how long StartAgain waits for the new program to fail at once.
const settled = 700 * time.Millisecond

// StartAgain starts this program once more with its own arguments, environment
// and folder, in a session of its own; that one waits until the data folder is
// free. The error says why it could not, or what it said when it ended at once.
func StartAgain(dataDir string) (process int, err error) {
	executable, err := os.Executable()
	if err != nil {
		return 0, fmt.Errorf("desktop: start again: %w", err)
	}
	said, err := os.OpenFile(filepath.Join(dataDir, restartLog), os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return 0, fmt.Errorf("desktop: start again: %w", err)
	}
	defer said.Close()
	cmd := exec.Command(executable, os.Args[1:]...)
	cmd.Env = append(os.Environ(), successor+"=yes")
	cmd.Stderr = said
	setFree(cmd)
	if err := cmd.Start(); err != nil {
		return 0, fmt.Errorf("desktop: start again: %w", err)
	}
	ended := make(chan struct{})
	go func() { _ = cmd.Wait(); close(ended) }()
	select {
	case <-ended:
		if why := RestartTrouble(dataDir); why != "" {
			return 0, errors.New(why)
		}
		return 0, fmt.Errorf("desktop: start again: it ended at once: %s", cmd.ProcessState)
	case <-time.After(settled):
		return cmd.Process.Pid, nil
	}
}

// Succeeds tells, once, whether this program was started by StartAgain.
func Succeeds() bool {
	_, is := os.LookupEnv(successor)
	_ = os.Unsetenv(successor)
	return is
}

// RestartTrouble is the error that a program ended with that was started anew;
// empty when it said none.
func RestartTrouble(dataDir string) string {
	b, err := os.ReadFile(filepath.Join(dataDir, restartLog))
	if err != nil {
		return ""
	}
	for line := range strings.Lines(string(bytes.ToValidUTF8(b, nil))) {
		if why, is := strings.CutPrefix(strings.TrimSpace(line), appName+": "); is {
			return fault.ClipLine(why, 500)
		}
	}
	return ""
}
