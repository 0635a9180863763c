package app

import (
	"context"
	"fmt"
	"time"

	"codabridge/server/coda/codatest"
	"codabridge/server/oauth"
)

// startSample starts the sample workspace behind a fake Coda on loopback.
func startSample() (*codatest.Server, error) {
	s := codatest.New(codatest.Options{Workspace: codatest.SampleAt(time.Now())})
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

// demoClient is the name under which the demo's own curl shows.
const demoClient = "curl from the demo"

// DemoToken mints an access token for this run, so that the demo can print one
// curl that works. It shows among the connections and can be revoked there;
// that of an earlier run ends.
func (d *Demo) DemoToken(ctx context.Context) (string, error) {
	before, err := d.oauth.Connections(ctx)
	if err != nil {
		return "", err
	}
	for _, c := range before {
		if c.Client == demoClient {
			if err := d.oauth.Revoke(ctx, c.ID); err != nil {
				return "", err
			}
		}
	}
	token, _, err := d.oauth.MintToken(ctx, d.localOrigin(), demoClient, []string{oauth.ScopeRead})
	return token, err
}
