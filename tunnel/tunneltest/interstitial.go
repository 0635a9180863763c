package tunneltest

import (
	"html/template"
	"net/http"
	"strings"
)

const warningCookie = "abuse_interstitial"

// needsWarning says whether the free plan shows its page before this request: to
// browsers that ask for HTML, once, and never to programs.
func needsWarning(r *http.Request, host string) bool {
	if !strings.HasPrefix(r.UserAgent(), "Mozilla/") || !strings.Contains(r.Header.Get("Accept"), "text/html") {
		return false
	}
	if r.Header.Get("Ngrok-Skip-Browser-Warning") != "" {
		return false
	}
	c, err := r.Cookie(warningCookie)
	return err != nil || c.Value != host
}

// The button loads the same address again, query included; what a page had in
// memory or in a form is lost, as with the real one.
var warningPage = template.Must(template.New("").Parse(`<!doctype html><html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>You are about to visit {{.Host}}</title></head>
<body><h1>You are about to visit:</h1><p><strong>{{.Host}}</strong></p>
<p>This website is served for free through ngrok.com. Only visit it when you trust whoever sent you the link. ({{.Code}})</p>
<button id="visit" type="button">Visit Site</button>
<script>
document.getElementById("visit").addEventListener("click", function () {
  document.cookie = {{.Cookie}} + "=" + {{.Host}} + "; path=/; max-age=604800";
  location.reload();
});
</script></body></html>
`))

func writeWarning(w http.ResponseWriter, host string) {
	const code = "ERR_NGROK_6024"
	w.Header().Set("Ngrok-Error-Code", code)
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(http.StatusNetworkAuthenticationRequired)
	_ = warningPage.Execute(w, map[string]string{"Host": host, "Code": code, "Cookie": warningCookie})
}
