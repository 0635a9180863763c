package oauth

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"

	"codabridge/server/caller"
	"codabridge/server/door"
)

// metadata is the authorization server's document, RFC 8414 section 2, with
// the additions of RFC 9207 and of client ID metadata documents. Its fields
// stand in the order in which they are served.
type metadata struct {
	Issuer            string   `json:"issuer"`
	Authorization     string   `json:"authorization_endpoint"`
	Token             string   `json:"token_endpoint"`
	Registration      string   `json:"registration_endpoint"`
	Revocation        string   `json:"revocation_endpoint"`
	ResponseTypes     []string `json:"response_types_supported"`
	ResponseModes     []string `json:"response_modes_supported"`
	GrantTypes        []string `json:"grant_types_supported"`
	TokenAuthMethods  []string `json:"token_endpoint_auth_methods_supported"`
	ChallengeMethods  []string `json:"code_challenge_methods_supported"`
	Scopes            []string `json:"scopes_supported"`
	ClientDocuments   bool     `json:"client_id_metadata_document_supported"`
	IssParameter      bool     `json:"authorization_response_iss_parameter_supported"`
	ServiceDocumented string   `json:"service_documentation"`
}

var authMethods = []string{"none", "client_secret_post", "client_secret_basic"}

// MetadataDocument is the document that Metadata serves for an issuer. The
// same issuer always gives the same bytes.
func MetadataDocument(issuer string) []byte {
	b, err := json.Marshal(metadata{
		Issuer: issuer, Authorization: issuer + PathAuthorize, Token: issuer + PathToken,
		Registration: issuer + PathRegister, Revocation: issuer + PathRevoke,
		ResponseTypes: []string{"code"}, ResponseModes: []string{"query"},
		GrantTypes:       []string{"authorization_code", "refresh_token"},
		TokenAuthMethods: authMethods, ChallengeMethods: []string{"S256"},
		Scopes:          []string{ScopeRead, ScopeWrite, ScopeOffline},
		ClientDocuments: true, IssParameter: true, ServiceDocumented: issuer + "/",
	})
	if err != nil {
		panic(err) // strings and booleans always encode
	}
	return b
}

// Metadata serves the document of the request's issuer (RFC 8414 section 3).
// It belongs at every place clients probe for it.
func (s *Server) Metadata(w http.ResponseWriter, r *http.Request) {
	if !s.method(w, r, http.MethodGet, http.MethodHead) {
		return
	}
	door.WriteJSON(w, http.StatusOK, json.RawMessage(MetadataDocument(caller.Origin(r.Context()))))
}

// method refuses other methods than the ones named. Cross-origin headers and
// preflights are the caller's.
func (s *Server) method(w http.ResponseWriter, r *http.Request, methods ...string) bool {
	if slices.Contains(methods, r.Method) {
		return true
	}
	w.Header().Set("Allow", strings.Join(methods, ", "))
	door.WriteJSON(w, http.StatusMethodNotAllowed, &fault{Code: "invalid_request", Text: "this address answers " + methods[0] + " only"})
	return false
}
