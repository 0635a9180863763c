package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"codabridge/app"
	"codabridge/app/config"
	"codabridge/app/control"
)

func (c *command) loginCommand() *cobra.Command {
	fromConfig := false
	cmd := &cobra.Command{
		Use: "login coda|ngrok", Short: "Put a token into the keyring, after checking it live", Args: secretName,
		Long: "Reads the token from a prompt without echo, or from standard input, checks it live and keeps it in the\n" +
			"keyring of this computer. A token of Coda (now Superhuman Docs) is made at\n" +
			"https://docs.superhuman.com/account, under API settings;\n" +
			"an ngrok authtoken is at https://dashboard.ngrok.com/get-started/your-authtoken.",
	}
	cmd.Flags().BoolVar(&fromConfig, "from-ngrok-yml", false, "copy the authtoken from the ngrok program's own file")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		if fromConfig && args[0] != "ngrok" {
			return usageError{errors.New("--from-ngrok-yml is for login ngrok")}
		}
		cfg, err := c.config("")
		if err != nil {
			return err
		}
		read := func() (string, error) { return readSecret(cmd, args[0]) }
		if fromConfig {
			read = app.NgrokConfigToken
		}
		token, err := read()
		if err != nil {
			return err
		}
		sentence, err := login(cmd.Context(), args[0], token, cfg)
		if err != nil {
			return err
		}
		fmt.Fprintln(cmd.OutOrStdout(), printable(sentence))
		return reload(cmd.Context(), cfg.DataDir)
	}
	return cmd
}

func (c *command) logoutCommand() *cobra.Command {
	return &cobra.Command{
		Use: "logout coda|ngrok", Short: "Remove a token from the keyring", Args: secretName,
		RunE: func(cmd *cobra.Command, args []string) error {
			cfg, err := c.config("")
			if err != nil {
				return err
			}
			if err := app.Logout(cmd.Context(), args[0], cfg); err != nil {
				return err
			}
			fmt.Fprintln(cmd.OutOrStdout(), "Removed from the keyring.")
			return reload(cmd.Context(), cfg.DataDir)
		},
	}
}

func secretName(_ *cobra.Command, args []string) error {
	if len(args) != 1 || (args[0] != "coda" && args[0] != "ngrok") {
		return usageError{wanted("coda or ngrok")}
	}
	return nil
}

func login(ctx context.Context, name, token string, cfg config.Config) (string, error) {
	if name == "coda" {
		return app.LoginCoda(ctx, token, cfg)
	}
	return app.LoginNgrok(ctx, token, cfg)
}

// reload makes a running instance take the new token; none running is fine.
func reload(ctx context.Context, dataDir string) error {
	if err := control.NewClient(dataDir).Do(ctx, "reload", nil); err != nil && !errors.Is(err, control.ErrNotRunning) {
		return fmt.Errorf("the keyring is up to date, but the running instance was not told: %w", err)
	}
	return nil
}

// readSecret reads one line: from a terminal without showing it, else from
// standard input.
func readSecret(cmd *cobra.Command, name string) (string, error) {
	in := int(os.Stdin.Fd())
	if !term.IsTerminal(in) {
		return unlessStopped(cmd.Context(), func() (string, error) {
			line, err := bufio.NewReader(io.LimitReader(cmd.InOrStdin(), 4096)).ReadString('\n')
			if errors.Is(err, io.EOF) {
				err = nil
			}
			return line, err
		})
	}
	shown, err := term.GetState(in)
	if err != nil {
		return "", err
	}
	defer term.Restore(in, shown)
	fmt.Fprintf(cmd.ErrOrStderr(), "Paste the %s token (it is not shown): ", name)
	defer fmt.Fprintln(cmd.ErrOrStderr())
	return unlessStopped(cmd.Context(), func() (string, error) {
		b, err := term.ReadPassword(in)
		return string(b), err
	})
}

// unlessStopped waits for a line until Ctrl-C. A read cannot be interrupted, so
// it is left behind; the program ends.
func unlessStopped(ctx context.Context, read func() (string, error)) (string, error) {
	type reading struct {
		line string
		err  error
	}
	done := make(chan reading, 1)
	go func() {
		line, err := read()
		done <- reading{line, err}
	}()
	select {
	case r := <-done:
		return strings.TrimSpace(strings.TrimPrefix(r.line, "\ufeff")), r.err // PowerShell pipes a byte order mark
	case <-ctx.Done():
		return "", errors.New("stopped; nothing was stored")
	}
}
