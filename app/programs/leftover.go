package programs

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
)

// leftovers are files beside one that were left by a codabridge that was killed
// while it wrote: those that hold our entry, or what the file or its copy holds. A
// file of such a name that holds anything else stays.
func (f file) leftovers() (paths []string) {
	dir, base := filepath.Dir(f.target), filepath.Base(f.target)
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil
	}
	copied := f.backup()
	for _, e := range entries {
		if name := e.Name(); name != base+goneEnding && !strings.HasPrefix(name, "."+base+besideMark) || !e.Type().IsRegular() {
			continue
		}
		path := filepath.Join(dir, e.Name())
		raw, err := os.ReadFile(path)
		if err == nil && (bytes.Contains(raw, []byte(Name)) || bytes.Equal(raw, f.raw) || copied != nil && bytes.Equal(raw, copied)) {
			paths = append(paths, path)
		}
	}
	return paths
}
