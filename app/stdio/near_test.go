package stdio

import (
	"encoding/json"
	"fmt"
	"strings"
	"sync"
)

// near answers within the process, a line beside another.
type near struct {
	name string
	said Said

	mu   sync.Mutex // guards what follows
	seen []string
	work sync.WaitGroup
	over sync.Once
}

func (i *near) Line(text []byte) (rest func()) {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.seen = append(i.seen, strings.TrimSpace(string(text)))
	number := len(i.seen)
	i.said.Taken()
	var m message
	if json.Unmarshal(text, &m) != nil || !m.request() {
		return nil
	}
	i.work.Add(1)
	return func() {
		defer i.work.Done()
		_ = i.said.Answer(number, fmt.Appendf(nil, `{"id":%s,"by":%q}`, m.ID, i.name))
	}
}

func (i *near) End() {
	i.over.Do(func() { go func() { i.work.Wait(); i.said.Gone() }() })
}

func (i *near) Close() { i.End() }

func (i *near) took() []string {
	i.mu.Lock()
	defer i.mu.Unlock()
	return append([]string(nil), i.seen...)
}
