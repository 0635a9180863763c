package app

import (
	"context"
	"encoding/json"
	"net/http"
	"sync"
	"time"

	"codabridge/server/state"
)

// What a free ngrok account has in a month, as ngrok published it in 2026:
// requests, and bytes of answers.
const (
	freePlan     = "Free"
	freeRequests = 20_000
	freeBytes    = 1_000_000_000
)

// keyQuota is where the count is kept, and quotaEvery how often: a program that
// is killed forgets less than that.
const (
	keyQuota   = "tunnel_use"
	quotaEvery = time.Minute
)

// quota counts what passes the tunnel in a calendar month (UTC). ngrok tells an
// agent nothing of its own count.
type quota struct {
	mu   sync.Mutex // guards the fields below
	use  monthUse
	kept time.Time // when it was kept last
}

// monthUse is a month's count as it is kept.
type monthUse struct {
	Month    string    `json:"month"` // 2026-11
	Since    time.Time `json:"since"` // when counting began in it
	Requests int64     `json:"requests"`
	Bytes    int64     `json:"bytes"`
}

func monthOf(t time.Time) string { return t.UTC().Format("2006-01") }

// at is the count as it stands at now. It is called with mu held.
func (q *quota) at(now time.Time) *monthUse {
	if month := monthOf(now); q.use.Month != month {
		q.use = monthUse{Month: month, Since: now.UTC()}
	}
	return &q.use
}

// add counts a request that was answered; due says that it is time to keep the
// count.
func (q *quota) add(now time.Time, bytes int64) (due bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	u := q.at(now)
	u.Requests++
	u.Bytes += bytes
	if now.Sub(q.kept) < quotaEvery {
		return false
	}
	q.kept = now
	return true
}

func (q *quota) get(now time.Time) monthUse {
	q.mu.Lock()
	defer q.mu.Unlock()
	return *q.at(now)
}

// loadQuota goes on with the count that was kept.
func (a *App) loadQuota(ctx context.Context) {
	text, ok, err := a.store.Setting(ctx, keyQuota)
	var use monthUse
	if err == nil && ok {
		err = json.Unmarshal([]byte(text), &use)
	}
	if err != nil {
		a.log.Warn("app: read the month's count of the tunnel", "err", err)
	}
	a.quota.mu.Lock()
	defer a.quota.mu.Unlock()
	a.quota.use, a.quota.kept = use, time.Now()
}

func (a *App) keepQuota() {
	text, err := json.Marshal(a.quota.get(time.Now()))
	if err == nil {
		err = a.store.SetSetting(context.WithoutCancel(a.life), keyQuota, string(text))
	}
	if err != nil {
		a.log.Warn("app: keep the month's count of the tunnel", "err", err)
	}
}

// metered is h with its requests and the bytes of its answers counted.
func (a *App) metered(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		m := &meter{ResponseWriter: w}
		defer func() {
			if a.quota.add(time.Now(), m.bytes) && a.life.Err() == nil {
				a.errands.Go(a.keepQuota)
			}
			a.made.stale.Store(true)
		}()
		h.ServeHTTP(m, r)
	})
}

// meter counts the bytes of an answer.
type meter struct {
	http.ResponseWriter
	bytes int64
}

// Write counts.
func (m *meter) Write(b []byte) (int, error) {
	n, err := m.ResponseWriter.Write(b)
	m.bytes += int64(n)
	return n, err
}

// Flush is for the library of MCP, which asks for an http.Flusher and nothing
// else before it opens a stream.
func (m *meter) Flush() { _ = http.NewResponseController(m.ResponseWriter).Flush() }

// Unwrap is for http.ResponseController, which flushes through it.
func (m *meter) Unwrap() http.ResponseWriter { return m.ResponseWriter }

// quotaState is the month's count beside what the plan allows.
func quotaState(u monthUse, plan string) state.QuotaState {
	q := state.QuotaState{Since: u.Since, Requests: u.Requests, Bytes: u.Bytes}
	if plan == freePlan {
		q.MostRequests, q.MostBytes = freeRequests, freeBytes
	}
	return q
}
