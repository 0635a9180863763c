package fault

import "testing"

// TestCommandsAreTypedAsTheyReachTheInstance: the longest command that stands there
// has the folder behind it, whatever signs that has, once, and nothing else has.
func TestCommandsAreTypedAsTheyReachTheInstance(t *testing.T) {
	defer reached.Store(nil)
	if s := Typed("run: codabridge open"); s != "run: codabridge open" || TypedFurther() {
		t.Errorf("for the usual folder: %q", s)
	}
	TypeCommands("codabridge", []string{"index", "open", "index status", "approve", "approve-change"}, ` --data-dir "/50%d"`, "")
	for text, want := range map[string]string{
		"run: codabridge open":                           `run: codabridge open --data-dir "/50%d"`,
		"codabridge index status --all lists them":       `codabridge index status --data-dir "/50%d" --all lists them`,
		"codabridge index, or codabridge open.":          `codabridge index --data-dir "/50%d", or codabridge open --data-dir "/50%d".`,
		"codabridge approve-change ID":                   `codabridge approve-change --data-dir "/50%d" ID`,
		"codabridge approve-nothing, codabridge runs":    "codabridge approve-nothing, codabridge runs",
		"start it with: codabridge, or codabridge serve": `start it with: codabridge --data-dir "/50%d", or codabridge serve`,
	} {
		if s := Typed(text); s != want || Typed(s) != want {
			t.Errorf("%q is %q, and again %q", text, s, Typed(s))
		}
	}
	if s := New("x", "Run codabridge open, then %s.", "codabridge open").Sentence; s != `Run codabridge open --data-dir "/50%d", then codabridge open.` {
		t.Errorf("a format is %q", s)
	}
	TypeCommands("codabridge", []string{"serve"}, ` --data-dir "/demo"`, "codabridge demo")
	if s := Typed("with: codabridge, or codabridge serve"); s != "with: codabridge demo" {
		t.Errorf("what starts it is %q", s)
	}
}
