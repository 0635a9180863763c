//go:build !race

package index

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"codabridge/server/store"
)

// TestMain lets the test program stand for one that is killed.
func TestMain(m *testing.M) {
	if path := os.Getenv("INDEX_PATH"); path != "" {
		keepChanging(path)
	}
	os.Exit(m.Run())
}

// keepChanging lists a table again and again, other rows each time, seals, merges
// and compacts; it never ends.
func keepChanging(path string) {
	ctx, now := context.Background(), time.Unix(1, 0)
	db, _, err := Open(path)
	if err == nil {
		db.mergeStep = 2000
		_, err = db.Claim(ctx, "me")
	}
	if err == nil {
		err = errors.Join(db.SyncDocs(ctx, []Doc{{ID: "a", Name: "Alpha", Version: "1", Words: "alpha"}}, nil, now),
			db.SyncThings(ctx, 1, "1", []Thing{{Kind: Tables, Ref: "grid", Title: "List", Words: "list"}}, now))
	}
	for gen := int64(1); err == nil; gen++ {
		var tables []Table
		tables, err = db.WaitingTables(ctx, 1)
		if err == nil {
			err = listAnew(ctx, db, tables[0].Gen+1, now)
		}
		fmt.Println("listed")
		err = errors.Join(err, db.Compact(ctx), db.Again(ctx, ""), db.SyncThings(ctx, 1, "1", []Thing{{Kind: Tables, Ref: "grid", Title: "List", Words: "list"}}, now))
		fmt.Println("compacted")
	}
	fmt.Println(err)
	os.Exit(1)
}

// TestKilledWhileItIsSealedMergedAndCompacted: whenever that is, what is stored is
// found, each row is as its sum says, and the next pass takes away what is left.
func TestKilledWhileItIsSealedMergedAndCompacted(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "index.db")
	r := rand.New(rand.NewPCG(6, 1))
	for i := range 8 {
		child := exec.Command(os.Args[0])
		child.Env = append(os.Environ(), "INDEX_PATH="+path)
		out, err := child.StdoutPipe()
		if err == nil {
			err = child.Start()
		}
		if err != nil {
			t.Fatal(err)
		}
		said := bufio.NewScanner(out)
		for range 1 + r.IntN(6) { // in the midst of what comes next
			said.Scan()
		}
		if !strings.Contains("listed compacted", said.Text()) || said.Text() == "" {
			t.Fatal(said.Text())
		}
		_ = child.Process.Kill()
		_ = child.Wait()
		db, notice, err := Open(path)
		if err != nil || notice != "" {
			t.Fatal(i, notice, err)
		}
		whole(t, r, db)
		if err := errors.Join(db.Seal(t.Context(), 0), db.Compact(t.Context())); err != nil {
			t.Error(err)
		}
		whole(t, r, db)
		if n := left(t, db, `SELECT (SELECT count(*) FROM segments WHERE rows > 1) + (SELECT count(*) FROM sums WHERE num NOT IN (SELECT num FROM segments))
			+ (SELECT count(*) FROM segments WHERE num NOT IN (SELECT num FROM sums)) + (SELECT count(*) FROM blocks WHERE id >> 32 NOT IN (SELECT num FROM segments))`); n > 0 {
			t.Errorf("kill %d left %d rows of no use", i, n)
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// whole proves all that is in an index.
func whole(t *testing.T, r *rand.Rand, db *DB) {
	t.Helper()
	fresh, err := OpenReadOnly(db.file.Path()) // the check of FTS5 believes what its connection has read before
	if err != nil {
		t.Fatal(err)
	}
	var ok string
	err = errors.Join(fresh.file.Read().QueryRow(`SELECT integrity_check FROM pragma_integrity_check`).Scan(&ok), fresh.Close())
	if err != nil || ok != "ok" {
		t.Fatal(ok, err)
	}
	rowsAreAsTheyShould(t, r, db)
	err = db.View(t.Context(), "me", func(v *View) error {
		if err := asStored(v); err != nil {
			return err
		}
		for _, rows := range []bool{false, true} {
			all, err := v.segments(rows)
			if err != nil {
				return err
			}
			for _, g := range all {
				ids, err := store.All(v.ctx, v.tx, store.One[int64], `SELECT id FROM blocks WHERE id >> 32 = ?`, g.num)
				if err == nil {
					err = v.readRows(ofBlocks, ids, func(int64, []byte) error { return nil })
				}
				if err != nil || len(ids) == 0 || len(g.sums) != len(ids)*8 {
					return fmt.Errorf("%d rows and %d bytes of sums: %w", len(ids), len(g.sums), err)
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}
