package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"codabridge/app/desktop/desktest"
	"codabridge/server/coda/codatest"
	"codabridge/server/coda/codatest/codaspec"
	"codabridge/tunnel/tunneltest"
)

// viewPolicy is the policy of the sandbox that MCP Apps gives a view which asks
// for nothing (extension of 2026-01-26).
const viewPolicy = "default-src 'none'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; " +
	"img-src 'self' data:; media-src 'self' data:; connect-src 'none'"

// fakeHost is a page that shows a view as the specification says: in a frame,
// with the order of messages of the specification. What it heard is in log.
const fakeHost = `<!doctype html><meta charset="utf-8"><iframe id="f" sandbox="allow-scripts allow-same-origin" src="/view" width="700" height="400"></iframe><script>
const log = window.log = [], frame = document.getElementById("f"), answer = ANSWER, more = MORE;
const send = window.send = (m) => frame.contentWindow.postMessage({ jsonrpc: "2.0", ...m }, "*");
addEventListener("message", (e) => {
  if (e.source !== frame.contentWindow) return;
  const m = e.data;
  log.push(m.method || (m.error ? "error" : "result") + " " + m.id);
  if (m.method === "ui/initialize") send({ id: m.id, result: { protocolVersion: "2026-01-26", hostInfo: { name: "fake", version: "1" },
    hostCapabilities: { openLinks: {}, serverTools: {} }, hostContext: { theme: "dark", styles: { variables: { "--color-text-primary": "rgb(1, 2, 3)", "--color-background-primary": "url(http://evil.test/x)" } } } } });
  if (m.method === "ui/notifications/initialized") {
    send({ method: "ui/notifications/tool-input", params: { arguments: { table: "Things" } } });
    send({ method: "ui/notifications/tool-result", params: answer });
    send({ id: 900, method: "ping" });
    send({ id: 901, method: "no/such" });
  }
  if (m.method === "ui/open-link") { window.opened = m.params.url; send({ id: m.id, result: {} }); }
  if (m.method === "tools/call") { window.called = JSON.stringify(m.params); send({ id: m.id, result: more }); }
});
</script>`

