package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"codabridge/app"
	"codabridge/app/control"
	"codabridge/app/desktop"
	"codabridge/app/tray"
	"codabridge/server/fault"
)

func (c *command) serveCommand() *cobra.Command {
	return &cobra.Command{
		Use: "serve", Short: "Run without the icon, as on a server, in a container or over SSH", Args: noArguments,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := c.config("")
			if err != nil {
				return err
			}
			c.typeFor("codabridge", cfg.DataDir)
			a := app.New(app.Options{Config: cfg, Version: version, Log: logger(), Succeeds: desktop.Succeeds()})
			return headless(cmd.Context(), a, cmd.OutOrStdout())
		},
	}
}

// headless runs a and tells on out where it stands, a line each time that
// changes.
func headless(ctx context.Context, a *app.App, out io.Writer) error {
	err := withApp(ctx, a, func(ctx context.Context) error {
		narrate(ctx, a, out)
		return nil
	})
	return elsewhere(err)
}

// elsewhere says how to reach the instance that has the data folder already.
func elsewhere(err error) error {
	if errors.Is(err, app.ErrRunning) {
		return fmt.Errorf("%w; its page: %s", err, ours("open"))
	}
	return err
}

// withApp runs a in the background and f in front, and ends both when either
// ends.
func withApp(ctx context.Context, a *app.App, f func(context.Context) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	done := make(chan error, 1)
	go func() { done <- a.Run(ctx); cancel() }()
	select {
	case <-a.Ready():
	case err := <-done:
		return err
	}
	err := f(ctx)
	cancel()
	return errors.Join(err, <-done)
}

// narrate prints each new phase until ctx ends.
func narrate(ctx context.Context, a *app.App, out io.Writer) {
	fmt.Fprintf(out, "MCP on this computer: %s/mcp\n", a.State().LocalURL)
	last := ""
	for range a.Changes(ctx) {
		s := a.State()
		line := s.Sentence + setUpBy(s)
		if s.PublicURL != "" {
			line += " Public URL: " + s.PublicURL
		}
		if n := len(s.Waiting); n > 0 {
			line += fmt.Sprintf(" (%d waiting for your yes: %s)", n, ours("approve CODE"))
		}
		if line != last {
			fmt.Fprintln(out, printable(line))
			last = line
		}
	}
}

// setUpBy is the command that gives what is missing; the page takes it too.
func setUpBy(s app.State) string {
	switch {
	case s.Phase != app.PhaseSetup:
		return ""
	case s.NoKeyring:
		return " Or give the tokens on the page: " + ours("open")
	case !strings.HasPrefix(s.Sentence, "Not set up"):
		return "" // the keyring has to answer first
	case !s.Coda.Ready:
		return " On the page, or with: " + ours("login coda")
	}
	return " On the page, or with: " + ours("login ngrok")
}

// runTray is the program without a command: the tray app.
func (c *command) runTray(cmd *cobra.Command) error {
	cfg, err := c.config("")
	if err != nil {
		return err
	}
	if desktop.OwnConsole() && leaveConsole(cmd.Context(), cfg.DataDir) {
		return nil
	}
	c.typeFor("codabridge", cfg.DataDir)
	a := app.New(app.Options{Config: cfg, Version: version, Log: logger(), Desktop: true, AtLogin: c.atLogin, Succeeds: desktop.Succeeds()})
	err = c.withTray(cmd.Context(), a, cmd.OutOrStdout())
	if errors.Is(err, app.ErrRunning) && c.atLogin {
		return nil // a package may have brought an entry of its own
	}
	if errors.Is(err, app.ErrRunning) {
		return show(cmd, cfg.DataDir)
	}
	return err
}

