package programs

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"

	"codabridge/server/fault"
)

// CodeTemporary: our own program lies where it will not stay.
const CodeTemporary fault.Code = "programs_temporary"

// passing are folders in which a program lies for a while only: go run, the
// mount of an AppImage, what archive managers of Linux and Windows unpack for a
// look, and the copy that macOS makes of a download.
var passing = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?i)[/\\](go-build\d*|\.mount_[^/\\]*|\.fr-[^/\\]*|\.cache[/\\]\.fr-[^/\\]*|ark-[^/\\]*|xa-[^/\\]*|` +
		`Temp\d+_[^/\\]*|BNZ\.[^/\\]*|7zO[^/\\]*|7zE[^/\\]*|Rar\$[^/\\]*|peazip-tmp[^/\\]*|AppTranslocation|INetCache)[/\\]`)
})

// Installed is the absolute path of our program as other programs should start
// it. executable is what runs now (os.Executable). Where a link on the PATH leads
// to it, that link is taken: package managers keep it, and change what it leads
// to. An AppImage is its own file, not its mount. The error says that the program
// lies in a folder that will be gone.
func Installed(s System, executable string) (string, error) {
	if image := s.Getenv("APPIMAGE"); filepath.IsAbs(image) && strings.Contains(executable, ".mount_") {
		if _, err := os.Stat(image); err == nil {
			executable = image
		}
	}
	if passing().MatchString(executable) || inTemp(s, executable) {
		return "", fault.New(CodeTemporary, "This codabridge runs from %s, which will be gone soon. Put the program into a folder where it stays, start it there, and try again.",
			filepath.Dir(executable))
	}
	if link := linkTo(s, executable); link != "" {
		return link, nil
	}
	return executable, nil
}

// inTemp tells the folder of Windows for passing files. Elsewhere people do keep
// programs in /tmp, until the next start of the computer.
func inTemp(s System, executable string) bool {
	temp := s.Getenv("TEMP")
	if s.OS != "windows" || temp == "" {
		return false
	}
	below, ok := strings.CutPrefix(strings.ToLower(executable), strings.ToLower(strings.TrimRight(temp, `/\`)))
	return ok && strings.IndexAny(below, `/\`) == 0
}

// linkTo is a link on the PATH that leads to a program.
func linkTo(s System, executable string) string {
	is, err := os.Stat(executable)
	if err != nil {
		return ""
	}
	for _, dir := range filepath.SplitList(s.Getenv("PATH")) {
		path := filepath.Join(dir, filepath.Base(executable))
		link, err := os.Lstat(path)
		if err != nil || !filepath.IsAbs(path) || link.Mode()&os.ModeSymlink == 0 {
			continue
		}
		if to, err := os.Stat(path); err == nil && os.SameFile(is, to) {
			return path
		}
	}
	return ""
}

func listed(names []string) string { return strings.Join(names, ", ") }
