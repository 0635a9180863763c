package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"os"
	"runtime"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"codabridge/app"
	"codabridge/app/config"
	"codabridge/app/doctor"
	"codabridge/app/folder"
	"codabridge/server/fault"
)

// errSaid ends the program with exit code 1 when all has been said already.
var errSaid = errors.New("said already")

// doctorFlags are those of one call.
type doctorFlags struct {
	json, public bool
	url, explain string
}

func (c *command) doctorCommand() *cobra.Command {
	var f doctorFlags
	cmd := &cobra.Command{
		Use: "doctor", Short: "Rehearse what ChatGPT does and say what is wrong", Args: noArguments,
		Long: "Goes from the data folder to a tool call, as ChatGPT would, and prints one line a check: ok, warning or\n" +
			"failed, what it means and what to do next. The sign-in is done by a throw-away client that may only read\n" +
			"and is removed at the end. Exit code 1 when something failed.",
		RunE: func(cmd *cobra.Command, _ []string) error { return c.doctor(cmd, f) },
	}
	cmd.Flags().BoolVar(&f.json, "json", false, "as JSON")
	cmd.Flags().StringVar(&f.url, "url", "", "go through this address of the same bridge, for example your own proxy")
	cmd.Flags().BoolVar(&f.public, "public", false, "go through the public URL once (at most 25 requests of your ngrok quota)")
	cmd.Flags().StringVar(&f.explain, "explain", "", "say what a code of ngrok or an error text of ChatGPT or Claude means; \"connect Claude\" gives the steps")
	opposed(cmd, "url", "public", "explain")
	opposed(cmd, "json", "explain")
	return cmd
}

func (c *command) doctor(cmd *cobra.Command, f doctorFlags) error {
	if cmd.Flags().Changed("explain") {
		return explain(cmd, f.explain)
	}
	through, err := parseThrough(f)
	if err != nil {
		return usageError{err}
	}
	e := app.Examination{URL: through, Public: f.public}
	e.Config, e.Unusable = c.configUntouched()
	out, colour := cmd.OutOrStdout(), hasColour()
	if !f.json {
		fmt.Fprintf(out, "codabridge %s, %s/%s\n\n", version, runtime.GOOS, runtime.GOARCH)
		e.OnCheck = func(l doctor.Check) { fmt.Fprint(out, plain(l).Line(colour)) }
	}
	r := app.Examine(cmd.Context(), e)
	if f.json {
		enc := json.NewEncoder(out)
		enc.SetIndent("", "  ")
		enc.SetEscapeHTML(false)
		if err := enc.Encode(r); err != nil {
			return err
		}
	} else {
		fmt.Fprintf(out, "\n%s\n", printable(r.Summary()))
	}
	if r.Worst == doctor.Failed {
		return errSaid
	}
	return nil
}

// plain is a check without what a terminal would obey.
func plain(l doctor.Check) doctor.Check {
	l.Name, l.Means, l.Next = printable(l.Name), printable(l.Means), printable(l.Next)
	return l
}

// configUntouched collects the settings and leaves the data folder as it is,
// so that the doctor sees what the next start would.
func (c *command) configUntouched() (config.Config, error) {
	given := c.dataDir
	if given == "" {
		given = os.Getenv("CODABRIDGE_DATA_DIR")
	}
	dir, err := folder.Find(given)
	if err != nil {
		return config.Defaults(), err
	}
	return c.configIn(dir)
}

// parseThrough checks --url: the origin of the bridge, with or without the
// path that is given to assistants.
func parseThrough(f doctorFlags) (string, error) {
	if f.url == "" {
		return "", nil
	}
	u, err := url.Parse(f.url)
	if err != nil || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return "", wanted("--url with an address such as https://bridge.example.org")
	}
	if path := strings.Trim(u.Path, "/"); path != "" && path != "mcp" {
		return "", wanted("--url with the address of the bridge alone, without " + u.Path)
	}
	ip, err := netip.ParseAddr(u.Hostname())
	local := u.Hostname() == "localhost" || err == nil && ip.IsLoopback()
	if u.Scheme != "https" && (u.Scheme != "http" || !local) {
		return "", wanted("--url with https (http is for this computer only)")
	}
	return u.Scheme + "://" + strings.ToLower(u.Host), nil
}

func explain(cmd *cobra.Command, text string) error {
	if strings.TrimSpace(text) == "" {
		return usageError{wanted("--explain with a code or a text in quotes")}
	}
	lines, ok := doctor.Explain(text)
	for _, l := range lines {
		fmt.Fprintln(cmd.OutOrStdout(), printable(fault.Typed(l)))
	}
	switch {
	case ok:
		return nil
	case len(lines) > 0:
		return errSaid
	}
	return errors.New("no code or text like this is known here; most causes are found by: codabridge doctor --public, and codabridge logs")
}

// hasColour follows https://no-color.org.
func hasColour() bool {
	return os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb" && term.IsTerminal(int(os.Stdout.Fd()))
}
