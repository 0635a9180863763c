package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
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

	"codabridge/app/control"
)

// served is the program as a server, online by way of the fake edge.
type served struct {
	cmd    *exec.Cmd
	end    context.CancelFunc
	dir    string
	local  string // the public door on this computer
	http   *http.Client
	bearer string
}

// startServer starts the server and waits until it is online.
func (b *bench) startServer(ctx context.Context, dir string) (*served, error) {
	ctx, end := context.WithCancel(ctx)
	s := &served{dir: dir, end: end, http: &http.Client{Transport: &http.Transport{}, Timeout: 30 * time.Second}}
	s.http.Jar, _ = cookiejar.New(nil)
	s.cmd = b.command(ctx, dir, "serve", "--listen", "127.0.0.1:0", "--owner-listen", "127.0.0.1:0")
	errs := &bytes.Buffer{}
	s.cmd.Stderr = errs
	out, err := s.cmd.StdoutPipe()
	if err == nil {
		err = s.cmd.Start()
	}
	if err != nil {
		end()
		return nil, err
	}
	if err := s.awaitOnline(ctx, bufio.NewScanner(out)); err != nil {
		s.close()
		return nil, fmt.Errorf("serve: %w: %s", err, errs)
	}
	return s, nil
}

// awaitOnline reads the lines that the program prints at each change of its
// state.
func (s *served) awaitOnline(ctx context.Context, lines *bufio.Scanner) error {
	for lines.Scan() {
		state, err := control.NewClient(s.dir).Status(ctx)
		if err == nil && state.Online() {
			s.local = state.LocalURL
			go func() { // whatever else it says must not fill the pipe
				for lines.Scan() {
				}
			}()
			return nil
		}
	}
	return errors.New("it ended before it was online")
}

func (s *served) close() {
	s.http.CloseIdleConnections()
	s.end()
	_ = s.cmd.Wait()
}

// send makes a request and gives the body and how long that took.
func (s *served) send(req *http.Request) ([]byte, time.Duration, error) { return sendBy(s.http, req) }

func sendBy(c *http.Client, req *http.Request) ([]byte, time.Duration, error) {
	began := time.Now()
	resp, err := c.Do(req)
	if err != nil {
		return nil, 0, err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	took := time.Since(began)
	if err == nil && resp.StatusCode >= 300 {
		err = fmt.Errorf("%s %s: %s %.300s", req.Method, req.URL.Path, resp.Status, body)
	}
	return body, took, err
}

// ask makes one MCP request over loopback HTTP, as a client that signed in.
func (s *served) ask(request []byte) ([]byte, time.Duration, error) {
	return postMCP(s.http, s.local+"/mcp", s.bearer, request)
}

// postMCP makes one MCP request over HTTP.
func postMCP(c *http.Client, link, bearer string, request []byte) ([]byte, time.Duration, error) {
	var m struct {
		Method string
		Params struct{ Name string }
	}
	if err := json.Unmarshal(request, &m); err != nil {
		return nil, 0, err
	}
	req, err := http.NewRequest(http.MethodPost, link, bytes.NewReader(request))
	if err != nil {
		return nil, 0, err
	}
	if bearer != "" {
		req.Header.Set("Authorization", "Bearer "+bearer)
	}
	for k, v := range map[string]string{
		"Content-Type": "application/json", "Accept": "application/json, text/event-stream",
		"MCP-Protocol-Version": "2026-07-28", "Mcp-Method": m.Method, "Mcp-Name": m.Params.Name,
	} {
		if v != "" {
			req.Header.Set(k, v)
		}
	}
	return sendBy(c, req)
}

// act makes the same request as an action of OpenAPI: arguments in, answer out.
func (s *served) act(tool string, arguments any) ([]byte, time.Duration, error) {
	body, err := json.Marshal(arguments)
	if err != nil {
		return nil, 0, err
	}
	req, err := http.NewRequest(http.MethodPost, s.local+"/actions/"+tool, bytes.NewReader(body))
	if err != nil {
		return nil, 0, err
	}
	req.Header.Set("Authorization", "Bearer "+s.bearer)
	req.Header.Set("Content-Type", "application/json")
	return s.send(req)
}

// health asks for as little as the server can be asked for.
func (s *served) health() ([]byte, time.Duration, error) {
	req, err := http.NewRequest(http.MethodGet, s.local+"/health", nil)
	if err != nil {
		return nil, 0, err
	}
	return s.send(req)
}

// into makes a request and decodes the JSON that comes back.
func (s *served) into(v any, method, link, contentType, body string) error {
	req, err := http.NewRequest(method, link, strings.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Accept", "application/json")
	if body != "" {
		req.Header.Set("Content-Type", contentType)
	}
	answer, _, err := s.send(req)
	if err != nil {
		return err
	}
	return json.Unmarshal(answer, v)
}

const callback = "http://127.0.0.1:33999/callback"

// signIn gets an access token as a program of this computer does, and gives
// the owner's yes as codabridge approve does.
func (s *served) signIn(ctx context.Context) error {
	var client struct {
		ID string `json:"client_id"`
	}
	err := s.into(&client, "POST", s.local+"/register", "application/json",
		`{"client_name":"bench","redirect_uris":["`+callback+`"],"token_endpoint_auth_method":"none"}`)
	if err != nil {
		return err
	}
	verifier := rand.Text() + rand.Text()
	challenge := sha256.Sum256([]byte(verifier))
	query := url.Values{"response_type": {"code"}, "client_id": {client.ID}, "redirect_uri": {callback}, "state": {"bench"},
		"scope": {"coda.read coda.write"}, "resource": {s.local + "/mcp"}, "code_challenge_method": {"S256"},
		"code_challenge": {base64.RawURLEncoding.EncodeToString(challenge[:])}}.Encode()
	code, err := s.approved(ctx, query)
	if err != nil {
		return err
	}
	var tokens struct {
		Access string `json:"access_token"`
	}
	err = s.into(&tokens, "POST", s.local+"/token", "application/x-www-form-urlencoded", url.Values{"grant_type": {"authorization_code"},
		"code": {code}, "client_id": {client.ID}, "redirect_uri": {callback}, "code_verifier": {verifier}, "resource": {s.local + "/mcp"}}.Encode())
	s.bearer = tokens.Access
	return err
}

var codeElement = regexp.MustCompile(`id="code">([^<]+)<`)

// approved opens the waiting page, approves the code it shows and gives the
// authorization code that the client gets.
func (s *served) approved(ctx context.Context, query string) (string, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.local+"/authorize?"+query, nil)
	if err != nil {
		return "", err
	}
	req.Header.Set("Accept", "text/html")
	page, _, err := s.send(req)
	if err != nil {
		return "", err
	}
	shown := codeElement.FindSubmatch(page)
	if shown == nil {
		return "", errors.New("the waiting page shows no code")
	}
	if err := control.NewClient(s.dir).Do(ctx, "approve", nil, "code", string(shown[1]), "write", "true"); err != nil {
		return "", err
	}
	var outcome struct{ Location string }
	if err := s.into(&outcome, "GET", s.local+"/authorize/wait?"+query, "", ""); err != nil {
		return "", err
	}
	back, err := url.Parse(outcome.Location)
	if err != nil || back.Query().Get("code") == "" {
		return "", fmt.Errorf("the waiting page leads to %.100q", outcome.Location)
	}
	return back.Query().Get("code"), nil
}
