package state

import (
	"bytes"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

func TestBadFilesAreKeptAsideAndNamed(t *testing.T) {
	t.Parallel()
	sound := func(t *testing.T, path string) {
		s, _, err := Open(path)
		if err != nil {
			t.Fatal(err)
		}
		for i := range 300 {
			if err := s.SetSetting(t.Context(), fmt.Sprint("key-", i), strings.Repeat("v", 200)); err != nil {
				t.Fatal(err)
			}
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	run := func(t *testing.T, path, statement string) {
		db, err := sql.Open("sqlite", path)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = db.Close() }()
		if _, err := db.Exec(statement); err != nil {
			t.Fatal(err)
		}
	}
	cases := map[string]struct {
		kind  string
		spoil func(t *testing.T, path string)
	}{
		"text was written over it": {"damaged", func(t *testing.T, path string) {
			_ = os.WriteFile(path, []byte(strings.Repeat("not a database ", 500)), 0o600)
		}},
		"a page in the middle is noise": {"damaged", func(t *testing.T, path string) {
			sound(t, path)
			b, _ := os.ReadFile(path)
			copy(b[len(b)/2&^4095:], bytes.Repeat([]byte{0xa5}, 4096))
			_ = os.WriteFile(path, b, 0o600)
		}},
		"its second half is missing": {"damaged", func(t *testing.T, path string) {
			sound(t, path)
			info, _ := os.Stat(path)
			_ = os.Truncate(path, info.Size()/2)
		}},
		"all it held is gone": {"damaged", func(t *testing.T, path string) {
			sound(t, path)
			_ = os.Truncate(path, 0)
		}},
		"a newer program wrote it": {"newer", func(t *testing.T, path string) {
			sound(t, path)
			run(t, path, `PRAGMA user_version=999`)
		}},
		"another program's tables are in it": {"foreign", func(t *testing.T, path string) {
			run(t, path, `CREATE TABLE photos (id INTEGER)`)
		}},
		"its tables are gone": {"damaged", func(t *testing.T, path string) {
			run(t, path, fmt.Sprintf(`PRAGMA user_version=1; PRAGMA application_id=%d`, application))
		}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := filepath.Join(t.TempDir(), "state.db")
			c.spoil(t, path)
			before, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			s, notice, err := Open(path)
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = s.Close() }()
			kept, _ := filepath.Glob(path + "." + c.kind + "-*")
			if len(kept) == 0 {
				t.Fatalf("nothing kept aside; notice %q", notice)
			}
			after, _ := os.ReadFile(kept[0])
			if !bytes.Equal(before, after) {
				t.Error("the kept file differs from the one that was found")
			}
			if !strings.Contains(notice, kept[0]) {
				t.Errorf("notice does not name %s: %s", kept[0], notice)
			}
			if err := s.SetSetting(t.Context(), "k", "v"); err != nil {
				t.Error("the new database does not work:", err)
			}
		})
	}
}

func TestFolderThatCannotBeWrittenIsSaidPlainly(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "state.db")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if _, _, err := Open(dir); err == nil {
		t.Error("a folder was opened as a database")
	}
	if _, _, err := Open(filepath.Join(t.TempDir(), "missing", "state.db")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("missing folder: %v", err)
	}
	path := filepath.Join(t.TempDir(), "ro.db")
	if err := os.WriteFile(path, nil, 0o400); err != nil {
		t.Fatal(err)
	}
	if os.Getuid() != 0 && runtime.GOOS != "windows" {
		if _, _, err := Open(path); !errors.Is(err, ErrReadOnly) {
			t.Errorf("read-only file: %v", err)
		}
	}
}

func TestFullDiskIsSaidPlainlyAndLosesNothing(t *testing.T) {
	t.Parallel()
	s, ctx := fresh(t), t.Context()
	if err := s.SetSetting(ctx, "before", "kept"); err != nil {
		t.Fatal(err)
	}
	if err := s.Fill(true); err != nil {
		t.Fatal(err)
	}
	err := s.SetSetting(ctx, "big", strings.Repeat("x", 100_000))
	if !errors.Is(err, ErrDiskFull) || !strings.Contains(err.Error(), "the disk is full") {
		t.Errorf("full disk: %v", err)
	}
	if err := s.Fill(false); err != nil {
		t.Fatal(err)
	}
	if v, _, err := s.Setting(ctx, "before"); v != "kept" || err != nil {
		t.Error("what was there is gone:", err)
	}
	if err := s.SetSetting(ctx, "big", strings.Repeat("x", 100_000)); err != nil {
		t.Error("it does not recover when there is space again:", err)
	}
}
