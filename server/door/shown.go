package door

import (
	"fmt"
	"html/template"
	"strings"
	"time"

	"codabridge/server/fault"
)

// turning are the marks that turn the direction of writing for what comes after
// them (Unicode Standard Annex 9, sections 2.1 to 2.4), each with what is shown
// instead. The marks of 2.6 act on nothing outside of the element around them.
var turning = strings.NewReplacer("\u202a", `\u202a`, "\u202b", `\u202b`, "\u202c", `\u202c`, "\u202d", `\u202d`, "\u202e", `\u202e`,
	"\u2066", `\u2066`, "\u2067", `\u2067`, "\u2068", `\u2068`, "\u2069", `\u2069`)

// agoTag says how long ago something was, with the exact time behind it.
func agoTag(t time.Time) template.HTML { return timeTag(t, "", fault.Ago(t)) }

// clockTag says when something was: the time alone where it is of today. The
// page says it in the time zone of its browser, which is another one where
// codabridge runs in a container.
func clockTag(t time.Time) template.HTML {
	short := "15:04"
	if t.Local().Format(time.DateOnly) != time.Now().Format(time.DateOnly) {
		short = "2 Jan, 15:04"
	}
	return timeTag(t, ` data-clock`, t.Local().Format(short))
}

// timeTag holds only words and numbers of ours, so that it needs no escaping.
func timeTag(t time.Time, kind, words string) template.HTML {
	return template.HTML(fmt.Sprintf(`<time datetime="%s" title="%s"%s>%s</time>`,
		t.UTC().Format(time.RFC3339), t.Local().Format("2 January 2006, 15:04:05 MST"), kind, words))
}
