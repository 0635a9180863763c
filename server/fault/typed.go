package fault

import (
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
)

// reach is how a command of ours has to be typed to reach this instance.
type reach struct {
	named   func() *regexp.Regexp // a command in a text
	program string                // the program in it
	flag    string                // what is added to it
	start   string                // what starts the instance, where that is not the usual
}

// reached is nil where commands reach this instance as they are.
var reached atomic.Pointer[reach]

// TypeCommands says once, before anything else is said, how the program's own
// commands reach this instance: program is how it is called, paths are all of them
// ("index status"), flag is what has to be added, and start what starts such an instance, or empty where that
// is the program's name with the flag.
func TypeCommands(program string, paths []string, flag, start string) {
	named := sync.OnceValue(func() *regexp.Regexp { // at the first text, not at the start
		longest := slices.SortedFunc(slices.Values(paths), func(a, b string) int { return len(b) - len(a) })
		for i, p := range longest {
			longest[i] = regexp.QuoteMeta(p)
		}
		return regexp.MustCompile(`\b` + ourName + ` (?:` + strings.Join(longest, "|") + `)\b`)
	})
	reached.Store(&reach{named, program, flag, start})
}

// How texts call the program, and what starts it.
const (
	ourName    = "codabridge"
	usualStart = "codabridge, or codabridge serve"
)

// Typed is a text of ours in which each command of ours stands as it has to be
// typed to reach this instance: with the data folder, where that is not the usual
// one. Pasted without it, it would act on another instance. New and Wrap do this
// with their formats.
func Typed(text string) string { return typed(text, false) }

// TypedFormat is Typed for a format of Sprintf.
func TypedFormat(format string) string { return typed(format, true) }

func typed(text string, format bool) string {
	r := reached.Load()
	if r == nil || !strings.Contains(text, ourName) {
		return text
	}
	flag, program := r.flag, r.program
	if format {
		flag, program = strings.ReplaceAll(flag, "%", "%%"), strings.ReplaceAll(program, "%", "%%")
	}
	if r.start != "" {
		text = strings.ReplaceAll(text, usualStart, r.start)
	} else {
		text = strings.ReplaceAll(text, usualStart, program+flag+", or codabridge serve")
	}
	var b strings.Builder
	from := 0
	for _, at := range r.named().FindAllStringIndex(text, -1) {
		if rest := text[at[1]:]; strings.HasPrefix(rest, " --data-dir") || strings.HasPrefix(rest, "-") {
			continue // it stands there as it has to, or is another word
		}
		b.WriteString(text[from:at[0]] + program + text[at[0]+len(ourName):at[1]] + flag)
		from = at[1]
	}
	return b.String() + text[from:]
}

// TypedFurther tells whether commands reach this instance only with more than their
// names.
func TypedFurther() bool { return reached.Load() != nil }
