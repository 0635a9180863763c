package desktop

import (
	"context"
	"fmt"
	"html"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"
)

// linkPage is a page on the disk that leads on at once. It is the one thing
// that a browser is started with.
const linkPage = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="referrer" content="no-referrer"><title>codabridge</title>
<meta http-equiv="refresh" content="0; url=%[1]s"></head>
<body><p>The page of codabridge opens. If it does not: <a href="%[1]s">open it</a>.</p></body></html>
`

// linkName is how these files are called, in any folder.
const linkName = "codabridge-open-*.html"

// OpenLink shows a link that holds a secret in the owner's browser. What a
// program is started with can be seen by every user of the computer, so the
// browser is started with a file that only this user may read, and that leads
// on to the link. The caller calls remove as soon as the link is spent or too
// old. The folder is the data folder; a browser that may not read there gets
// the file in a folder of its own. The error is ErrNoOpener where nothing
// opens a browser, or says that the helper failed at once.
func OpenLink(ctx context.Context, folder, link string) (remove func(), err error) {
	if u, err := url.Parse(link); err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, fmt.Errorf("desktop: open link: not a web address")
	}
	f, err := os.CreateTemp(readable(ctx, folder), linkName) // 0600
	if err != nil {
		return nil, fmt.Errorf("desktop: open link: %w", err)
	}
	remove = func() { os.Remove(f.Name()) }
	_, err = fmt.Fprintf(f, linkPage, html.EscapeString(link))
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = openBrowser(ctx, fileURL(f.Name()))
	}
	if err != nil {
		remove()
		return nil, err
	}
	return remove, nil
}

// RemoveLinks removes the files of an instance that was killed. Their links
// died with it.
func RemoveLinks(folder string) {
	folders := []string{folder}
	if home, err := os.UserHomeDir(); err == nil {
		folders = append(folders, filepath.Join(home, "snap", "*", "common"))
	}
	for _, f := range folders {
		left, _ := filepath.Glob(filepath.Join(f, linkName))
		for _, path := range left {
			os.Remove(path)
		}
	}
}

// fileURL is the address of a file; on Windows its path has a slash before the
// letter of the drive.
func fileURL(path string) string {
	path = filepath.ToSlash(path)
	if !strings.HasPrefix(path, "/") {
		path = "/" + path
	}
	return (&url.URL{Scheme: "file", Path: path}).String()
}

// readable is the folder in which the default browser can read a file. One that
// comes as a snap sees no hidden folder of the home, where the data folder is,
// but one of its own (Snap documentation, Data locations).
func readable(ctx context.Context, folder string) string {
	home, err := os.UserHomeDir()
	if err != nil || runtime.GOOS != "linux" {
		return folder
	}
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	name, err := exec.CommandContext(ctx, "xdg-settings", "get", "default-web-browser").Output()
	if err != nil {
		return folder
	}
	// The desktop file of a snap is called NAME_PROGRAM.desktop.
	snap, _, found := strings.Cut(strings.TrimSpace(string(name)), "_")
	common := filepath.Join(home, "snap", filepath.Base(snap), "common")
	if info, err := os.Lstat(common); !found || err != nil || !info.IsDir() {
		return folder
	}
	return common
}
