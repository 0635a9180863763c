//go:build unix

package store_test

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"codabridge/server/store"
)

// TestTheDiskIsFullWhileRoomIsGivenBack: nothing is lost, and with room again it
// is done.
func TestTheDiskIsFullWhileRoomIsGivenBack(t *testing.T) {
	t.Parallel()
	if os.Getenv("COMPACT_FULL") == "" {
		child := exec.Command(os.Args[0], "-test.run=^TestTheDiskIsFullWhileRoomIsGivenBack$")
		child.Env = append(os.Environ(), "COMPACT_FULL=1")
		if out, err := child.CombinedOutput(); err != nil || strings.Contains(string(out), "no tests to run") {
			t.Fatalf("%v\n%s", err, out)
		}
		return
	}
	db := blobs(t, filepath.Join(t.TempDir(), "blobs.db"), blobsFormat, 10)
	most := func(bytes uint64) {
		t.Helper()
		var l syscall.Rlimit
		if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &l); err != nil {
			t.Fatal(err)
		}
		l.Cur = min(bytes, l.Max)
		if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &l); err != nil {
			t.Fatal(err)
		}
	}
	if err := db.Compact(t.Context()); err != nil { // empties the log
		t.Fatal(err)
	}
	if err := fillBlobs(t.Context(), db, 10); err != nil {
		t.Fatal(err)
	}
	before := count(t, db)
	most(100_000)
	if err := db.Compact(t.Context()); !errors.Is(err, store.ErrDiskFull) {
		t.Errorf("compacted on a full disk: %v", err)
	}
	if n := count(t, db); n != before {
		t.Errorf("%d of %d are left", n, before)
	}
	most(1 << 40)
	err := db.Compact(t.Context())
	r, failed := db.Room(t.Context())
	if n := count(t, db); n != before || r.Free*8 > r.Pages || errors.Join(err, failed) != nil {
		t.Errorf("with room again: %d of %d, %+v: %v", n, before, r, errors.Join(err, failed))
	}
}
