package main

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"

	"codabridge/app/desktop/desktest"
)

// TestAnotherUserOfThisComputerCannotOpenTheOwnersPage, even with a link: not
// by an IPv6 socket to the same address either, which stands in another table
// of the kernel and was taken for nobody's.
func TestAnotherUserOfThisComputerCannotOpenTheOwnersPage(t *testing.T) {
	t.Parallel()
	if os.Getuid() != 0 {
		if os.Getenv("CODABRIDGE_TEST_NOSKIP") == "1" {
			t.Fatal("needs root: run as root, to act as another user")
		}
		t.Skip("needs root: run as root, to act as another user")
	}
	w := newHarness(t)
	_, s := serving(t, w)
	addr := strings.TrimPrefix(s.OwnerURL, "http://")
	_, port, _ := strings.Cut(addr, ":")
	script := fmt.Sprintf(`exec 3<>/dev/tcp/$1/%s; printf 'GET / HTTP/1.0\r\nHost: %s\r\n\r\n' >&3; cat <&3`, port, addr)
	ask := func(host string, uid uint32) string {
		cmd := exec.Command(desktest.Need(t, "bash", "bash"), "-c", script, "ask", host)
		cmd.Dir = "/"
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uid, Gid: uid}}
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%v: %s", err, out)
		}
		return string(out)
	}
	for _, host := range []string{"127.0.0.1", "::ffff:127.0.0.1"} {
		if out := ask(host, 65534); !strings.Contains(out, "403 Forbidden") || strings.Contains(out, "owner.js") {
			t.Errorf("another user by %s got: %s", host, out)
		}
	}
	if out := ask("::ffff:127.0.0.1", 0); !strings.Contains(out, "owner.js") {
		t.Errorf("the owner got: %s", out)
	}
}
