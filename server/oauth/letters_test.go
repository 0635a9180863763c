package oauth

import (
	"strings"
	"testing"
)

// TestWhatTextsAreMadeOf: counted to the letter, and of nothing else.
func TestWhatTextsAreMadeOf(t *testing.T) {
	t.Parallel()
	a := func(n int) string { return strings.Repeat("a", n) }
	for text, want := range map[string]bool{
		a(42): false, a(43): true, a(128): true, a(129): false, "": false, a(42) + "~": true, a(42) + ".": true, a(42) + "-_": true,
		a(20) + " " + a(30): false, " " + a(43): false, a(43) + "\n": false, a(43) + "é": false, a(43) + "+": false, a(43) + "\x00": false, a(43) + "/": false,
	} {
		if got := isMadeOf(text, verifierLetters, 43, 128); got != want {
			t.Errorf("%d characters %q: %v", len(text), text, got)
		}
	}
	for id, want := range map[string]string{
		"https://chatgpt.com/oauth/AbC_d-9/client.json": "AbC_d-9", "https://chatgpt.com/oauth/" + a(128) + "/client.json": a(128),
		"https://chatgpt.com/oauth/" + a(129) + "/client.json": "", "https://chatgpt.com/oauth//client.json": "", "https://chatgpt.com/oauth/a/b/client.json": "",
		"https://chatgpt.com/oauth/a/client.json?x": "", "https://chatgpt.com/oauth/a.b/client.json": "", "https://chatgpt.com.evil.example/oauth/a/client.json": "",
		"https://chatgpt.com/oauth/client.json": "", "http://chatgpt.com/oauth/a/client.json": "",
	} {
		name, ok := connectorOf(id)
		if ok != (want != "") || ok && name != want {
			t.Errorf("%s is of connector %q, %v", id, name, ok)
		}
	}
}
