package main

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"codabridge/app"
	"codabridge/app/config"
	"codabridge/app/control"
	"codabridge/app/desktop"
	"codabridge/app/folder"
)

// command is what the subcommands share: the settings of the command line.
type command struct {
	dataDir string
	flags   map[string]*string
	atLogin bool // the system has started us
	root    *cobra.Command
}

func newRoot() *cobra.Command {
	cobra.MousetrapHelpText = "" // a double click on Windows starts the tray
	c := &command{flags: map[string]*string{}}
	root := &cobra.Command{
		Use:   "codabridge",
		Short: "Your Coda docs in ChatGPT and Claude, through your own computer",
		Long: "codabridge connects your Coda docs (now Superhuman Docs) with ChatGPT, Claude and other assistants,\n" +
			"through your own computer. Without a command it runs in the tray.",
		Args: noArguments, SilenceUsage: true, SilenceErrors: true,
		RunE:              func(cmd *cobra.Command, _ []string) error { return c.runTray(cmd) },
		CompletionOptions: cobra.CompletionOptions{HiddenDefaultCmd: true},
	}
	c.root = root
	root.PersistentPreRun = func(*cobra.Command, []string) {
		if dir, err := folder.Find(c.dataDir); err == nil && c.dataDir != "" {
			c.typeFor("codabridge", dir)
		}
	}
	root.Flags().BoolVar(&c.atLogin, "at-login", false, "how the system starts codabridge at login: no page is opened")
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error { return usageError{nearFlag(cmd, err)} })
	root.PersistentFlags().Var((*folderName)(&c.dataDir), "data-dir", "folder for settings and database (CODABRIDGE_DATA_DIR)")
	if dir, err := folder.Find(""); err == nil {
		root.PersistentFlags().Lookup("data-dir").DefValue = dir // for the help text alone
	}
	usual := defaults()
	for _, s := range config.Settings {
		if s.Key != "" {
			c.flags[s.Key] = root.PersistentFlags().String(s.Flag(), usual[s.Key], s.Help+" ("+s.Env+")")
		}
	}
	root.PersistentFlags().Lookup("read-only").NoOptDefVal = "true"
	root.PersistentFlags().Lookup("admin").NoOptDefVal = "true"
	root.PersistentFlags().Lookup("structured").NoOptDefVal = "true"
	c.addCommands()
	return root
}

// folderName is a folder that a flag names. An empty one is refused, since it is
// most likely a variable of a script that nobody has set: the usual folder, which
// uninstall would take away, is not meant.
type folderName string

func (f *folderName) String() string { return string(*f) }
func (f *folderName) Type() string   { return "string" }

func (f *folderName) Set(dir string) error {
	if dir == "" {
		return errors.New("it names no folder")
	}
	*f = folderName(dir)
	return nil
}

// addCommands adds all commands, in the groups that the help text shows.
func (c *command) addCommands() {
	for _, g := range []struct {
		title    string
		commands []*cobra.Command
	}{
		{"Run it:", []*cobra.Command{c.serveCommand(), c.demoCommand(), c.openCommand(), c.statusCommand(), c.startCommand(), c.stopCommand(),
			c.pauseCommand(), c.restartCommand(), c.quitCommand(), c.autostartCommand(), c.notificationsCommand(), c.updatesCommand()}},
		{"Connect it:", []*cobra.Command{c.loginCommand(), c.logoutCommand(), c.programsCommand(), c.approveCommand(), c.denyCommand(),
			c.connectionsCommand(), c.revokeCommand(), c.keysCommand(), c.clientIDsCommand(), c.stdioCommand()}},
		{"What assistants may do and did:", []*cobra.Command{c.activityCommand(), c.allowCommand(), c.askAlwaysCommand(), c.pendingCommand(),
			c.approveChangeCommand(), c.refuseChangeCommand(), c.changesCommand(), c.undoCommand()}},
		{"Search:", []*cobra.Command{c.searchCommand(), c.indexCommand()}},
		{"When something is wrong, and to leave:", []*cobra.Command{c.doctorCommand(), c.logsCommand(), versionCommand(),
			c.backupCommand(), c.uninstallCommand()}},
	} {
		c.root.AddGroup(&cobra.Group{ID: g.title, Title: g.title})
		for _, cmd := range g.commands {
			cmd.GroupID = g.title
			c.root.AddCommand(cmd)
		}
	}
	c.root.SetHelpCommand(helpCommand(c.root))
	c.root.SetHelpCommandGroupID("When something is wrong, and to leave:")
}

// defaults are for the help text, which shows them; only what was typed is
// taken from a flag.
func defaults() map[string]string {
	d := config.Defaults()
	return map[string]string{
		"listen": d.Listen, "owner_listen": d.OwnerListen, "tunnel": d.Tunnel, "toolset": d.Toolset, "index": "on",
		"changes": "on", "blind_writes": "true",
		"read_only": "false", "admin": "false", "structured": "false", "access_ttl": strconv.Itoa(int(d.AccessTTL.Seconds())),
	}
}

