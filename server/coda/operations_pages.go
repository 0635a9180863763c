package coda

// pagesOperations are the operations of pages and their content.
var pagesOperations = []entry{
	{id: "listPages", call: "GET /docs/{docId}/pages", class: "pages person read reading",
		query: "limit:int pageToken",
		about: "lists the pages of a doc, of all depths"},
	{id: "createPage", call: "POST /docs/{docId}/pages", class: "pages person write content queued",
		body:  "name subtitle iconName imageUrl parentPageId pageContent:{}",
		about: "makes a page: text, an embed, or a sync page"},
	{id: "getPage", call: "GET /docs/{docId}/pages/{pageIdOrName}", class: "pages person read reading",
		about: "reads the facts of one page, without its text"},
	{id: "updatePage", call: "PUT /docs/{docId}/pages/{pageIdOrName}", class: "pages person write content queued",
		body:  "name subtitle iconName imageUrl isHidden:bool contentUpdate:{}",
		about: "changes a page's name, looks, visibility or content"},
	{id: "deletePage", call: "DELETE /docs/{docId}/pages/{pageIdOrName}", class: "pages person destructive content queued",
		about: "deletes a page"},
	{id: "listPageContent", call: "GET /docs/{docId}/pages/{pageIdOrName}/content", class: "content person read reading",
		query: "limit:int pageToken contentFormat=plainText",
		about: "reads a page as plain lines with element ids"},
	{id: "deletePageContent", call: "DELETE /docs/{docId}/pages/{pageIdOrName}/content", class: "content person destructive content queued",
		body:  "elementIds:[]",
		about: "deletes elements of a page, or all of them"},
	{id: "beginPageContentExport", call: "POST /docs/{docId}/pages/{pageIdOrName}/export", class: "content person read writing",
		body:  "outputFormat!=html|markdown",
		about: "begins to export a page as HTML or Markdown"},
	{id: "getPageContentExportStatus", call: "GET /docs/{docId}/pages/{pageIdOrName}/export/{requestId}", class: "content person read reading",
		about: "says whether an export is ready, with its download link"},
}
