package oauth

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"codabridge/server/caller"
	"codabridge/server/clocktest"
)

func TestNamesStayWithinTheirQuotationMarks(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"ChatGPT\u201d is verified by OpenAI. It calls itself \u201cChatGPT": "ChatGPT is verified by OpenAI. It calls itself ChatGPT",
		`a"b'c` + "`d\u00b4e": "abcde",
		"«a» ‹b› „c‟ ‚d‛ 「e」 『f』 〝g〟 ＂h＇":          "a b c d e f g h",
		"a″b ′c ʺd ʼe ❝f❞ ״g ﹁h﹂":                  "ab c d e f g h",
		"\u3164":                                   "",
		"\u115f\u1160\uffa0\u2800":                 "",
		"\u3164 \u2800\u00a0\u200b":                "",
		"a\u3164b":                                 "ab",
		"\ufe0f\ufe0e\U000e0100\u180b\u034f\u17b4": "",
		"\U0001d159\U00013441\ufffc\ufffd":         "",
		"a\u202eb\u2066c\u200fd\u061ce\ufefff":     "abcdef",
		"a\u00a0\u2003 \u3000b\u2028c\td\ne":       "a b c d e",
		" a ":                                      "a",
		"\u0301\u0302":                             "",
		"\u0301a":                                  "a",
		"a\u20dd":                                  "a",
		"e" + strings.Repeat("\u0301", 40):         "e" + strings.Repeat("\u0301", mostMarks),
		"Vie\u0323\u0302t":                         "Vie\u0323\u0302t",
		"עברית \u05d0\u05b8":                       "עברית \u05d0\u05b8",
		"Zoë's <b>":                                "Zoës <b>",
		"日本語 🚀":                                    "日本語 🚀",
		"\xff\xfea":                                "a",
		strings.Repeat("x", 100):                   strings.Repeat("x", nameLength) + "…",
	} {
		if got := clip(name, nameLength); got != want {
			t.Errorf("%q becomes %q, want %q", name, got, want)
		}
	}
}

func FuzzName(f *testing.F) {
	f.Add("ChatGPT\u201d is verified")
	f.Add("\u3164\u202e\u0301")
	f.Fuzz(func(t *testing.T, name string) {
		got := clip(name, nameLength)
		if !utf8.ValidString(got) || utf8.RuneCountInString(got) > nameLength+1 ||
			strings.TrimSpace(got) != got || clip(got, nameLength+1) != got {
			t.Fatalf("%q becomes %q", name, got)
		}
		for _, c := range got {
			if isQuotation(c) || isBlank(c) || unicode.Is(unicode.Cf, c) || unicode.IsControl(c) || (unicode.IsSpace(c) && c != ' ') {
				t.Fatalf("%q keeps %U", name, c)
			}
		}
	})
}

