package programs

import (
	"fmt"
	"io/fs"
	"os"
	"slices"
	"time"

	"codabridge/server/fault"
)

// List tells every program of the catalog.
func (r *Computer) List() []Program {
	all := make([]Program, len(catalog))
	for i, p := range catalog {
		all[i] = r.row(p)
	}
	return all
}

func (r *Computer) row(p program) Program {
	row := Program{Name: p.name, Title: p.title, Status: Absent, Files: p.files(r.System)}
	for i, path := range row.Files {
		status, command, note := r.examine(p, path)
		if i == 0 || worse(status, row.Status) {
			row.Status, row.Command = status, command
		}
		if row.Note == "" {
			row.Note = note
		}
	}
	return row
}

// worse says that of two files of one program the first decides its row.
func worse(a, b Status) bool {
	order := []Status{Unusable, OldPath, ByHand, Off, Connected}
	return slices.Index(order, a) < slices.Index(order, b)
}

// glance is what a file held when it was like this.
type glance struct {
	size          int64
	changed       time.Time
	mode          fs.FileMode
	status        Status
	command, note string
}

// examine reads a file unless it is as it was: some are large, and views ask
// often.
func (r *Computer) examine(p program, path string) (status Status, command, note string) {
	var is glance
	if info, err := os.Stat(path); err == nil {
		is = glance{size: info.Size(), changed: info.ModTime(), mode: info.Mode()}
		if was, ok := r.seen.Load(p.name + path); ok {
			was := was.(glance)
			if was.size == is.size && was.changed.Equal(is.changed) && was.mode == is.mode {
				return was.status, was.command, was.note
			}
		}
	}
	is.status, is.command, is.note = r.readAndTell(p, path)
	r.seen.Store(p.name+path, is)
	return is.status, is.command, is.note
}

func (r *Computer) readAndTell(p program, path string) (status Status, command, note string) {
	f, err := read(path)
	if err != nil {
		return Unusable, "", r.cannot(p, path, err).Error()
	}
	there, err := look(f.text(), p)
	if err != nil {
		return Unusable, "", r.cannot(p, path, err).Error()
	}
	for _, other := range there.others {
		note = fmt.Sprintf("The entry %q there runs codabridge too, so that each tool may stand there twice. Remove it.", fault.ClipLine(other, 40))
	}
	switch want := r.entry(p).with(there.entry); {
	case !there.here:
		return Off, "", note
	case !there.entry.isOurs(p.name):
		return ByHand, there.entry.Command, note
	case r.Command != "" && !there.entry.equal(want):
		return OldPath, there.entry.Command, note
	}
	return Connected, there.entry.Command, note
}

// files are the files of an installed program, each once; none of one that is
// not installed.
func (p program) files(s System) (paths []string) {
	for _, place := range p.places(s) {
		if _, err := os.Stat(place.sign); err == nil && !slices.Contains(paths, place.file) {
			paths = append(paths, place.file)
		}
	}
	return paths
}
