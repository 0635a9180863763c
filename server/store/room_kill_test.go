package store_test

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"codabridge/server/store"
)

// compacting is the process that is killed: it never ends.
func compacting(path string) {
	db, err := store.Open(path, blobsFormat)
	for err == nil {
		for _, mb := range []int{2, 40} {
			err = errors.Join(err, fillBlobs(noEnd, db, mb))
			fmt.Println("filled")
			err = errors.Join(err, db.Compact(noEnd))
			fmt.Println("compacted")
		}
	}
	fmt.Println(err)
	os.Exit(1)
}

// TestKilledWhileRoomIsGivenBack: whenever that is, the file is whole, and what
// is held for nothing is given back the next time.
func TestKilledWhileRoomIsGivenBack(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "blobs.db")
	blobs(t, path, blobsFormat, 1).Close()
	for i := range 5 {
		child := exec.Command(os.Args[0])
		child.Env = append(os.Environ(), "COMPACT_PATH="+path)
		out, err := child.StdoutPipe()
		if err == nil {
			err = child.Start()
		}
		if err != nil {
			t.Fatal(err)
		}
		said := bufio.NewScanner(out)
		for range 1 + i%4 { // in the midst of what comes next
			said.Scan()
		}
		if said.Text() != "filled" && said.Text() != "compacted" {
			t.Fatal(said.Text())
		}
		_ = child.Process.Kill()
		_ = child.Wait()
		db, err := store.Open(path, blobsFormat)
		if err != nil {
			t.Fatal(err)
		}
		before := count(t, db)
		if err := db.Compact(t.Context()); err != nil {
			t.Fatal(err)
		}
		r, err := db.Room(t.Context())
		if n := count(t, db); err != nil || n != before || n == 0 || r.Free*8 > r.Pages {
			t.Errorf("%d were there, and then %d: %+v %v", before, n, r, err)
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
	}
}
