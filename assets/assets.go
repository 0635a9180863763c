// Package assets embeds what the program shows: icons, pages and styles.
package assets

import "embed"

// Files holds icons/, pages/, static/, views/, which chats show, and the
// changelog.
//
//go:embed icons pages static views CHANGELOG.md
var Files embed.FS
