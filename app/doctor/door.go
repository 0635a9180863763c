package doctor

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"

	"codabridge/server/state"
)

// address chooses where to go, and proves that this very bridge answers there
// under the name it is asked by.
func (v *visit) address(ctx context.Context) finding {
	switch {
	case v.o.URL != "":
		v.wire = newWire(v.o.URL, 0)
		if v.o.URL == v.state.PublicURL && v.state.Tunnel.Kind == state.TunnelNgrok {
			v.wire.most, v.wire.quota = mostPublic, true
		}
	case v.o.Public && v.state.PublicURL == "":
		return v.noPublicURL()
	case v.o.Public:
		v.wire = newWire(v.state.PublicURL, mostPublic)
		v.wire.quota = v.state.Tunnel.Kind == state.TunnelNgrok
	default:
		v.wire = newWire(v.state.LocalURL, 0)
	}
	a, err := v.wire.get(ctx, "/")
	var info struct {
		Name      string
		Endpoints struct{ MCP string }
	}
	switch {
	case err != nil || !a.json(http.StatusOK, &info):
		return v.strange(a, err, "codabridge's own answer")
	case info.Name != "codabridge":
		return failed("", "Another program answers at %s.", v.wire.base)
	}
	if origin := strings.TrimSuffix(info.Endpoints.MCP, "/mcp"); origin != v.wire.base {
		return v.hostChanged(origin)
	}
	return ok("codabridge answers at %s under this name.", v.wire.base)
}

// noPublicURL is a failure, because it was asked for; where another line has
// failed already, that one says why there is none.
func (v *visit) noPublicURL() finding {
	for _, f := range v.ended {
		if f.status == Failed {
			return skip("There is no public URL to go through.")
		}
	}
	if v.state.Tunnel.Kind == state.TunnelNone {
		return failed("Start codabridge with the tunnel (--tunnel ngrok) or with your own URL (--public-url), or run the doctor without --public.",
			"There is no public URL to go through: the tunnel is off.")
	}
	return failed("Wait until codabridge is online, then run the doctor again.", "There is no public URL to go through yet. %s", v.state.Sentence)
}

var metadataLink = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`resource_metadata="([^"]+)"`) })

// challenge is ChatGPT's first request, without a token.
func (v *visit) challenge(ctx context.Context) finding {
	a, err := v.wire.do(ctx, http.MethodPost, "/mcp", "", "Content-Type", "application/json", "Accept", "application/json, text/event-stream")
	if err != nil || a.status != http.StatusUnauthorized {
		return v.strange(a, err, "401 with a challenge")
	}
	m := metadataLink().FindStringSubmatch(a.header.Get("WWW-Authenticate"))
	if m == nil {
		return failed("", "The 401 has no WWW-Authenticate header with resource_metadata: something in front removes it, and no assistant finds the sign-in.")
	}
	path, ours := strings.CutPrefix(m[1], v.wire.base)
	if !ours {
		return failed("", "The challenge leads to %s, which is not below %s.", m[1], v.wire.base)
	}
	a, err = v.wire.get(ctx, path)
	if err != nil || !a.json(http.StatusOK, &struct{}{}) {
		return v.strange(a, err, "the resource document")
	}
	return ok("Without a token the answer is 401, and its challenge leads to the resource document.")
}

// metadata is the authorization server's document, RFC 8414.
type metadata struct {
	Issuer       string   `json:"issuer"`
	Authorize    string   `json:"authorization_endpoint"`
	Token        string   `json:"token_endpoint"`
	Register     string   `json:"registration_endpoint"`
	Revoke       string   `json:"revocation_endpoint"`
	Methods      []string `json:"code_challenge_methods_supported"`
	Iss          bool     `json:"authorization_response_iss_parameter_supported"`
	ClientIDDocs bool     `json:"client_id_metadata_document_supported"`
}

const (
	issuerName = "/.well-known/oauth-authorization-server"
	openidName = "/.well-known/openid-configuration"
	prmName    = "/.well-known/oauth-protected-resource"
)

// issuerPlaces are where the document is looked for; ChatGPT's own first, so
// that few is enough where requests are counted.
func issuerPlaces(few bool) []string {
	places := []string{issuerName, openidName, issuerName + "/mcp", openidName + "/mcp", "/mcp" + openidName}
	if few {
		return places
	}
	return append(places, "/mcp"+issuerName, issuerName+"/sse", openidName+"/sse", "/sse"+issuerName, "/sse"+openidName)
}

func resourcePlaces(few bool) map[string]string {
	places := map[string]string{prmName: ""}
	if few {
		return places // the one of /mcp was fetched by its challenge
	}
	places[prmName+"/mcp"], places[prmName+"/sse"] = "/mcp", "/sse"
	places["/mcp"+prmName], places["/.well-known/protected-resource-metadata"] = "/mcp", ""
	return places
}

// discovery fetches every document that assistants look for.
func (v *visit) discovery(ctx context.Context) finding {
	few := v.wire.most > 0
	var first []byte
	for _, place := range issuerPlaces(few) {
		a, err := v.wire.get(ctx, place)
		if err != nil || !a.json(http.StatusOK, &v.meta) {
			return v.strange(a, err, "the sign-in document")
		}
		if first == nil {
			first = a.body
		}
		if !bytes.Equal(first, a.body) {
			return failed("", "The documents at %s and %s differ.", issuerName, place)
		}
	}
	if f := v.judgeMetadata(); f.status != "" {
		return f
	}
	places := resourcePlaces(few)
	for place, suffix := range places {
		a, err := v.wire.get(ctx, place)
		var doc struct {
			Resource string   `json:"resource"`
			Servers  []string `json:"authorization_servers"`
		}
		switch {
		case err != nil || !a.json(http.StatusOK, &doc):
			return v.strange(a, err, "the resource document")
		case len(doc.Servers) == 0 || doc.Servers[0] != v.meta.Issuer:
			return failed("", "%s names %v as sign-in server, the sign-in document names %s.", place, doc.Servers, v.meta.Issuer)
		case doc.Resource != v.wire.base+suffix:
			return failed("", "%s speaks of %s, not of %s.", place, doc.Resource, v.wire.base+suffix)
		}
	}
	return ok("%d places give the same sign-in document, %d the resource's; their issuer is %s.", len(issuerPlaces(few)), len(places), v.meta.Issuer)
}

func (v *visit) judgeMetadata() finding {
	m := v.meta
	if m.Issuer != v.wire.base {
		return v.hostChanged(m.Issuer)
	}
	for _, link := range []string{m.Authorize, m.Token, m.Register, m.Revoke} {
		if !strings.HasPrefix(link, v.wire.base+"/") {
			return failed("", "The sign-in document leads to %q, which is not below %s.", link, v.wire.base)
		}
	}
	if !slices.Contains(m.Methods, "S256") || !m.Iss || !m.ClientIDDocs {
		return failed("", "The sign-in document lacks what ChatGPT looks for: %s.", fmt.Sprintf("S256 %t, iss %t, client documents %t", slices.Contains(m.Methods, "S256"), m.Iss, m.ClientIDDocs))
	}
	return none
}

func (v *visit) path(link string) string { return strings.TrimPrefix(link, v.wire.base) }
