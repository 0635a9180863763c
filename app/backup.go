package app

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"time"

	"codabridge/app/config"
	"codabridge/app/desktop"
	"codabridge/server/fault"
	store "codabridge/server/store/state"
)

const stateName = "state.db"

// backup is the one file of a backup. It holds no token of Coda or ngrok, which
// are in the keyring, and of connections what the database has: hashes.
type backup struct {
	// Format is 1; a program that does not know it refuses.
	Format   int                        `json:"codabridge_backup"`
	Made     time.Time                  `json:"made"`
	Version  string                     `json:"version"`
	Config   map[string]json.RawMessage `json:"config"`
	Database store.Backup               `json:"database"`
}

const backupFormat = 1

// Backup writes settings and connections into a new file, for this user alone.
// The instance may be running.
func Backup(ctx context.Context, cfg config.Config, version, path string) error {
	b := backup{Format: backupFormat, Made: time.Now().UTC().Truncate(time.Second), Version: version}
	var err error
	b.Config, err = config.Export(cfg.DataDir)
	if err == nil {
		b.Database, err = store.Export(ctx, filepath.Join(cfg.DataDir, stateName))
	}
	if err != nil {
		return fmt.Errorf("nothing was backed up: %w", err)
	}
	text, err := json.MarshalIndent(b, "", "  ")
	if err != nil {
		return err
	}
	return desktop.WriteNew(path, append(text, '\n'))
}

// Restore puts settings and connections back as a file has them. What was there
// goes into a file in the data folder first, which kept names. Nothing may be
// running on the data folder.
func Restore(ctx context.Context, cfg config.Config, version, path string) (kept string, err error) {
	b, err := readBackup(path)
	if err != nil {
		return "", fmt.Errorf("%s was not restored: %w", path, err)
	}
	held, err := desktop.Lock(cfg.DataDir)
	if errors.Is(err, desktop.ErrLocked) {
		return "", errors.New(fault.Typed("codabridge is running with this data folder. End it first, with: codabridge quit"))
	}
	if err != nil {
		return "", err
	}
	defer held.Release()
	kept = filepath.Join(cfg.DataDir, "before-restore-"+time.Now().Format("20060102-150405.000")+".json")
	if err := Backup(ctx, cfg, version, kept); err != nil {
		return "", err
	}
	if err := store.Import(ctx, filepath.Join(cfg.DataDir, stateName), b.Database); err != nil {
		desktop.RemoveCopy(kept) // nothing has changed
		return "", fmt.Errorf("%s was not restored: %w", path, fault.Plain(err))
	}
	if err := config.Import(cfg.DataDir, b.Config); err != nil {
		return "", fmt.Errorf("the connections of %s are restored, its settings are not: %w", path, err)
	}
	return kept, nil
}

func readBackup(path string) (b backup, err error) {
	text, err := desktop.ReadWhole(path)
	if err != nil {
		return b, err
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	err = d.Decode(&b)
	_, after := d.Token() // a whole one ends here
	switch {
	case err != nil || b.Format == 0 || after != io.EOF || b.Format == backupFormat && b.Database == nil:
		return b, errors.New("it is no backup of codabridge")
	case b.Format > backupFormat:
		return b, store.ErrNewer
	}
	if err := config.Check(b.Config, ToolNames()); err != nil {
		return b, fmt.Errorf("its settings are not those of this codabridge: %w", err)
	}
	return b, nil
}
