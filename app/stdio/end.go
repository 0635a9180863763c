package stdio

import "time"

// look joins an instance that starts while nobody says anything.
func (r *Relay) look() {
	for {
		r.mu.Lock()
		joined, change, closing := r.now != nil && r.now.far != nil, r.change, r.closing
		r.mu.Unlock()
		if closing {
			return
		}
		if !joined {
			joined = r.joinNow()
		}
		var again <-chan time.Time
		if !joined {
			again = time.After(r.o.Look)
		}
		select {
		case <-again:
		case <-change:
		case <-r.ctx.Done():
			return
		}
	}
}

// joinNow moves to the running instance, if there is one, unless a line has done
// so meanwhile.
func (r *Relay) joinNow() bool {
	r.sending.Lock()
	defer r.sending.Unlock()
	r.mu.Lock()
	joined := r.now != nil && r.now.far != nil
	r.mu.Unlock()
	return joined || r.ctx.Err() == nil && r.join() != nil
}

// farewell is how long answers may take to come when this process is told to end.
const farewell = 400 * time.Millisecond

// leave ends the lines, as at the end of the input: what waits for the owner is
// taken back, and says so.
func (r *Relay) leave() {
	over := make(chan struct{})
	defer time.AfterFunc(farewell, r.closeAll).Stop()
	defer time.AfterFunc(2*farewell, func() { close(over) }).Stop() // nobody reads what is said
	r.close()
	r.await(over)
}

// finish waits for the answers still to come.
func (r *Relay) finish() {
	r.close()
	r.await(r.ctx.Done())
}

// await waits until no side is left, or until over.
func (r *Relay) await(over <-chan struct{}) {
	for {
		r.mu.Lock()
		left, change := len(r.sides), r.change
		r.mu.Unlock()
		if left == 0 {
			return
		}
		select {
		case <-change:
		case <-over:
			return
		}
	}
}

// close notes that the input has ended.
func (r *Relay) close() {
	r.sending.Lock()
	defer r.sending.Unlock()
	r.mu.Lock()
	defer r.mu.Unlock()
	r.closing = true
	r.shutAll()
	r.changed()
}

// shutAll ends the lines to every side. It is called with mu held.
func (r *Relay) shutAll() {
	for s := range r.sides {
		if !s.shut {
			s.shutDown()
		}
	}
}

func (r *Relay) closeAll() {
	r.mu.Lock()
	defer r.mu.Unlock()
	for s := range r.sides {
		s.close()
	}
}
