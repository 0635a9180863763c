package tunnel

import (
	"context"
	"fmt"
	"log/slog"
	"reflect"
	"strings"
)

// discreet is a log handler that removes the authtoken from all that passes.
// With bound set it stands under the ngrok library: it lowers the library's
// levels, for which every lost connection is an error, and listens in for URLs.
type discreet struct {
	next   slog.Handler
	secret string
	bound  func(url string)
}

func (d *discreet) Enabled(ctx context.Context, l slog.Level) bool {
	return d.bound != nil || d.next.Enabled(ctx, l)
}

func (d *discreet) Handle(ctx context.Context, r slog.Record) error {
	level := r.Level
	if d.bound != nil {
		d.overhear(r)
		level = max(level-4, slog.LevelDebug)
	}
	if !d.next.Enabled(ctx, level) {
		return nil
	}
	out := slog.NewRecord(r.Time, level, hidden(r.Message, d.secret), r.PC)
	r.Attrs(func(a slog.Attr) bool {
		out.AddAttrs(d.clean(a))
		return true
	})
	return d.next.Handle(ctx, out)
}

func (d *discreet) WithAttrs(attrs []slog.Attr) slog.Handler {
	clean := make([]slog.Attr, len(attrs))
	for i, a := range attrs {
		clean[i] = d.clean(a)
	}
	return &discreet{d.next.WithAttrs(clean), d.secret, d.bound}
}

func (d *discreet) WithGroup(name string) slog.Handler {
	return &discreet{d.next.WithGroup(name), d.secret, d.bound}
}

func (d *discreet) clean(a slog.Attr) slog.Attr {
	v := a.Value.Resolve()
	switch v.Kind() {
	case slog.KindString:
		return slog.String(a.Key, hidden(v.String(), d.secret))
	case slog.KindAny:
		return slog.String(a.Key, hidden(fmt.Sprint(v.Any()), d.secret))
	case slog.KindGroup:
		inner := make([]slog.Attr, 0, len(v.Group()))
		for _, g := range v.Group() {
			inner = append(inner, d.clean(g))
		}
		return slog.Attr{Key: a.Key, Value: slog.GroupValue(inner...)}
	}
	return slog.Attr{Key: a.Key, Value: v}
}

// overhear finds the URL in the reply to a bind, which the library logs. Should
// it stop doing so, a changed URL shows at the next start instead.
func (d *discreet) overhear(r slog.Record) {
	if r.Message != "decoded response" {
		return
	}
	r.Attrs(func(a slog.Attr) bool {
		if a.Key != "resp" {
			return true
		}
		reply := reflect.Indirect(reflect.ValueOf(a.Value.Resolve().Any()))
		if reply.Kind() != reflect.Struct {
			return false
		}
		url, err := reply.FieldByName("URL"), reply.FieldByName("Error")
		if url.Kind() == reflect.String && url.String() != "" && err.Kind() == reflect.String && err.String() == "" {
			d.bound(url.String())
		}
		return false
	})
}

// hidden replaces the secret in text.
func hidden(text, secret string) string {
	if secret == "" {
		return text
	}
	return strings.ReplaceAll(text, secret, "[authtoken]")
}
