package owner

import (
	"fmt"
	"strings"
	"sync"

	"rsc.io/qr"
)

// qrCode is a picture of a text that a phone's camera reads: an SVG path of unit
// squares, Size by Size.
type qrCode struct {
	Size int
	Path string
}

// quietZone is the white border that cameras want, in squares (ISO/IEC 18004).
const quietZone = 4

// drawQR makes the picture of a text; the zero value where it is too long.
func drawQR(text string) qrCode {
	code, err := qr.Encode(text, qr.M)
	if err != nil {
		return qrCode{}
	}
	var path strings.Builder
	for y := range code.Size {
		for x := 0; x < code.Size; x++ {
			wide := 0
			for code.Black(x+wide, y) { // false beyond the edge
				wide++
			}
			if wide > 0 {
				fmt.Fprintf(&path, "M%d %dh%dv1h-%dz", x+quietZone, y+quietZone, wide, wide)
			}
			x += wide
		}
	}
	return qrCode{Size: code.Size + 2*quietZone, Path: path.String()}
}

// lastQR keeps the picture of the text that was drawn last: the page is drawn
// often, and its URL hardly ever changes.
type lastQR struct {
	mu   sync.Mutex // guards the fields below
	text string
	code qrCode
}

func (l *lastQR) of(text string) qrCode {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.text != text {
		l.text, l.code = text, drawQR(text)
	}
	return l.code
}
