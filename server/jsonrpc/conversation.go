package jsonrpc

import "context"

// Conversation is what a caller's messages have in common where answers do not
// come with the request that brought the message: one open stream.
type Conversation interface {
	// Version is the one of MCP that initialize has agreed on, or empty.
	Version() string
	// Answer answers a message; nil where none is due. It goes on when the
	// request that brought the message has ended, and ends with the stream.
	Answer(ctx context.Context, m Message) []byte
	// Send puts an answer on the stream; it waits while the client does not
	// read.
	Send(answer []byte)
}
