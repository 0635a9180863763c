//go:build ignore

// Draw writes the icons of the tray and of the program into the folder given:
// for each look a PNG, an ICO with the sizes that Windows asks for, and a
// template for macOS, which takes the colour of the menu bar. The mark is an
// arched bridge between two banks, white on a rounded square, so that it is seen
// on dark panels and on light ones.
package main

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/color"
	"image/png"
	"log"
	"math"
	"os"
	"path/filepath"
)

// grid is the side of the square that the shapes below are given in.
const grid = 48

// A shape says whether a point of the grid belongs to it.
type shape func(x, y float64) bool

func box(x0, y0, x1, y1 float64) shape {
	return func(x, y float64) bool { return x >= x0 && x < x1 && y >= y0 && y < y1 }
}

func disc(cx, cy, r float64) shape {
	return func(x, y float64) bool { return math.Hypot(x-cx, y-cy) < r }
}

func rounded(x0, y0, x1, y1, r float64) shape {
	return func(x, y float64) bool {
		dx := max(x0+r-x, x-(x1-r), 0)
		dy := max(y0+r-y, y-(y1-r), 0)
		return math.Hypot(dx, dy) < r
	}
}

func and(a, b shape) shape { return func(x, y float64) bool { return a(x, y) && b(x, y) } }
func or(a, b shape) shape  { return func(x, y float64) bool { return a(x, y) || b(x, y) } }
func not(a shape) shape    { return func(x, y float64) bool { return !a(x, y) } }

// none is the shape of nothing.
func none(float64, float64) bool { return false }

// tile is the ground of every icon.
var tile = rounded(1, 1, 47, 47, 11)

// bridge is a humped deck with one arch under it.
var bridge = and(and(box(5, 0, 43, 39), disc(24, 66, 51)), not(disc(24, 40.5, 13)))

// gap is the part of the bridge that is not there.
func gap(half float64) shape { return box(24-half, 0, 24+half, grid) }

// exclamation stands instead of the bridge.
var exclamation = or(rounded(18.5, 6, 29.5, 29, 5.5), disc(24, 37.5, 5.7))

// dot is the sign that something waits; notch is the tile cut away around it.
var dot, notch = disc(37, 11, 11), disc(37, 11, 14.5)

// lower is the bridge where it leaves room for the sign.
var lower = and(and(box(5, 0, 43, 43), disc(24, 79, 51)), not(disc(24, 45.5, 11)))

// picture is one icon: a mark on a ground, and a sign beside it.
type picture struct {
	ground, mark color.NRGBA
	tile, shape  shape
	sign         shape // in the colour of signs
	faint        bool  // half as strong where there is no colour
}

var (
	white = color.NRGBA{0xff, 0xff, 0xff, 0xff}
	amber = color.NRGBA{0xf5, 0x9e, 0x0b, 0xff}
	green = color.NRGBA{0x0b, 0x8a, 0x5f, 0xff}
	grey  = color.NRGBA{0x6b, 0x72, 0x80, 0xff}
	red   = color.NRGBA{0xd4, 0x24, 0x3a, 0xff}
)

var looks = map[string]picture{
	"off":     {grey, white, tile, and(bridge, not(gap(10))), none, true},
	"on":      {green, white, tile, bridge, none, false},
	"waiting": {green, white, and(tile, not(notch)), lower, dot, false},
	"trouble": {red, white, tile, exclamation, none, false},
}

// samples is how many points of a pixel are looked at, in each direction.
const samples = 8

// at is the colour of one pixel of an icon of this size.
func (p picture) at(px, py, size int) (c color.NRGBA, share float64) {
	var sum [3]int
	inside := 0
	for i := range samples * samples {
		x := (float64(px) + (float64(i%samples)+0.5)/samples) * grid / float64(size)
		y := (float64(py) + (float64(i/samples)+0.5)/samples) * grid / float64(size)
		var is color.NRGBA
		switch {
		case p.sign(x, y):
			is = amber
		case !p.tile(x, y):
			continue
		case p.shape(x, y):
			is = p.mark
		default:
			is = p.ground
		}
		inside++
		sum[0], sum[1], sum[2] = sum[0]+int(is.R), sum[1]+int(is.G), sum[2]+int(is.B)
	}
	if inside == 0 {
		return color.NRGBA{}, 0
	}
	return color.NRGBA{uint8(sum[0] / inside), uint8(sum[1] / inside), uint8(sum[2] / inside), 0xff}, float64(inside) / (samples * samples)
}

// draw paints an icon. Where hard is set, a pixel is either there or not: the
// tray's library takes the wrong byte of the colour of a pixel that is half
// transparent, and panels disagree on how it was meant.
func (p picture) draw(size int, hard bool) image.Image {
	m := image.NewNRGBA(image.Rect(0, 0, size, size))
	for py := range size {
		for px := range size {
			c, share := p.at(px, py, size)
			if hard {
				share = math.Round(share)
			}
			c.A = uint8(math.Round(255 * share))
			if c.A > 0 {
				m.SetNRGBA(px, py, c)
			}
		}
	}
	return m
}

// template paints an icon of macOS: black, and only how much of it counts. The
// mark is cut out of the tile.
func (p picture) template(size int) image.Image {
	black := picture{tile: and(p.tile, not(p.shape)), shape: none, sign: p.sign}
	m := image.NewNRGBA(image.Rect(0, 0, size, size))
	for py := range size {
		for px := range size {
			_, share := black.at(px, py, size)
			if p.faint {
				share *= 0.55
			}
			m.SetNRGBA(px, py, color.NRGBA{A: uint8(math.Round(255 * share))})
		}
	}
	return m
}

func encoded(m image.Image) []byte {
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		log.Fatal(err)
	}
	return b.Bytes()
}

// icoSizes are those of the notification area at 100 to 300 % (Microsoft, Icons
// in Win32), each drawn for itself.
var icoSizes = []int{16, 20, 24, 32, 48}

// ico packs PNGs as a Windows icon: a header of 6 bytes, an entry of 16 for each
// size, and the PNGs as they are (Windows Vista and later).
func (p picture) ico() []byte {
	head := []byte{0, 0, 1, 0, byte(len(icoSizes)), 0}
	var body []byte
	for _, size := range icoSizes {
		b := encoded(p.draw(size, false))
		entry := make([]byte, 16)
		entry[0], entry[1] = byte(size), byte(size)
		entry[4], entry[6] = 1, 32 // planes, bits per pixel
		binary.LittleEndian.PutUint32(entry[8:], uint32(len(b)))
		binary.LittleEndian.PutUint32(entry[12:], uint32(6+16*len(icoSizes)+len(body)))
		head, body = append(head, entry...), append(body, b...)
	}
	return append(head, body...)
}

// macSize is twice the 22 points that a menu bar's icon has.
const macSize = 44

func main() {
	if len(os.Args) != 2 {
		log.Fatal("usage: go run draw.go FOLDER")
	}
	write := func(name string, b []byte) {
		if err := os.WriteFile(filepath.Join(os.Args[1], name), b, 0o644); err != nil {
			log.Fatal(err)
		}
	}
	write("codabridge.png", encoded(looks["on"].draw(256, false)))
	for name, p := range looks {
		write("tray-"+name+".png", encoded(p.draw(grid, true)))
		write("tray-"+name+".ico", p.ico())
		write("tray-"+name+"-mac.png", encoded(p.template(macSize)))
	}
}
