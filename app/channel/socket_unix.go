//go:build unix

package channel

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"syscall"
)

// maxSocketPath is what fits into a unix socket address everywhere (104 bytes
// on macOS, 108 on Linux), with the byte that ends it.
const maxSocketPath = 100

// socketPath is the address of the socket in the data folder. Where the
// folder's own path is too long, it is reached through a link with a short
// name in the user's runtime folder.
func socketPath(dataDir string) (string, error) {
	dir, err := filepath.Abs(dataDir)
	if err != nil {
		return "", err
	}
	const name = "control.sock"
	if path := filepath.Join(dir, name); len(path) <= maxSocketPath {
		return path, nil
	}
	link, err := shortLink(dir)
	if err != nil {
		return "", fmt.Errorf("the path of the data folder is too long for a socket: %w", err)
	}
	return filepath.Join(link, name), nil
}

// shortLink makes, or finds, the link that stands for dir. It is only used
// when it belongs to a folder that nobody else can write to and points to dir.
func shortLink(dir string) (string, error) {
	base := os.Getenv("XDG_RUNTIME_DIR")
	if base == "" {
		base = filepath.Join(os.TempDir(), fmt.Sprintf("codabridge-%d", os.Getuid()))
		if err := os.Mkdir(base, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
			return "", err
		}
	}
	info, err := os.Lstat(base)
	if err != nil {
		return "", err
	}
	if !info.IsDir() || info.Mode().Perm()&0o022 != 0 || !ownedByUs(info) {
		return "", fmt.Errorf("%s is not a folder of yours alone", base)
	}
	sum := sha256.Sum256([]byte(dir))
	link := filepath.Join(base, "codabridge-"+hex.EncodeToString(sum[:6]))
	if to, err := os.Readlink(link); err == nil && to == dir {
		return link, nil
	}
	if err := os.Remove(link); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", err
	}
	return link, os.Symlink(dir, link)
}

// ownedByUs tells whether a folder belongs to the user of this process.
func ownedByUs(info fs.FileInfo) bool {
	st, ok := info.Sys().(*syscall.Stat_t)
	return ok && int(st.Uid) == os.Getuid()
}

// Listen opens the socket of a data folder. One left behind by a killed instance is
// removed first; the lock on the folder proves that nobody listens there.
func Listen(dataDir string) (net.Listener, error) {
	path, err := socketPath(dataDir)
	if err != nil {
		return nil, err
	}
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	l, err := net.Listen("unix", path)
	if err != nil {
		return nil, err
	}
	if err := os.Chmod(path, 0o600); err != nil {
		l.Close()
		return nil, err
	}
	return l, nil
}

// Absent tells, at next to no cost, that no instance has opened the folder's socket.
func Absent(dataDir string) bool {
	path, err := socketPath(dataDir)
	if err != nil {
		return false
	}
	_, err = os.Lstat(path)
	return errors.Is(err, fs.ErrNotExist)
}

// Dial connects to the instance of a data folder.
func Dial(ctx context.Context, dataDir string) (net.Conn, error) {
	path, err := socketPath(dataDir)
	if err != nil {
		return nil, err
	}
	d := net.Dialer{Timeout: dialTimeout}
	return d.DialContext(ctx, "unix", path)
}

// Forget removes the link in the runtime folder that stands for a data folder
// with a long path, if there is one.
func Forget(dataDir string) {
	dir, err := filepath.Abs(dataDir)
	if err != nil || len(filepath.Join(dir, "control.sock")) <= maxSocketPath {
		return
	}
	if link, err := shortLink(dir); err == nil {
		_ = os.Remove(link)
		_ = os.Remove(filepath.Join(os.TempDir(), fmt.Sprintf("codabridge-%d", os.Getuid()))) // only when it is empty
	}
}
