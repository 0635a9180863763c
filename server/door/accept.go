package door

import (
	"net/http"
	"strings"
)

// Accepts tells whether the Accept header names a media type in so many words.
func Accepts(req *http.Request, media string) bool {
	for _, v := range req.Header.Values("Accept") {
		for part := range strings.SplitSeq(v, ",") {
			name, _, _ := strings.Cut(part, ";")
			if strings.EqualFold(strings.TrimSpace(name), media) {
				return true
			}
		}
	}
	return false
}
