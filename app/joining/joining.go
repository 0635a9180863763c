package joining

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"runtime/debug"
	"strings"
	"sync"
	"syscall"
	"time"

	"codabridge/app/channel"
	"codabridge/app/config"
	"codabridge/app/folder"
	"codabridge/app/stdio"
)

// Version is set by the build: -ldflags "-X codabridge/app/joining.Version=1.2.3".
// It stands here because it is said before main begins.
var Version = "0.0.0-dev"

// Session is a conversation that an instance answers, or answered first.
type Session struct {
	cfg    config.Config
	client string
	relay  *stdio.Relay
	over   chan error // what Run of the relay returned

	first *channel.Conversation // joined, and not in use yet; the relay's alone
	slim  sync.Once

	once  sync.Once
	whole chan struct{} // closed when the rest of the program is needed
	given chan struct{} // closed when it is there
	rest  Rest
}

// Rest is what the rest of the program does for a conversation.
type Rest struct {
	// Alone serves in this process, and Reads tells whether a tool never changes
	// anything.
	Alone func(stdio.Said) stdio.Near
	Reads func(tool string) bool
}

// current is the conversation of this process, if Begin has begun one.
var current *Session

// Begin joins the running instance with the arguments behind "stdio", and carries
// lines until the input ends; then it ends the process. It returns when the rest
// of the program is needed. Where no instance can be joined it returns at once.
func Begin(args []string) {
	s, err := open(args)
	if err != nil {
		return // the usual way says why
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	go func() { s.over <- s.relay.Run(ctx, os.Stdin, os.Stdout) }()
	select {
	case err := <-s.over:
		end(err)
	case <-ctx.Done():
		select {
		case err := <-s.over:
			end(err)
		case <-time.After(time.Second): // a write that nobody reads cannot be interrupted
			end(nil)
		}
	case <-s.whole:
		context.AfterFunc(ctx, stop)
		current = s
	}
}

func end(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "codabridge:", err)
		os.Exit(1)
	}
	os.Exit(0)
}

var errUnusual = errors.New("joining: not by the short way")

// open joins the instance.
func open(args []string) (*Session, error) {
	client, dir, err := read(args)
	if err != nil {
		return nil, err
	}
	dir, err = folder.Find(cmp.Or(dir, os.Getenv("CODABRIDGE_DATA_DIR")))
	if err != nil {
		return nil, err
	}
	cfg, err := config.Load(config.Source{DataDir: dir, Getenv: os.Getenv})
	if err != nil {
		return nil, err
	}
	s := &Session{cfg: cfg, client: client, over: make(chan error, 1), whole: make(chan struct{}), given: make(chan struct{})}
	s.first, err = Join(context.Background(), cfg, client)
	if err != nil {
		return nil, err
	}
	s.relay = stdio.New(stdio.Options{Join: s.join, Alone: s.alone, Reads: s.reads, Log: slog.New(slog.NewTextHandler(os.Stderr, nil))})
	return s, nil
}

// read takes the arguments that programs are connected with; with others the
// usual way is taken.
func read(args []string) (client, dir string, err error) {
	for i := 0; i < len(args); i++ {
		name, value, joined := strings.Cut(args[i], "=")
		if !joined {
			i++
			if i == len(args) {
				return "", "", errUnusual
			}
			value = args[i]
		}
		switch name {
		case "--client":
			client = value
		case "--data-dir":
			dir = value
		default:
			return "", "", errUnusual
		}
	}
	return client, dir, nil
}

// Join connects a stdio process to the running instance of its data folder. The
// error is channel.ErrNotRunning where there is none, else the instance's sentence.
func Join(ctx context.Context, cfg config.Config, client string) (*channel.Conversation, error) {
	if channel.Absent(cfg.DataDir) { // as of each line of a process that is alone
		return nil, channel.ErrNotRunning
	}
	return channel.Join(ctx, cfg.DataDir, formOf(cfg, client)...)
}

// join gives the relay the instance that was found, and later ones.
func (s *Session) join(ctx context.Context) (stdio.Side, error) {
	if c := s.first; c != nil {
		s.first = nil
		return c, nil
	}
	c, err := Join(ctx, s.cfg, s.client)
	switch {
	case errors.Is(err, channel.ErrNotRunning):
		return nil, stdio.ErrNone
	case err != nil:
		return nil, err
	}
	s.slim.Do(func() { time.AfterFunc(time.Second, debug.FreeOSMemory) })
	return c, nil
}

// need has the rest of the program made, and waits for it.
func (s *Session) need() {
	s.once.Do(func() { close(s.whole) })
	<-s.given
}

func (s *Session) alone(said stdio.Said) stdio.Near {
	s.need()
	return s.rest.Alone(said)
}

func (s *Session) reads(tool string) bool {
	s.need()
	return s.rest.Reads(tool)
}

// Current is the conversation that was begun before main; nil where none was.
func Current() *Session { return current }

// Go goes on with the rest of the program until the conversation is over. The
// error is why its output could not be written.
func (s *Session) Go(rest Rest) error {
	s.rest = rest
	close(s.given)
	return <-s.over
}
