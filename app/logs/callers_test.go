package logs

import (
	"bytes"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"
)

// TestAFloodOfStrangersLeavesTheRestOfTheLog: they cause as many lines as they
// like, from one address and from many.
func TestAFloodOfStrangersLeavesTheRestOfTheLog(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	h := Both(slog.New(slog.DiscardHandler), &out).With("room", "door").Handler()
	at := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	line := func(message string, attrs ...slog.Attr) {
		r := slog.NewRecord(at, slog.LevelInfo, message, 0)
		r.AddAttrs(attrs...)
		if err := h.Handle(t.Context(), r); err != nil {
			t.Fatal(err)
		}
	}
	for range 1000 {
		line("server: refused", slog.String("addr", "192.0.2.1"))
	}
	line("server: refused", slog.String("addr", "192.0.2.2"))
	line("oauth: approved", slog.String("client", "ChatGPT"))
	if n := strings.Count(out.String(), "192.0.2.1"); n != linesEach || !strings.Contains(out.String(), "192.0.2.2") || !strings.Contains(out.String(), "approved") {
		t.Errorf("%d lines of one address, and these: %s", n, out.String())
	}
	for i := range 1000 {
		line("server: refused", slog.String("addr", fmt.Sprintf("198.51.%d.%d", i/250, i%250)))
	}
	if n := strings.Count(out.String(), `"addr"`); n != linesAll {
		t.Errorf("%d lines, want %d", n, linesAll)
	}
	at = at.Add(time.Minute)
	line("server: refused", slog.String("addr", "192.0.2.1"))
	if left := fmt.Sprintf(`"lines":%d`, 2001-linesAll); strings.Count(out.String(), left) != 1 || strings.Count(out.String(), `"addr"`) != linesAll+1 {
		t.Errorf("want %s in one line and one more line: %s", left, out.String())
	}
}
