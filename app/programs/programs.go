package programs

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync"

	"codabridge/server/fault"
)

// Status is how a program stands to us.
type Status string

// What List finds. Absent: the program is not installed. Off: our entry is not
// there. Connected: it is, and runs this program. OldPath: it runs a program
// elsewhere, or with other arguments. ByHand: an entry of our name is there that
// somebody else has written. Unusable: the file cannot be read or changed.
const (
	Absent    Status = "absent"
	Off       Status = "off"
	Connected Status = "connected"
	OldPath   Status = "old_path"
	ByHand    Status = "by_hand"
	Unusable  Status = "unusable"
)

// Program is one row: a program of the catalog on this computer.
type Program struct {
	Name, Title string
	Status      Status
	// Files are those that hold its settings, or would.
	Files []string
	// Command is what our entry runs, as it stands there.
	Command string
	// Note is a sentence that the owner should know, or empty.
	Note string
}

// Computer is what the programs of a computer are told to run.
type Computer struct {
	System System
	// Command is the absolute path of our program, as Installed gives it. Without
	// one Why says what is wrong with it, and nothing is connected.
	Command string
	Why     error
	// Args are added to those of every entry: which instance is meant.
	Args []string

	seen sync.Map // path to glance: what was found in files that have not changed
	// meanwhile is called between reading a file and writing it, in tests.
	meanwhile func()
	// lastMoment is called when the file was looked at once more, in tests.
	lastMoment func()
}

// What cannot be done, beside CodeTemporary.
const (
	// CodeAbsent: the program is not installed.
	CodeAbsent fault.Code = "programs_absent"
	// CodeFile: its file cannot be used.
	CodeFile fault.Code = "programs_file"
	// CodeByHand: the entry there is not ours.
	CodeByHand fault.Code = "programs_by_hand"
)

func (r *Computer) entry(p program) Entry { return entryFor(r.Command, p.name, r.Args) }

// Connect puts our entry into every file of an installed program. Again changes
// nothing; an entry for another path is renewed. The answer names the files that
// were written.
func (r *Computer) Connect(name string) (written []string, err error) {
	p, files, err := r.find(name)
	if err == nil && r.Command == "" {
		err = r.Why
	}
	if err != nil {
		return nil, err
	}
	var faults []error
	for _, path := range files {
		changed, err := again(func() (bool, error) { return r.connect(p, path) })
		if err != nil {
			faults = append(faults, r.cannot(p, path, err))
		} else if changed {
			written = append(written, path)
		}
	}
	return written, errors.Join(faults...)
}

// Disconnect takes our entry out of every file of a program, and the copies that
// were made beside them. The answer names the files that were changed.
func (r *Computer) Disconnect(name string) (changed []string, err error) {
	p, files, err := r.find(name)
	if err != nil {
		return nil, err
	}
	var faults []error
	for _, path := range files {
		did, err := again(func() (bool, error) { return r.disconnect(p, path) })
		if did {
			changed = append(changed, path)
		}
		if err != nil {
			faults = append(faults, r.cannotLeave(p, path, err))
		}
	}
	return changed, errors.Join(faults...)
}

// Remains are the programs in whose folders something of ours is: our entry, a
// copy that we made, or a file that cannot be read and speaks of us.
func (r *Computer) Remains() (found []Program) {
	for _, p := range catalog {
		row := r.row(p)
		there := row.Status == Connected || row.Status == OldPath
		for _, path := range row.Files {
			f, err := read(path)
			if f.backup() != nil || len(f.leftovers()) > 0 || err == nil && row.Status == Unusable && bytes.Contains(f.raw, []byte(Name)) {
				there = true
			}
		}
		if there {
			found = append(found, row)
		}
	}
	return found
}

func (r *Computer) find(name string) (p program, files []string, err error) {
	i := slices.IndexFunc(catalog, func(p program) bool { return p.name == name })
	if i < 0 {
		return p, nil, fault.New(fault.CodeInput, "There is no program %q. Those that codabridge knows: %s.", fault.ClipLine(name, 40), listed(Names()))
	}
	p = catalog[i]
	files = p.files(r.System)
	if len(files) == 0 {
		return p, nil, fault.New(CodeAbsent, "%s was not found on this computer: it has no folder %s. Install and start it once, then connect it.",
			p.title, filepath.Dir(p.places(r.System)[0].file))
	}
	return p, files, nil
}

