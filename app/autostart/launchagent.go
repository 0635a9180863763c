package autostart

import (
	"encoding/xml"
	"io"
	"strings"
)

// label names the agent (launchd.plist(5)).
const label = "io.github.codabridge"

// launchAgent is a property list in the folder of a user's agents. It keeps
// nothing alive: what its owner quits stays quit.
type launchAgent struct{}

func (launchAgent) read(text string) (command []string, off string) {
	d := xml.NewDecoder(strings.NewReader(text))
	d.Strict = false
	key := ""
	for {
		token, err := d.Token()
		if err != nil {
			return command, off
		}
		start, ok := token.(xml.StartElement)
		if !ok {
			continue
		}
		switch start.Name.Local {
		case "key":
			key = content(d)
		case "string":
			if key == "ProgramArguments" {
				command = append(command, content(d))
			}
		case "true":
			if key == "Disabled" {
				off = "The file of the agent says Disabled."
			}
		}
	}
}

// content is the text of the element that has just begun.
func content(d *xml.Decoder) string {
	var b strings.Builder
	for {
		token, err := d.Token()
		switch t := token.(type) {
		case xml.CharData:
			b.Write(t)
		case xml.EndElement:
			return b.String()
		}
		if err == io.EOF || err != nil {
			return b.String()
		}
	}
}

func (launchAgent) write(_ string, command []string, _ bool) string {
	var args strings.Builder
	for _, a := range command {
		args.WriteString("\t\t<string>")
		_ = xml.EscapeText(&args, []byte(a)) // a builder takes everything
		args.WriteString("</string>\n")
	}
	return `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
	<key>Label</key>
	<string>` + label + `</string>
	<key>ProgramArguments</key>
	<array>
` + args.String() + `	</array>
	<key>RunAtLoad</key>
	<true/>
	<key>ProcessType</key>
	<string>Interactive</string>
	<key>LimitLoadToSessionType</key>
	<string>Aqua</string>
	<key>AssociatedBundleIdentifiers</key>
	<string>` + label + `</string>
</dict>
</plist>
`
}
