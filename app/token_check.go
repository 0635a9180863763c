package app

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"time"

	"codabridge/app/config"
	"codabridge/server/coda"
	"codabridge/server/door"
	"codabridge/server/fault"
	"codabridge/tunnel"
)

// CheckCodaToken asks Coda whose token this is; the error is a sentence.
func CheckCodaToken(ctx context.Context, token string, bases []string) (coda.TokenInfo, error) {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	info, err := coda.CheckToken(ctx, nil, token, bases)
	return info, fault.Plain(err)
}

// CheckNgrokToken connects once with an authtoken. The error is a sentence.
func CheckNgrokToken(ctx context.Context, token string, cfg config.Config) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, 20*time.Second)
	defer cancel()
	var last tunnel.Status
	online := make(chan tunnel.Status, 1)
	t := tunnel.New(tunnel.Options{
		Authtoken: token, URL: cfg.NgrokURL, Handler: http.NotFoundHandler(), TakenWindow: time.Millisecond,
		Server:     func(h http.Handler) *http.Server { return door.HTTPServer(h, slog.New(slog.DiscardHandler)) },
		ConnectURL: cfg.NgrokConnectURL, CAFile: cfg.NgrokCAFile,
		OnStatus: func(s tunnel.Status) {
			last = s
			switch s.Phase {
			case tunnel.Online:
				select {
				case online <- s:
				default:
				}
				cancel()
			case tunnel.Failed: // it would be tried again slowly
				cancel()
			}
		},
	})
	if err := t.Run(ctx); err != nil && last.Sentence == "" {
		return "", err
	}
	select {
	case s := <-online:
		return "ngrok accepts it. Your public URL is " + s.URL + ".", nil
	default:
	}
	sentence, _, known := tunnel.Explain(last.Code)
	switch {
	case fault.Code(last.Code) == tunnel.CodeTaken:
		return "ngrok accepts it.", nil // our own tunnel, or another copy, has the URL
	case known:
		return "", errors.New(sentence)
	case last.Sentence != "":
		return "", errors.New(last.Sentence)
	}
	return "", errors.New("ngrok could not be reached, so the authtoken was not checked; look at the internet connection and try again")
}
