package channel_test

import (
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"github.com/Microsoft/go-winio"
	"golang.org/x/sys/windows"

	"codabridge/app/channel"
	"codabridge/app/control"
)

// status asks the instance of a folder.
func status(t *testing.T, dir string) error {
	t.Helper()
	return control.NewClient(dir).Do(t.Context(), "status", nil)
}

// TestThePipeOpensForThisUserAlone: its owner is this user, who is the only one
// that it lets in; and a command takes no pipe that is somebody else's.
func TestThePipeOpensForThisUserAlone(t *testing.T) {
	dir := t.TempDir()
	l, err := channel.Listen(dir)
	if err != nil {
		t.Fatal(err)
	}
	nothing := http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})
	s := &http.Server{Handler: control.OwnUserOnly(nothing), ConnContext: control.MarkStranger}
	go s.Serve(l)
	if err := status(t, dir); err != nil {
		t.Error(err)
	}
	if err := status(t, strings.ToUpper(dir)); err != nil {
		t.Errorf("the same folder in capitals: %v", err)
	}
	if err := status(t, t.TempDir()); err != channel.ErrNotRunning {
		t.Errorf("another folder: %v", err)
	}
	name, err := channel.PipeName(dir)
	if err != nil {
		t.Fatal(err)
	}
	c, err := winio.DialPipe(name, nil)
	if err != nil {
		t.Fatal(err)
	}
	sd, err := windows.GetSecurityInfo(windows.Handle(c.(interface{ Fd() uintptr }).Fd()), windows.SE_KERNEL_OBJECT,
		windows.OWNER_SECURITY_INFORMATION|windows.DACL_SECURITY_INFORMATION)
	c.Close()
	if err != nil {
		t.Fatal(err)
	}
	us, err := channel.OurSID()
	if err != nil {
		t.Fatal(err)
	}
	if got := sd.String(); !strings.HasPrefix(got, "O:"+us.String()) || strings.Count(got, "(A;") != 1 || !strings.Contains(got, ";;;"+us.String()+")") {
		t.Errorf("the pipe's descriptor is %s, and we are %s", got, us)
	}
	s.Close()
	if err := status(t, dir); err != channel.ErrNotRunning {
		t.Errorf("after the end: %v", err)
	}

	foreign, err := winio.ListenPipe(name, &winio.PipeConfig{SecurityDescriptor: "O:BAD:(A;;GA;;;WD)", MessageMode: true})
	if err != nil {
		t.Fatal(err)
	}
	defer foreign.Close()
	channel.Wake(name)
	heard := make(chan string, 1)
	go func() {
		c, err := foreign.Accept()
		if err != nil {
			return
		}
		defer c.Close()
		b, _ := io.ReadAll(c)
		heard <- string(b)
	}()
	if err := status(t, dir); err == nil || !strings.Contains(err.Error(), "belongs to another user") {
		t.Errorf("somebody else's pipe: %v", err)
	}
	if h := <-heard; h != "" {
		t.Errorf("it heard %q", h)
	}
}

// TestAPipeSaysAllBeforeItEnds: one end may say that it has said all while the
// other has not read yet, and hears the answers still.
func TestAPipeSaysAllBeforeItEnds(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a folder with blanks", "und Umlaute ä")
	l, err := channel.Listen(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	said := strings.Repeat("x", 3*channel.PipeBuffer)
	go func() {
		c, err := l.Accept()
		if err != nil {
			t.Error(err)
			return
		}
		defer c.Close()
		if _, err := io.WriteString(c, said); err != nil { // before it reads
			t.Error(err)
		}
		if b, err := io.ReadAll(c); err != nil || string(b) != "question" {
			t.Errorf("heard %q %v", b, err)
		}
	}()
	c, err := channel.Dial(t.Context(), dir)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if _, err := io.WriteString(c, "question"); err != nil {
		t.Fatal(err)
	}
	if err := c.(interface{ CloseWrite() error }).CloseWrite(); err != nil {
		t.Fatal(err)
	}
	if b, err := io.ReadAll(c); err != nil || string(b) != said {
		t.Errorf("%d bytes of %d: %v", len(b), len(said), err)
	}
}
