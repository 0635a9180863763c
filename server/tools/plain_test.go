package tools_test

import (
	"io"

	"codabridge/server/caller"
	"codabridge/server/tools"
)

// plain writes answers as lines, as a client on a pipe wants them.
type plain struct{ io.Writer }

func (plain) Taken() {}

func (p plain) Answer(_ int, message []byte) error {
	_, err := p.Write(append(message, '\n'))
	return err
}

// local is a conversation with a program on this computer.
func local(out io.Writer) tools.Talk {
	return tools.Talk{Caller: caller.Local("", caller.Reach{Write: true}), To: plain{out}}
}
