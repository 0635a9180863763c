//go:build ignore

// Draw writes the icons of the tray and of the program as PNG files into the
// folder given. The mark is an arched bridge between two banks, white on a
// rounded square, so that it is seen on dark panels and on light ones.
package main

import (
	"fmt"
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

// tile is the ground of every icon.
var tile = rounded(1, 1, 47, 47, 11)

// bridge is a humped deck with one arch under it.
var bridge = and(and(box(5, 0, 43, 38), disc(24, 67, 51)), not(disc(24, 39.5, 14)))

// gap is the part of the bridge that is missing while it is being built.
func gap(half float64) shape { return box(24-half, 0, 24+half, grid) }

// exclamation stands where the bridge is missing.
var exclamation = or(rounded(20.5, 8, 27.5, 28, 3.5), disc(24, 35, 4))

var icons = map[string]struct {
	ground color.NRGBA
	mark   shape
	size   int
}{
	"tray-off":       {color.NRGBA{0x6b, 0x72, 0x80, 0xff}, and(bridge, not(gap(8))), grid},
	"tray-busy":      {color.NRGBA{0xc9, 0x76, 0x00, 0xff}, and(bridge, not(gap(2.5))), grid},
	"tray-on":        {color.NRGBA{0x0b, 0x8a, 0x5f, 0xff}, bridge, grid},
	"tray-attention": {color.NRGBA{0xd4, 0x24, 0x3a, 0xff}, or(exclamation, and(bridge, not(gap(9)))), grid},
	"codabridge":     {color.NRGBA{0x0b, 0x8a, 0x5f, 0xff}, bridge, 256},
}

// draw paints with 64 samples a pixel. Where hard is set, a pixel is either
// there or not: the tray's library takes the wrong byte of the colour of a
// pixel that is half transparent, and panels disagree on how it was meant.
func draw(ground color.NRGBA, mark shape, size int, hard bool) image.Image {
	const n = 8
	m := image.NewNRGBA(image.Rect(0, 0, size, size))
	for py := range size {
		for px := range size {
			var inside, white int
			for i := range n * n {
				x := (float64(px) + (float64(i%n)+0.5)/n) * grid / float64(size)
				y := (float64(py) + (float64(i/n)+0.5)/n) * grid / float64(size)
				if tile(x, y) {
					inside++
					if mark(x, y) {
						white++
					}
				}
			}
			alpha := 255 * inside / (n * n)
			if hard {
				alpha = 255 * (2 * inside / (n*n + 1))
			}
			if alpha > 0 {
				m.SetNRGBA(px, py, blend(ground, float64(white)/float64(inside), uint8(alpha)))
			}
		}
	}
	return m
}

func blend(c color.NRGBA, white float64, alpha uint8) color.NRGBA {
	mix := func(v uint8) uint8 { return uint8(math.Round(float64(v) + (255-float64(v))*white)) }
	return color.NRGBA{mix(c.R), mix(c.G), mix(c.B), alpha}
}

func main() {
	if len(os.Args) != 2 {
		log.Fatal("usage: go run draw.go FOLDER")
	}
	for name, i := range icons {
		f, err := os.Create(filepath.Join(os.Args[1], name+".png"))
		if err != nil {
			log.Fatal(err)
		}
		if err := png.Encode(f, draw(i.ground, i.mark, i.size, i.size == grid)); err != nil {
			log.Fatal(err)
		}
		if err := f.Close(); err != nil {
			log.Fatal(err)
		}
		fmt.Println(f.Name())
	}
}
