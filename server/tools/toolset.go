package tools

import (
	"slices"
	"sync"
)

// Toolset is the owner's choice of tools.
type Toolset struct {
	// Name is core (the default, also for an unknown name), full or custom.
	Name string
	// Tools are the names that custom offers.
	Tools []string
	// Admin adds what administrators and makers of packs need.
	Admin bool
}

// The names of the toolsets.
const (
	CoreTools   = "core"
	FullTools   = "full"
	CustomTools = "custom"
)

func (t *Tools) toolset() Toolset {
	if t.o.Toolset == nil {
		return Toolset{}
	}
	return t.o.Toolset()
}

func (s Toolset) offers(d *tool) bool {
	if d.admin && !s.Admin {
		return false
	}
	switch s.Name {
	case FullTools:
		return true
	case CustomTools:
		return slices.Contains(s.Tools, d.name)
	}
	return d.core
}

// offers says whether the owner offers a tool.
func (t *Tools) offers(name string) bool {
	d, found := t.byName[name]
	return found && t.toolset().offers(d)
}

// AllNames lists every tool there is, in the order of tools/list.
func AllNames() []string {
	var names []string
	for _, o := range Offers() {
		names = append(names, o.Name)
	}
	return names
}

// Offer is what an owner chooses a tool by.
type Offer struct {
	Name, Title         string
	Writes, Core, Admin bool
}

// Offers describes every tool there is, in the order of tools/list. The slice
// is made once, since every State shows it; it must not be changed.
var Offers = sync.OnceValue(func() []Offer {
	var all []Offer
	for _, d := range declarations() {
		all = append(all, Offer{Name: d.name, Title: d.title, Writes: d.writes, Core: d.core, Admin: d.admin})
	}
	return all
})

// declarations are all tools, in the order of tools/list: the small set, then
// the rest by subject.
func declarations() []tool {
	core := []tool{
		searchTool, fetchTool,
		listDocumentsTool, getDocumentTool,
		listPagesTool, getPageTool,
		listTablesTool, getTableTool,
		listRowsTool, queryRowsTool, getRowTool,
		createRowsTool, updateRowTool, deleteRowsTool,
		createPageTool, updatePageTool, appendToPageTool, editPageTool,
		recentChangesTool,
	}
	for i := range core {
		core[i].core = true
	}
	return append(core,
		getDocumentSchemaTool, createDocumentTool, updateDocumentTool, deleteDocumentTool,
		deletePageTool,
		getPageLinesTool, insertTableTool, deletePageElementsTool, replacePageTool,
		getColumnTool, upsertRowsTool, pushButtonTool,
		listFormulasTool, getFormulaTool, listControlsTool, getControlTool, triggerAutomationTool,
		listFoldersTool, createFolderTool, updateFolderTool, deleteFolderTool,
		getSharingTool, searchPeopleTool, shareDocumentTool, unshareDocumentTool, updateSharingTool,
		listCategoriesTool, publishDocumentTool, unpublishDocumentTool,
		getAnalyticsTool,
		getAccountTool, resolveLinkTool, getMutationStatusTool,
		listWorkspaceMembersTool,
		listChangesTool, undoChangeTool,
		showTableTool,
		apiDescribeTool, apiCallTool,
	)
}

// Reads tells whether a tool of this name never changes anything.
func Reads(name string) bool {
	for _, d := range declarations() {
		if d.name == name {
			return !d.writes
		}
	}
	return false
}
