package doctor

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
)

// folder looks at the data folder and changes nothing that stays.
func (v *visit) folder(context.Context) finding {
	dir := v.o.Folder
	info, err := os.Stat(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return finding{status: OK, means: dir + " is not there yet; the first start makes it.", stop: true}
	case err != nil:
		return failed("", "The data folder cannot be read: %v", err)
	case !info.IsDir():
		return failed("", "%s is a file, not a folder.", dir)
	}
	mode := info.Mode().Perm()
	if runtime.GOOS != "windows" && mode&0o300 != 0o300 {
		return failed("Give yourself the right to write there: chmod 700 "+dir, "%s cannot be written (its mode is %o): connections and settings would be lost.", dir, mode)
	}
	if err := tryWrite(dir); err != nil {
		return failed("Free some space, or give yourself the right to write there: chmod 700 "+dir, "%s cannot be written: %v", dir, errors.Unwrap(err))
	}
	open, err := v.o.OpenToOthers(dir)
	switch {
	case err != nil:
		return warn("Look at who may use it, and "+v.o.HowToClose(dir)+".", "%s can be written, but who else may use it cannot be told: %v", dir, err)
	case open:
		return warn("Close it: "+v.o.HowToClose(dir)+" (the next start of codabridge does so too).", "%s is open to other users of this computer.", dir)
	}
	return ok("%s is yours alone and can be written.", dir)
}

// tryWrite writes and removes a file, since a full disk still takes empty ones.
func tryWrite(dir string) error {
	f, err := os.CreateTemp(dir, ".doctor-*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	defer f.Close()
	if _, err := f.Write(make([]byte, 256<<10)); err != nil {
		return err
	}
	return f.Sync()
}

func (v *visit) settings(context.Context) finding {
	if v.o.Settings != nil {
		return failed("", "The settings cannot be used: %v", v.o.Settings)
	}
	return ok("All settings can be used.")
}

func (v *visit) database(ctx context.Context) finding {
	path := filepath.Join(v.o.Folder, "state.db")
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return ok("There is none yet; the first start makes it.")
	}
	kind, err := v.o.Database(ctx, path)
	switch {
	case err != nil && kind == "damaged":
		return failed("", "%s is damaged: %v", path, err)
	case err != nil && kind != "":
		return failed("Use the codabridge that wrote it, or move the file away.", "%s is not a database of this codabridge (%s): %v", path, kind, err)
	case err != nil:
		return failed("Look at the permissions of the file and close other programs that use it.", "%s cannot be read: %v", path, err)
	}
	return ok("%s is sound.", path)
}

func (v *visit) keyring(ctx context.Context) finding {
	a := v.inquire(ctx)
	switch {
	case a.Trouble != "":
		return failedWith(a.Trouble, "")
	case a.Source == "environment":
		return ok("It is not needed: the Coda token comes from the environment.")
	case a.Source == "demo":
		return ok("The demo needs none.")
	case !a.Known:
		return ok("It can be used, and holds no Coda token.")
	}
	return ok("It can be used, and holds the Coda token.")
}
