package fault_test

import (
	"errors"
	"fmt"
	"io"
	"testing"
	"unicode/utf8"

	"codabridge/server/fault"
)

const locked fault.Code = "door_locked"

// TestAFaultIsKnownBehindWhatRoomsPutAround: a caller compared the first words
// of a sentence, and lost it when a room put its name before it.
func TestAFaultIsKnownBehindWhatRoomsPutAround(t *testing.T) {
	f := fault.Wrap(io.ErrUnexpectedEOF, locked, "The %s is locked. Open it.", "door").At("https://example.com/help")
	err := fmt.Errorf("house: enter: %w", errors.Join(io.EOF, f))
	if !fault.Is(err, "other", locked) || fault.Is(err, "other") || fault.Is(nil, locked) {
		t.Error("the code is not compared")
	}
	if !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Error("the cause is lost")
	}
	if got := fault.Plain(err).Error(); got != "The door is locked. Open it." {
		t.Errorf("shown: %q", got)
	}
	longer := fault.With(err, " Perhaps the window.")
	e, ok := fault.As(longer)
	if !ok || e.Code != locked || e.Link != f.Link || e.Sentence != "The door is locked. Open it. Perhaps the window." || f.Sentence == e.Sentence {
		t.Errorf("with more words: %+v", e)
	}
	if fault.With(io.EOF, "x") != io.EOF || fault.Plain(io.EOF) != io.EOF || fault.Plain(nil) != nil {
		t.Error("what is no fault does not stay as it is")
	}
}

// TestNothingIsCutInOneHalf: names from outside were cut in the middle of a
// character, and no log or JSON takes that.
func TestNothingIsCutInOneHalf(t *testing.T) {
	for text, want := range map[string]string{"": "", "abcd": "abcd", "abcde": "abc…", "äöüß": "äöüß", "äöüßé": "äöü…", "日本語の名前": "日本語…", "🙂🙂🙂🙂🙂": "🙂🙂🙂…"} {
		if got := fault.Clip(text, 4); got != want || !utf8.ValidString(got) {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
	if got := fault.ClipLine("a\nb\u202ecde", 4); got != "a b…" {
		t.Errorf("in one line: %q", got)
	}
}
