package door

import (
	"encoding/json"
	"net/http"
	"strconv"

	"codabridge/server/fault"
)

// WriteJSON answers with v. A value that cannot be encoded is a fault of ours,
// so it panics into the recovery of the door.
func WriteJSON(w http.ResponseWriter, status int, v any) {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	w.Header().Set("Content-Type", "application/json")
	if w.Header().Get("Cache-Control") == "" {
		w.Header().Set("Cache-Control", "no-store")
	}
	b = append(b, '\n')
	w.Header().Set("Content-Length", strconv.Itoa(len(b)))
	w.WriteHeader(status)
	w.Write(b)
}

// WriteError answers with an error in OAuth's form (RFC 6749 section 5.2).
func WriteError(w http.ResponseWriter, status int, code, sentence string) {
	WriteJSON(w, status, map[string]string{"error": code, "error_description": sentence})
}

// wordOf is what stands for an error beside its sentence, so that a command line
// can tell what was given wrongly from what cannot be done.
func wordOf(err error) string {
	if fault.Is(err, fault.CodeInput) {
		return "invalid"
	}
	return "refused"
}

// WriteResult answers with what something came to: v, which is {} for nil, or
// the error as a sentence.
func WriteResult(w http.ResponseWriter, v any, err error) {
	switch {
	case err != nil:
		WriteError(w, http.StatusUnprocessableEntity, wordOf(err), err.Error())
	case v == nil:
		WriteJSON(w, http.StatusOK, struct{}{})
	default:
		WriteJSON(w, http.StatusOK, v)
	}
}
