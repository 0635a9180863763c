package app

import (
	"context"
	"fmt"

	"codabridge/server/coda/codatest"
	"codabridge/server/oauth"
)

// startSample starts the sample workspace behind a fake Coda on loopback.
func startSample() (*codatest.Server, error) {
	s := codatest.New(codatest.Options{Workspace: codatest.Sample()})
	if err := s.Start(); err != nil {
		return nil, fmt.Errorf("the sample workspace cannot be served: %w", err)
	}
	return s, nil
}

// Demo is a bridge to the sample workspace: no account, no internet, no
// keyring. Close it after Run.
type Demo struct {
	*App
	sample *codatest.Server
}

// NewDemo assembles a bridge on the sample workspace.
func NewDemo(o Options) (*Demo, error) {
	sample, err := startSample()
	if err != nil {
		return nil, err
	}
	o.Config.Demo, o.Config.CodaURL = true, sample.URL()
	return &Demo{App: New(o), sample: sample}, nil
}

// Close ends the sample workspace.
func (d *Demo) Close() { d.sample.Close() }

// DemoToken mints an access token for this run, so that the demo can print one
// curl that works. It shows among the connections and can be revoked there.
func (d *Demo) DemoToken(ctx context.Context) (string, error) {
	token, _, err := d.oauth.MintToken(ctx, d.localOrigin(), "curl from the demo", []string{oauth.ScopeRead})
	return token, err
}
