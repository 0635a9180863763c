package main

import (
	"context"
	"fmt"
	"testing"

	"github.com/chromedp/chromedp"

	"codabridge/server/coda/codatest"
)

// keys presses keys one after another: "\t" is Tab, "\r" Enter, " " the blank.
func (b *tab) keys(all ...string) {
	b.t.Helper()
	for _, k := range all {
		b.do(func(ctx context.Context) error { return chromedp.Do(ctx, chromedp.KeyEvent(k)) })
	}
}

// tabTo presses Tab until the keyboard is at what a selector finds.
func (b *tab) tabTo(selector string) {
	b.t.Helper()
	for range 120 {
		if b.eval(fmt.Sprintf(`String(document.activeElement.matches(%q))`, selector)) == "true" {
			return
		}
		b.keys("\t")
	}
	b.keepFailure()
	b.t.Fatalf("Tab does not lead to %s, but to %s", selector, b.eval(`document.activeElement.outerHTML.slice(0, 300)`))
}

// says waits until what a selector finds first has a text.
func (b *tab) says(selector string, ok func(string) bool) string {
	b.t.Helper()
	return b.wait(selector, chromedp.Evaluate[string](fmt.Sprintf(`document.querySelector(%q)?.innerText || ""`, selector)), ok)
}

// hostile is a text that anybody may have written into a doc or called themselves.
const hostile = `<img src=x onerror="document.title='owned'"><script>document.title='owned'</script>` + "\u202e\u05d0gnol" + ` Averyveryverylongwordwithoutanyblanksinitsothatnothingcanbreakitanywhereatall`

// hostileDocs has it wherever a doc can.
func hostileDocs(t *testing.T) *harness {
	t.Helper()
	return withDocs(t, []*codatest.Doc{smallDoc(alpha, "Alpha", alphaRow), smallDoc(beta, hostile, hostile)})
}

// unhurt wants that no text of a doc has become a part of the page.
func (b *tab) unhurt() {
	b.t.Helper()
	if n := b.eval(`document.title.includes("owned") + " " + document.querySelectorAll('main img[src="x"], main script').length`); n != "false 0" {
		b.t.Errorf("what stands in a doc was taken for the page's own: %s", n)
	}
}
