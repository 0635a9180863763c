package public

// How many calls are worked on at once, and how many with a long body. A call
// with a body of 4 MiB takes some 30 MB while it is decoded.
const (
	maxCalls = 64
	MaxLong  = 4
	LongBody = 256 << 10 // bytes
)

// Busy is how many calls are worked on just now, and how many of them have a
// long body.
func (p *Public) Busy() (calls, long int) { return len(p.calls), len(p.heavy) }
