package query

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

var (
	isMonth    = pattern(`^(\d{4})-(\d{1,2})$`)
	isPart     = pattern(`^(?:(\d{4})[-/ ]?([qh])([1-4])|([qh])([1-4])(?: of)?(?:[-/ ]?(\d{4}))?)$`)
	isWeek     = pattern(`^(?:(\d{4})[- ]?w(?:eek )?(\d{1,2})|w(?:eek )?(\d{1,2})(?: of)?(?:[-/ ]?(\d{4}))?)$`)
	isYear     = pattern(`^\d{4}$`)
	isNamed    = pattern(`^(?:the )?(this|current|last|past|previous|prior|next|coming|following|upcoming) (day|week|month|quarter|year)$`)
	isSpan     = pattern(`^(?:the )?(last|past|previous|prior|next|coming|following|upcoming|within) (\d{1,4}) (minute|hour|day|week|month|quarter|year)s?$`)
	isAgo      = pattern(`^(\d{1,4}) (minute|hour|day|week|month|quarter|year)s? (ago|before today|from now|from today|after today)$`)
	isIn       = pattern(`^in (\d{1,4}) (minute|hour|day|week|month|quarter|year)s?$`)
	isToDate   = pattern(`^(week|month|quarter|year)[- ]to[- ]date$`)
	isEdge     = pattern(`^(?:the )?(start|beginning|end) of (?:the )?(?:(this|current|last|previous|next) )?(week|month|quarter|year)$`)
	isWeekday  = pattern(`^(this|last|past|previous|next|coming) (mon|tue|wed|thu|fri|sat|sun)(?:day|sday|nesday|rsday|urday)?$`)
	isInDigits = pattern(`^(\d{1,4})([/.-])(\d{1,2})[/.-](\d{1,4})$`)
)

// inFigures writes numbers in words as figures, and quarters and halves as they
// are abbreviated.
var inFigures = sync.OnceValue(func() *strings.Replacer {
	var pairs []string
	for i, name := range []string{"first", "second", "third", "fourth"} {
		q, n := "q"+strconv.Itoa(i+1), strconv.Itoa(i+1)
		pairs = append(pairs, name+" quarter", q, n+[]string{"st", "nd", "rd", "th"}[i]+" quarter", q, "quarter "+n, q)
		if i < 2 {
			pairs = append(pairs, name+" half", "h"+n)
		}
	}
	for i, name := range []string{"one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"} {
		pairs = append(pairs, " "+name+" ", " "+strconv.Itoa(i+1)+" ")
	}
	return strings.NewReplacer(append(pairs, " a ", " 1 ", " an ", " 1 ", " ytd ", " year to date ", " qtd ", " quarter to date ", " mtd ", " month to date ", " wtd ", " week to date ")...)
})

// aside is how many units before or after this one a word means.
func aside(word string) int {
	switch word {
	case "", "this", "current":
		return 0
	case "next", "coming", "following", "upcoming", "within", "from now", "from today", "after today":
		return 1
	}
	return -1
}

// relative reads periods that are told from today.
func relative(text string, now time.Time) (period, bool) {
	today := startOf("day", now)
	text = strings.TrimSpace(inFigures().Replace(" " + text + " "))
	if text == "now" {
		return period{from: now, to: now}, true
	}
	for i, name := range []string{"the day before yesterday", "yesterday", "today", "tomorrow", "the day after tomorrow"} {
		if text == name || "the "+text == name {
			return unit("day", today, i-2), true
		}
	}
	if m := isNamed().FindStringSubmatch(text); m != nil {
		return unit(m[2], startOf(m[2], today), aside(m[1])), true
	}
	if m := isToDate().FindStringSubmatch(text); m != nil {
		return period{from: startOf(m[1], today), to: add("day", today, 1)}, true
	}
	if m := isEdge().FindStringSubmatch(text); m != nil {
		p := unit(m[3], startOf(m[3], today), aside(m[2]))
		if m[1] == "end" {
			return unit("day", p.to, -1), true
		}
		return unit("day", p.from, 0), true
	}
	if m := isWeekday().FindStringSubmatch(text); m != nil {
		return weekday(m[1], m[2], today), true
	}
	return counted(text, now)
}

// counted reads periods and days that are so many units away.
func counted(text string, now time.Time) (period, bool) {
	today := startOf("day", now)
	if m := isSpan().FindStringSubmatch(text); m != nil {
		n, _ := strconv.Atoi(m[2])
		n *= aside(m[1])
		end := moved(m[3], now, today, n)
		switch {
		case hours[m[3]] > 0 && n > 0:
			return period{from: now, to: end, roll: n}, true
		case hours[m[3]] > 0:
			return period{from: end, to: now.Add(1), roll: n}, true
		case n > 0:
			return period{from: today, to: add("day", end, 1), roll: n}, true
		}
		return period{from: end, to: add("day", today, 1), roll: min(n, -1)}, true
	}
	name, n := "", 0
	if m := isAgo().FindStringSubmatch(text); m != nil {
		n, _ = strconv.Atoi(m[1])
		name, n = m[2], n*aside(m[3])
	} else if m := isIn().FindStringSubmatch(text); m != nil {
		n, _ = strconv.Atoi(m[1])
		name = m[2]
	}
	switch at := moved(name, now, today, n); {
	case name == "":
		return period{}, false
	case hours[name] > 0:
		return period{from: at, to: at}, true
	default:
		return unit("day", at, 0), true
	}
}

