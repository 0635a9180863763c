package index

import (
	"regexp"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"
)

// A moment of a cell is kept as its document's clock shows it, 2026-08-27 11:45,
// so that its words are found. Behind it stands a sign for the difference from
// UTC, which is no word and which a hit shows as such: 2026-08-27T11:45-07:00.

const (
	firstZone = '\u2800' // the sign of -16:00; those of each quarter of an hour follow
	farthest  = 16 * 4   // quarters of an hour
)

// storedMoment is the text that is kept of a moment, or of a day where it is its
// beginning, of what Coda gives: 2026-08-27T11:45:00.000-07:00.
func storedMoment(s string) string {
	day, clock := s[:10], s[11:16]
	if clock == "00:00" {
		return day
	}
	return day + " " + clock + zoneSign(s[16:])
}

// zoneSign is the sign of what a moment ends with; empty where that names no zone.
func zoneSign(end string) string {
	at := strings.LastIndexAny(end, "+-Z")
	if at < 0 {
		return ""
	}
	quarters := 0
	if zone := end[at:]; zone != "Z" {
		if len(zone) != len("-07:00") {
			return ""
		}
		hours, err1 := strconv.Atoi(zone[1:3])
		minutes, err2 := strconv.Atoi(zone[4:])
		quarters = 4*hours + minutes/15
		if err1 != nil || err2 != nil || quarters >= farthest || minutes%15 != 0 {
			return ""
		}
		if zone[0] == '-' {
			quarters = -quarters
		}
	}
	return string(rune(firstZone + farthest + quarters))
}

// shownMoments writes the moments of a text as all answers do. Its words may stand
// in marks.
func shownMoments(text string) string {
	if !strings.ContainsFunc(text, isZoneSign) {
		return text
	}
	var out strings.Builder
	for {
		at := strings.IndexFunc(text, isZoneSign)
		if at < 0 {
			out.WriteString(text)
			return out.String()
		}
		r, n := utf8.DecodeRuneInString(text[at:])
		head, zone := text[:at], text[at:at+n]
		if m := endsInClock().FindStringSubmatchIndex(head); m != nil {
			zone = zoneText(int(r) - firstZone - farthest)
			if m[2] >= 0 {
				head = head[:m[2]] + "T" + head[m[3]:]
			}
		}
		out.WriteString(head + zone)
		text = text[at+n:]
	}
}

// endsInClock is the end of a moment, with the space before its clock where its
// day is there.
var endsInClock = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(?:\d\**( )\**)?\d\d\**:\**\d\d\**$`)
})

func isZoneSign(r rune) bool { return r >= firstZone && r < firstZone+2*farthest }

// zoneText is a difference from UTC of so many quarters of an hour.
func zoneText(quarters int) string {
	if quarters == 0 {
		return "Z"
	}
	sign := "+"
	if quarters < 0 {
		sign, quarters = "-", -quarters
	}
	two := func(n int) string { return strconv.Itoa(n/10) + strconv.Itoa(n%10) }
	return sign + two(quarters/4) + ":" + two(quarters%4*15)
}

// aMoment is one as answers show it, or as Coda does.
var aMoment = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`\b(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d)(?::00(?:\.0+)?)?(?:[Zz]|[+-]\d\d:\d\d)?\b`)
})

// likeStored writes the moments of a query as they are kept.
func likeStored(text string) string {
	if strings.Count(text, "-") < 2 || !strings.Contains(text, ":") {
		return text
	}
	return aMoment().ReplaceAllString(text, "$1 $2")
}
