package oauth

import "context"

type patienceKey struct{}

// WithPatience says until when a request may be held that waits for the owner;
// it is answered as things stand once that context ends. Without one it is held
// as long as the request lives.
func WithPatience(ctx, until context.Context) context.Context {
	return context.WithValue(ctx, patienceKey{}, until)
}

func patienceOf(ctx context.Context) context.Context {
	if until, ok := ctx.Value(patienceKey{}).(context.Context); ok {
		return until
	}
	return ctx
}
