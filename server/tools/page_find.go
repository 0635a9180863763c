package tools

import (
	"slices"
	"strings"

	"codabridge/server/alike"
	"codabridge/server/coda"
	"codabridge/server/tools/words"
)

// linesMeant finds the lines that element means: by the id of one, or by the
// whole text of one or of several that follow each other, as coda_get_page
// shows them. A part of a line is never taken for it.
func linesMeant(lines []coda.Line, element string) ([]coda.Line, error) {
	element = strings.TrimSpace(element)
	if at := slices.IndexFunc(lines, func(l coda.Line) bool { return l.ID == element }); at >= 0 {
		return lines[at : at+1], nil
	}
	if elementID().MatchString(element) {
		return nil, noElement(element)
	}
	wanted := lineTexts(element)
	if len(wanted) == 0 {
		return nil, words.Say("The argument \"element\" has no text to look for. Give the whole text of a line, or its id (cl-…).")
	}
	places := placesOf(lines, wanted)
	switch len(places) {
	case 1:
		return places[0], nil
	case 0:
		return nil, noLine(lines, element, wanted[0])
	}
	var ids []string
	for _, place := range places[:min(len(places), 8)] {
		ids = append(ids, lineHint(place[0]))
	}
	return nil, words.Say("%d places of this page read %s: %s. Call again with the id (cl-…) of the one that is meant.", len(places), words.Quote(words.Clip(element, 100)), strings.Join(ids, ", "))
}

// placesOf are the lines that read so one after the other, wherever they do; those
// between them that are empty, as in code, belong to them.
func placesOf(lines []coda.Line, wanted []string) (places [][]coda.Line) {
	var texts []string
	var at []int // of each text, its line
	for i, l := range lines {
		if text := lineText(l.Text); text != "" {
			texts, at = append(texts, text), append(at, i)
		}
	}
	for i := 0; i+len(wanted) <= len(texts); i++ {
		if slices.Equal(texts[i:i+len(wanted)], wanted) {
			places = append(places, lines[at[i]:at[i+len(wanted)-1]+1])
		}
	}
	return places
}

var elementID = words.Pattern(`^cl-\S+$`)

func noElement(id string) error {
	return words.NoSuch("There is no element %s on this page. Give the whole text of a line as coda_get_page shows it, or an id (cl-…).", words.Quote(id))
}

// noLine offers the lines that are like what was asked for.
func noLine(lines []coda.Line, element, first string) error {
	var near []string
	for _, l := range lines {
		if text := lineText(l.Text); strings.Contains(text, first) || len(text) > 3 && strings.Contains(first, text) {
			near = append(near, lineHint(l))
		}
	}
	says := "Near it: "
	if len(near) == 0 {
		name := func(l coda.Line) string { return l.Text }
		like, rest := alike.Near(words.Clip(element, 200), lines, name)
		if len(like) == 0 {
			says, like = "It begins with: ", rest
		}
		for _, l := range like[:min(len(like), 3)] {
			near = append(near, lineHint(l))
		}
	}
	if len(near) == 0 {
		return words.NoSuch("No line of this page reads just %s: it has no lines of text. Tables and images cannot be edited.",
			words.Quote(words.Clip(element, 100)))
	}
	return words.NoSuch("No line of this page reads just %s. %s%s. Give the whole line, or its id (cl-…); tables and images cannot be edited.",
		words.Quote(words.Clip(element, 100)), says, strings.Join(near[:min(len(near), 5)], ", "))
}

// lineTexts are the lines of a Markdown text as they are compared, but for the
// rules in it, which no page keeps.
func lineTexts(text string) []string {
	var out []string
	for _, l := range strings.Split(text, "\n") {
		plain := lineText(l)
		if plain != "" && !strings.HasPrefix(strings.TrimSpace(l), "```") && !ruleInText().MatchString(l) {
			out = append(out, plain)
		}
	}
	return out
}

var (
	lineMark   = words.Pattern(`^\s*(#{1,6}\s+|>\s*|[-*+]\s+(\[[ xX]\]\s+)?|\d+[.)]\s+)`)
	inlineLink = words.Pattern(`!?\[([^\]]*)\]\([^)]*\)`)
	inlineMark = strings.NewReplacer(`\`, "", "*", "", "_", "", "`", "", "~~", "")
)

// lineText is a line without its Markdown, as two are compared: what Coda
// exports and what its lines hold differ in it.
func lineText(s string) string {
	s = lineMark().ReplaceAllString(s, "")
	s = inlineLink().ReplaceAllString(s, "$1")
	return alike.Plain(inlineMark.Replace(s))
}
