package app

import (
	"context"
	"runtime/debug"
	"time"

	"codabridge/app/stdio"
	"codabridge/server/tools"
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
