package owner

import (
	"fmt"
	"regexp"
	"strconv"
	"testing"

	"rsc.io/qr"
)

// TestThePictureIsTheCode: each dark square of the code stands at its place
// inside the white border, and no other.
func TestThePictureIsTheCode(t *testing.T) {
	const url = "https://calm-otter-7.ngrok-free.dev"
	want, err := qr.Encode(url, qr.M)
	if err != nil {
		t.Fatal(err)
	}
	drawn, dark := drawQR(url), map[string]bool{}
	for _, m := range regexp.MustCompile(`M(\d+) (\d+)h(\d+)v1h-(\d+)z`).FindAllStringSubmatch(drawn.Path, -1) {
		x, _ := strconv.Atoi(m[1])
		wide, _ := strconv.Atoi(m[3])
		for i := range wide {
			dark[fmt.Sprint(x+i, " ", m[2])] = true
		}
	}
	squares := 0
	for y := range want.Size {
		for x := range want.Size {
			if want.Black(x, y) {
				squares++
			}
			if want.Black(x, y) != dark[fmt.Sprint(x+4, " ", y+4)] {
				t.Fatalf("the square %d, %d is wrong", x, y)
			}
		}
	}
	if len(dark) != squares || drawn.Size != want.Size+8 {
		t.Errorf("%d dark squares of %d, size %d", len(dark), squares, drawn.Size)
	}
}
