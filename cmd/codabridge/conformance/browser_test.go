//go:build conformance

package conformance

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os/exec"
	"regexp"
	"strings"
	"time"

	"github.com/chromedp/chromedp"
)

var shownCode = regexp.MustCompile(`id="code">([^<]+)<`)

// visit opens a sign-in page as a browser does, approves it as its owner does
// and follows to where the page leads. It returns that address.
func (h *house) visit(authorize string, says yes) (*url.URL, error) {
	jar, err := cookiejar.New(nil)
	if err != nil {
		return nil, err
	}
	web := h.web(authorize)
	web.Jar = jar
	defer web.CloseIdleConnections()
	page, err := get(web, authorize, "text/html")
	if err != nil {
		return nil, err
	}
	code := shownCode.FindStringSubmatch(page)
	if code == nil {
		return nil, fmt.Errorf("the page of %s shows no code: %s", short(authorize), short(page))
	}
	if err := h.approve(code[1], says); err != nil {
		return nil, err
	}
	to, err := await(web, strings.Replace(authorize, "/authorize?", "/authorize/wait?", 1))
	if err != nil {
		return nil, err
	}
	return to, follow(to)
}

// approve says yes from a terminal.
func (h *house) approve(code string, says yes) error {
	args := []string{"approve", code}
	if says == readWrite {
		args = append(args, "--write")
	}
	_, err := h.command(args...)
	return err
}

// await asks as the waiting page does until it is told where to go.
func await(web *http.Client, wait string) (*url.URL, error) {
	for limit := time.Now().Add(patience); time.Now().Before(limit); {
		text, err := get(web, wait, "application/json")
		if err != nil {
			return nil, err
		}
		var a struct{ Status, Location string }
		if err := json.Unmarshal([]byte(text), &a); err != nil {
			return nil, fmt.Errorf("the waiting page is told %q", short(text))
		}
		switch {
		case a.Location != "":
			return url.Parse(a.Location)
		case a.Status != "waiting":
			return nil, fmt.Errorf("the waiting page is told %q", a.Status)
		}
	}
	return nil, errors.New("nothing came of the approval")
}

// follow calls a client that waits on this computer; other addresses, and the
// port where nobody is, are only names here.
func follow(to *url.URL) error {
	if to.Hostname() != "127.0.0.1" && to.Hostname() != "localhost" || to.Port() == "9" {
		return nil
	}
	_, err := get(&http.Client{Timeout: patience}, to.String(), "text/html")
	return err
}

func get(web *http.Client, address, accept string) (string, error) {
	req, err := http.NewRequest(http.MethodGet, address, nil)
	if err != nil {
		return "", err
	}
	req.Header.Set("Accept", accept)
	res, err := web.Do(req)
	if err != nil {
		return "", err
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	if err == nil && res.StatusCode != http.StatusOK {
		err = fmt.Errorf("GET %s: %s: %s", short(address), res.Status, short(string(body)))
	}
	return string(body), err
}

func short(s string) string {
	if len(s) > 300 {
		return s[:300] + "…"
	}
	return s
}

// chromiumPath finds a browser, or nothing.
func chromiumPath() string {
	for _, name := range []string{"chromium-headless-shell", "chromium", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	return ""
}

// visitWithChromium is visit by a real browser: it meets ngrok's notice,
// clicks it away, reads the code, and stays until the page goes on by itself
// to the client, whose page must say "connected".
func visitWithChromium(h *house, authorize string) error {
	flags := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(chromiumPath()), chromedp.NoSandbox, chromedp.IgnoreCertErrors,
		chromedp.UserAgent("Mozilla/5.0 (X11; Linux x64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36"),
		chromedp.Flag("host-resolver-rules", "MAP *.ngrok-free.dev "+h.edge.FrontAddr()))
	alloc, stop := chromedp.NewExecAllocator(context.Background(), flags...)
	defer stop()
	ctx, cancel := context.WithTimeout(alloc, patience)
	defer cancel()
	ctx, end := chromedp.NewContext(ctx)
	defer end()
	if err := chromedp.Do(ctx, chromedp.Navigate(authorize), chromedp.Click(chromedp.CSS("#visit"))); err != nil {
		return fmt.Errorf("chromium: ngrok's notice: %w", err)
	}
	shown, err := eventually(ctx, `document.readyState == "complete" && document.getElementById("approve") ?
		document.getElementById("code").innerText + " " + document.getElementById("approve").href : ""`)
	if err != nil {
		return fmt.Errorf("chromium: the waiting page: %w", err)
	}
	code, button, _ := strings.Cut(shown, " ")
	s, err := h.status()
	if err != nil {
		return err
	}
	if !strings.HasPrefix(button, s.OwnerURL) {
		return fmt.Errorf("the approve button leads to %q, not to the owner's page", button)
	}
	if err := h.approve(code, readWrite); err != nil {
		return err
	}
	if _, err := eventually(ctx, `document.getElementById("connected")?.innerText ?? ""`); err != nil {
		return fmt.Errorf("chromium: the way back to the client: %w", err)
	}
	return nil
}

// eventually asks the page until the answer is some text. A page that is just
// going on to the next one gives errors, which are not the end.
func eventually(ctx context.Context, expression string) (string, error) {
	for {
		text, err := chromedp.Run(ctx, chromedp.Evaluate[string](expression))
		if err == nil && text != "" {
			return text, nil
		}
		select {
		case <-time.After(50 * time.Millisecond):
		case <-ctx.Done():
			return "", errors.Join(ctx.Err(), err)
		}
	}
}
