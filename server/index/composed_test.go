package index_test

import (
	"testing"

	"golang.org/x/text/unicode/norm"

	"codabridge/server/index"
)

// TestATextInPartsIsCutAsTheSameInOne: some systems write letters with their
// marks behind them, and Korean syllables in two or three parts.
func TestATextInPartsIsCutAsTheSameInOne(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"가격 인상", "각주 밖에서", "ガイドブック ぱーてぃー", "Übergröße Ñandú İstanbul", "žluťoučký kůň", "được Việt Nam", "हिन्दी क़िला", "বাংলা ভো",
		"مُحَمَّد آخر", "שָׁלוֹם", "ΑΎΡΙΟ", "Ёлка й", "ภาษาไทย น้ำ", "日本語がグー", "ĳ ŉ ﬃ Ⅷ", "한글한글 값"} {
		want := index.Words(norm.NFC.String(text))
		for form, other := range map[string]string{"NFD": norm.NFD.String(text), "NFKD": norm.NFKD.String(text), "as typed": text} {
			if form == "NFKD" && norm.NFKC.String(text) != norm.NFC.String(text) {
				continue
			}
			if got := index.Words(other); got != want {
				t.Errorf("%s in %s is cut to %q, want %q", text, form, got, want)
			}
		}
	}
	for wide, want := range map[string]string{"ｶﾞｲﾄﾞ": "ガイド", "ﾊﾟｰﾃｨｰ": "パーティー", "ＡＢＣ１２": "abc12"} {
		if got := index.Words(wide); got != index.Words(want) {
			t.Errorf("%s is cut to %q, want %q", wide, got, index.Words(want))
		}
	}
}
