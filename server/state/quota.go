package state

import "time"

// QuotaState is what went through the tunnel since the calendar month began
// (UTC), counted by this program: what else the ngrok account was used for is
// not in it.
type QuotaState struct {
	// Since is when counting began in this month.
	Since    time.Time `json:"since,omitzero"`
	Requests int64     `json:"requests"`
	// Bytes are those of answers, without their headers.
	Bytes int64 `json:"bytes"`
	// MostRequests and MostBytes are what the plan allows in a month; zero where
	// that is not known.
	MostRequests int64 `json:"most_requests,omitempty"`
	MostBytes    int64 `json:"most_bytes,omitempty"`
}

// Percent is how much of the month's allowance is used, by requests or by bytes,
// whichever is more: 0 to 100, and more where it is passed.
func (q QuotaState) Percent() int {
	most := int64(0)
	if q.MostRequests > 0 {
		most = 100 * q.Requests / q.MostRequests
	}
	if q.MostBytes > 0 {
		most = max(most, 100*q.Bytes/q.MostBytes)
	}
	return int(most)
}