// withTray runs a with an icon. Where the desktop has no place for one it says
// so, opens the owner's page instead and goes on. At login what shows the icon
// may come later, and nobody has asked for a page.
func (c *command) withTray(ctx context.Context, a *app.App, out io.Writer) error {
	return withApp(ctx, a, func(ctx context.Context) error {
		err := tray.Check(ctx)
		if err == nil {
			return tray.Run(ctx, menu{a})
		}
		fmt.Fprintln(out, whyNoIcon(err))
		switch {
		case c.atLogin:
		case desktop.HasDisplay():
			a.OpenOwner("")
		default:
			fmt.Fprintln(out, "Open the owner's page with: "+ours("open"))
		}
		if errors.Is(err, tray.ErrNoHost) {
			go narrate(ctx, a, out)
			return tray.Run(ctx, menu{a}) // the icon appears if a host comes
		}
		narrate(ctx, a, out)
		return nil
	})
}

// menu is what the tray may do with the app.
type menu struct{ *app.App }

// SetReadOnly turns the switch; when that fails the page says why.
func (m menu) SetReadOnly(on bool) { m.complain("The Read-only switch: ", m.App.SetReadOnly(on)) }

// SetAutostart turns the start at login; when that fails the page says why.
func (m menu) SetAutostart(on bool) { m.complain("Start at login: ", m.App.SetAutostart(on)) }

// Start starts the bridge; when that cannot be remembered the page says so.
func (m menu) Start() { m.complain("Start: ", m.App.Start()) }

// Pause pauses it; when that cannot be remembered the page says so.
func (m menu) Pause() { m.complain("Pause: ", m.App.Pause()) }

// AllowWriting lets a connection write for a while; when it cannot the page says
// why.
func (m menu) AllowWriting(connection string) {
	m.complain("Allow writing: ", m.App.AllowWriting(context.Background(), connection))
}

// EndWriting ends that before its time; when it cannot the page says why.
func (m menu) EndWriting(connection string) {
	m.complain("End writing: ", m.App.EndWriting(context.Background(), connection))
}

// Stop stops the bridge; when that cannot be remembered the page says so.
func (m menu) Stop() { m.complain("Stop: ", m.App.Stop()) }

func (m menu) complain(about string, err error) {
	if err != nil {
		m.Complain(about + err.Error() + ".")
	}
}

// whyNoIcon says why there is no icon and what to do about it.
func whyNoIcon(err error) string {
	switch {
	case errors.Is(err, tray.ErrNoBus):
		return fault.Typed("There is no desktop session here, so there is no tray icon. codabridge goes on without; use codabridge serve to start it so on purpose.")
	case errors.Is(err, tray.ErrNoHost):
		return "This desktop shows no tray icons (on GNOME, install the extension AppIndicator and KStatusNotifierItem Support). codabridge goes on without; its page does the same."
	case errors.Is(err, tray.ErrNotBuilt):
		return "This codabridge was made without the icon: that of a Mac comes with make build on a Mac that has Apple's command line tools. codabridge goes on without; its page does the same."
	}
	return "There is no tray icon: " + err.Error()
}

// show brings up the instance that runs already, or says how to reach it: it
// may run without a desktop.
func show(cmd *cobra.Command, dataDir string) error {
	client := control.NewClient(dataDir)
	if client.Show(cmd.Context(), "") == nil {
		fmt.Fprintln(cmd.OutOrStdout(), "codabridge is running already; its page opens.")
		return nil
	}
	fmt.Fprintln(cmd.OutOrStdout(), "codabridge is running already.")
	if err := printLink(cmd, client, ""); err != nil {
		return fmt.Errorf("codabridge is running already with %s, but it cannot be shown: %w", dataDir, err)
	}
	return nil
}

// leaveConsole goes on without the window that Windows has opened for us after a
// double click or at login: it would stay, and closing it would end codabridge.
// It is false where an instance runs already, or where the window has to stay
// since nothing can be started from here.
func leaveConsole(ctx context.Context, dataDir string) bool {
	if _, err := control.NewClient(dataDir).Status(ctx); err == nil {
		return false
	}
	_, err := desktop.StartAgain(dataDir)
	return err == nil
}
