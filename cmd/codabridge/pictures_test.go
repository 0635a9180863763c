//go:build pictures

package main

import (
	"context"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"codabridge/app"
	"codabridge/app/desktop/desktest"
)

// TestPictures makes the pictures of the README from the running program:
// make pictures.
func TestPictures(t *testing.T) {
	w := newHarness(t)
	d := desktest.StartDesktop(t, desktest.Light)
	p := newProgram(t)
	p.args = nil // the ports that everybody has
	p.env = append(d.Env(), w.secrets()...)
	p.dir = usualFolder(p.env)
	p.start()
	s := p.awaitPhase(app.PhaseOnline)
	claude := newAssistant(t, w.edge.Client(), s.PublicURL)
	claude.clientID, claude.redirect = "https://claude.ai/oauth/mcp-oauth-client-metadata", "https://claude.ai/api/mcp/auth_callback"
	claude.connect(func(code string) { p.must("approve", code) })
	claude.sees("search")
	claude.call("search", map[string]any{"query": "launch"})
	claude.call("coda_list_documents", map[string]any{})
	chat := newAssistant(t, w.edge.Client(), s.PublicURL)
	chat.discover()
	page := openBrowser(t, w.edge, 760, 900)
	page.open(chat.authorizeURL())
	page.see("asks for your Coda docs")
	p.await("the request", func(s app.State) bool { return len(s.Waiting) == 1 })
	savePicture(t, "waiting", page)
	owner := page.second()
	owner.window(1000, 1060, "light")
	owner.open(p.link())
	owner.see("chatgpt.com")
	owner.fill("#code-entry", page.text("#code"))
	owner.press(`form[data-post="/approve/find"] button`)
	owner.see("Returns to")
	for end := time.Now().Add(2 * time.Minute); time.Now().Before(end); time.Sleep(100 * time.Millisecond) {
		if s, err := p.state(); err == nil && s.Index.Percent == 100 {
			break
		}
	}
	owner.do(func(ctx context.Context) error {
		return chromedp.Do(ctx, chromedp.WaitEnabled(chromedp.CSS(`form[data-post="/approve"] button`)))
	})
	owner.eval(`scrollTo(0, 0); ""`)
	savePicture(t, "owner", owner)

	below := image.Rect(0, desktest.PanelHeight+2, 400, 300)
	closed := desktest.Count(d.Shot(t, ""), below, color.Black)
	d.Click(t, 3)
	desktest.Eventually(t, "the menu opens", func() bool {
		return closed-desktest.Count(d.Shot(t, ""), below, color.Black) > 20000
	})
	d.Xdotool(t, "mousemove", "150", strconv.Itoa(desktest.PanelHeight*5-10))
	crop(t, d.Shot(t, ""), filepath.Join(pictures, "tray.png"))
}

// usualFolder is where an owner's data is, whom nothing tells to name a folder.
func usualFolder(env []string) string {
	for _, e := range env {
		if data, is := strings.CutPrefix(e, "XDG_DATA_HOME="); is {
			return filepath.Join(data, "codabridge")
		}
	}
	return ""
}

const pictures = "../../assets/readme"

func savePicture(t *testing.T, name string, b *tab) {
	t.Helper()
	var png []byte
	b.do(func(ctx context.Context) (err error) {
		png, err = chromedp.Run(ctx, chromedp.CaptureScreenshot())
		return err
	})
	if err := os.WriteFile(filepath.Join(pictures, name+".png"), png, 0o644); err != nil {
		t.Fatal(err)
	}
}

// crop keeps the part of the screen that is not black: panel and menu.
func crop(t *testing.T, m image.Image, path string) {
	t.Helper()
	box := image.Rectangle{}
	for y := m.Bounds().Min.Y + desktest.PanelHeight + 4; y < m.Bounds().Max.Y; y++ {
		for x := m.Bounds().Min.X; x < m.Bounds().Max.X; x++ {
			if r, g, b, _ := m.At(x, y).RGBA(); r+g+b > 0x3000 {
				box = box.Union(image.Rect(x, y, x+1, y+1))
			}
		}
	}
	box = image.Rect(0, 0, box.Max.X, box.Max.Y)
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := png.Encode(f, m.(interface {
		SubImage(image.Rectangle) image.Image
	}).SubImage(box)); err != nil {
		t.Fatal(err)
	}
}
