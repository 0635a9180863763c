package app

import (
	"context"
	"path/filepath"
	"runtime/debug"
	"time"

	"codabridge/app/desktop"
	"codabridge/app/stdio"
	"codabridge/server/coda"
	"codabridge/server/index"
	"codabridge/server/tools"
	"codabridge/server/tools/changes"
)

// alone begins to serve in this process.
func (s *stdioProcess) alone(said stdio.Said) stdio.Near {
	time.AfterFunc(settled, func() { debug.SetGCPercent(usualRoom) }) // after slim too
	ctx, cancel := context.WithCancel(s.ctx)
	made := make(chan *tools.Stdio, 1)
	s.serving.Go(func() {
		defer said.Gone()
		defer cancel()
		if err := s.serve(ctx, said, made); err != nil {
			s.log.Error("app: serve stdio", "err", err)
		}
		close(made)
	})
	return &aloneSide{<-made, cancel}
}

// aloneSide is what answers in this process; it takes nothing where that could not
// be made.
type aloneSide struct {
	*tools.Stdio
	cancel context.CancelFunc
}

func (a *aloneSide) Line(text []byte) (rest func()) {
	if a.Stdio == nil {
		return nil
	}
	return a.Stdio.Line(text)
}

// End says that no line comes any more.
func (a *aloneSide) End() {
	if a.Stdio != nil {
		a.Leave()
	}
}

// Close ends it at once.
func (a *aloneSide) Close() { a.cancel() }

// untilLeft goes on until the lines have ended, or ctx has, and what was taken is
// answered.
func untilLeft(ctx context.Context, talk *tools.Stdio) error {
	select {
	case <-talk.Left():
	case <-ctx.Done():
		talk.Leave()
	}
	return talk.Finish()
}

// newJournal makes the record of changes, which the instance keeps too.
func (s *stdioProcess) newJournal(client *coda.Client, base func() string, may func(context.Context) bool) *changes.Journal {
	return changes.New(changes.Options{
		Path: filepath.Join(s.cfg.DataDir, changesName), Coda: client, Owner: s.owner(base), ReadOnly: s.readOnly, Log: s.log,
		Enabled: func() bool { return s.now("changes", s.cfg.Changes, "on") },
		Blind:   func() bool { return s.now("blind_writes", s.cfg.BlindWrites, "true") },
		May:     may,
		Present: s.present,
		Gone:    func(name string) bool { return desktop.Gone(s.cfg.DataDir, name) },
	})
}

// owner tells whose index and record it is.
func (s *stdioProcess) owner(base func() string) func() string {
	return func() string { token, _ := s.codaToken(); return index.OwnerOf(token, base()) }
}

// present shows the other programs of the data folder that this process runs.
func (s *stdioProcess) present() (name string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.shows == nil {
		s.shows, err = desktop.Appear(s.cfg.DataDir)
		if err != nil {
			return "", err
		}
	}
	return s.shows.Name(), nil
}

func (s *stdioProcess) leave() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.shows != nil {
		s.shows.Leave()
		s.shows = nil
	}
}
