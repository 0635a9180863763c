package tools

import (
	"encoding/json"
	"fmt"
	"sync"

	"github.com/mark3labs/mcp-go/mcp"
)

// era is what the _meta of a call says of MCP.
type era struct {
	version string
	modern  bool // 2026-07-28, which tells of itself in each message
	odd     bool // the library is to say what is wrong with it
}

// eras remembers what was read of _meta: a client sends the same in each call.
type eras struct {
	mu   sync.Mutex // guards read
	read map[string]era
}

const (
	mostEras    = 64
	longestMeta = 2 << 10 // that is remembered, in bytes
)

func (e *eras) of(meta []byte) era {
	if meta == nil {
		return era{}
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	known, ok := e.read[string(meta)]
	if ok {
		return known
	}
	known = readEra(meta)
	if len(meta) > longestMeta {
		return known
	}
	if e.read == nil || len(e.read) >= mostEras {
		e.read = map[string]era{}
	}
	e.read[string(meta)] = known
	return known
}

func readEra(text []byte) era {
	var meta mcp.Meta
	if json.Unmarshal(text, &meta) != nil {
		return era{odd: true}
	}
	e := era{version: meta.ProtocolVersion()}
	e.modern = mcp.IsModernProtocol(e.version)
	e.odd = e.modern && (meta.ClientCapabilities() == nil || !mcp.IsValidProtocolVersion(e.version))
	return e
}

// itself is what a result of MCP 2026-07-28 says of this server, as the library says
// it.
type itself struct {
	who mcp.Implementation

	once  sync.Once
	alone string // the field of a result with nothing else to say
}

// field is the _meta of a result with what else it says, and a comma behind it.
func (i *itself) field(more map[string]any) string {
	i.once.Do(func() { i.alone = metaField(map[string]any{mcp.MetaKeyServerInfo: i.who}) })
	if len(more) == 0 {
		return i.alone
	}
	with := map[string]any{mcp.MetaKeyServerInfo: i.who}
	for name, v := range more {
		with[name] = v
	}
	return metaField(with)
}

func metaField(meta map[string]any) string { return `"_meta":` + inJSON(meta) + `,` }

func inJSON(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Errorf("tools: %T in an answer: %w", v, err)) // caught by any test
	}
	return string(b)
}
