package main

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"runtime"
)

// sound is a check in which nothing was wrong, remembered in the user's cache: what
// has not changed since is sound still. What is wrong is never remembered.
type sound struct{ place, sum string }

// soundOf is the check of these packages in dir for a system. Its sum is over all
// that a check reads: our own files, which packages there are, go.sum, which says
// what is in those of others, and the version of Go, which says it of its own.
func soundOf(dir, system string, units []*unit) (s sound, err error) {
	sum := sha256.New()
	names := json.NewEncoder(sum)
	if err := names.Encode([]any{system, runtime.Version(), units}); err != nil {
		return s, err
	}
	read := []string{filepath.Join(dir, "go.sum"), filepath.Join(dir, "go.mod")}
	for _, u := range units {
		if u.ours() {
			read = append(read, paths(u.Dir, append(append(append([]string{}, u.GoFiles...), u.OtherFiles...), u.IgnoredFiles...))...)
		}
	}
	for _, path := range read {
		if err := addFile(sum, path); err != nil {
			return s, err
		}
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return s, err
	}
	whole, err := filepath.Abs(dir)
	if err != nil {
		return s, err
	}
	of := sha256.Sum256([]byte(whole + "\n" + system))
	return sound{filepath.Join(cache, "codabridge-vet", hex.EncodeToString(of[:8])), hex.EncodeToString(sum.Sum(nil))}, nil
}

func addFile(to io.Writer, path string) error {
	b, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	one := sha256.Sum256(b)
	_, err = to.Write(one[:])
	return err
}

// known tells that just this was checked before.
func (s sound) known() bool {
	b, err := os.ReadFile(s.place)
	return s.sum != "" && err == nil && string(b) == s.sum
}

// remember keeps that this is sound; where it cannot, it is checked again.
func (s sound) remember() {
	if s.sum == "" || os.MkdirAll(filepath.Dir(s.place), 0o700) != nil {
		return
	}
	_ = os.WriteFile(s.place, []byte(s.sum), 0o600)
}
