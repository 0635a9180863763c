package doctor

import (
	"fmt"
	"regexp"
	"strings"
	"sync"
	"unicode/utf8"
)

const (
	pageWidth = 100
	nameWidth = 18
	markWidth = 9
)

var colours = map[Status]string{OK: "32", Warning: "33", Failed: "31", Skipped: "2"}

// Line gives a check as lines for a terminal: the result, its name, what it
// means, and below it what to do. Colour is by ANSI codes. A check that was
// not run because of another one has no line.
func (c Check) Line(colour bool) string {
	if c.quiet {
		return ""
	}
	mark := string(c.Status)
	if c.Status == Skipped {
		mark = "-"
	}
	mark = fmt.Sprintf("%-*s", markWidth, mark)
	if colour {
		mark = "\x1b[" + colours[c.Status] + "m" + mark + "\x1b[0m"
	}
	indent := strings.Repeat(" ", 2+markWidth+nameWidth)
	text := fmt.Sprintf("  %s%-*s%s\n", mark, nameWidth, c.Label, wrap(c.Means, indent))
	if c.Next != "" {
		text += indent + wrap("Next: "+c.Next, indent) + "\n"
	}
	return text
}

// wrap breaks a text at blanks so that it fits beside the indent.
func wrap(text, indent string) string {
	var b strings.Builder
	room := pageWidth - len(indent)
	left := room
	for i, word := range strings.FieldsFunc(whole().ReplaceAllStringFunc(text, glued), isBlank) {
		word = strings.ReplaceAll(word, glue, " ")
		n := utf8.RuneCountInString(word)
		switch {
		case i == 0:
		case n+1 > left:
			b.WriteString("\n" + indent)
			left = room
		default:
			b.WriteByte(' ')
			left--
		}
		b.WriteString(word)
		left -= n
	}
	return b.String()
}

// whole is what stands on one line however long it is: a command of ours with its
// folder, which would act on something else when half of it is pasted.
var whole = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`\S*codabridge [a-z-]+(?: [a-z-]+)? --data-dir "[^"]*"`)
})

const glue = "\u00a0"

func glued(s string) string { return strings.ReplaceAll(s, " ", glue) }

func isBlank(r rune) bool { return r == ' ' || r == '\n' || r == '\t' }

// Summary says how it ended, in one or two sentences.
func (r Report) Summary() string {
	n, first := map[Status]int{}, ""
	for _, c := range r.Checks {
		n[c.Status]++
		if first == "" && c.Status == r.Worst && r.Worst != OK {
			first = c.Label
		}
	}
	s := fmt.Sprintf("%d ok, %s, %d failed", n[OK], plural(n[Warning], "warning"), n[Failed])
	if n[Skipped] > 0 {
		s += fmt.Sprintf(", %d not tried", n[Skipped])
	}
	s += "."
	if first != "" {
		s += " Begin with: " + first + "."
	}
	if r.Requests > 0 {
		s += fmt.Sprintf(" %s went to %s", plural(r.Requests, "request"), r.Through)
		if r.counted {
			s += fmt.Sprintf("; that is what it used of the %d,000 a month that a free ngrok account has", freeQuota/1000)
		}
		s += "."
	}
	return s
}

// freeQuota is how many requests a free ngrok account has in a month.
const freeQuota = 20_000
