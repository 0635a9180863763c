//go:build !windows && !darwin

package desktop

import (
	"bytes"
	"context"
	"fmt"
	"html"
	"image"
	"image/png"
	"slices"

	"github.com/godbus/dbus/v5"

	"codabridge/app/desktop/sessionbus"
)

const (
	notifyName = "org.freedesktop.Notifications"
	notifyPath = dbus.ObjectPath("/org/freedesktop/Notifications")
)

// Notify shows a notification with the program's icon. An error
// means that the desktop shows no notifications; nothing depends on them.
// Desktop Notifications Specification 1.2.
func Notify(ctx context.Context, title, body string) error {
	conn, err := sessionbus.Connect(ctx)
	if err != nil {
		return fmt.Errorf("desktop: notify: %w", err)
	}
	defer conn.Close()
	server := conn.Object(notifyName, notifyPath)
	var can []string
	if err := server.CallWithContext(ctx, notifyName+".GetCapabilities", 0).Store(&can); err != nil {
		return fmt.Errorf("desktop: notify: %w", err)
	}
	body = plain(body, longestBody)
	if slices.Contains(can, "body-markup") {
		body = html.EscapeString(body)
	}
	hints := map[string]dbus.Variant{"desktop-entry": dbus.MakeVariant(appName)}
	if data, ok := imageData(picture()); ok {
		hints["image-data"] = dbus.MakeVariant(data)
	}
	err = server.CallWithContext(ctx, notifyName+".Notify", 0, appName, uint32(0), "",
		plain(title, longestTitle), body, []string{}, hints, int32(-1)).Err
	if err != nil {
		return fmt.Errorf("desktop: notify: %w", err)
	}
	return nil
}

// rawImage is the image-data hint, signature (iiibiiay).
type rawImage struct {
	Width, Height, Stride int32
	Alpha                 bool
	Bits, Channels        int32
	Pixels                []byte
}

func imageData(picture []byte) (rawImage, bool) {
	m, err := png.Decode(bytes.NewReader(picture))
	if err != nil {
		return rawImage{}, false
	}
	r := m.Bounds()
	flat := image.NewNRGBA(r)
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for x := r.Min.X; x < r.Max.X; x++ {
			flat.Set(x, y, m.At(x, y))
		}
	}
	return rawImage{int32(r.Dx()), int32(r.Dy()), int32(flat.Stride), true, 8, 4, flat.Pix}, true
}
