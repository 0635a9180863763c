package logs

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestWhatATerminalObeysIsEscapedInJSONToo: in a new file, in one that an older
// codabridge wrote, and in what is printed of them.
func TestWhatATerminalObeysIsEscapedInJSONToo(t *testing.T) {
	const text = "C1 \u009b \u0085 DEL \x7f turn \u202e\u2066\u200f\u061c line \u2028 fine 日本 👩‍🔬 é"
	dir := t.TempDir()
	f := open(t, dir)
	Both(slog.New(slog.DiscardHandler), f).Warn(text, text, text)
	file, err := os.ReadFile(filepath.Join(dir, Name))
	if err != nil {
		t.Fatal(err)
	}
	older, err := json.Marshal(map[string]string{"msg": text + "x"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Write(append(append(older, "\x9b"...), '\n')); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := Show(context.Background(), &out, dir, View{JSON: true}); err != nil {
		t.Fatal(err)
	}
	for _, got := range [][]byte{file, out.Bytes()} {
		if bytes.ContainsAny(got, "\u009b\u0085\x7f\u202e\u2066\u200f\u061c\u2028") || bytes.Contains(got, []byte("\x9b")) {
			t.Errorf("%q", got)
		}
	}
	var line struct{ Msg string }
	if err := json.Unmarshal(file, &line); err != nil || line.Msg != text {
		t.Errorf("%v %q", err, line.Msg)
	}
}

func TestALineForPeopleHoldsNoCommandToTheirTerminal(t *testing.T) {
	dir := t.TempDir()
	log := Both(slog.New(slog.DiscardHandler), open(t, dir))
	log.Warn("refused", "why", "no\x1b[2J\n2026-01-01 00:00:00  forged\u009b1m\u202e\u2028ok 日本 👩‍🔬")
	var out bytes.Buffer
	if err := Show(context.Background(), &out, dir, View{}); err != nil {
		t.Fatal(err)
	}
	if got := out.String(); strings.Count(got, "\n") != 1 || strings.ContainsAny(got, "\x1b\u009b\u202e\u2028") || !strings.HasSuffix(got, "ok 日本 👩‍🔬\n") {
		t.Errorf("%q", got)
	}
}
