package desktop

import (
	"crypto/rand"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"

	"github.com/gofrs/flock"
)

// presenceName is the name of a file by which a process is known to run.
var presenceName = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^stdio-[0-9a-z]{26}\.here$`) })

// Presence shows other programs of a data folder that this process runs. It ends
// with the process, however that ends.
type Presence struct{ file *flock.Flock }

// Appear makes this process known on a data folder.
func Appear(dataDir string) (*Presence, error) {
	name := "stdio-" + strings.ToLower(rand.Text()) + ".here"
	file := flock.New(filepath.Join(dataDir, name), flock.SetPermissions(0o600))
	got, err := file.TryLock()
	if err == nil && !got {
		err = ErrLocked
	}
	if err != nil {
		return nil, fmt.Errorf("desktop: show that this process runs: %w", err)
	}
	return &Presence{file}, nil
}

// Name is the one by which Gone asks for it.
func (p *Presence) Name() string { return filepath.Base(p.file.Path()) }

// Leave ends it.
func (p *Presence) Leave() {
	_ = p.file.Unlock()
	_ = os.Remove(p.file.Path())
}

// Gone tells whether the process that had a Presence of a name has ended. When in
// doubt it has not.
func Gone(dataDir, name string) bool {
	if !presenceName().MatchString(name) {
		return false
	}
	path := filepath.Join(dataDir, name)
	if _, err := os.Stat(path); err != nil {
		return os.IsNotExist(err)
	}
	file := flock.New(path, flock.SetFlag(os.O_RDWR))
	got, err := file.TryLock()
	if err != nil || !got {
		return os.IsNotExist(err)
	}
	_ = file.Unlock()
	_ = os.Remove(path)
	return true
}
