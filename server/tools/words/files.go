package words

import (
	"encoding/json"
	"fmt"
	"net/url"
	"path"
	"strings"
)

// file words an attachment: its name, type and size, and where it is. What
// Coda does not say is left out.
func file(o map[string]any) string {
	address, name := Field(o, "url"), Field(o, "name")
	if address == "" {
		address = Field(o, "contentUrl")
	}
	if name == "" || name == address {
		name = lastStep(address)
	}
	if name == "" {
		return address
	}
	var about []string
	if kind := fileType(o, name); kind != "" {
		about = append(about, kind)
	}
	if size := fileSize(o); size != "" {
		about = append(about, size)
	}
	text := OneLine(name)
	if len(about) > 0 {
		text += " (" + strings.Join(about, ", ") + ")"
	}
	return strings.TrimSpace(text + " " + address)
}

// lastStep is the name of a file in its address, where that has one.
func lastStep(address string) string {
	u, err := url.Parse(address)
	if err != nil || path.Ext(u.Path) == "" {
		return ""
	}
	return path.Base(u.Path)
}

func fileType(o map[string]any, name string) string {
	for _, field := range []string{"encodingFormat", "contentType", "mimeType", "fileFormat"} {
		if kind := Field(o, field); kind != "" {
			return Clip(OneLine(kind), 60)
		}
	}
	if ext := path.Ext(name); len(ext) > 1 && len(ext) <= 6 {
		return strings.ToUpper(ext[1:])
	}
	if o["@type"] == "ImageObject" {
		return "image"
	}
	return ""
}

// fileSize is the size in bytes, else that of a picture.
func fileSize(o map[string]any) string {
	for _, field := range []string{"contentSize", "size", "fileSize", "bytes"} {
		n, ok := o[field].(json.Number)
		if !ok {
			if s := Field(o, field); s != "" {
				return Clip(OneLine(s), 30)
			}
			continue
		}
		if bytes, err := n.Float64(); err == nil {
			return byteSize(bytes)
		}
	}
	if w, h := Field(o, "width"), Field(o, "height"); w != "" && h != "" {
		return w + " x " + h
	}
	return ""
}

func byteSize(n float64) string {
	for _, unit := range []string{"bytes", "KB", "MB"} {
		if n < 1024 {
			return strings.TrimSuffix(fmt.Sprintf("%.1f", n), ".0") + " " + unit
		}
		n /= 1024
	}
	return strings.TrimSuffix(fmt.Sprintf("%.1f", n), ".0") + " GB"
}
