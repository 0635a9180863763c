// Package assets embeds what the program shows: icons, pages and styles.
package assets

import "embed"

// Files holds icons/, pages/ and static/.
//
//go:embed icons pages static
var Files embed.FS