// folder is the data folder of this call; sub is a folder inside the default
// one, for the demo.
func (c *command) folder(sub string) (string, error) {
	given := c.givenDir()
	dir, err := desktop.DataDir(given)
	if err != nil || given != "" || sub == "" {
		return dir, err
	}
	return desktop.DataDir(filepath.Join(dir, sub))
}

func (c *command) givenDir() string { return cmp.Or(c.dataDir, os.Getenv("CODABRIDGE_DATA_DIR")) }

// standing is the data folder when there is one: a command that only asks
// makes none, which may be a slip of the pen.
func (c *command) standing() (string, error) {
	dir, err := folder.Find(c.givenDir())
	if err != nil {
		return "", err
	}
	if _, err := os.Stat(dir); errors.Is(err, fs.ErrNotExist) {
		return "", control.ErrNotRunning
	}
	return c.folder("")
}

// looking are the settings of a call that needs no data folder.
func (c *command) looking() (config.Config, error) {
	dir, err := folder.Find(c.givenDir())
	if err != nil {
		return config.Config{}, err
	}
	return c.configIn(dir)
}

// config collects the settings for this call.
func (c *command) config(sub string) (config.Config, error) {
	dir, err := c.folder(sub)
	if err != nil {
		return config.Config{}, err
	}
	return c.configIn(dir)
}

// configIn collects the settings for a data folder.
func (c *command) configIn(dir string) (config.Config, error) {
	given := map[string]string{}
	for key, v := range c.flags {
		if f := c.root.PersistentFlags().Lookup(flagOf(key)); f.Changed {
			given[key] = *v
		}
	}
	return config.Load(config.Source{DataDir: dir, Flags: given, Getenv: os.Getenv, Tools: app.ToolNames()})
}

func flagOf(key string) string {
	for _, s := range config.Settings {
		if s.Key == key {
			return s.Flag()
		}
	}
	return key
}

// logger writes the program's log to stderr, which stdio mode leaves free. A
// person at a terminal reads sentences on stdout, so there only warnings stand
// between them; codabridge logs has the rest.
func logger() *slog.Logger {
	if term.IsTerminal(int(os.Stderr.Fd())) {
		return warnings()
	}
	return slog.New(slog.NewTextHandler(os.Stderr, nil))
}

// warnings is logger where a person reads in any case.
func warnings() *slog.Logger {
	return slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
}

func noArguments(cmd *cobra.Command, args []string) error {
	switch {
	case len(args) == 0:
		return nil
	case !cmd.HasSubCommands():
		return usageError{fmt.Errorf("%s takes no %q", strings.TrimPrefix(cmd.CommandPath(), "codabridge "), args[0])}
	}
	return usageError{unknownCommand{args[0], near(cmd, args[0])}}
}

// helpCommand shows the help of a command, and says when there is none of that
// name.
func helpCommand(root *cobra.Command) *cobra.Command {
	return &cobra.Command{
		Use: "help [COMMAND]", Short: "Show the help of a command, or all of them",
		RunE: func(_ *cobra.Command, args []string) error {
			cmd, rest, err := root.Find(args)
			switch {
			case cmd == nil || err != nil:
				return err
			case len(rest) > 0:
				return usageError{unknownCommand{rest[0], near(cmd, rest[0])}}
			}
			cmd.InitDefaultHelpFlag()
			return cmd.Help()
		},
	}
}

// nearFlag names the flags of a command that are written like an unknown one.
func nearFlag(cmd *cobra.Command, err error) error {
	name, is := strings.CutPrefix(err.Error(), "unknown flag: --")
	if !is {
		return plainFlag(err)
	}
	all := &cobra.Command{}
	for _, m := range flagName().FindAllStringSubmatch(cmd.Flags().FlagUsages(), -1) {
		all.AddCommand(&cobra.Command{Use: m[1], Run: func(*cobra.Command, []string) {}})
	}
	flags := near(all, name)
	for i := range flags {
		flags[i] = "--" + flags[i]
	}
	return errors.New(err.Error() + meant(flags))
}

// flagName finds flags in the list of them that help shows.
var flagName = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`(?m)^ +(?:-\w, )?--([a-z-]+)`) })

// near are the commands below one whose names are written like a name.
func near(cmd *cobra.Command, name string) []string {
	cmd.SuggestionsMinimumDistance = 2
	if len(name) < 5 {
		cmd.SuggestionsMinimumDistance = 1
	}
	return cmd.SuggestionsFor(name)
}

// exactly wants n arguments and says what they are.
func exactly(n int, what string) cobra.PositionalArgs {
	return func(_ *cobra.Command, args []string) error {
		if len(args) != n {
			return usageError{wanted(what)}
		}
		return nil
	}
}