// TestAForeignNameIsCleanWhereverItIsShown: on the page, to the owner, in the
// list of connections and in the answer of the registration.
func TestAForeignNameIsCleanWhereverItIsShown(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	for i, name := range []string{"ChatGPT\u201d is verified by OpenAI. It calls itself \u201cChatGPT", "\u3164"} {
		body, err := json.Marshal(map[string]any{"client_name": name, "redirect_uris": []string{"http://localhost/cb"}, "token_endpoint_auth_method": "none"})
		if err != nil {
			t.Fatal(err)
		}
		r := h.post(PathRegister, "application/json", string(body))
		var reg registration
		if err := json.Unmarshal([]byte(r.body), &reg); err != nil || r.status != http.StatusCreated {
			t.Fatalf("register: %s", r.body)
		}
		q := h.asking("client_id", reg.ID, "redirect_uri", "http://localhost/cb")
		c := h.browser()
		page := h.get(c, PathAuthorize+"?"+q.Encode(), "text/html").body
		shown := h.s.Waiting()[0].Client
		if err := h.s.Approve(t.Context(), shownCode(page), false); err != nil {
			t.Fatal(err)
		}
		list, err := h.s.Connections(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for where, text := range map[string]string{"registration": r.body, "page": page, "owner": shown, "connection": list[0].Client, "log": h.log.String()} {
			if strings.ContainsAny(text, "\u201c\u201d\u3164") || strings.Contains(text, "\\u201d") {
				t.Errorf("%d: %s shows %s", i, where, text)
			}
		}
		if want := []string{"ChatGPT is verified by OpenAI. It calls itself ChatGPT", "an app without a name"}[i]; shown != want {
			t.Errorf("%d: %q, want %q", i, shown, want)
		}
		h.clock.Advance(time.Second)
	}
}

// TestAnAddressIsAlwaysShown: a request from afar looks like one of this
// computer in everything but where it came from.
func TestAnAddressIsAlwaysShown(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	claudeCode := h.asking("client_id", "https://claude.ai/oauth/claude-code-client-metadata", "redirect_uri", "http://localhost:9/callback", "resource", "")
	for i, c := range []struct{ issuer, addr, host, from string }{
		{h.issuer, "203.0.113.7:99", "a program on another computer (203.0.113.7)", "203.0.113.7"},
		{h.issuer, "2001:db8::7", "a program on another computer (2001:db8::7)", "2001:db8::7"},
		{h.issuer, "127.0.0.1:5", "a program on another computer (127.0.0.1)", "127.0.0.1"},
		{h.issuer, "<b>\u202e", "a program on another computer (an unknown address)", "an unknown address"},
		{"http://127.0.0.1:8085", "127.0.0.1:5", "this computer", "this computer"},
	} {
		h.issuer = c.issuer
		page := h.direct(http.MethodGet, PathAuthorize+"?"+claudeCode.Encode(), c.addr, "", "").Body.String()
		w := h.s.Waiting()[0]
		if w.RedirectHost != c.host || w.Address != c.from || !w.SelfNamed {
			t.Errorf("%s: %+v", c.addr, w)
		}
		if found, err := h.s.Find(shownCode(page)); err != nil || found.RedirectHost != c.host || found.Address != c.from {
			t.Errorf("%s: found %+v %v", c.addr, found, err)
		}
		if i < 3 && (!strings.Contains(page, "A program on another computer ("+c.from+") asks") || strings.Contains(page, "A program on this computer")) {
			t.Errorf("%s: %s", c.addr, page)
		}
		if !strings.Contains(page, "only if you started it yourself") {
			t.Errorf("%s: the page does not warn", c.addr)
		}
		if err := h.s.Approve(t.Context(), shownCode(page), false); err != nil {
			t.Fatal(err)
		}
		list, err := h.s.Connections(t.Context())
		if err != nil || !list[0].SelfNamed || (list[0].RedirectHost == caller.ThisComputer) != (c.host == caller.ThisComputer) {
			t.Errorf("%s: listed as %+v %v", c.addr, list[0], err)
		}
		h.clock.Advance(time.Second)
	}
}

func TestRegistrationsAreSharedFairly(t *testing.T) {
	t.Parallel()
	for name, flooder := range map[string]func(i int) string{
		"one address":      func(int) string { return "203.0.113.9" },
		"one /24":          func(i int) string { return fmt.Sprintf("203.0.113.%d", i%256) },
		"one /16":          func(i int) string { return fmt.Sprintf("203.0.%d.%d", i/250%256, i%250) },
		"one IPv6 /48":     func(i int) string { return fmt.Sprintf("2001:db8:7:%x::%x", i%65536, i) },
		"one IPv6 /32":     func(i int) string { return fmt.Sprintf("2001:db8:%x::%x", i%65536, i) },
		"mapped addresses": func(i int) string { return fmt.Sprintf("::ffff:203.0.113.%d", i%256) },
		"no address":       func(int) string { return "" },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := clocktest.At(time.Now())
			s := newShares(c.Now)
			in, made, local := 0, 0, 0
			for i := range 25 {
				for j := range 200 {
					if s.allow(caller.AddressOf(flooder(200*i + j))) {
						made++
					}
				}
				if s.allow(caller.AddressOf(fmt.Sprintf("198.51.100.%d", i))) {
					in++
				}
				if s.allow(caller.Address{Text: "127.0.0.1", Local: true}) {
					local++
				}
				c.Advance(time.Second)
			}
			t.Logf("%d of 25 get in, at the local door %d of 25; the flood registers %d of 5000", in, local, made)
			if in != 25 || local != 25 {
				t.Errorf("%d of 25 get in, at the local door %d", in, local)
			}
		})
	}
}
