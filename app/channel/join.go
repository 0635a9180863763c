package channel

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/textproto"
	"net/url"
	"strconv"
	"strings"
	"syscall"
	"time"

	"codabridge/server/fault"
)

// Joined is the name of the protocol that a joined stdio speaks after the
// answer 101.
const Joined = "codabridge-stdio"

// joinTimeout is how long an instance may take to let a stdio join.
const joinTimeout = 5 * time.Second

// Conversation is an open connection with the running instance.
type Conversation struct {
	net.Conn
	from *bufio.Reader
}

// Read reads what the instance says.
func (c *Conversation) Read(b []byte) (int, error) { return c.from.Read(b) }

// CloseWrite says that nothing more comes from here.
func (c *Conversation) CloseWrite() error {
	if half, ok := c.Conn.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return c.Close()
}

// Join connects a stdio to the running instance of a data folder, with fields as
// pairs of name and value. The error is ErrNotRunning where there is none, else
// the instance's sentence.
func Join(ctx context.Context, dataDir string, fields ...string) (*Conversation, error) {
	ctx, cancel := context.WithTimeout(ctx, joinTimeout)
	defer cancel()
	conn, err := Dial(ctx, dataDir)
	if NotRunning(err) {
		return nil, ErrNotRunning
	}
	if err != nil {
		return nil, fmt.Errorf("the running instance cannot be reached: %w", err)
	}
	stop := context.AfterFunc(ctx, func() { conn.Close() })
	c, err := join(conn, FormOf(fields))
	if !stop() {
		err = fmt.Errorf("the running instance does not answer: %w", ctx.Err())
	}
	if err != nil {
		conn.Close()
		return nil, err
	}
	return c, nil
}

// join asks by the least that HTTP needs, since a client of net/http costs more
// memory than all else that a joined stdio is.
func join(conn net.Conn, form url.Values) (*Conversation, error) {
	body := form.Encode()
	_, err := fmt.Fprintf(conn, "POST /stdio HTTP/1.1\r\nHost: codabridge\r\nConnection: Upgrade\r\nUpgrade: %s\r\n"+
		"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: %d\r\n\r\n%s", Joined, len(body), body)
	if err != nil {
		return nil, ErrNotRunning // it has just ended
	}
	from := bufio.NewReaderSize(conn, 4<<10)
	status, length, err := readHead(from)
	if err != nil {
		return nil, ErrNotRunning
	}
	code, _, _ := strings.Cut(status, " ")
	switch code {
	case "101":
		return &Conversation{conn, from}, nil
	case "503":
		return nil, ErrNotRunning // it is ending
	case "404":
		return nil, errors.New("the running codabridge is of another version, which lets no stdio join it: restart both from the same program")
	}
	return nil, RefusalOf(status, io.LimitReader(from, length))
}

// readHead reads the status of an answer, such as "101 Switching Protocols", and
// how long its body is.
func readHead(from *bufio.Reader) (status string, length int64, err error) {
	head := textproto.NewReader(from)
	line, err := head.ReadLine()
	if err != nil {
		return "", 0, err
	}
	version, status, ok := strings.Cut(line, " ")
	if !ok || !strings.HasPrefix(version, "HTTP/1.") {
		return "", 0, fmt.Errorf("channel: no answer of HTTP: %.40q", line)
	}
	fields, err := head.ReadMIMEHeader()
	if err != nil {
		return "", 0, err
	}
	length, err = strconv.ParseInt(fields.Get("Content-Length"), 10, 64)
	if err != nil {
		length = 0 // it says nothing more
	}
	return status, length, nil
}

// FormOf makes a form of pairs of name and value.
func FormOf(fields []string) url.Values {
	form := url.Values{}
	for i := 0; i+1 < len(fields); i += 2 {
		form.Add(fields[i], fields[i+1])
	}
	return form
}

// NotRunning tells that nothing listens.
func NotRunning(err error) bool {
	return errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ECONNREFUSED)
}

// RefusalOf is the sentence of an answer that is no success, as a fault of
// fault.CodeInput where what was given means nothing.
func RefusalOf(status string, body io.Reader) error {
	var said struct {
		Error    string
		Sentence string `json:"error_description"`
	}
	if json.NewDecoder(io.LimitReader(body, 64<<10)).Decode(&said) != nil || strings.TrimSpace(said.Sentence) == "" {
		return fmt.Errorf("the running instance answered %s", status)
	}
	if said.Error == "invalid" {
		return fault.New(fault.CodeInput, "%s", said.Sentence)
	}
	return errors.New(said.Sentence)
}
