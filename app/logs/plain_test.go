package logs

import (
	"bytes"
	"context"
	"log/slog"
	"strings"
	"testing"
)

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
