package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"codabridge/app"
	"codabridge/app/config"
	"codabridge/app/desktop"
	"codabridge/app/tray"
)

// demoFolder is where the demo keeps its own data, in the usual data folder.
const demoFolder = "demo"

func (c *command) demoCommand() *cobra.Command {
	noTray := false
	cmd := &cobra.Command{
		Use: "demo", Short: "Try it on a built-in sample workspace: no account, no internet", Args: noArguments,
		Long: "Runs the bridge on a built-in sample workspace behind a fake Coda: no account, no internet, no keyring.\n" +
			"It takes the same settings as codabridge; the tunnel is off unless --tunnel ngrok is given.",
	}
	cmd.Flags().BoolVar(&noTray, "no-tray", false, "run without a tray icon")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		cfg, err := c.demoConfig()
		if err != nil {
			return err
		}
		d, err := app.NewDemo(app.Options{Config: cfg, Version: version, Log: warnings(), Desktop: !noTray, Succeeds: desktop.Succeeds()})
		if err != nil {
			return err
		}
		defer d.Close()
		return elsewhere(runDemo(cmd.Context(), d, noTray, cmd.OutOrStdout()))
	}
	return cmd
}

var errOwnCoda = usageError{errors.New("--coda-url is not for the demo, which has a Coda of its own")}

// demoConfig is the settings with the tunnel off unless somebody asked for it.
func (c *command) demoConfig() (config.Config, error) {
	if c.root.PersistentFlags().Changed("coda-url") {
		return config.Config{}, errOwnCoda
	}
	cfg, err := c.config(demoFolder)
	if err != nil {
		return cfg, err
	}
	c.typeFor(os.Args[0], cfg.DataDir) // which may not be on the PATH
	if !cfg.Given("tunnel") && !cfg.Given("public_url") {
		cfg.Tunnel = "none"
	}
	return cfg, nil
}

func runDemo(ctx context.Context, d *app.Demo, noTray bool, out io.Writer) error {
	return withApp(ctx, d.App, func(ctx context.Context) error {
		if err := explainDemo(ctx, d, out); err != nil {
			return err
		}
		if !noTray && desktop.HasDisplay() {
			d.OpenOwner("")
		}
		if !noTray {
			err := tray.Check(ctx)
			if err == nil {
				return tray.Run(ctx, menu{d.App})
			}
			if errors.Is(err, tray.ErrNotBuilt) {
				fmt.Fprintln(out, whyNoIcon(err))
			}
		}
		narrate(ctx, d.App, out)
		return nil
	})
}

// explainDemo prints what to do next.
func explainDemo(ctx context.Context, d *app.Demo, out io.Writer) error {
	token, err := d.DemoToken(ctx)
	if err != nil {
		return err
	}
	s := d.State()
	_, err = fmt.Fprintf(out, `codabridge demo: a sample workspace of one small company, all on this computer.

  Owner's page   %s
                 (opens once; for a fresh link: %s)
  MCP server     %s/mcp

Ask it something (the token is for this demo only):

  curl -s %s/mcp -H 'Authorization: Bearer %s' \
    -H 'Content-Type: application/json' -H 'Accept: application/json' \
    -d '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"search","arguments":{"query":"roadmap"}}}'

Any MCP client on this computer can sign in at %s/mcp as well: your browser
shows a code, and you approve it on the owner's page. Ctrl-C ends the demo.

`, d.PrintableLink(""), ours("open"), s.LocalURL, s.LocalURL, token, s.LocalURL)
	return err
}
