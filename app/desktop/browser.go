package desktop

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"time"
)

// ErrNoOpener says that this computer has no program that opens a browser.
var ErrNoOpener = errors.New("desktop: no program to open a browser; on Linux install xdg-utils")

// quickFailure is how long openBrowser waits for its helper to fail. Some
// helpers become the browser and end when it is closed.
const quickFailure = 700 * time.Millisecond

// openBrowser shows an address in the owner's browser. Other programs of this
// computer can see the address, so it must not hold a secret. The browser
// outlives ctx. The error is ErrNoOpener, or says that the helper failed at
// once.
func openBrowser(ctx context.Context, address string) error {
	argv := opener(runtime.GOOS, exec.LookPath, address)
	if argv == nil {
		return ErrNoOpener
	}
	cmd := exec.Command(argv[0], argv[1:]...) // stdin, stdout and stderr are the null device
	detach(cmd)
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("desktop: open browser: %w", err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	select {
	case err := <-ended:
		if err != nil {
			return fmt.Errorf("desktop: open browser: %s: %w", argv[0], err)
		}
	case <-time.After(quickFailure):
	case <-ctx.Done():
	}
	return nil
}

// opener is the command that opens an address on this system, or nil.
func opener(goos string, look func(string) (string, error), address string) []string {
	candidates := [][]string{{"xdg-open"}, {"gio", "open"}, {"wslview"}}
	switch goos {
	case "darwin":
		candidates = [][]string{{"open"}}
	case "windows":
		candidates = [][]string{{"rundll32", "url.dll,FileProtocolHandler"}}
	}
	for _, c := range candidates {
		if path, err := look(c[0]); err == nil {
			return append(append([]string{path}, c[1:]...), address)
		}
	}
	return nil
}

// HasDisplay says whether a browser opened here would be seen: always on
// Windows, on macOS unless we came by SSH, elsewhere when there is an X or
// Wayland display.
func HasDisplay() bool {
	return hasDisplay(runtime.GOOS, os.Getenv)
}

func hasDisplay(goos string, getenv func(string) string) bool {
	switch goos {
	case "windows":
		return true
	case "darwin":
		return getenv("SSH_CONNECTION") == ""
	}
	return getenv("DISPLAY") != "" || getenv("WAYLAND_DISPLAY") != ""
}
