package main

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// Sections of the catalog whose readers are not the owner: models, and programs
// that speak OAuth. Those of codes are named by the room that declares them.
var forOthers = []string{"server/tools", "server/tools/words", "server/tools/changes", "server/coda", "Answers of the doors", "Answers of the authorization server"}

// next finds the step in a sentence: what to do in so many words, a command, what
// there is to choose from, or that time does it.
var next = regexp.MustCompile(`(^|[.:;,] |, then |and |, or | or |but )(` +
	`add|answer|ask|change|check|choose|close|confirm|connect|copy|correct|end|enter|free|generate|give|install|leave|let|look|make|mend|name|` +
	`open|paste|press|put|reload|remove|report|reserve|restart|revoke|run|say|set|start|stop|switch|take|tick|try|turn|unlock|use|wait)\b` +
	`|codabridge [a-z-]+( [a-z-]+)* (lists|says|shows)\b|: codabridge [a-z]+|\b(there are|it has|codabridge knows:)|by itself\b|keeps trying`)

// nobodys are sentences that need no step; each says why.
var nobodys = map[string]string{
	"The keyring refused (…). …": "the second … is the step",
	"No keyring can be reached here: there is no desktop session, as on a server, in a container or over SSH. …": "the … is the step",
	"This change is not allowed: …":                                             "the … is why, with the step",
	"There is no connection …. …":                                               "the second … names those there are",
	"There is no tool …. …":                                                     "the second … names what was meant",
	"The keyring was asked, and the question was stopped before it answered. …": "the … is the step",
}

// TestEverySentenceForTheOwnerHasANextStep reads the catalog, which is made from
// the source.
func TestEverySentenceForTheOwnerHasANextStep(t *testing.T) {
	b, err := os.ReadFile("../../.github/ERRORS.md")
	if err != nil {
		t.Fatal(err)
	}
	section, room, looked := "", "", 0
	for line := range strings.Lines(string(b)) {
		line = strings.TrimSpace(line)
		if title, is := strings.CutPrefix(line, "## "); is {
			section, room = title, ""
		}
		if declared, is := strings.CutPrefix(line, "Declared in `"); is {
			room, _, _ = strings.Cut(declared, "`")
		}
		sentence, is := strings.CutPrefix(line, "- ")
		if !is || slices.Contains(forOthers, room) || slices.Contains(forOthers, section) || nobodys[sentence] != "" {
			continue
		}
		looked++
		if !next.MatchString(strings.ToLower(sentence)) {
			t.Errorf("no next step: %s", sentence)
		}
		for _, word := range jargon {
			if regexp.MustCompile(`\b` + word + `\b`).MatchString(sentence) {
				t.Errorf("the owner does not know the word %q: %s", word, sentence)
			}
		}
	}
	if looked < 80 {
		t.Errorf("only %d sentences were looked at", looked)
	}
}

// jargon are words of ours that nobody has to know who uses the program.
var jargon = []string{"D-Bus", "bus", "socket", "DCR", "CIMD", "RFC", "stdin", "stdout", "mutation", "grant", "scope", "daemon", "nil", "EOF"}
