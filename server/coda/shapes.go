package coda

// pageContent is the content of a page that is made.
const pageContent = `{"type":"canvas","canvasContent":{"format":"markdown or html","content":"…"}}, or {"type":"embed","url":"…"}, or {"type":"syncPage","mode":"page","sourceDocId":"…","sourcePageId":"…","includeSubpages":true}`

// shapes are the forms of arguments that are objects.
var shapes = map[string]string{
	"createDoc.initialPage":        `{"name":"…","subtitle":"…","pageContent":` + pageContent + `}`,
	"createPage.pageContent":       pageContent,
	"updatePage.contentUpdate":     `{"insertionMode":"append, prepend or replace","elementId":"cl-…","canvasContent":{"format":"markdown or html","content":"…"}}; replace without elementId rewrites the whole page`,
	"addPermission.principal":      `{"type":"email","email":"…"}, {"type":"group","groupId":"…"}, {"type":"domain","domain":"…"}, {"type":"workspace","workspaceId":"…"} or {"type":"anyone"}`,
	"upsertRows.rows":              `[{"cells":[{"column":"id or name","value":"…"}]}]`,
	"updateRow.row":                `{"cells":[{"column":"id or name","value":"…"}]}`,
	"listRows.query":               `column:json, such as c-1:"Apple" or "My Column":123`,
	"addPackPermission.principal":  `{"type":"user","email":"…"}, {"type":"workspace","workspaceId":"…"} or {"type":"worldwide"}`,
	"updatePackFeaturedDocs.items": `[{"url":"…","isPinned":true}]`,
}

// Shape gives the form of an argument that is an object, as an example, or
// nothing.
func Shape(operation, argument string) string { return shapes[operation+"."+argument] }
