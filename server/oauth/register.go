package oauth

import (
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"codabridge/server/caller"
	"codabridge/server/door"
	store "codabridge/server/store/state"
)

const (
	maxBody      = 64 << 10
	maxRedirects = 16
	nameLength   = 80 // characters of a client's name that are kept

	clientsWaiting = 200
	clientWaits    = 24 * time.Hour
)

// registration is a client's metadata, RFC 7591 section 2, in the order in
// which it is echoed (section 3.2.1). Absent stays absent, never null: a
// known client fails on a null secret.
type registration struct {
	ID            string   `json:"client_id"`
	Secret        string   `json:"client_secret,omitempty"`
	IssuedAt      int64    `json:"client_id_issued_at"`
	SecretExpires *int64   `json:"client_secret_expires_at,omitempty"`
	Redirects     []string `json:"redirect_uris"`
	Method        string   `json:"token_endpoint_auth_method"`
	GrantTypes    []string `json:"grant_types"`
	ResponseTypes []string `json:"response_types"`
	Name          string   `json:"client_name,omitempty"`
	URI           string   `json:"client_uri,omitempty"`
	Logo          string   `json:"logo_uri,omitempty"`
	Scope         string   `json:"scope,omitempty"`
	Contacts      []string `json:"contacts,omitempty"`
	Terms         string   `json:"tos_uri,omitempty"`
	Policy        string   `json:"policy_uri,omitempty"`
	SoftwareID    string   `json:"software_id,omitempty"`
	Software      string   `json:"software_version,omitempty"`
	Application   string   `json:"application_type,omitempty"`
}

// Register is dynamic client registration, RFC 7591.
func (s *Server) Register(w http.ResponseWriter, r *http.Request) {
	if !s.method(w, r, http.MethodPost) {
		return
	}
	reg, err := s.register(r)
	if err != nil {
		s.refuse(w, r, err)
		return
	}
	s.opt.Log.Info("oauth: client registered", "client", reg.ID, "name", reg.Name, "redirect_host", place(reg.Redirects[0], caller.AddressFrom(r.Context())), "addr", caller.AddressFrom(r.Context()).Key)
	door.WriteJSON(w, http.StatusCreated, reg)
}

func (s *Server) register(r *http.Request) (registration, error) {
	if !s.registers.allow(caller.AddressFrom(r.Context())) {
		return registration{}, tooMany()
	}
	if t, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || t != "application/json" {
		return registration{}, badMetadata("the body must be application/json")
	}
	body, err := readBody(r)
	if err != nil {
		return registration{}, err
	}
	reg, err := readRegistration(body)
	if err != nil {
		return registration{}, err
	}
	now := s.opt.Now()
	reg.ID, reg.IssuedAt = newID(), now.Unix()
	c := store.Client{ID: reg.ID, Name: reg.Name, RedirectURIs: reg.Redirects, AuthMethod: reg.Method, Created: now}
	if reg.Method != "none" {
		reg.Secret, c.Secret = newSecret(prefixSecret)
		reg.SecretExpires = new(int64) // 0: it does not expire
	}
	room := store.Room{Limit: clientsWaiting, Age: clientWaits, Keep: s.pool.clients(now)}
	return reg, s.opt.Store.AddClient(r.Context(), c, room)
}

// readBody reads a body of bounded length.
func readBody(r *http.Request) ([]byte, error) {
	body, err := io.ReadAll(io.LimitReader(r.Body, maxBody+1))
	var long *http.MaxBytesError
	if len(body) > maxBody || errors.As(err, &long) {
		return nil, &fault{Code: "invalid_request", Text: "the body is larger than 64 KiB", status: http.StatusRequestEntityTooLarge}
	}
	if err != nil {
		return nil, invalidRequest("the body could not be read")
	}
	return body, nil
}

func badMetadata(text string) *fault { return &fault{Code: "invalid_client_metadata", Text: text} }

// readRegistration reads what a client says of itself. It does not look at
// fields it does not know (RFC 7591 section 2).
func readRegistration(body []byte) (registration, error) {
	var fields map[string]json.RawMessage
	if !utf8.Valid(body) || json.Unmarshal(body, &fields) != nil || fields == nil {
		return registration{}, badMetadata("the body is not a JSON object")
	}
	var reg registration
	f := fieldReader{fields: fields}
	f.texts("redirect_uris", &reg.Redirects)
	f.texts("grant_types", &reg.GrantTypes)
	f.texts("response_types", &reg.ResponseTypes)
	f.texts("contacts", &reg.Contacts)
	for name, to := range map[string]*string{
		"token_endpoint_auth_method": &reg.Method, "client_name": &reg.Name, "client_uri": &reg.URI, "logo_uri": &reg.Logo,
		"scope": &reg.Scope, "tos_uri": &reg.Terms, "policy_uri": &reg.Policy, "software_id": &reg.SoftwareID,
		"software_version": &reg.Software, "application_type": &reg.Application,
	} {
		f.text(name, to)
	}
	var methods []string
	f.texts("token_endpoint_auth_methods_supported", &methods)
	if f.wrong != "" {
		return registration{}, badMetadata("the field " + f.wrong + " has the wrong type")
	}
	reg.Name = clip(reg.Name, nameLength)
	err := reg.settle(methods)
	return reg, err
}

// settle checks the metadata and fills in what this server does in any case;
// RFC 7591 section 3.2.1 lets it replace values and tell the client.
func (reg *registration) settle(methods []string) error {
	if len(reg.Redirects) == 0 || len(reg.Redirects) > maxRedirects {
		return &fault{Code: "invalid_redirect_uri", Text: "between 1 and 16 redirect_uris are needed"}
	}
	for _, uri := range reg.Redirects {
		if !registrable(uri) {
			return &fault{Code: "invalid_redirect_uri", Text: "this address is not accepted: " + clip(uri, 200) + "; accepted are those of known clients, https:// addresses of other hosts " +
				"in lower case, and those of programs on the person's own computer: http:// with 127.0.0.1, localhost or [::1], any port, path and query, without a fragment and without " + strings.Join(answerParams[:3], ", ") + " in the query"}
		}
	}
	if len(reg.GrantTypes) > 0 && !slices.Contains(reg.GrantTypes, "authorization_code") {
		return badMetadata("grant_types must contain authorization_code")
	}
	if len(reg.ResponseTypes) > 0 && !slices.Contains(reg.ResponseTypes, "code") {
		return badMetadata("response_types must contain code")
	}
	switch {
	case slices.Contains(methods, "none"):
		reg.Method = "none" // the plural field is the one that counts
	case reg.Method == "":
		reg.Method = "client_secret_basic" // RFC 7591 section 2
	case !slices.Contains(authMethods, reg.Method):
		return badMetadata("token_endpoint_auth_method must be none, client_secret_post or client_secret_basic")
	}
	reg.Scope = strings.Join(askedScopes(reg.Scope), " ") // what it may ask for, not what it sent
	reg.GrantTypes, reg.ResponseTypes = []string{"authorization_code", "refresh_token"}, []string{"code"}
	return nil
}

// fieldReader reads fields by their exact names; null counts as absent. It
// remembers the first one of a wrong type.
type fieldReader struct {
	fields map[string]json.RawMessage
	wrong  string
}

func (f *fieldReader) text(name string, to *string)    { f.read(name, to) }
func (f *fieldReader) texts(name string, to *[]string) { f.read(name, to) }

func (f *fieldReader) read(name string, to any) {
	raw, ok := f.fields[name]
	if ok && json.Unmarshal(raw, to) != nil && f.wrong == "" {
		f.wrong = name
	}
}
