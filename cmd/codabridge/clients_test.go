package main

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"codabridge/app"
)

// registered registers a client with one redirect address, as an app does.
func registered(t *testing.T, origin, redirect string) (id string) {
	t.Helper()
	resp, err := http.Post(origin+"/register", "application/json", strings.NewReader(`{"client_name":"Grok","redirect_uris":["`+redirect+`"],"token_endpoint_auth_method":"none"}`))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var v struct {
		ID string `json:"client_id"`
	}
	if err := json.NewDecoder(resp.Body).Decode(&v); err != nil || resp.StatusCode != http.StatusCreated {
		t.Fatal(resp.Status, err)
	}
	return v.ID
}

// TestAHostOnNoListFromATerminal: the first yes asks for a second one, to the
// host; that one is remembered, listed and taken back.
func TestAHostOnNoListFromATerminal(t *testing.T) {
	t.Parallel()
	p, s := serving(t, twoDocs(t))
	const grok = "https://grok.com/connectors/oauth/callback"
	chat := newAssistant(t, &http.Client{}, s.LocalURL+"/mcp")
	chat.clientID, chat.redirect = registered(t, s.LocalURL, grok), grok
	chat.discover()
	code := chat.ask()
	if out := p.must("status"); !strings.Contains(out, "on no list: "+grok) {
		t.Errorf("status says %s", out)
	}
	if out, exit := p.run("approve", code); exit != 1 || !strings.Contains(out, "--host grok.com") || !strings.Contains(out, grok) {
		t.Errorf("the first yes: %d %s", exit, out)
	}
	if out, exit := p.run("approve", code, "--host", "grok.co"); exit != 1 || !strings.Contains(out, "on no list") {
		t.Errorf("a yes to another host: %d %s", exit, out)
	}
	p.must("approve", code, "--host", "grok.com")
	chat.redeem(chat.outcome().Get("code"))
	if !chat.sees("search") {
		t.Error("it does not work")
	}
	if out := p.must("client-ids", "list"); !strings.Contains(out, grok) || !strings.Contains(out, chat.clientID) {
		t.Errorf("it is not listed: %s", out)
	}
	p.must("client-ids", "remove", chat.clientID, grok)
	if status, _ := chat.rpc("tools/list", nil); status != http.StatusUnauthorized {
		t.Errorf("taken back: %d", status)
	}
}

// TestAClientMadeByHandFromATerminal: its id and secret are printed once.
func TestAClientMadeByHandFromATerminal(t *testing.T) {
	t.Parallel()
	p, s := serving(t, twoDocs(t))
	out := p.must("client-ids", "add", "My n8n", "--redirect", "https://oauth.n8n.cloud/oauth2/callback", "--redirect", "http://localhost/cb")
	id, secret := wordAfter(out, "client_id "), wordAfter(out, "client_secret ")
	if id == "" || !strings.HasPrefix(secret, "cbs_") {
		t.Fatalf("%s", out)
	}
	var all app.OwnClients
	if err := json.Unmarshal([]byte(p.must("client-ids", "list", "--json")), &all); err != nil || len(all.Clients) != 1 ||
		all.Clients[0].ID != id || len(all.Clients[0].Redirects) != 2 {
		t.Errorf("%+v %v", all, err)
	}
	chat := newAssistant(t, &http.Client{}, s.LocalURL+"/mcp")
	chat.clientID, chat.redirect = id, "https://oauth.n8n.cloud/oauth2/callback"
	chat.discover()
	chat.ask()
	if strings.Contains(p.must("client-ids", "list"), secret) {
		t.Error("the secret is shown again")
	}
	p.must("client-ids", "remove", id)
	if out, exit := p.run("client-ids", "remove", id); exit != 1 {
		t.Errorf("it is removed twice: %d %s", exit, out)
	}
	for _, bad := range [][]string{{"client-ids", "add", "x", "--redirect", "http://grok.com/cb"}, {"client-ids", "add", "x"}, {"client-ids"}, {"client-ids", "remove"}} {
		if out, exit := p.run(bad...); exit != 2 {
			t.Errorf("%v: %d %s", bad, exit, out)
		}
	}
}

// wordAfter is the word behind a text.
func wordAfter(text, before string) string {
	_, rest, _ := strings.Cut(text, before)
	word, _, _ := strings.Cut(rest, "\n")
	return word
}
