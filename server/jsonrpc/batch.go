package jsonrpc

import (
	"encoding/json"
	"sync"
)

// AnswerAll answers the messages of a batch, a few beside one another, in one
// list; nil where no answer is due. What is no message is answered as such
// (JSON-RPC 2.0, section 6).
func AnswerAll(messages []Message, answer func(Message) []byte) []byte {
	const beside = 4
	answers := make([]json.RawMessage, len(messages))
	var work sync.WaitGroup
	slots := make(chan struct{}, beside)
	for i, m := range messages {
		slots <- struct{}{}
		work.Go(func() {
			defer func() { <-slots }()
			switch {
			case m.malformed != nil:
				answers[i] = ProblemOf(m.malformed)
			case !m.Response:
				answers[i] = answer(m)
			}
		})
	}
	work.Wait()
	due := answers[:0]
	for _, a := range answers {
		if len(a) > 0 {
			due = append(due, a)
		}
	}
	if len(due) == 0 {
		return nil
	}
	b, err := json.Marshal(due)
	if err != nil {
		return Fault(nil)
	}
	return b
}
