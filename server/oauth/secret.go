package oauth

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strings"
)

// What each secret begins with, so that people and scanners know what they
// found, and a token of the wrong kind is refused without a look-up.
const (
	prefixAccess  = "cba_"
	prefixRefresh = "cbr_"
	prefixCode    = "cbc_"
	prefixSecret  = "cbs_"
	prefixKey     = "cbk_"
)

const secretChars = 43 // 256 bits in base64url

func random(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.Read(b) // never fails: crypto/rand ends the program instead
	return b
}

// newSecret makes a random secret of 256 bits and its hash.
func newSecret(prefix string) (plain string, hash []byte) {
	plain = prefix + base64.RawURLEncoding.EncodeToString(random(32))
	return plain, digest(plain)
}

func digest(plain string) []byte {
	sum := sha256.Sum256([]byte(plain))
	return sum[:]
}

// wellFormed reports whether s can be one of our secrets at all.
func wellFormed(s, prefix string) bool {
	return len(s) == len(prefix)+secretChars && strings.HasPrefix(s, prefix)
}

// newID makes a name for a client or a grant, in the form of a UUID (RFC 9562
// version 4).
func newID() string {
	b := random(16)
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	h := hex.EncodeToString(b)
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
}

// successor derives what follows a refresh token. The same token always has
// the same successors, and without the key nobody can tell what they are.
func (s *Server) successor(ctx context.Context, old, prefix string) (plain string, hash []byte, err error) {
	key, err := s.successorKey(ctx)
	if err != nil {
		return "", nil, err
	}
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(prefix))
	mac.Write([]byte(old))
	plain = prefix + base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
	return plain, digest(plain), nil
}

func (s *Server) successorKey(ctx context.Context) ([]byte, error) {
	s.keyMu.Lock()
	defer s.keyMu.Unlock()
	if s.key != nil {
		return s.key, nil
	}
	kept, err := s.opt.Store.FirstSetting(ctx, "oauth-successor-key", hex.EncodeToString(random(32)))
	if err != nil {
		return nil, fmt.Errorf("oauth: read key: %w", err)
	}
	key, err := hex.DecodeString(kept)
	if err != nil || len(key) != 32 {
		return nil, fmt.Errorf("oauth: read key: the stored key is damaged")
	}
	s.key = key
	return key, nil
}
