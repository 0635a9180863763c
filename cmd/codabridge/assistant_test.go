package main

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"testing"
)

// assistant is what ChatGPT does: it knows one URL and finds the rest.
type assistant struct {
	t        *testing.T
	http     *http.Client
	url      string // as the owner typed it
	meta     map[string]any
	clientID string
	redirect string
	verifier string
	tokens   map[string]any
}

// ChatGPT's own client, as its metadata document names it.
const (
	chatgptClient   = "https://chatgpt.com/oauth/client.json"
	chatgptRedirect = "https://chatgpt.com/connector_platform_oauth_redirect"
)

func newAssistant(t *testing.T, client *http.Client, url string) *assistant {
	t.Helper()
	client.Jar, _ = cookiejar.New(nil)
	t.Cleanup(client.CloseIdleConnections)
	return &assistant{t: t, http: client, url: url, clientID: chatgptClient, redirect: chatgptRedirect, verifier: rand.Text() + rand.Text()}
}

func (a *assistant) do(req *http.Request) (*http.Response, []byte) {
	a.t.Helper()
	resp, err := a.http.Do(req)
	if err != nil {
		a.t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		a.t.Fatal(err)
	}
	return resp, body
}

func (a *assistant) getJSON(link string) (v map[string]any) {
	a.t.Helper()
	req, _ := http.NewRequest("GET", link, nil)
	resp, body := a.do(req)
	if resp.StatusCode != 200 || json.Unmarshal(body, &v) != nil {
		a.t.Fatalf("%s: %s %s", link, resp.Status, body)
	}
	return v
}

var resourceMetadata = regexp.MustCompile(`resource_metadata="([^"]+)"`)

// discover goes from the 401 to the authorization server's document.
func (a *assistant) discover() {
	a.t.Helper()
	req, _ := http.NewRequest("POST", a.url, nil)
	resp, body := a.do(req)
	m := resourceMetadata.FindStringSubmatch(resp.Header.Get("WWW-Authenticate"))
	if resp.StatusCode != 401 || m == nil {
		a.t.Fatalf("first request: %s %v %s", resp.Status, resp.Header, body)
	}
	resource := a.getJSON(m[1])
	if want := strings.TrimSuffix(a.url, "/"); resource["resource"] != want && resource["resource"] != a.url {
		a.t.Fatalf("resource is %v, want %s", resource["resource"], want)
	}
	issuer := resource["authorization_servers"].([]any)[0].(string)
	a.meta = a.getJSON(issuer + "/.well-known/oauth-authorization-server")
	if a.meta["issuer"] != issuer {
		a.t.Fatalf("issuer is %v, want %s", a.meta["issuer"], issuer)
	}
}

// authorizeURL is where ChatGPT sends the owner's browser.
func (a *assistant) authorizeURL() string {
	challenge := sha256.Sum256([]byte(a.verifier))
	return a.meta["authorization_endpoint"].(string) + "?" + url.Values{
		"response_type": {"code"}, "client_id": {a.clientID}, "redirect_uri": {a.redirect},
		"scope": {"coda.read coda.write"}, "state": {"oauth_s_1"}, "ui_locales": {"en-US"},
		"code_challenge": {base64.RawURLEncoding.EncodeToString(challenge[:])}, "code_challenge_method": {"S256"},
		"resource": {strings.TrimSuffix(a.url, "/")},
	}.Encode()
}

var codeElement = regexp.MustCompile(`id="code">([^<]+)<`)

// ask opens the authorize page as a browser does and gives the code it shows.
func (a *assistant) ask() string {
	a.t.Helper()
	req, _ := http.NewRequest("GET", a.authorizeURL(), nil)
	req.Header.Set("Accept", "text/html")
	resp, body := a.do(req)
	m := codeElement.FindSubmatch(body)
	if resp.StatusCode != 200 || m == nil {
		a.t.Fatalf("authorize: %s %s", resp.Status, body)
	}
	return string(m[1])
}

// outcome waits, as the page's script does, until the owner has decided.
func (a *assistant) outcome() url.Values {
	a.t.Helper()
	wait := strings.Replace(a.authorizeURL(), "/authorize?", "/authorize/wait?", 1)
	for range 10 {
		req, _ := http.NewRequest("GET", wait, nil)
		req.Header.Set("Accept", "application/json")
		resp, body := a.do(req)
		var st struct{ Status, Location string }
		if resp.StatusCode != 200 || json.Unmarshal(body, &st) != nil {
			a.t.Fatalf("wait: %s %s", resp.Status, body)
		}
		if st.Location != "" {
			return a.back(st.Location)
		}
	}
	a.t.Fatal("the waiting page was never told")
	return nil
}

