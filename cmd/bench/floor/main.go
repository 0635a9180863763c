// Command floor is what two hops between processes take on this machine: it
// makes the request that a line, or the body of a POST, asks for, and answers
// with what came, over open connections and without a library of MCP or a client
// or server of HTTP. The bench sets it beside codabridge and the bare server.
//
//	floor stdio       over standard input and output
//	floor http        over loopback; the first line it prints is its address
package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
)

func main() {
	if err := run(); !errors.Is(err, io.EOF) {
		fmt.Fprintln(os.Stderr, "floor:", err)
		os.Exit(1)
	}
}

// run returns when nobody asks any more.
func run() error {
	if len(os.Args) > 1 && os.Args[1] == "http" {
		return serve()
	}
	u, in := &upstream{}, bufio.NewReaderSize(os.Stdin, 64<<10)
	for {
		line, err := in.ReadBytes('\n')
		if err != nil {
			return err
		}
		answer, err := u.answer(line)
		if err != nil {
			return err
		}
		if _, err := os.Stdout.Write(append(answer, '\n')); err != nil {
			return err
		}
	}
}

// serve answers one connection after the other until it is killed.
func serve() error {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Printf("http://%s/mcp\n", l.Addr())
	for {
		conn, err := l.Accept()
		if err != nil {
			return err
		}
		err = talk(conn)
		conn.Close()
		if !errors.Is(err, io.EOF) {
			return err
		}
	}
}

// talk answers one after the other until the client has gone.
func talk(conn net.Conn) error {
	u, in := &upstream{}, bufio.NewReader(conn)
	for {
		req, err := http.ReadRequest(in)
		if err != nil {
			return err
		}
		body, err := io.ReadAll(req.Body)
		if err != nil {
			return err
		}
		answer, err := u.answer(body)
		if err != nil {
			return err
		}
		head := fmt.Appendf(nil, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n", len(answer))
		if _, err := conn.Write(append(head, answer...)); err != nil {
			return err
		}
	}
}

// upstream is an open connection to Coda.
type upstream struct {
	conn net.Conn
	from *bufio.Reader
}

// answer makes the request of a tools/call and writes what came into an answer.
func (u *upstream) answer(message []byte) ([]byte, error) {
	var m struct {
		ID     json.RawMessage
		Params struct{ Arguments struct{ Link string } }
	}
	if err := json.Unmarshal(message, &m); err != nil {
		return nil, err
	}
	text, err := u.read(m.Params.Arguments.Link)
	if err != nil {
		return nil, err
	}
	type content struct {
		Type string `json:"type"`
		Text string `json:"text"`
	}
	return json.Marshal(map[string]any{"jsonrpc": "2.0", "id": m.ID, "result": map[string]any{"content": []content{{"text", string(text)}}}})
}

func (u *upstream) read(link string) ([]byte, error) {
	at, err := url.Parse(link)
	if err != nil {
		return nil, err
	}
	if u.conn == nil {
		u.conn, err = net.Dial("tcp", at.Host)
		if err != nil {
			return nil, err
		}
		u.from = bufio.NewReader(u.conn)
	}
	_, err = fmt.Fprintf(u.conn, "GET %s HTTP/1.1\r\nHost: %s\r\nAuthorization: Bearer %s\r\n\r\n", at.RequestURI(), at.Host, os.Getenv("BARE_TOKEN"))
	if err != nil {
		return nil, err
	}
	resp, err := http.ReadResponse(u.from, nil)
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	return io.ReadAll(resp.Body)
}
