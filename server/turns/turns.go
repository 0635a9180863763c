// Package turns has several goroutines read one stream by turns: who has read a
// message works on it, and another one reads on meanwhile. So a message is not
// handed from one goroutine to the next before work on it begins, which costs the
// waking of a thread each time, and none is begun anew for it (leaders and
// followers: Schmidt et al., Pattern-Oriented Software Architecture, volume 2).
package turns

import (
	"bufio"
	"errors"
	"sync/atomic"
)

// mostIdle is how many goroutines wait for their turn at most.
const mostIdle = 4

// Take calls next again and again, in one goroutine at a time, until it says that
// there is no more. The work that next gives is done while another goroutine has
// the turn. Take returns when next has said so; work may still be done then.
func Take(next func() (work func(), more bool)) {
	r := &round{next: next, turn: make(chan struct{}, 1), over: make(chan struct{})}
	r.turn <- struct{}{}
	go r.follow()
	<-r.over
}

type round struct {
	next func() (work func(), more bool)
	turn chan struct{} // holds the turn while nobody has it
	over chan struct{} // closed when there is no more
	idle atomic.Int32  // those who wait for their turn
}

// follow waits for the turn and does the work that comes of it, over and over.
func (r *round) follow() {
	for r.idle.Load() < mostIdle {
		r.idle.Add(1)
		select {
		case <-r.turn:
		case <-r.over:
			return
		}
		r.idle.Add(-1)
		if work := r.lead(); work != nil {
			work()
		}
	}
}

// lead calls next until there is work, and gives the turn to another.
func (r *round) lead() (work func()) {
	for {
		work, more := r.next()
		switch {
		case !more:
			close(r.over)
			return work
		case work == nil:
			continue
		}
		if r.idle.Load() == 0 {
			go r.follow()
		}
		r.turn <- struct{}{}
		return work
	}
}

// ReadLine reads a line with its newline. The last one of the input may have none,
// and comes with io.EOF. Of a line of more than most bytes the first most+1 are kept.
func ReadLine(r *bufio.Reader, most int) (text []byte, err error) {
	for {
		part, err := r.ReadSlice('\n')
		text = append(text, part[:min(len(part), most+1-len(text))]...)
		if !errors.Is(err, bufio.ErrBufferFull) {
			return text, err
		}
	}
}