// again does what it is given anew while another program writes the same file.
func again(do func() (bool, error)) (bool, error) {
	for turn := 0; ; turn++ {
		done, err := do()
		if !errors.Is(err, errChanged) || turn == 20 {
			return done, err
		}
	}
}

func (r *Computer) connect(p program, path string) (changed bool, err error) {
	f, err := read(path)
	if err != nil {
		return false, err
	}
	f.last = r.lastMoment
	was := f.text()
	there, err := look(was, p)
	if err != nil {
		return false, err
	}
	want := r.entry(p).with(there.entry)
	if there.here && there.entry.isOurs(p.name) && there.entry.equal(want) {
		return false, nil
	}
	if err := f.mayWrite(); err != nil {
		return false, err
	}
	is, err := p.format.put(was, p, want)
	if err == nil {
		err = verify(was, is, p, &want)
	}
	if err != nil {
		return false, err
	}
	// The copy shows the file without us, so it is made when we come, not when
	// our path changes.
	if ours := there.here && there.entry.isOurs(p.name); !ours && f.exists {
		if err := f.keepCopy(); err != nil {
			return false, err
		}
	}
	r.pause()
	return true, f.replace(f.with(is))
}

func (r *Computer) pause() {
	if r.meanwhile != nil {
		r.meanwhile()
	}
}

func (r *Computer) disconnect(p program, path string) (changed bool, err error) {
	f, err := read(path)
	if err != nil {
		return false, err
	}
	f.last = r.lastMoment
	there, err := look(f.text(), p)
	if err != nil {
		return false, err
	}
	if there.here && !there.entry.isOurs(p.name) {
		return false, fault.New(CodeByHand, "The entry %s of %s in %s was not made by codabridge, so it stays. Remove it there, if you want.", Name, p.title, path)
	}
	if there.here {
		if err := f.mayWrite(); err != nil {
			return false, err
		}
		if err := r.leave(f, p, there.entry); err != nil {
			return false, err
		}
	}
	left := f.leftovers() // before the copy goes, which tells what is ours
	for _, path := range append(left, f.backupPath()) {
		if gone := os.Remove(path); gone != nil && !errors.Is(gone, fs.ErrNotExist) {
			err = gone
		}
	}
	return there.here, err
}

// leave makes the file as it was before us.
func (r *Computer) leave(f file, p program, e Entry) error {
	before, text := f.backup(), f.text()
	if before == nil && bytes.Equal(text, p.format.sample(p, e)) {
		r.pause()
		return f.remove() // we made it
	}
	old := bytes.TrimPrefix(before, byteOrderMark)
	if before != nil {
		made, err := p.format.put(old, p, e)
		if err == nil && bytes.Equal(f.with(made), f.raw) && len(before)-len(old) == len(f.raw)-len(text) {
			r.pause()
			return f.replace(before)
		}
	}
	is, err := p.format.drop(text, old, p)
	if err == nil {
		err = verify(text, is, p, nil)
	}
	if err != nil {
		return err
	}
	r.pause()
	return f.replace(f.with(is))
}

// cannot says why a file stays as it is, and what to paste.
func (r *Computer) cannot(p program, path string, why error) error {
	if _, ok := fault.As(why); ok {
		return why
	}
	return fault.Wrap(why, CodeFile, "codabridge does not change %s: %s. Mend that and connect again, or paste this into it yourself:\n\n%s",
		path, sentenceOf(why), p.format.sample(p, r.entry(p)))
}

func (r *Computer) cannotLeave(p program, path string, why error) error {
	if _, ok := fault.As(why); ok {
		return why
	}
	return fault.Wrap(why, CodeFile, "codabridge does not change %s: %s. Mend that and disconnect again, or take the entry %s of %s out of it yourself.",
		path, sentenceOf(why), Name, p.group)
}

func sentenceOf(why error) string {
	if errors.Is(why, errChanged) {
		return "another program writes it all the time"
	}
	return fault.ClipLine(why.Error(), 200)
}