// hours are the units that are counted from now, not from today.
var hours = map[string]time.Duration{"minute": time.Minute, "hour": time.Hour}

func moved(name string, now, today time.Time, n int) time.Time {
	if hours[name] > 0 {
		return now.Add(time.Duration(n) * hours[name])
	}
	return add(name, today, n)
}

// weekday is the day of this week, or the first after or the last before today.
func weekday(word, name string, today time.Time) period {
	at := slices.Index([]string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"}, name)
	n := at - (int(today.Weekday())+6)%7
	switch way := aside(word); {
	case way > 0 && n <= 0:
		n += 7
	case way < 0 && n >= 0:
		n -= 7
	}
	p := unit("day", today, n)
	p.assumed = true
	return p
}

// calendar reads a month, a quarter, a half, a week or a year by its number; one
// that names no year is of this year.
func calendar(text string, now time.Time) (period, bool) {
	text = strings.TrimSpace(inFigures().Replace(" " + text + " "))
	first := func(year string, month int) time.Time {
		y, err := strconv.Atoi(year)
		if err != nil {
			y = now.Year()
		}
		return midnight(y, time.Month(month), 1, now.Location())
	}
	if m := isMonth().FindStringSubmatch(text); m != nil {
		n, _ := strconv.Atoi(m[2])
		return unit("month", first(m[1], n), 0), n >= 1 && n <= 12
	}
	if m := isPart().FindStringSubmatch(text); m != nil {
		n, _ := strconv.Atoi(m[3] + m[5])
		name, months, year := "quarter", 3, m[1]+m[6]
		if m[2]+m[4] == "h" {
			name, months = "half", 6
		}
		p := unit(name, first(year, months*(n-1)+1), 0)
		p.assumed = year == ""
		return p, months*n <= 12
	}
	if m := isWeek().FindStringSubmatch(text); m != nil {
		n, _ := strconv.Atoi(m[2] + m[3])
		start := first(m[1]+m[4], 1)
		p := unit("week", startOf("week", add("day", start, 3)), n-1) // the week of January 4th is the first
		year, week := p.from.ISOWeek()
		p.assumed = m[1]+m[4] == ""
		return p, year == start.Year() && week == n
	}
	if isYear().MatchString(text) {
		return unit("year", first(text, 1), 0), true
	}
	return period{}, false
}

// written reads a date as people write one: 2026/11/18, 18.11.2026, Nov 18,
// 2026, 18 November, November 2026. An error says what else it may be.
func written(text string, now time.Time) (p period, ok bool, err error) {
	if m := isInDigits().FindStringSubmatch(text); m != nil {
		return inDigits(m[1], m[2], m[3], m[4], now.Location())
	}
	if at, err := time.Parse("20060102", text); err == nil {
		return unit("day", dayOf(at, now.Location()), 0), true, nil
	}
	year, month, of := 0, 0, 0
	for word := range strings.FieldsFuncSeq(text, func(r rune) bool { return strings.ContainsRune(" ,.-", r) }) {
		n, digits := ordinal(word)
		m := monthNamed(word)
		switch {
		case m > 0 && month == 0:
			month = m
		case digits == 4 && year == 0:
			year = n
		case digits > 0 && digits < 3 && of == 0 && n > 0:
			of = n
		case word != "of" && word != "the":
			return period{}, false, nil
		}
	}
	if month == 0 {
		return period{}, false, nil
	}
	assumed := year == 0
	if assumed {
		year = now.Year()
	}
	at, ok := date(year, month, max(of, 1), now.Location())
	p = unit("day", at, 0)
	if of == 0 {
		p = unit("month", at, 0)
	}
	p.assumed = assumed
	return p, ok, nil
}

// inDigits reads a date whose year comes first or last. With dots the day comes
// before the month; else one over twelve tells them apart.
func inDigits(a, mark, b, c string, zone *time.Location) (period, bool, error) {
	first, _ := strconv.Atoi(a)
	middle, _ := strconv.Atoi(b)
	last, _ := strconv.Atoi(c)
	if len(a) == 4 {
		at, ok := date(first, middle, last, zone)
		return unit("day", at, 0), ok && len(c) < 3, nil
	}
	if len(c) != 4 {
		return period{}, false, nil
	}
	byDay, isDay := date(last, middle, first, zone)
	byMonth, isMonth := date(last, first, middle, zone)
	switch {
	case isDay && isMonth && mark != "." && first != middle:
		return period{}, false, fmt.Errorf("%q may be %s or %s; give one of them", a+mark+b+mark+c, byMonth.Format(time.DateOnly), byDay.Format(time.DateOnly))
	case isDay:
		return unit("day", byDay, 0), true, nil
	}
	return unit("day", byMonth, 0), isMonth && mark != ".", nil
}

// ordinal reads 18 and 18th, and says how many digits it has.
func ordinal(word string) (n, digits int) {
	for _, end := range []string{"st", "nd", "rd", "th"} {
		word = strings.TrimSuffix(word, end)
	}
	n, err := strconv.Atoi(word)
	if err != nil || n < 0 {
		return 0, 0
	}
	return n, len(word)
}

// monthNamed is the month of a name or its beginning; 0 where there is none.
func monthNamed(word string) int {
	if len(word) < 3 {
		return 0
	}
	for m := time.January; m <= time.December; m++ {
		if strings.HasPrefix(strings.ToLower(m.String()), word) || word == "sept" && m == time.September {
			return int(m)
		}
	}
	return 0
}
