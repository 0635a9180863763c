package folder

import (
	"path/filepath"
	"testing"
)

func TestDefaultDataFolderOfEachSystem(t *testing.T) {
	t.Parallel()
	env := map[string]string{"XDG_DATA_HOME": "/x", "LOCALAPPDATA": "/local"}
	for goos, want := range map[string]string{
		"linux": "/x/codabridge", "darwin": "/h/Library/Application Support/codabridge", "windows": "/local/codabridge",
	} {
		if got := usual(goos, func(k string) string { return env[k] }, "/h"); filepath.ToSlash(got) != want {
			t.Errorf("%s: %s", goos, got)
		}
	}
}
