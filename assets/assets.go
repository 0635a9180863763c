// Package assets embeds what the program shows: icons, pages and styles.
package assets

import "embed"

// Files holds icons/, pages/, static/, views/, which chats show, and the
// changelog.
//
//go:embed icons pages static views CHANGELOG.md
var Files embed.FS

// PagePolicy is the Content-Security-Policy of all pages, the owner's included.
// It has no form-action: browsers apply that to the redirect that ends the flow
// and to the one after a form as well.
const PagePolicy = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; " +
	"connect-src 'self'; frame-ancestors 'none'; base-uri 'none'"
