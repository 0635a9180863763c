package app

import (
	"bytes"
	"strings"
	"testing"

	"codabridge/app/config"
	"codabridge/server/caller"
	"codabridge/server/coda"
	"codabridge/server/coda/codatest"
	"codabridge/server/tools"
)

// TestTheSameTokenForgetsNoWrites: an app that learns again whose its token is,
// as it does when Coda was away, must not have a write done twice whose client
// got no answer and repeats it.
func TestTheSameTokenForgetsNoWrites(t *testing.T) {
	fake := codatest.New(codatest.Options{Tokens: []string{"another"}})
	if err := fake.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { fake.Close() })
	a := New(Options{Config: config.Defaults()})
	a.settings.v.CodaURL = fake.URL()
	a.tools = tools.New(tools.Options{
		Coda:    coda.New(coda.Options{Base: func() string { return fake.URL() }, Token: a.codaToken}),
		Toolset: func() tools.Toolset { return tools.Toolset{Name: tools.FullTools} },
	})
	a.use(secrets{coda: codatest.Token})
	write := func() string {
		var out plain
		line := `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"coda_create_document","arguments":{"title":"Once"}}}`
		talk := tools.Talk{Caller: caller.Local("", caller.Reach{Write: true}), To: &out}
		if err := a.tools.ServeStdio(t.Context(), strings.NewReader(line), talk); err != nil {
			t.Fatal(err)
		}
		return out.String()
	}
	first := write()
	a.identify(t.Context())
	if again := write(); fake.Count("createDoc") != 1 || !strings.Contains(again, "repeated") {
		t.Errorf("%d documents: %s, %s", fake.Count("createDoc"), first, again)
	}
	a.use(secrets{coda: "another"})
	write()
	if fake.Count("createDoc") != 2 {
		t.Errorf("%d documents with another token", fake.Count("createDoc"))
	}
}

// plain keeps answers as lines.
type plain struct{ bytes.Buffer }

func (*plain) Taken() {}

func (p *plain) Answer(_ int, message []byte) error {
	_, err := p.Write(message)
	return err
}
