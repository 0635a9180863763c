package control

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"codabridge/app/channel"
)

// TestMain lets the test program stand for a program of another user, which
// connects to an address by a socket of a given family.
func TestMain(m *testing.M) {
	if family := os.Getenv("CONNECT_BY"); family != "" {
		fmt.Print(connect(family, netip.MustParseAddrPort(os.Getenv("CONNECT_TO"))))
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// connect sends one request and gives the answer. "gone" closes at once, so
// that the connection has no socket any more when it is looked at.
func connect(family string, to netip.AddrPort) string {
	var c net.Conn
	var err error
	switch family {
	case "unix":
		c, err = net.Dial("unix", os.Getenv("CONNECT_PATH"))
	case "mapped":
		c, err = connectMapped(to)
	default:
		c, err = net.Dial("tcp", to.String())
	}
	if err != nil {
		return err.Error()
	}
	fmt.Fprintf(c, "GET / HTTP/1.0\r\n\r\n")
	if family == "gone" {
		c.Close()
		return "gone"
	}
	b, err := io.ReadAll(c)
	return fmt.Sprint(string(b), err)
}

// connectMapped connects by an IPv6 socket to an IPv4 address.
func connectMapped(to netip.AddrPort) (net.Conn, error) {
	fd, err := syscall.Socket(syscall.AF_INET6, syscall.SOCK_STREAM, 0)
	if err != nil {
		return nil, err
	}
	if err := syscall.Connect(fd, &syscall.SockaddrInet6{Port: int(to.Port()), Addr: to.Addr().As16()}); err != nil {
		return nil, err
	}
	f := os.NewFile(uintptr(fd), "connection")
	defer f.Close()
	return net.FileConn(f)
}

// as runs the test program as another user.
func as(t *testing.T, uid uint32, env ...string) string {
	t.Helper()
	if os.Getuid() != 0 {
		if os.Getenv("CODABRIDGE_TEST_NOSKIP") == "1" {
			t.Fatal("needs root: run as root, to act as another user")
		}
		t.Skip("needs root: run as root, to act as another user")
	}
	dir, err := os.MkdirTemp("", "codabridge-peer-")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	program, err := os.ReadFile(os.Args[0])
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "other")
	if err := os.WriteFile(path, program, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(path)
	cmd.Dir, cmd.Env = "/", env
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uid, Gid: uid}}
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return string(out)
}

// TestTheKernelTellsWhoConnects drives a real door: a program of another user
// got in by an IPv6 socket to ::ffff:127.0.0.1, since it was looked for in the
// table of IPv4 and not found.
func TestTheKernelTellsWhoConnects(t *testing.T) {
	heard := make(chan bool, 10)
	handler := OwnUserOnly(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { heard <- true }))
	for _, c := range []struct {
		listen, family string
		uid            uint32
		in             bool
	}{
		{"127.0.0.1:0", "plain", 65534, false},
		{"127.0.0.1:0", "mapped", 65534, false},
		{"[::1]:0", "plain", 65534, false},
		{"127.0.0.1:0", "plain", 0, true},
		{"127.0.0.1:0", "mapped", 0, true},
		{"[::1]:0", "plain", 0, true},
	} {
		l, err := net.Listen("tcp", c.listen)
		if err != nil {
			t.Fatal(err)
		}
		s := &http.Server{Handler: handler, ConnContext: MarkStranger}
		go s.Serve(l)
		out := as(t, c.uid, "CONNECT_BY="+c.family, "CONNECT_TO="+l.Addr().String())
		s.Close()
		if in := strings.Contains(out, "200 OK"); in != c.in || !in && !strings.Contains(out, "403 Forbidden") {
			t.Errorf("user %d by a %s socket to %s: %s", c.uid, c.family, c.listen, out)
		}
		for len(heard) > 0 {
			<-heard
			if !c.in {
				t.Errorf("user %d by a %s socket was heard", c.uid, c.family)
			}
		}
	}
}

// TestBothWaysToAskAgree: where a kernel has no sock_diag, its tables tell.
func TestBothWaysToAskAgree(t *testing.T) {
	for _, family := range []string{"plain", "mapped"} {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		accepted := make(chan net.Conn)
		go func() {
			c, err := l.Accept()
			if err != nil {
				t.Error(err)
			}
			accepted <- c
		}()
		var here net.Conn
		if to := netip.MustParseAddrPort(l.Addr().String()); family == "mapped" {
			here, err = connectMapped(to)
		} else {
			here, err = net.Dial("tcp", to.String())
		}
		if err != nil {
			t.Fatal(err)
		}
		c := <-accepted
		far, near := plain(netip.MustParseAddrPort(c.RemoteAddr().String())), plain(netip.MustParseAddrPort(c.LocalAddr().String()))
		if uid, ok := askKernel(far, near); !ok || uid != os.Getuid() {
			t.Errorf("%s: the kernel says %d %v", family, uid, ok)
		}
		found := 0
		for _, table := range []string{"/proc/net/tcp", "/proc/net/tcp6"} {
			f, err := os.Open(table)
			if err != nil {
				t.Fatal(err)
			}
			if uid, ok := findSocket(f, far, near); ok && uid == os.Getuid() {
				found++
			}
			f.Close()
		}
		if found != 1 {
			t.Errorf("%s: it stands in %d tables", family, found)
		}
		here.Close() // nobody's any more: its number of user says nothing
		if _, ok := askKernel(far, near); ok || tcpEnd(far, near) != stranger {
			t.Errorf("%s: a connection whose program has closed it is somebody's", family)
		}
		c.Close()
	}
	if far := netip.MustParseAddrPort("127.0.0.1:1"); tcpEnd(far, netip.MustParseAddrPort("127.0.0.1:2")) != stranger {
		t.Error("who is not found passes")
	}
}

// TestAnotherUserCannotCommandByTheSocket, even where the folder lets them.
func TestAnotherUserCannotCommandByTheSocket(t *testing.T) {
	dir, err := os.MkdirTemp("", "codabridge-socket-")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	l, err := channel.Listen(dir)
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "control.sock")
	for _, p := range []string{dir, path} {
		if err := os.Chmod(p, 0o777); err != nil {
			t.Fatal(err)
		}
	}
	s := &http.Server{Handler: OwnUserOnly(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})), ConnContext: MarkStranger}
	go s.Serve(l)
	defer s.Close()
	for uid, want := range map[uint32]string{65534: "403 Forbidden", 0: "200 OK"} {
		out := as(t, uid, "CONNECT_BY=unix", "CONNECT_TO=127.0.0.1:1", "CONNECT_PATH="+path)
		if !strings.Contains(out, want) {
			t.Errorf("user %d got: %s", uid, out)
		}
	}
}
