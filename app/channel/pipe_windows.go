package channel

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"path/filepath"
	"strings"
	"time"

	"github.com/Microsoft/go-winio"
	"golang.org/x/sys/windows"
)

// pipeName is the name of the pipe of a data folder: the same one in whatever
// spelling the folder is given, as with other letters or by a short name.
func pipeName(dataDir string) (string, error) {
	dir, err := filepath.Abs(dataDir)
	if err != nil {
		return "", err
	}
	if real, err := filepath.EvalSymlinks(dir); err == nil {
		dir = real
	}
	sum := sha256.Sum256([]byte(strings.ToLower(dir)))
	return `\\.\pipe\codabridge-` + hex.EncodeToString(sum[:16]), nil
}

// pipeBuffer is what the system holds of a pipe, in bytes each way.
const pipeBuffer = 64 << 10

// freeIn is how long the name of a pipe may stay taken after its instance was
// killed: until the last program at the far end has let go.
const freeIn = 2 * time.Second

// Listen opens the pipe of a data folder, for this user alone. The lock on the
// folder proves that no instance of ours listens there.
func Listen(dataDir string) (net.Listener, error) {
	name, err := pipeName(dataDir)
	if err != nil {
		return nil, err
	}
	us, err := ourSID()
	if err != nil {
		return nil, err
	}
	l, err := listenPipe(name, us.String())
	if err != nil {
		return nil, fmt.Errorf("another program holds the pipe %s: %w", name, err)
	}
	wake(name)
	return l, nil
}

func listenPipe(name, sid string) (net.Listener, error) {
	c := &winio.PipeConfig{
		SecurityDescriptor: "O:" + sid + "D:P(A;;GA;;;" + sid + ")",
		MessageMode:        true, // else one end cannot say that it has said all
		InputBufferSize:    pipeBuffer, OutputBufferSize: pipeBuffer,
	}
	for until := time.Now().Add(freeIn); ; time.Sleep(20 * time.Millisecond) {
		l, err := winio.ListenPipe(name, c)
		taken := errors.Is(err, windows.ERROR_ACCESS_DENIED) || errors.Is(err, windows.ERROR_ALREADY_EXISTS) ||
			errors.Is(err, windows.ERROR_PIPE_BUSY)
		if !taken || time.Now().After(until) {
			return l, err
		}
	}
}

// wake opens the new pipe once and lets go. Windows refuses that. Wine leads the
// first caller to the end of the pipe that only keeps its name, where nobody
// would answer.
func wake(name string) {
	n, err := windows.UTF16PtrFromString(name)
	if err != nil {
		return
	}
	h, err := windows.CreateFile(n, windows.GENERIC_READ|windows.GENERIC_WRITE, 0, nil, windows.OPEN_EXISTING, 0, 0)
	if err == nil {
		_ = windows.CloseHandle(h)
	}
}

// Absent tells, at next to no cost, that no instance is there: nothing does so of a
// pipe but to dial it.
func Absent(string) bool { return false }

// Dial connects to the instance of a data folder.
func Dial(ctx context.Context, dataDir string) (net.Conn, error) {
	name, err := pipeName(dataDir)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, dialTimeout)
	defer cancel()
	c, err := winio.DialPipeContext(ctx, name) // the other end learns nothing of us by it: level anonymous
	if err != nil {
		return nil, err
	}
	if err := isOurs(c); err != nil {
		c.Close()
		return nil, fmt.Errorf("the pipe %s: %w", name, err)
	}
	return pipe{c}, nil
}

// isOurs makes sure that the pipe belongs to this user: another one can take its
// name first, but cannot give it to us.
func isOurs(c net.Conn) error {
	f, ok := c.(interface{ Fd() uintptr })
	if !ok {
		return errors.New("its owner cannot be asked")
	}
	sd, err := windows.GetSecurityInfo(windows.Handle(f.Fd()), windows.SE_KERNEL_OBJECT, windows.OWNER_SECURITY_INFORMATION)
	if err != nil {
		return fmt.Errorf("its owner cannot be asked: %w", err)
	}
	owner, _, err := sd.Owner()
	if err != nil {
		return fmt.Errorf("its owner cannot be asked: %w", err)
	}
	us, err := ourSID()
	if err != nil {
		return err
	}
	if owner == nil || !owner.Equals(us) {
		return errors.New("it belongs to another user of this computer")
	}
	return nil
}

func ourSID() (*windows.SID, error) {
	u, err := windows.GetCurrentProcessToken().GetTokenUser()
	if err != nil {
		return nil, err
	}
	return u.User.Sid, nil
}

// pipe is a connection with an instance.
type pipe struct{ net.Conn }

// CloseWrite says that nothing more comes. Windows waits with that until the
// other end has read all, and its caller must not: the other end may be waiting
// for somebody to read its answers.
func (p pipe) CloseWrite() error {
	half, ok := p.Conn.(interface{ CloseWrite() error })
	if !ok {
		return p.Close()
	}
	go func() { _ = half.CloseWrite() }() // ends with the connection at the latest
	return nil
}

// Forget has nothing to remove: a pipe is no file.
func Forget(string) {}
