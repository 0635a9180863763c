package oauth

import (
	"strings"
	"testing"
)

// TestThePageSaysWhatWritingMeansJustNow: with more tools on offer a yes gives
// more, and whoever says it must read so before.
func TestThePageSaysWhatWritingMeansJustNow(t *testing.T) {
	t.Parallel()
	means := "Change your docs a little"
	h := newHarness(t, func(o *Options) { o.Changes = func() string { return means } })
	page := func(scope string) string {
		return h.get(h.browser(), PathAuthorize+"?"+h.asking("scope", scope).Encode(), "text/html").body
	}
	if !strings.Contains(page("coda.read coda.write"), means) {
		t.Error("it does not say what writing means")
	}
	means = "Delete all your docs"
	if !strings.Contains(page("coda.read coda.write"), means) {
		t.Error("it says what writing meant before")
	}
	if strings.Contains(page("coda.read"), means) {
		t.Error("it speaks of writing to one who asks to read")
	}
}
