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
	"codabridge/server/fault"
)

const (
	notifyName = "org.freedesktop.Notifications"
	notifyPath = dbus.ObjectPath("/org/freedesktop/Notifications")
)

// opens is the name of the action that a click anywhere on a notification does
// (Desktop Notifications Specification 1.2).
const opens = "default"

// Notify shows a notification with the program's icon, and where the desktop
// offers it waits until it is closed or ctx ends, and calls clicked if it was
// clicked. An error means that the desktop shows no notifications; nothing
// depends on them.
func Notify(ctx context.Context, title, body string, clicked func()) error {
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
	body = fault.ClipLine(body, longestBody)
	if slices.Contains(can, "body-markup") {
		body = html.EscapeString(body)
	}
	hints := map[string]dbus.Variant{"desktop-entry": dbus.MakeVariant(appName)}
	if data, ok := imageData(picture()); ok {
		hints["image-data"] = dbus.MakeVariant(data)
	}
	actions, signals := []string{}, make(chan *dbus.Signal, 16)
	if slices.Contains(can, "actions") {
		actions = []string{opens, "Open codabridge"}
		conn.Signal(signals)
		if err := conn.AddMatchSignalContext(ctx, dbus.WithMatchSender(notifyName), dbus.WithMatchInterface(notifyName)); err != nil {
			return fmt.Errorf("desktop: notify: %w", err)
		}
	}
	var id uint32
	err = server.CallWithContext(ctx, notifyName+".Notify", 0, appName, uint32(0), "",
		fault.ClipLine(title, longestTitle), body, actions, hints, int32(-1)).Store(&id)
	if err != nil {
		return fmt.Errorf("desktop: notify: %w", err)
	}
	if len(actions) > 0 && wasClicked(ctx, signals, id) {
		clicked()
	}
	return nil
}

// wasClicked waits for the end of a notification.
func wasClicked(ctx context.Context, signals <-chan *dbus.Signal, id uint32) bool {
	for {
		select {
		case <-ctx.Done():
			return false
		case s, ok := <-signals:
			if !ok {
				return false // the bus has gone
			}
			if len(s.Body) < 2 || s.Body[0] != id {
				continue // of another notification, which every program hears of
			}
			switch s.Name {
			case notifyName + ".ActionInvoked":
				return s.Body[1] == opens
			case notifyName + ".NotificationClosed":
				return false
			}
		}
	}
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
