package oauth

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"strings"
)

// alphabet has no vowels, so codes make no words, and nothing that looks like
// something else: no 0 O, 1 I L, 2 Z, 5 S, 8 B, U V.
const (
	alphabet   = "34679CDFGHJKMNPQRTWXY"
	codeLength = 6
	codeCount  = 21 * 21 * 21 * 21 * 21 * 21
)

// codeOf turns the number of a request into its code. Different numbers below
// codeCount give different codes, in an order that nobody without the key can
// tell: four rounds of a Feistel network over 28 bits, walked until the value
// falls below codeCount.
func codeOf(key []byte, n uint32) string {
	n %= codeCount
	for {
		n = permute(key, n)
		if n < codeCount {
			break
		}
	}
	b := make([]byte, codeLength)
	for i := range b {
		b[i] = alphabet[n%uint32(len(alphabet))]
		n /= uint32(len(alphabet))
	}
	return string(b)
}

func permute(key []byte, n uint32) uint32 {
	const half, mask = 14, 1<<14 - 1
	left, right := n>>half&mask, n&mask
	for round := range byte(4) {
		mac := hmac.New(sha256.New, key)
		mac.Write(binary.BigEndian.AppendUint32([]byte{round}, right))
		left, right = right, left^binary.BigEndian.Uint32(mac.Sum(nil))&mask
	}
	return left<<half | right
}

// normalCode is a code as a person may type it: any case, with blanks or
// hyphens.
func normalCode(typed string) string {
	if len(typed) > 64 {
		return ""
	}
	return strings.Map(func(c rune) rune {
		switch {
		case c == ' ' || c == '-' || c == '\u00a0' || c == '\t' || c == '\n' || c == '\r':
			return -1
		case c >= 'a' && c <= 'z':
			return c - 'a' + 'A'
		}
		return c
	}, typed)
}