// back checks that a redirect goes to the client and names the issuer.
func (a *assistant) back(location string) url.Values {
	a.t.Helper()
	u, err := url.Parse(location)
	if err != nil || !strings.HasPrefix(location, a.redirect+"?") {
		a.t.Fatalf("redirect to %s", location)
	}
	q := u.Query()
	if q.Get("iss") != a.meta["issuer"] || q.Get("state") != "oauth_s_1" {
		a.t.Fatalf("redirect without issuer or state: %s", location)
	}
	return q
}

// exchange posts to the token endpoint.
func (a *assistant) exchange(form url.Values) (int, map[string]any) {
	a.t.Helper()
	form.Set("client_id", a.clientID)
	form.Set("resource", strings.TrimSuffix(a.url, "/"))
	req, _ := http.NewRequest("POST", a.meta["token_endpoint"].(string), strings.NewReader(form.Encode()))
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	resp, body := a.do(req)
	var v map[string]any
	if err := json.Unmarshal(body, &v); err != nil {
		a.t.Fatalf("token: %s %s", resp.Status, body)
	}
	if resp.StatusCode == 200 {
		a.tokens = v
	}
	return resp.StatusCode, v
}

func (a *assistant) redeem(code string) {
	a.t.Helper()
	status, v := a.exchange(url.Values{"grant_type": {"authorization_code"}, "code": {code}, "redirect_uri": {a.redirect}, "code_verifier": {a.verifier}})
	if status != 200 {
		a.t.Fatalf("token: %d %v", status, v)
	}
}

func (a *assistant) refresh() (int, map[string]any) {
	a.t.Helper()
	return a.exchange(url.Values{"grant_type": {"refresh_token"}, "refresh_token": {fmt.Sprint(a.tokens["refresh_token"])}})
}

// connect does all of it; approve is the owner's side.
func (a *assistant) connect(approve func(code string)) {
	a.t.Helper()
	a.discover()
	approve(a.ask())
	a.redeem(a.outcome().Get("code"))
}

// rpc makes one MCP request of the stateless protocol and gives status and answer.
func (a *assistant) rpc(method string, params map[string]any) (int, map[string]any) {
	a.t.Helper()
	if params == nil {
		params = map[string]any{}
	}
	params["_meta"] = map[string]any{
		"io.modelcontextprotocol/protocolVersion":    "2026-07-28",
		"io.modelcontextprotocol/clientInfo":         map[string]any{"name": "openai-mcp", "version": "1.0.0"},
		"io.modelcontextprotocol/clientCapabilities": map[string]any{},
	}
	b, _ := json.Marshal(map[string]any{"jsonrpc": "2.0", "id": "openai-mcp-" + method, "method": method, "params": params})
	req, _ := http.NewRequest("POST", a.url, strings.NewReader(string(b)))
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Accept", "application/json, text/event-stream")
	req.Header.Set("User-Agent", "openai-mcp/1.0.0")
	req.Header.Set("MCP-Protocol-Version", "2026-07-28")
	req.Header.Set("Mcp-Method", method)
	if name, ok := params["name"].(string); ok {
		req.Header.Set("Mcp-Name", name)
	}
	if a.tokens != nil {
		req.Header.Set("Authorization", fmt.Sprint("Bearer ", a.tokens["access_token"]))
	}
	resp, body := a.do(req)
	if _, data, ok := strings.Cut(string(body), "data: "); ok && !strings.HasPrefix(string(body), "{") {
		line, _, _ := strings.Cut(data, "\n")
		body = []byte(line)
	}
	var v map[string]any
	if err := json.Unmarshal(body, &v); err != nil {
		a.t.Fatalf("%s: %s %s", method, resp.Status, body)
	}
	return resp.StatusCode, v
}

// call calls a tool that has to work and gives its answer.
func (a *assistant) call(tool string, args map[string]any) map[string]any {
	a.t.Helper()
	status, v := a.rpc("tools/call", map[string]any{"name": tool, "arguments": args})
	result, _ := v["result"].(map[string]any)
	if status != 200 || result == nil || result["isError"] == true {
		a.t.Fatalf("%s: %d %v", tool, status, v)
	}
	content, _ := result["content"].([]any)
	if len(content) != 1 {
		a.t.Fatalf("%s: %d pieces of content: %v", tool, len(content), result)
	}
	item, _ := content[0].(map[string]any)
	var answer map[string]any
	if text, _ := item["text"].(string); json.Unmarshal([]byte(text), &answer) != nil {
		a.t.Fatalf("%s: the text is no JSON: %v", tool, item)
	}
	return answer
}

// sees tells whether the list of tools has this one.
func (a *assistant) sees(tool string) bool {
	a.t.Helper()
	_, v := a.rpc("tools/list", nil)
	b, _ := json.Marshal(v)
	return strings.Contains(string(b), `"name":"`+tool+`"`)
}