// TestATableInTheChat shows the program's own answer and its own page in a real
// browser, under the policy of the specification, with cells that would be
// markup, script or style.
func TestATableInTheChat(t *testing.T) {
	t.Parallel()
	hostile := []string{`<img src=x onerror="parent.hacked=1">`, `<script>parent.hacked=1</script>`, `"><style>*{display:none}</style>` + strings.Repeat("long", 60), `javascript:parent.hacked=1`, "{{x}} ${x}"}
	table := &codatest.Table{Name: "Things", Columns: []*codatest.Column{
		{Name: "Name", Type: "text", Display: true}, {Name: `<b onclick="parent.hacked=1">Note</b>`, Type: "text"}}}
	for i := range 60 {
		table.Rows = append(table.Rows, &codatest.Row{Values: []any{hostile[i%len(hostile)] + strings.Repeat("!", i), "x"}})
	}
	doc := &codatest.Doc{ID: alpha, Name: "<i>Alpha</i>", Tables: []*codatest.Table{table}}
	w := &harness{coda: codaspec.Start(t, codatest.Options{Workspace: codatest.Workspace{Docs: []*codatest.Doc{doc}}}),
		edge: tunneltest.Start(t, tunneltest.Options{Authtokens: []string{ngrokCanary}})}
	w.env = []string{"CODABRIDGE_CODA_URL=" + w.coda.URL(), "CODABRIDGE_TOOLSET=full"}
	p, s := serving(t, w)
	chat := p.local(s.LocalURL)
	result := func(args map[string]any) string {
		_, v := chat.rpc("tools/call", map[string]any{"name": "coda_show_table", "arguments": args})
		return mustJSON(t, v["result"])
	}
	first := result(map[string]any{"table": "Things", "document": alpha})
	var cursor struct {
		StructuredContent struct {
			NextCursor string `json:"next_cursor"`
			Link       string
		}
	}
	if err := json.Unmarshal([]byte(first), &cursor); err != nil ||
		cursor.StructuredContent.NextCursor == "" || cursor.StructuredContent.Link == "" {
		t.Fatalf("%v %.500s", err, first)
	}
	second := result(map[string]any{"table": "Things", "document": alpha, "cursor": cursor.StructuredContent.NextCursor})
	read, _ := http.NewRequest("POST", s.LocalURL+"/mcp", strings.NewReader(`{"jsonrpc":"2.0","id":1,"method":"resources/read","params":{"uri":"ui://codabridge/table-v1.html"}}`))
	read.Header.Set("Authorization", "Bearer "+chat.tokens["access_token"].(string))
	_, whole := chat.do(read)
	var answer struct {
		Result struct {
			Contents []struct {
				MimeType, Text string
				Meta           map[string]any `json:"_meta"`
			}
		}
	}
	err := json.Unmarshal(whole, &answer)
	page := answer.Result
	if err != nil || len(page.Contents) != 1 || page.Contents[0].MimeType != "text/html;profile=mcp-app" || page.Contents[0].Meta["ui"] == nil {
		t.Fatalf("%v %s", err, whole)
	}
	host := httptest.NewServer(http.HandlerFunc(func(out http.ResponseWriter, req *http.Request) {
		out.Header().Set("Content-Type", "text/html; charset=utf-8")
		switch req.URL.Path {
		case "/view":
			out.Header().Set("Content-Security-Policy", viewPolicy)
			_, _ = io.WriteString(out, page.Contents[0].Text)
		case "/":
			safe := strings.NewReplacer("<", `\u003c`)
			_, _ = io.WriteString(out, strings.NewReplacer("ANSWER", safe.Replace(first), "MORE", safe.Replace(second)).Replace(fakeHost))
		default:
			t.Errorf("the page asked for %s", req.URL.Path)
		}
	}))
	defer host.Close()
	b := openBrowser(t, w.edge, 800, 600)
	b.open(host.URL + "/")
	in := `document.getElementById("f").contentDocument`
	rows := func() string { return b.eval(`String(` + in + `.querySelectorAll("#rows tr").length)`) }
	desktest.Eventually(t, "the table is there", func() bool { return rows() == "50" })
	for what, js := range map[string]string{
		"cells are text":       `String(` + in + `.querySelectorAll("#rows img, #rows script, #rows style, #rows b, #head b, h1 i").length === 0 && !window.hacked)`,
		"as they are":          `String(` + in + `.querySelector("#rows td").textContent.startsWith("<img src=x onerror="))`,
		"the title":            `String(` + in + `.querySelector("h1").textContent.includes("<i>Alpha</i>"))`,
		"dark":                 `String(` + in + `.documentElement.dataset.theme === "dark")`,
		"the host's colour":    `String(getComputedStyle(` + in + `.body).color === "rgb(1, 2, 3)")`,
		"no colour that loads": `String(!` + in + `.documentElement.style.getPropertyValue("--color-background-primary"))`,
		"two buttons at most":  `String(` + in + `.querySelectorAll("button:not([hidden])").length === 2)`,
		"in order":             `String(log[0] === "ui/initialize" && log.includes("ui/notifications/initialized") && log.includes("ui/notifications/size-changed") && log.includes("result 900") && log.includes("error 901"))`,
	} {
		if got := b.eval(js); got != "true" {
			t.Errorf("%s: %s, heard %s", what, got, b.eval(`log.join()`))
		}
	}
	b.eval(in + `.getElementById("open").click(); ""`)
	desktest.Eventually(t, "the link is opened", func() bool { return b.eval(`window.opened || ""`) == cursor.StructuredContent.Link })
	b.eval(in + `.getElementById("more").click(); ""`)
	desktest.Eventually(t, "more rows are there", func() bool { return rows() == "60" })
	if called := b.eval(`window.called`); !strings.Contains(called, "coda_show_table") || !strings.Contains(called, cursor.StructuredContent.NextCursor) {
		t.Errorf("it called %s", called)
	}
	b.eval(`send({ method: "ui/notifications/host-context-changed", params: { theme: "light" } }); send({ id: 902, method: "ui/resource-teardown" }); ""`)
	desktest.Eventually(t, "it is light, and says that it may go", func() bool {
		return b.eval(`String(`+in+`.documentElement.dataset.theme === "light" && log.includes("result 902"))`) == "true"
	})
	b.shot("table-in-chat")
	for _, width := range []int{320, 380, 700, 1000} {
		b.eval(fmt.Sprintf(`document.getElementById("f").width = %d; ""`, width))
		wide := b.eval(in + `.documentElement.scrollWidth + " " + ` + in + `.querySelector(".wide").scrollWidth + " " + ` + in + `.querySelector(".wide").clientWidth`)
		b.shot(fmt.Sprintf("table-in-chat-%d", width))
		var page, all, seen int
		if _, err := fmt.Sscan(wide, &page, &all, &seen); err != nil || page > width || all > seen {
			t.Errorf("%d pixels wide: the page, what there is and what is seen are %s %v", width, wide, err)
		}
	}
}

func mustJSON(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
