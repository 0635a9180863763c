package tools_test

import (
	"path/filepath"
	"sync/atomic"
	"testing"

	store "codabridge/server/store/changes"
	"codabridge/server/tools/changes"
)

// TestARecordOpenedBeforeItsTokenIsKnownIsAskedWhoseItIs: a program reads its
// token for a while when it starts, and may be asked for the record meanwhile.
func TestARecordOpenedBeforeItsTokenIsKnownIsAskedWhoseItIs(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "changes.db")
	owns := func(who string) bool {
		t.Helper()
		file, _, err := store.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		defer file.Close()
		ours, err := file.Own(t.Context(), who)
		if err != nil {
			t.Fatal(err)
		}
		return ours
	}
	if !owns("the first") {
		t.Fatal("a new record has an owner")
	}
	var owner atomic.Value
	owner.Store("")
	j := changes.New(changes.Options{Path: path, Alone: true, Owner: func() string { return owner.Load().(string) }})
	for _, now := range []string{"", "the second"} {
		owner.Store(now)
		if _, err := j.List(changes.AsOwner(t.Context()), changes.Query{Limit: 1}); err != nil {
			t.Fatal(err)
		}
	}
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	if !owns("the second") {
		t.Error("the record of the token before is kept")
	}
}
